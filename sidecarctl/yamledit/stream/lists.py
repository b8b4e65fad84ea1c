"""Cut long Lists into their items: each becomes a List of one, which is a document like any other.

# Strategy: look first, then cut, and keep what is around.
A List is gone through before it is cut. Its items must be told apart without doubt (items.py), and each must parse on
its own; so must the List without them, and say that it is one. Then no scalar, bracket or alias reaches from one to the
next, and the parser would meet each of them in the state that it meets it in alone. What is not sure is left whole.
An item keeps the List's own text around it: what looks at its neighbourhood (columns, the style of dashes, line ends)
sees what it would see in the whole.
"""

from collections.abc import Callable, Generator, Iterable, Iterator
from itertools import chain
from typing import Final, TypeAlias

from sidecarctl.finding import Position, UnreadableDocument
from sidecarctl.record import Record
from sidecarctl.yamledit.stream.documents import WHOLE, Chunk, Cut, chunks, documents, lines_in
from sidecarctl.yamledit.stream.list_items import Items, Text, Unsure, items_of, line_end, line_lead

_LONG_TAIL: Final = 64 * 1024  # it is read with every item


class Frame(Record):
    """A List without its items."""

    head: bytes  # up to the first of them
    tail: bytes  # from behind the last of them to the end of the document


Again: TypeAlias = Callable[[int], Iterable[bytes]]  # the file from an offset on
KnownLists: TypeAlias = dict[int, Frame | str]  # by the offset of a document: its frame, or why it stays whole


class Lists:
    """Cuts the long Lists of a file that can be read again from any offset."""

    def __init__(self, file: str, again: Again, max_document: int, known: KnownLists) -> None:
        self._file = file
        self._again = again
        self._max_document = max_document
        self._known = known

    def cut(self, begun: Chunk, more: Iterator[bytes]) -> Generator[Chunk, None, Chunk] | None:
        """Return the items of the List that a stream has come to, and finally what follows it; None for all else.

        Raises `UnreadableDocument` where an item is over the limit.
        """
        if len(begun.data) <= WHOLE:
            return None
        frame = self._known.get(begun.offset)
        if frame is None:
            frame = self._known[begun.offset] = self._frame(begun)
        return _cut(frame, begun, more, self._max_document) if isinstance(frame, Frame) else None

    def items(self, first: Chunk) -> Iterator[Chunk]:
        """Return the items of a List that was cut, once more from the first on."""
        frame = self._known.get(first.offset)
        if isinstance(frame, Frame):
            yield from _cut(frame, first._replace(data=b""), iter(self._again(first.offset)), self._max_document)

    def why_whole(self, offset: int) -> str:
        """Return why the List at an offset is not cut; empty where that was not asked."""
        known = self._known.get(offset)
        return known if isinstance(known, str) else ""

    def _frame(self, begun: Chunk) -> Frame | str:
        look = _Look(Text(iter(self._again(begun.offset)), self._max_document))
        try:
            return look.frame()
        except Unsure as unsure:
            line = begun.line + look.line + look.blank_lines() + 1
            if unsure.is_too_large:
                raise UnreadableDocument(str(unsure), Position(self._file, line, 1)) from None
            return f"{unsure}, at line {line}"


class _Look:
    """Goes through a List and proves that it can be cut."""

    def __init__(self, text: Text) -> None:
        self._text = text
        self._line_ends: set[bytes] = set()
        self.line = 0  # where it is, 0-based, from the List's beginning

    def frame(self) -> Frame:
        """Return the frame of the List; raise `Unsure` where it is none, or must stay whole."""
        items = items_of(self._text)
        head, lead = items.head, line_lead(b"", items.head)
        self._pass(head)
        count = 0
        for between, item in items:
            if b"\n" in item and b"\n" not in between.partition(b",")[2] and count:
                self._check_lead(line_lead(lead, between), head)
            items.prove(item)
            self._pass(between + item)
            lead = line_lead(lead, between + item)
            count += 1
        if not count:
            raise Unsure("it has no items that could be seen")
        return Frame(head, self._tail(head, items))

    def blank_lines(self) -> int:
        """Return how many line breaks stand between what was passed and what comes."""
        rest = self._text.rest()
        return rest[: len(rest) - len(rest.lstrip(b" \t\r\n,"))].count(b"\n")

    def _pass(self, data: bytes) -> None:
        self._line_ends |= line_end(data)
        if len(self._line_ends) > 1:
            raise Unsure("its lines end in different ways")
        self.line += data.count(b"\n")

    def _check_lead(self, lead: bytes, head: bytes) -> None:
        """An item behind another one on its line is laid out as that line is: so must be the line of the bracket."""
        if lead != line_lead(b"", head):
            raise Unsure("an item begins in the middle of a line")

    def _tail(self, head: bytes, items: Items) -> bytes:
        """Return what stands behind the items; raise `Unsure` where that and the head are no List."""
        rest = chain([head + self._text.rest()], self._text.blocks)
        try:
            skeleton = next(chunks(rest, "", _LONG_TAIL))
            tail = skeleton.data[len(head) :]
            values = [document.value() for document in documents(skeleton, "")]
        except UnreadableDocument as error:
            raise Unsure(f"what is around its items is unreadable: {error.message}") from None
        self._pass(tail)
        value = values[0]
        if len(values) != 1 or not isinstance(value, dict) or not str(value.get("kind", "")).endswith("List"):
            raise Unsure("its kind is no List")
        if value.get("items", "") not in (None, []) or len(skeleton.data) > _LONG_TAIL:
            raise Unsure("its items are not all that it has much of")
        items.prove_end(tail)
        return tail


class _Where(Record):
    """A place in a file, all 0-based; the column counts characters."""

    line: int
    column: int
    offset: int

    def behind(self, data: bytes) -> "_Where":
        """The place behind a text that begins here."""
        last = data[data.rfind(b"\n") + 1 :].decode(errors="replace").removeprefix("\ufeff")
        breaks = data.count(b"\n")
        return _Where(self.line + breaks, len(last) + (0 if breaks else self.column), self.offset + len(data))


def _cut(frame: Frame, begun: Chunk, more: Iterator[bytes], limit: int) -> Generator[Chunk, None, Chunk]:
    """Return each item of a List that was looked at; the next is found before one is handed out."""
    text = Text(chain([begun.data], more), limit)
    items = items_of(text)
    place = _Where(begun.line, 0, begun.offset).behind(frame.head)
    held: Chunk | None = None
    for number, (between, item) in enumerate(items):
        at_line = between.find(b"\n") + 1 if number else 0  # so that what is handed out ends with its line
        if held is not None:
            yield _followed_by(held, between[:at_line])
        before = between[at_line:] if number else frame.head + between
        start = place.behind(between)
        place = start.behind(item)
        head = frame.head + (between.partition(b",")[2] if number else between)
        ends = (start.line, start.column), (place.line, place.column)
        cut = Cut(number, before, len(head), len(frame.tail), b"", *ends)
        held = Chunk(head + item + frame.tail, start.line - lines_in(head), start.offset - len(head), cut)
    if held is not None:
        yield _followed_by(held, frame.tail)
    place = place.behind(frame.tail)
    return Chunk(text.behind(len(frame.tail)), place.line, place.offset)


def _followed_by(chunk: Chunk, after: bytes) -> Chunk:
    assert chunk.cut is not None  # noqa: S101 - it was made here
    return chunk._replace(cut=chunk.cut._replace(after=after))
