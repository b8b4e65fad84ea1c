"""Streams that can be gone through once more from any offset: a long List is looked at before it is cut."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from sidecarctl.api.arguments import an_iterable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import IO, Protocol

    class Stream(Protocol):
        """Bytes, from any offset on that was not let go."""

        def blocks(self, start: int) -> Iterator[bytes]:
            """Return what there is from an offset on, in pieces."""

        def let_go(self, end: int) -> None:
            """Nobody asks for what comes before an offset any more."""


_BLOCK: Final = 1 << 18
_WORTH_LETTING_GO: Final = 1 << 20


def readable_again(stream: IO[bytes] | Iterable[bytes]) -> Stream:
    """Return a stream that is read twice where it can be sought in; else it is remembered as far as need be.

    Raises TypeError for a path or a stream of text, here or when its first block is read.
    """
    read = getattr(stream, "read", None)
    if read is None:
        return _Remembered(_checked(an_iterable(stream, "blocks of bytes")))
    file = cast("IO[bytes]", stream)
    if isinstance(file.read(0), str):
        raise TypeError('the stream is text: open the file with "rb", or hand its encoded bytes over')
    is_seekable = getattr(file, "seekable", None)
    return _File(file) if is_seekable is not None and is_seekable() else _Remembered(_blocks_of(file))


class _File:
    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._start = file.tell()

    def blocks(self, start: int) -> Iterator[bytes]:
        while block := self._block(start):  # from its place each time: two may go through it at once
            yield block
            start += len(block)

    def let_go(self, end: int) -> None:
        """A file forgets nothing."""

    def _block(self, start: int) -> bytes:
        self._file.seek(self._start + start)
        return self._file.read(_BLOCK)


class _Remembered:
    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._more = blocks
        self._held: list[bytes] = []
        self._first = 0  # number of the first that is held
        self._start = 0  # where that begins

    def blocks(self, start: int) -> Iterator[bytes]:
        number, at = self._first, self._start
        while (block := self._block(number)) is not None:
            number, at = number + 1, at + len(block)
            if at > start:
                yield block[max(0, start - at + len(block)) :]

    def let_go(self, end: int) -> None:
        if end - self._start < _WORTH_LETTING_GO:
            return
        gone, start = 0, self._start
        while gone < len(self._held) and start + len(self._held[gone]) <= end:
            start += len(self._held[gone])
            gone += 1
        self._first, self._start = self._first + gone, start
        del self._held[:gone]

    def _block(self, number: int) -> bytes | None:
        if number - self._first == len(self._held):
            block = next(self._more, None)
            if block is None:
                return None
            self._held.append(block)
        return self._held[number - self._first]


def _checked(blocks: Iterable[object]) -> Iterator[bytes]:
    for block in blocks:
        if not isinstance(block, bytes):
            raise TypeError(f"a stream is made of bytes, not {type(block).__name__}")
        yield block


def _blocks_of(file: IO[bytes]) -> Iterator[bytes]:
    while block := file.read(_BLOCK):
        yield block
