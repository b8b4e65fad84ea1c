"""Where results go: what a writer is, and the ones that write no files."""

import sys
from collections.abc import Callable, Collection
from typing import Final, Protocol, Self

from sidecarctl.shell.errors import STATE
from sidecarctl.shell.files import Source
from sidecarctl.shell.stream.pieces import Result

BOM: Final = b"\xef\xbb\xbf"
HELD_BACK: Final = 4 * 1024 * 1024  # printed only when all of a small input went well


class Writer(Protocol):
    """Takes what became of each source, in order."""

    @property
    def written(self) -> Collection[str] | None:
        """The sources whose results stand in files; None for one that writes no files."""

    def follow(self, last: Callable[[], bytes]) -> None:
        """Take note of what returns the last byte that the shards before this one print, or nothing."""

    def begin(self, source: Source) -> None:
        """Start with a source."""

    def put(self, result: Result) -> None:
        """Take the next piece of it."""

    def finish(self) -> None:
        """Write what is still held back: everything went well."""

    def __enter__(self) -> Self:
        """Begin."""

    def __exit__(self, *_: object) -> None:
        """Leave nothing behind, however it ended."""


class TidyWriter:
    """A writer that has nothing to tidy up, for it writes no files."""

    written: Final = None

    def follow(self, last: Callable[[], bytes]) -> None:
        """Take note of what other shards print: only a stream goes on where theirs ends."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return


class Nowhere(TidyWriter):
    """Takes results whose documents nobody wants to see."""

    def begin(self, source: Source) -> None:
        """Start with a source."""

    def put(self, result: Result) -> None:
        """Take the next piece."""

    def finish(self) -> None:
        """Write nothing."""


class Stdout(TidyWriter):
    """Prints all sources as one stream, with a marker between files that bring none."""

    def __init__(self) -> None:
        self._held: list[bytes] = []
        self._size = 0
        self._last = b""
        self._is_new_source = False
        self._last_of_others: Callable[[], bytes] | None = None

    def follow(self, last: Callable[[], bytes]) -> None:
        """Take note of what returns the last byte of the shards before this one: asked when there is output."""
        self._last_of_others = last

    def begin(self, source: Source) -> None:  # noqa: ARG002 - a stream has no names
        """Start with a source."""
        self._is_new_source = True

    def put(self, result: Result) -> None:
        """Take the next piece."""
        data = result.output
        if not data:
            return
        if self._last_of_others is not None:
            self._last, self._last_of_others = self._last_of_others(), None
        if self._is_new_source and self._last:
            data = data.removeprefix(BOM)  # in the middle of a stream it is a letter
            self._hold(_border(self._last, data))
        self._is_new_source = False
        self._hold(data)
        self._last = data[-1:]
        if self._size > HELD_BACK:
            STATE.is_printed_in_part = True
            self._print()

    def finish(self) -> None:
        """Print what is held back."""
        self._print()
        STATE.is_printed_in_part = False

    def _print(self) -> None:
        sys.stdout.buffer.writelines(self._held)
        sys.stdout.buffer.flush()
        self._held, self._size = [], 0

    def _hold(self, data: bytes) -> None:
        self._held.append(data)
        self._size += len(data)


def _border(last: bytes, following: bytes) -> bytes:
    """What must stand between two files so that their documents stay apart."""
    line_end = b"" if last in {b"\n", b"\r"} else b"\n"
    return line_end if following.startswith((b"---", b"%")) else line_end + b"---\n"
