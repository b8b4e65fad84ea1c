"""How far a long run has come, for a person who watches stderr."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Final, TextIO

from sidecarctl.shell.terminal import visible

_FIRST: Final = 1.0  # seconds: what takes less needs no word
_LINE_EVERY: Final = 0.2
_PLAIN_EVERY: Final = 5.0
_ERASE: Final = "\r\x1b[K"


class Progress:
    """Says how far a run has come: on one line that it writes over, in lines of their own, or not at all."""

    def __init__(self, wish: str, stream: TextIO, clock: Callable[[], float] = monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._is_plain = wish == "plain"
        self.is_on = self._is_plain or (wish == "auto" and _is_watched(stream))
        self._every = _PLAIN_EVERY if self._is_plain else _LINE_EVERY
        self._began = clock()
        self._next = self._began + _FIRST
        self._is_shown = False

    def tell(self, text: Callable[[], str]) -> None:
        """Say something, if it is time to."""
        if not self.is_on or (now := self._clock()) < self._next:
            return
        self._next = now + self._every
        said = visible(text())
        if self._is_plain:
            self._stream.write(f"sidecarctl: {said}\n")
        else:
            self._stream.write(f"{_ERASE}{said[: _width(self._stream) - 1]}")
            self._is_shown = True
        self._stream.flush()

    def clear(self) -> None:
        """Take the line back, before somebody else writes."""
        if self._is_shown:
            self._stream.write(_ERASE)
            self._stream.flush()
            self._is_shown = False

    @contextmanager
    def stage(self, text: str) -> Iterator[None]:
        """Say what takes so long, where nothing tells how far it has come."""
        self.tell(lambda: text)
        try:
            yield
        finally:
            self.clear()

    def part(self, done: int, total: int) -> str:
        """Return how much of a whole is done, and how long the rest may take."""
        if not total or done > total:
            return f"{done / 1e6:,.0f} MB"
        passed = self._clock() - self._began
        left = f", {passed * (total - done) / done:.0f} s left" if done else ""
        return f"{100 * done // total} % of {total / 1e6:,.0f} MB{left}"


def progress_for(wish: str) -> Progress:
    """Return what tells how far a run has come, as --progress wishes it."""
    return Progress(wish, sys.stderr)


def _is_watched(stream: TextIO) -> bool:
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def _width(stream: TextIO) -> int:
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError):
        return 80
