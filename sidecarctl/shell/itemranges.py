"""Where a List comes from, and its items in ranges: of a file, or of what comes through a pipe."""

import os
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from sidecarctl.finding import Position, UnreadableDocument
from sidecarctl.record import Record
from sidecarctl.shell.dumps.layout import PIECE, TAIL, Layout, cut, end_of_items, last_border
from sidecarctl.shell.errors import InputError
from sidecarctl.shell.files import open_regular

RANGE_SIZE: Final = 4 * 1024 * 1024
_CUT_OFF: Final = "the dump is cut off here: its list of items is not closed"


class ItemRange(Record):
    """Whole items, by where they begin and end in their source."""

    start: int
    end: int
    text: bytes | None = None  # as long as it is at hand; a file is read by who works on it

    def joined(self, other: "ItemRange") -> "ItemRange":
        """One range of this and the one behind it."""
        text = None if self.text is None or other.text is None else self.text + other.text
        return ItemRange(self.start, other.end, text)


class ListSource(Record):
    """Where a List comes from."""

    blocks: Callable[[], Iterable[bytes]]  # may be gone through again
    shown: str
    path: str | None = None  # of a file, where it is one

    def text(self, item_range: ItemRange) -> Iterator[bytes]:
        """Return the bytes of a range in small pieces.

        Raises `InputError` where they are gone.
        """
        if item_range.text is not None:
            yield from (item_range.text[place : place + PIECE] for place in range(0, len(item_range.text), PIECE))
        elif self.path is not None:
            yield from _range(self.path, item_range.start, item_range.end)
        else:
            place = 0
            for block in self.blocks():
                yield block[max(0, item_range.start - place) : max(0, item_range.end - place)]
                place += len(block)

    def position(self, place: int) -> Position:
        """Return the line and the column of a place; goes through all that is before it."""
        lines, columns = 0, 0
        for block in self.text(ItemRange(0, place)):
            lines += block.count(b"\n")
            line_break = block.rfind(b"\n")
            columns = (columns if line_break < 0 else 0) + len(block[line_break + 1 :].decode(errors="ignore"))
        return Position(self.shown, lines + 1, columns + 1)


class ItemRanges:
    """The items of a List, range by range; `kind` is the kind of the List, known at the end at the latest."""

    def __init__(self, source: ListSource, layout: Layout) -> None:
        """Look at the end of a file.

        Raises `UnreadableDocument` where the List is cut off, `InputError`.
        """
        self.kind = layout.kind
        self._source = source
        self._layout = layout
        self._end = self._end_of_file(source.path) if source.path is not None else 0

    def __iter__(self) -> Iterator[ItemRange]:
        return self._streamed() if self._source.path is None else self._ranges(self._source.path)

    def _end_of_file(self, path: str) -> int:
        size = os.path.getsize(path)
        start = max(self._layout.start, size - TAIL)
        return start + self._end_of(b"".join(_range(path, start, size)))

    def _end_of(self, text: bytes) -> int:
        """Where the last text of the List has its last item behind it."""
        end = end_of_items(text, self._layout)
        if end is None:
            whole = self._source._replace(path=None)
            lines = sum(block.count(b"\n") for block in whole.blocks())
            raise UnreadableDocument(_CUT_OFF, Position(self._source.shown, lines + 1, 1))
        self.kind = end.kind
        return end.place

    def _ranges(self, path: str) -> Iterator[ItemRange]:
        start, look_at = self._layout.start, self._layout.start + RANGE_SIZE
        while look_at + TAIL < self._end:
            border = last_border(b"".join(_range(path, look_at, look_at + TAIL)), self._layout)
            if border > 0:
                yield ItemRange(start, look_at + border)
                start, look_at = look_at + border, look_at + border + RANGE_SIZE
            else:
                look_at += TAIL // 2  # a border may lie across the end of what was looked at
        yield ItemRange(start, self._end)

    def _streamed(self) -> Iterator[ItemRange]:
        start, before = self._layout.start, b""
        for text in cut(_without_head(self._source.blocks(), start), self._layout, RANGE_SIZE):
            if before:
                yield ItemRange(start, start + len(before), before)
            start, before = start + len(before), text
        end = self._end_of(before)
        yield ItemRange(start, start + end, before[:end])


def _range(path: str, start: int, end: int) -> Iterator[bytes]:
    descriptor = open_regular(path)
    try:
        os.lseek(descriptor, start, os.SEEK_SET)
        while start < end:
            block = os.read(descriptor, min(PIECE, end - start))
            if not block:
                raise InputError(f"{path}: it became shorter while it was read")
            yield block
            start += len(block)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from None
    finally:
        os.close(descriptor)


def _without_head(blocks: Iterable[bytes], length: int) -> Iterator[bytes]:
    for block in blocks:
        if rest := block[length:]:
            yield rest
        length = max(0, length - len(block))
