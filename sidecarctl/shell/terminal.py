"""Standard streams, colours, width, and the progress line."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from io import BufferedWriter, RawIOBase, TextIOWrapper
from time import monotonic
from typing import TYPE_CHECKING, Final, TextIO

from sidecarctl.render.text import Palette, visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def prepare_streams() -> None:
    """Let stdout take any text; let streams that were closed be empty, silent, or fail as files do."""
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115 - open as long as the process
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - as above
    if sys.stdout is None:
        sys.stdout = open(os.devnull, encoding="utf-8")  # noqa: SIM115 - as above; not to be written to
    elif isinstance(sys.stdout, TextIOWrapper):
        sys.stdout = _buffered(sys.stdout)
        sys.stdout.reconfigure(encoding="utf-8", errors="surrogateescape", newline="\n")
    if isinstance(sys.stderr, TextIOWrapper):
        sys.stderr = _buffered(sys.stderr)
        sys.stderr.reconfigure(line_buffering=True)


def _buffered(stream: TextIOWrapper) -> TextIOWrapper:
    """A stream with a buffer: under PYTHONUNBUFFERED it has none, and forgets what the kernel did not take at once."""
    if not isinstance(stream.buffer, RawIOBase):
        return stream
    encoding, errors = stream.encoding, stream.errors
    return TextIOWrapper(BufferedWriter(stream.detach()), encoding, errors)  # type: ignore[type-var]  # a raw one


def palette(wish: str, stream: object) -> Palette:
    """Decide about colour: the flag, then NO_COLOR and FORCE_COLOR, then whether somebody watches the stream."""
    if wish != "auto":
        return Palette(on=wish == "always")
    if os.environ.get("NO_COLOR"):
        return Palette(on=False)
    if os.environ.get("FORCE_COLOR"):
        return Palette(on=True)
    watched = getattr(stream, "isatty", lambda: False)()
    return Palette(on=bool(watched) and os.environ.get("TERM") != "dumb")


def terminal_width() -> int | None:
    """Return how many cells a line of stdout has; None where nobody watches."""
    if not getattr(sys.stdout, "isatty", lambda: False)():
        return None
    from shutil import get_terminal_size

    return get_terminal_size().columns


def say(text: str) -> None:
    """Write a line to stderr."""
    sys.stderr.write(f"{text}\n")


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
