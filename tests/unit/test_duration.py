"""Durations as Go reads and prints them."""

import pytest

from sidecarctl.upstream.duration import milliseconds, shown_duration


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
    ],
)
def test_what_go_reads_is_read(text: str, expected: int) -> None:
    assert milliseconds(text) == expected


@pytest.mark.parametrize(
    "text", ["", "30", "s", "1 s", "-1s", "+1s", "1d", "1sm", "1s.", "0.0001s", "\u0661s", "1e3s", "."]
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
