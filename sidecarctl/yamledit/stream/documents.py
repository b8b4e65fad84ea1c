"""Documents of a byte stream, cut at their markers without parsing.

# Strategy: the markers tell.
YAML forbids `---` and `...` at the beginning of a line inside any scalar, so a search for them finds every border, save
those behind the exotic line breaks; and JSON documents may stand one after the other. There the parser sees a second
document begin, and `documents` cuts again. What is cut is never copied twice, and memory is one document's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import Final, Protocol, TypeAlias

from sidecarctl.finding import ConflictingEdits, Position, UnreadableDocument, show_size
from sidecarctl.record import Record
from sidecarctl.yamledit.document import BOM, Document, Item, Origin

MAX_DOCUMENT: Final = 3 * 1024 * 1024


MAX_LIST: Final = 64 * 1024 * 1024


MAX_JOINED: Final = 100


WHOLE: Final = 1024 * 1024  # bytes up to which a List is read in one piece


_LIST: Final = rb"""(?m)^(?:items:[ \t]*$|[{ \t]*"items"[ \t]*:)|"items"[ \t]*:[ \t]*\[|^kind:[ \t]*\w*List[ \t]*$"""


Sift: TypeAlias = Callable[[bytes, int, int], Iterator[tuple[int, bool]]]  # as sifting.py has it


_Limits: TypeAlias = "tuple[str, int, ListCutter | None]"  # the file, the largest document, what cuts Lists


class Cut(Record):
    """What of a chunk is an item of a List, and what stands around it there and in the stream; places are 0-based."""

    number: int  # of the item, 0-based
    before: bytes  # what the stream has between the item before and this one; all of the List's head above the first
    head: int  # how many bytes of the chunk are the List's head
    tail: int  # and how many its tail
    after: bytes  # what the stream has behind the item up to the line's end; all of the List's tail below the last
    start: tuple[int, int]  # line and column of the item in the file
    end: tuple[int, int]


class Chunk(Record):
    """The bytes of one document, its marker included, and where in the stream they begin.

    An item of a long List is a List of one: the chunk has the head and the tail of the List, the stream has not.
    """

    data: bytes
    line: int  # 0-based
    offset: int  # in bytes
    cut: Cut | None = None
    is_passed: bool = False  # whether it is any number of documents in which nothing is of interest

    @property
    def original(self) -> bytes:
        """The bytes that the stream has here."""
        return self.in_stream(self.data)

    def in_stream(self, output: bytes) -> bytes:
        """Return what takes the place of the original when the chunk's data became something else."""
        cut = self.cut
        if cut is None:
            return output
        end = len(output) - cut.tail
        if output[: cut.head] != self.data[: cut.head] or output[end:] != self.data[len(self.data) - cut.tail :]:
            raise ConflictingEdits("an edit of an item changed the List around it; this is a bug of ours")
        return b"".join((cut.before, output[cut.head : end], cut.after))

    def origin(self, file: str) -> Origin:
        """Return where in a file the chunk stands."""
        if self.cut is None:
            return Origin(file, self.line)
        head = self.data[: self.cut.head].decode().removeprefix(BOM)
        columns = self.cut.start[1] - len(head) + head.rfind("\n") + 1
        return Origin(file, self.line, Item(self.cut.number, len(head), columns))

    @property
    def extent(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """Where it begins and ends in the file: line and column, 0-based."""
        if self.cut is not None:
            return self.cut.start, self.cut.end
        return (self.line, 0), (self.line + lines_in(self.data) + 1, 0)


class ListCutter(Protocol):
    """Cuts long Lists into their items (lists.py)."""

    def cut(self, begun: Chunk, more: Iterator[bytes]) -> Generator[Chunk, None, Chunk] | None:
        """Return the items of the List that a stream has come to, and finally what follows; None for all else."""

    def items(self, first: Chunk) -> Iterator[Chunk]:
        """Return the items of a List that was cut, once more from the first on."""

    def why_whole(self, offset: int) -> str:
        """Return why the document at an offset is not cut; empty where that was not asked."""


def chunks(
    blocks: Iterable[bytes],
    file: str,
    max_document: int = MAX_DOCUMENT,
    lists: ListCutter | None = None,
    sift: Sift | None = None,
) -> Iterator[Chunk]:
    """Cut blocks of bytes into documents; joined, the originals of the pieces are the stream.

    Where sifted, documents in which nothing is of interest stay together.
    Raises `UnreadableDocument` for a document over the limit (a `List` is limited item by item, not as a whole).
    """
    stream = iter(blocks)
    rest, searched, is_ended = Chunk(b"", 0, 0), 0, False
    while not is_ended:
        block = next(stream, None)
        is_ended = block is None
        data = rest.data + (block or b"")
        searchable = len(data) if is_ended else last_line_break(data)
        ends = sift if sift is not None and len(data) <= min(WHOLE, max_document) else _each  # nothing over a limit
        start = 0
        for end, is_passed in ends(data, searched, searchable):
            piece = Chunk(data[start:end], rest.line, rest.offset, None, is_passed)
            rest, start = (yield from _pieces(piece, (file, max_document, lists))), end
        rest, searched = rest._replace(data=data[start:]), max(0, searchable - start)
        if lists is not None and (items := lists.cut(rest, stream)) is not None:
            rest, searched = (yield from items), 0
        elif len(rest.data) > max_document:
            _check(rest, (file, max_document, lists))
    if rest.data:
        yield from _pieces(rest, (file, max_document, lists))


def _pieces(chunk: Chunk, limits: _Limits) -> Generator[Chunk, None, Chunk]:
    """Return a document, or the items of a long List, and finally what follows it."""
    lists = limits[2]
    if not chunk.is_passed and lists is not None and (items := lists.cut(chunk, iter(()))) is not None:
        return (yield from items)
    if not chunk.is_passed:
        _check(chunk, limits)
    yield chunk
    return Chunk(b"", chunk.line + lines_in(chunk.data), chunk.offset + len(chunk.data))


def _each(data: bytes, searched: int, searchable: int) -> Iterator[tuple[int, bool]]:
    return ((end, False) for end in borders(data, 0, searched, searchable))


def documents(chunk: Chunk, file: str) -> Iterator[Document]:
    """Return the documents of a piece: one, unless only the parser could see that another begins.

    Raises `UnreadableDocument` for what is not UTF-8, and for what the parser stumbles at before a document ends.
    """
    text = decoded(chunk, file)
    bom = BOM * (len(text) - len(text.lstrip(BOM)))  # Kubernetes passes over any number of them
    origin = chunk.origin(file)
    document = Document(text[len(bom) :], origin, bom)
    count = 1
    while (rest := document.tree.rest) is not None:
        count += 1
        if count > MAX_JOINED:  # each is cut off from all that follow
            raise UnreadableDocument(
                f"more than {MAX_JOINED} documents with nothing between them", Position(file, origin.line + 1, 1)
            )
        text = document.text
        yield Document(text[:rest], origin, document.bom)
        origin = Origin(file, origin.line + lines_in(text[:rest].encode()))
        document = Document(text[rest:], origin)
    yield document


def _check(chunk: Chunk, limits: _Limits) -> None:
    file, max_document, lists = limits
    size = len(chunk.data)
    is_list = size <= max_document or re.search(_LIST, chunk.data[: 1 << 16]) is not None
    if size <= max_document or (size <= MAX_LIST and is_list):
        return
    limit = show_size(max_document)
    message = f"a document over {limit} (the limit max-document; --max-document raises it)"
    if lists is not None and is_list and (why := lists.why_whole(chunk.offset)):
        message += f"; as a List it cannot be cut into its items: {why}"
    raise UnreadableDocument(message, Position(file, chunk.line + 1, 1))


def decoded(chunk: Chunk, file: str) -> str:
    """Return the text of a piece; raise `UnreadableDocument` where it is not UTF-8."""
    try:
        return chunk.data.decode()
    except UnicodeDecodeError as error:
        before = chunk.data[: error.start]
        line = lines_in(before)
        column = len(before[before.rfind(b"\n") + 1 :].decode()) + 1
        what = "UTF-16" if chunk.data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "not UTF-8"
        message = f"{what}, at byte {chunk.offset + error.start}; Kubernetes reads UTF-8 only"
        raise UnreadableDocument(message, Position(file, chunk.line + line + 1, column)) from None


_MARK: Final = rb"(?:---(?=[ \t\r\n]|\Z)|\.\.\.[ \t]*(?:#[^\r\n]*)?(?:\r\n|[\r\n]|\Z))"


_MARK_AFTER_LINE_FEED: Final = re.compile(rb"\n" + _MARK)


JSON: Final = re.compile(rb"(?:\xef\xbb\xbf)?(?:---)?[ \t\r\n]*[{\[]")


_JSON_BORDER: Final = rb"\}[ \t]*\r?\n[ \t\r\n]*(?=\{)"


_NOTHING: Final = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s+|#[^\r\n]*|(?:---|\.\.\.)(?=\s|\Z))*")


_BEFORE_DIRECTIVES: Final = frozenset({b"%", b"#", b"\n", b"\r", b" ", b"\t", b"\xef"})


_Search: TypeAlias = Callable[[bytes, int], "re.Match[bytes] | None"]


def borders(data: bytes, start: int, searched: int, searchable: int) -> Iterator[int]:
    """Return where the documents of a buffer end, from the start of one on, except for the last of them.

    Only marks between the two other offsets are seen.
    """
    next_mark = (re.compile(rb"[\r\n]" + _MARK) if b"\r" in data else _MARK_AFTER_LINE_FEED).search
    position = searched
    while (end := _next_border(data, start, position, searchable, next_mark)) is not None:
        yield end
        start = position = end


def documents_in(data: bytes) -> int:
    """Count the documents of a text that is not empty, as far as the markers tell."""
    return 1 + sum(end < len(data) for end in borders(data, 0, 0, len(data)))


def says_nothing(data: bytes) -> bool:
    """Return whether a text holds no value: only blanks, comments and document markers."""
    found = _NOTHING.match(data)
    return found is not None and found.end() == len(data)


def lines_in(data: bytes) -> int:
    """Count the line breaks in a text: LF, CRLF or a lone CR."""
    if b"\r" not in data:
        return data.count(b"\n")
    return data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n")


def last_line_break(data: bytes) -> int:
    """Return where the last break is of which we know the whole: lines behind it may still grow."""
    end = len(data) - data.endswith(b"\r")
    return max(data.rfind(b"\n", 0, end), data.rfind(b"\r", 0, end), 0)


def _next_border(data: bytes, start: int, position: int, searchable: int, next_mark: _Search) -> int | None:
    is_json = JSON.match(data, start) is not None
    json_border = re.compile(_JSON_BORDER) if is_json else None
    while (found := next_mark(data, position)) is not None or is_json:
        mark = found.start() if found else len(data)
        end = (found.end() - 3 if found[0].endswith(b"---") else found.end()) if found else len(data)
        if json_border and (json := json_border.search(data, _last_brace(data, start, position), mark)) is not None:
            mark, end = json.start(), json.end()
        if mark >= searchable:
            return None
        if data[start : start + 1] not in _BEFORE_DIRECTIVES or not _is_prologue(data[start:end]):
            return end
        position = mark + 1
    return None


def _last_brace(data: bytes, start: int, position: int) -> int:
    return max(start, data.rfind(b"}", start, position))


def _is_prologue(data: bytes) -> bool:
    """Whether a piece holds nothing but directives (and comments): they belong to the document that follows."""
    lines = [line.lstrip(b"\xef\xbb\xbf \t")[:1] for line in data.splitlines()]
    return b"%" in lines and all(first in {b"", b"#", b"%"} for first in lines)
