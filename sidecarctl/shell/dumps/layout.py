"""Borders between the items of a JSON List, found without reading the items.

# Strategy: the layout of the first item tells the borders. Where items begin on lines of their own, the line break and
the indent before them is a border, for no JSON string holds a line break. In compact text it is `},{"apiVersion":`
and the like, which no string can hold either, though a nested list may; so a cut is a guess that reading proves: text
that begins with an item and reads as items ends with one. Who cannot read it joins what follows (packedlist.py).
"""

from __future__ import annotations

import os
import re
from json import loads
from typing import TYPE_CHECKING, Final

from sidecarctl.finding import Position, UnreadableDocument
from sidecarctl.record import Record
from sidecarctl.shell.errors import InputError
from sidecarctl.shell.files import open_regular

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

PIECE: Final = 64 * 1024  # larger ones leave the processor's cache


TAIL: Final = 64 * 1024  # what may follow the items of a List, and what may come before them


_MOST_TRIED: Final = 64


_BLANK: Final = rb"[ \t\r\n]*"


_HEAD: Final = re.compile(
    rb'(?P<head>%b\{[^\[\]]*?"items"%b:%b\[)(?P<blank>%b)\{%b"(?P<key>[a-zA-Z]*)"' % ((_BLANK,) * 5)
)


_KUBECTLS_HEAD: Final = b'{\n    "apiVersion": "v1",\n    "items": [\n        {\n'


_KINDS: Final = frozenset({"", "List", "PodList"})  # items of other Lists may be of the List's type, not of their own


_FIRST_KEYS: Final = frozenset({b"apiVersion", b"kind", b"metadata"})


_COMPACT_BORDER: Final = re.compile(
    rb'\}%b,%b(?=\{%b(?:"(?:apiVersion|kind)"%b:%b"[^"]*"%b,%b){0,2}"metadata"%b:)'.replace(b"%b", _BLANK)
)


class Layout(Record):
    """How a List is laid out."""

    start: int  # in bytes: where its first item begins
    blank: bytes  # what stands between the comma and the next item
    kind: str  # empty where it comes after the items

    @property
    def is_in_lines(self) -> bool:
        """Whether each item begins on a line of its own."""
        return b"\n" in self.blank


def layout_of(blocks: Iterable[bytes], *, is_long: bool = True) -> Layout | None:
    """Return the layout of a source; None where it is no List in JSON.

    A short one counts only if kubectl laid it out: as a document, others have positions to tell.
    """
    head = b""
    for block in blocks:
        head += block
        if len(head) >= TAIL:
            break
    found = _HEAD.match(head)
    if found is None or not (head.startswith(_KUBECTLS_HEAD) or (is_long and found["key"] in _FIRST_KEYS)):
        return None
    around = _json_object(found["head"] + b"]}")
    if around is None or around.get("items") != []:
        return None
    kind = str(around.get("kind", ""))
    return Layout(found.end("blank"), found["blank"], kind) if kind in _KINDS else None


def cut(blocks: Iterable[bytes], layout: Layout, size: int) -> Iterator[bytes]:
    """Return runs of whole items of about this size, each up to where the next begins; joined, they are the blocks.

    The blocks begin with an item. What follows the last item is part of the last run.
    """
    rest, pending, held = b"", list[bytes](), 0
    for block in blocks:
        pending.append(block)
        held += len(block)
        if held >= size:
            text = b"".join([rest, *pending])
            border = last_border(text, layout)
            if border > 0:
                yield text[:border]
            rest, pending, held = text[max(0, border) :], [], 0
    if rest or pending:
        yield b"".join([rest, *pending])


def last_border(text: bytes, layout: Layout) -> int:
    """Return where the last item begins that another one comes before; -1 where there seems to be none."""
    if layout.is_in_lines:
        border = layout.blank + b"}," + layout.blank + b"{"
        place = text.rfind(border)
        return place + len(border) - 1 if place >= 0 else -1
    for start in (max(0, len(text) - TAIL), 0):
        places = [found.end() for found in _COMPACT_BORDER.finditer(text, start)]
        if places:
            return places[-1]
    return -1


class End(Record):
    """The end of a List."""

    place: int  # after its last item
    kind: str


def end_of_items(text: bytes, layout: Layout) -> End | None:
    """Return where in the last text of a List its items end; None where it is cut off."""
    bracket = len(text)
    for _ in range(_MOST_TRIED):
        bracket = text.rfind(b"]", 0, bracket)
        if bracket < 0:
            return None
        rest = text[bracket + 1 :].strip()
        around = _json_object(b"{" + rest.removeprefix(b","))
        kind = str(around.get("kind", layout.kind)) if around is not None else ""
        before = text[:bracket].rstrip()
        if kind.endswith("List") and before.endswith(b"}"):
            return End(len(before), kind)
    return None


def _json_object(text: bytes) -> dict[str, object] | None:
    try:
        found = loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


RANGE_SIZE: Final = 4 * 1024 * 1024


_CUT_OFF: Final = "the dump is cut off here: its list of items is not closed"


class ItemRange(Record):
    """Whole items, by where they begin and end in their source."""

    start: int
    end: int
    text: bytes | None = None  # as long as it is at hand; a file is read by who works on it

    def joined(self, other: ItemRange) -> ItemRange:
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
