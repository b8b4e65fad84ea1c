"""Durations as Go reads and prints them."""

import pytest
from doors.upstream import milliseconds, seconds, shown_duration


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0),
        ("0s", 0),
        ("30s", 30_000),
        ("1m30s", 90_000),
        ("1.5s", 1_500),
        (".5s", 500),
        ("1.s", 1_000),
        ("300ms", 300),
        ("1h0m1s", 3_601_000),
        ("0.001s", 1),
        ("1m1m", 120_000),
        ("2562047h", 9_223_369_200_000),
    ],
)
def test_what_go_reads_is_read(text: str, expected: int) -> None:
    assert milliseconds(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("", "30", "s", "1 s", "-1s", "+1s", "1d", "1sm", "1s.", "0.0001s", "\u0661s", "1e3s", ".", "1000us", "5ns"),
        *("2562048h", "9999999999999999s", "1h" * 9_999, "9" * 5_000 + "s"),
    ],
)
def test_what_is_none_or_too_fine_is_not(text: str) -> None:
    assert milliseconds(text) is None


@pytest.mark.parametrize(
    ("duration", "expected"),
    [
        (0, "0s"),
        (1, "1ms"),
        (999, "999ms"),
        (1_000, "1s"),
        (1_500, "1.5s"),
        (1_050, "1.05s"),
        (60_000, "1m0s"),
        (90_000, "1m30s"),
        (3_600_000, "1h0m0s"),
        (3_661_001, "1h1m1.001s"),
    ],
)
def test_it_is_printed_as_go_prints_it(duration: int, expected: str) -> None:
    assert shown_duration(duration) == expected
    assert milliseconds(expected) == duration


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0.0),
        ("1m30s", 90.0),
        ("1.5s", 1.5),
        ("300ms", 0.3),
        ("250us", 0.00025),
        ("250\u00b5s", 0.00025),
        ("5ns", 5e-9),
    ],
)
def test_seconds_may_be_as_fine_as_go_has_them(text: str, expected: float) -> None:
    assert seconds(text) == expected


@pytest.mark.parametrize("text", ["", "30", "1s ", "-1s"])
def test_what_is_no_duration_has_no_seconds(text: str) -> None:
    assert seconds(text) is None
