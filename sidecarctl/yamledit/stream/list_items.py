"""Find the items of a List in a stream, one at a time, without holding more than one of them.

In YAML an item begins with the dash at the items' column, and goes on to the next line that begins there or further
left and is no comment. In JSON the standard library's decoder tells where a value ends, whatever the layout.
Neither is a proof: `prove` is.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final, NoReturn, Protocol

from sidecarctl.finding import show_size
from sidecarctl.yamledit.parse.events import YamlSyntaxError, events_counted
from sidecarctl.yamledit.parse.nodes import compose
from sidecarctl.yamledit.stream.documents import JSON

HEAD: Final = 64 * 1024  # within so many bytes the first item must begin
_FIRST_DASH: Final = re.compile(
    rb"^items:[ \t]*(?:#[^\r\n]*)?\r?\n(?:[ \t]*(?:#[^\r\n]*)?\r?\n)*( *)-[ \r\n]", re.MULTILINE
)
_ALIAS: Final = re.compile(rb"(?:^|[-:?,\[{])[ \t]*\*\S", re.MULTILINE)
_EXOTIC_BREAKS: Final = (b"\xc2\x85", b"\xe2\x80\xa8", b"\xe2\x80\xa9")  # NEL, LS, PS: lines that we would not see
_BLANK: Final = re.compile(r"[ \t\r\n]*")
_LONGEST_WORD: Final = len("-Infinity")


class Unsure(Exception):
    """Cutting might change what a List says; or an item is over the limit."""

    def __init__(self, message: str, *, is_too_large: bool = False) -> None:
        super().__init__(message)
        self.is_too_large = is_too_large


class Text:
    """What is left of a stream; bytes are let go once they are taken."""

    def __init__(self, blocks: Iterable[bytes], limit: int) -> None:
        self.blocks = iter(blocks)
        self.data = b""
        self.at = 0
        self._limit = limit
        self._latin = ""

    @property
    def latin(self) -> str:
        """The bytes in memory with a character for each: JSON's structure is ASCII."""
        if len(self._latin) != len(self.data):
            self._latin = self.data.decode("latin-1")
        return self._latin

    def more(self) -> bool:
        """Read on; whether there was more.

        Raises `Unsure` where what was not taken yet is over the limit.
        """
        if len(self.data) - self.at > self._limit:
            self._refuse()
        return self._read()

    def fill(self, size: int) -> None:
        """Read on until so many bytes are in memory, or all."""
        while len(self.data) - self.at < size and self._read():
            pass

    def taken(self, size: int) -> bytes:
        """Take the next bytes; raise `Unsure` where that is over the limit."""
        if size > self._limit:
            self._refuse()
        self.at += size
        return self.data[self.at - size : self.at]

    def rest(self) -> bytes:
        """Return what is in memory and was not taken."""
        return self.data[self.at :]

    def behind(self, size: int) -> bytes:
        """Return what is in memory behind the next bytes."""
        self.fill(size)
        return self.data[self.at + size :]

    def _read(self) -> bool:
        block = next(self.blocks, None)
        if block is None:
            return False
        self.data = self.data[self.at :] + block
        self.at, self._latin = 0, ""
        return True

    def _refuse(self) -> NoReturn:
        limit = show_size(self._limit)
        message = f"an item of a List over {limit} (the limit max-document; --max-document raises it)"
        raise Unsure(message, is_too_large=True)


class Items(Protocol):
    """The items of a List."""

    head: bytes

    def __iter__(self) -> Iterator[tuple[bytes, bytes]]:
        """Return what stands before each item, and the item."""

    def prove(self, item: bytes) -> None:
        """Raise `Unsure` where an item is not one on its own."""

    def prove_end(self, tail: bytes) -> None:
        """Raise `Unsure` where the end of the document matters to every item."""


def items_of(text: Text) -> Items:
    """Return the items of the List at the beginning of a text; raise `Unsure` where none are to be seen."""
    text.fill(HEAD)
    json = JSON.match(text.data)
    return _JsonItems(text, json.end()) if json else _YamlItems(text)


def line_end(data: bytes) -> set[bytes]:
    """Return the line end that a text has, or none; raise `Unsure` where it has several."""
    returns, feeds = data.count(b"\r"), data.count(b"\n")
    if returns and not returns == feeds == data.count(b"\r\n"):
        raise Unsure("its lines end in different ways")
    return {b"\r\n" if returns else b"\n"} if feeds else set()


def line_lead(before: bytes, data: bytes) -> bytes:
    """Return the white space that the last line of a text begins with; `before`: that of the line it begins on."""
    start = data.rfind(b"\n") + 1
    line = data[start:]
    return line[: len(line) - len(line.lstrip(b" \t"))] if start else before


