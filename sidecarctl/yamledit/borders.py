"""Where in a stream of bytes its documents end, found by the markers between them."""

import re
from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

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
