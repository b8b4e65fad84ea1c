"""How far a run has come, as a person and as a log see it."""

import io
from collections.abc import Callable

import pytest
from doors.shell import Progress


class Terminal(io.StringIO):
    """A stream that somebody watches."""

    def isatty(self) -> bool:
        return True


def clock_of(*times: float) -> Callable[[], float]:
    left = iter(times)
    return lambda: next(left)


def told(wish: str, stream: io.StringIO, *times: float) -> str:
    progress = Progress(wish, stream, clock_of(0, *times))
    for number in range(len(times)):
        progress.tell(lambda number=number: f"step {number}")  # type: ignore[misc]  # a default
    progress.clear()
    return stream.getvalue()


def test_what_is_quick_needs_no_word() -> None:
    assert told("auto", Terminal(), 0.1, 0.5, 0.9) == ""
    assert told("plain", io.StringIO(), 0.1, 0.5, 0.9) == ""


def test_a_person_sees_one_line_that_goes_away() -> None:
    assert told("auto", Terminal(), 1.1, 1.2, 1.4) == "\r\x1b[Kstep 0\r\x1b[Kstep 2\r\x1b[K"


def test_a_log_gets_lines() -> None:
    assert told("plain", io.StringIO(), 1.1, 3, 6.2) == "sidecarctl: step 0\nsidecarctl: step 2\n"


@pytest.mark.parametrize("wish", ["auto", "none"])
def test_nobody_watches(wish: str) -> None:
    assert told(wish, io.StringIO()) == ""


def test_none_is_none_in_a_terminal() -> None:
    assert told("none", Terminal()) == ""


def test_a_dumb_terminal_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    assert told("auto", Terminal()) == ""


def test_names_play_no_tricks() -> None:
    stream = io.StringIO()
    Progress("plain", stream, clock_of(0, 2)).tell(lambda: "a\x1b[2Jb")
    assert stream.getvalue() == "sidecarctl: a\\u001b[2Jb\n"


def test_a_stage_takes_its_line_back() -> None:
    stream = Terminal()
    with Progress("auto", stream, clock_of(0, 2)).stage("planning"):
        assert stream.getvalue() == "\r\x1b[Kplanning"
    assert stream.getvalue().endswith("\r\x1b[K")


def test_a_part_of_a_whole() -> None:
    progress = Progress("plain", io.StringIO(), clock_of(0, 10, 10, 10))
    assert progress.part(25_000_000, 100_000_000) == "25 % of 100 MB, 30 s left"
    assert progress.part(25_000_000, 0) == "25 MB"
    assert progress.part(0, 100_000_000) == "0 % of 100 MB"
