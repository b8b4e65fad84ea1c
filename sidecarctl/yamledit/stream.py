"""Cut a stream of bytes into documents, at C speed and without reading them.

# Strategy: the markers tell.
YAML forbids `---` and `...` at the beginning of a line inside any scalar, so a search for them finds every border, save
those behind the exotic line breaks; and JSON documents may stand one after the other. There the parser sees a second
document begin, and `documents` cuts again. What is cut is never copied twice, and memory is one document's.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeAlias

from sidecarctl.finding import Position, UnreadableDocument
from sidecarctl.record import Record
from sidecarctl.yamledit.document import BOM, Document, Place

MAX_DOCUMENT: Final = 3 * 1024 * 1024
MAX_LIST: Final = 64 * 1024 * 1024
MAX_JOINED: Final = 100

_MARK: Final = rb"(?:---(?=[ \t\r\n]|\Z)|\.\.\.[ \t]*(?:#[^\r\n]*)?(?:\r\n|[\r\n]|\Z))"
_MARK_AFTER_LINE_FEED: Final = re.compile(rb"\n" + _MARK)
_JSON: Final = re.compile(rb"(?:\xef\xbb\xbf)?(?:---)?[ \t\r\n]*[{\[]")
_JSON_BORDER: Final = re.compile(rb"\}[ \t]*\r?\n[ \t\r\n]*(?=\{)")
_LIST: Final = rb"""(?m)^(?:items:[ \t]*$|[{ \t]*"items"[ \t]*:)|"items"[ \t]*:[ \t]*\[|^kind:[ \t]*\w*List[ \t]*$"""

_BEFORE_DIRECTIVES: Final = frozenset({b"%", b"#", b"\n", b"\r", b" ", b"\t", b"\xef"})
_Search: TypeAlias = Callable[[bytes, int], "re.Match[bytes] | None"]


class Chunk(Record):
    """The bytes of one document, its marker included, and where in the stream they begin."""

    data: bytes
    line: int  # 0-based
    offset: int  # in bytes


def chunks(blocks: Iterable[bytes], file: str, max_document: int = MAX_DOCUMENT) -> Iterator[Chunk]:
    """Cut blocks of bytes into documents; joined, the pieces are the stream.

    Raises `UnreadableDocument` for a document over the limit (a `List` is limited item by item, not as a whole).
    """
    rest, searched, line, offset = b"", 0, 0, 0
    for block in _with_end(blocks):
        data = rest + block if block is not None else rest
        searchable = len(data) if block is None else _last_line_break(data)
        start = 0
        for end in _borders(data, searched, searchable):
            piece = data[start:end]
            yield _checked(Chunk(piece, line, offset), file, max_document)
            line, offset, start = line + lines_in(piece), offset + len(piece), end
        rest, searched = data[start:], max(0, searchable - start)
        if len(rest) > max_document:
            _checked(Chunk(rest, line, offset), file, max_document)
    if rest:
        yield _checked(Chunk(rest, line, offset), file, max_document)


def documents(chunk: Chunk, file: str) -> Iterator[Document]:
    """Return the documents of a piece: one, unless only the parser could see that another begins.

    Raises `UnreadableDocument` for what is not UTF-8; other complaints come when the document is read.
    """
    text = decoded(chunk, file)
    bom = BOM if text.startswith(BOM) else ""
    place = Place(file, chunk.line)
    document = Document(text.removeprefix(BOM), place, bom)
    count = 1
    while (rest := document.tree.rest) is not None:
        count += 1
        if count > MAX_JOINED:  # each is cut off from all that follow
            raise UnreadableDocument(
                f"more than {MAX_JOINED} documents with nothing between them", Position(file, place.line + 1, 1)
            )
        text = document.text
        yield Document(text[:rest], place, document.bom)
        place = Place(file, place.line + lines_in(text[:rest].encode()))
        document = Document(text[rest:], place)
    yield document


def lines_in(data: bytes) -> int:
    """Count the line breaks in a text: LF, CRLF or a lone CR."""
    if b"\r" not in data:
        return data.count(b"\n")
    return data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n")


def _with_end(blocks: Iterable[bytes]) -> Iterator[bytes | None]:
    yield from blocks
    yield None


def _borders(data: bytes, searched: int, searchable: int) -> Iterator[int]:
    """Where the documents in a buffer end, except for the last of them; only marks between the offsets are seen."""
    next_mark = (re.compile(rb"[\r\n]" + _MARK) if b"\r" in data else _MARK_AFTER_LINE_FEED).search
    start, position = 0, searched
    while (end := _next_border(data, start, position, searchable, next_mark)) is not None:
        yield end
        start = position = end


def _next_border(data: bytes, start: int, position: int, searchable: int, next_mark: _Search) -> int | None:
    is_json = _JSON.match(data, start) is not None
    while (found := next_mark(data, position)) is not None or is_json:
        mark = found.start() if found else len(data)
        end = (found.end() - 3 if found[0].endswith(b"---") else found.end()) if found else len(data)
        if is_json and (json := _JSON_BORDER.search(data, _last_brace(data, start, position), mark)) is not None:
            mark, end = json.start(), json.end()
        if mark >= searchable:
            return None
        if not _is_prologue(data[start:end]):
            return end
        position = mark + 1
    return None


def _last_line_break(data: bytes) -> int:
    """Return where the last break is of which we know the whole: lines behind it may still grow."""
    end = len(data) - data.endswith(b"\r")
    return max(data.rfind(b"\n", 0, end), data.rfind(b"\r", 0, end), 0)


def _last_brace(data: bytes, start: int, position: int) -> int:
    return max(start, data.rfind(b"}", start, position))


def _is_prologue(data: bytes) -> bool:
    """Whether a piece holds nothing but directives (and comments): they belong to the document that follows."""
    if data[:1] not in _BEFORE_DIRECTIVES:
        return False
    lines = [line.lstrip(b"\xef\xbb\xbf \t")[:1] for line in data.splitlines()]
    return b"%" in lines and all(first in {b"", b"#", b"%"} for first in lines)


def _checked(chunk: Chunk, file: str, max_document: int) -> Chunk:
    size = len(chunk.data)
    if size <= max_document or (size <= MAX_LIST and re.search(_LIST, chunk.data[: 1 << 16])):
        return chunk
    limit = f"{max_document / 1024 / 1024:g}Mi"
    raise UnreadableDocument(
        f"a document over {limit} (the limit max-document; --max-document raises it)", Position(file, chunk.line + 1, 1)
    )


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