class _YamlItems:
    def __init__(self, text: Text) -> None:
        first = _FIRST_DASH.search(text.data, 0, HEAD)
        if first is None:
            raise Unsure("its items are not to be seen")
        self._text = text
        self._column = len(first[1])
        self._border = re.compile(rb"\n {0,%d}[^ \n\r#]" % self._column)
        self._dash = re.compile(rb" {%d}-[ \r\n]" % self._column)
        dash = first.start(1)
        start = self._above_comments(dash, text.data.index(b"\n", first.start()) + 1)
        self._dash_at = dash - start
        self.head = text.taken(start)
        self._is_open = False

    def __iter__(self) -> Iterator[tuple[bytes, bytes]]:
        is_there = True
        while is_there:
            line = self._next_line()
            is_there = self._dash.match(self._text.data, self._text.at + line) is not None
            end = self._above_comments(self._text.at + line, self._text.at + self._dash_at + 1) - self._text.at
            self._dash_at = line - end
            yield b"", self._text.taken(end)

    def prove(self, item: bytes) -> None:
        self._is_open = not item.endswith(b"\n")
        if any(mark in item for mark in _EXOTIC_BREAKS):
            raise Unsure("a line break that is none in JSON")
        try:
            text = f"x:\n{item.decode()}"
            events_counted(text)
            if b"*" in item and _ALIAS.search(item):
                compose(text)
        except (UnicodeDecodeError, YamlSyntaxError):
            raise Unsure("an item that is unreadable on its own") from None

    def prove_end(self, tail: bytes) -> None:
        """At an open end no block scalar may be written, and whether it is one is not known before."""
        if not tail.endswith(b"\n") if tail else self._is_open:
            raise Unsure("its last line is open")

    def _next_line(self) -> int:
        """Return how far ahead the line is that ends the item: its first character, and the next, are in memory."""
        text, searched = self._text, self._dash_at
        while True:
            found = self._border.search(text.data, text.at + searched)
            if found is not None and found.end() < len(text.data):
                return found.start() + 1 - text.at
            searched = max(self._dash_at, len(text.data) - text.at - self._column - 2)
            if not text.more():
                return found.start() + 1 - text.at if found else len(text.data) - text.at

    def _above_comments(self, line: int, lowest: int) -> int:
        """Go up from a line over the comments right above it that are not indented deeper than the dashes."""
        data = self._text.data
        while line > lowest:
            above = data.rfind(b"\n", 0, line - 1) + 1
            stripped = data[above:line].lstrip(b" ")
            if above < lowest or stripped[:1] != b"#" or line - above - len(stripped) > self._column:
                break
            line = above
        return line


class _JsonItems:
    def __init__(self, text: Text, inside: int) -> None:
        from json import JSONDecoder  # noqa: PLC0415 - short runs never need it

        self._text = text
        self._decode = JSONDecoder().raw_decode
        try:
            self.head = text.taken(self._first(inside))
        except (ValueError, RecursionError):
            raise Unsure("its items are not to be seen") from None

    def __iter__(self) -> Iterator[tuple[bytes, bytes]]:
        begin = self._content(0)
        while self._char(begin) != "]":
            end = self._end(begin)
            both = self._text.taken(end)
            yield both[:begin], both[begin:]
            begin = self._content(0)
            if self._char(begin) == ",":
                begin = self._content(begin + 1)
            elif self._char(begin) != "]":
                raise Unsure("no comma behind an item")

    def prove(self, item: bytes) -> None:
        """The decoder has."""

    def prove_end(self, tail: bytes) -> None:
        """Nothing depends on it."""

    def _first(self, at: int) -> int:
        """Return where the first item may begin, behind the bracket; the entries before are passed."""
        latin = self._text.latin
        while True:
            key, at = self._decode(latin, self._passed(at))
            at = self._passed(at, ":")
            if key == "items":
                return self._passed(at, "[")
            at = self._passed(self._decode(latin, at)[1], ",")

    def _passed(self, at: int, mark: str = "") -> int:
        """Pass white space, and a mark with the white space behind it unless that belongs to an item."""
        found = _BLANK.match(self._text.latin, at)
        assert found is not None  # noqa: S101 - the pattern takes nothing, too
        at = found.end()
        if not self._text.latin.startswith(mark, at):
            raise ValueError
        return self._passed(at + 1) if mark and mark != "[" else at + len(mark)

    def _content(self, skip: int) -> int:
        """Return how far ahead the next character is that is no white space; it is in memory."""
        while True:
            found = _BLANK.match(self._text.latin, self._text.at + skip)
            if found is not None and found.end() < len(self._text.data):
                return found.end() - self._text.at
            if not self._text.more():
                raise Unsure("it is cut off")

    def _char(self, skip: int) -> str:
        return self._text.latin[self._text.at + skip]

    def _end(self, begin: int) -> int:
        """Return how far ahead a value ends; the character behind it is in memory."""
        while True:
            try:
                _, end = self._decode(self._text.latin, self._text.at + begin)
            except (ValueError, RecursionError) as error:
                if not self._may_go_on(error):
                    raise Unsure("an item that is no JSON") from None
            else:
                if end < len(self._text.data):
                    return end - self._text.at
            if not self._text.more():
                raise Unsure("it is cut off")

    def _may_go_on(self, error: Exception) -> bool:
        """Whether a complaint is about the end of what is in memory."""
        at = getattr(error, "pos", 0)
        return at + _LONGEST_WORD >= len(self._text.data) or str(error).startswith("Unterminated string")
