"""Where things lie in a text: lines, columns, dashes, comments, and where a value's content truly ends.

The parser's end of a block collection is where the next token begins, behind comments and blank lines; an edit wants
the end of what the user wrote.
"""

import re
from typing import Final, TypeGuard

from sidecarctl.finding import SidecarctlError
from sidecarctl.yamledit.parse.nodes import Alias, Collection, Node
from sidecarctl.yamledit.parse.values import start_of

_BREAKS: Final = "\n\r\x85\u2028\u2029"
_BREAK: Final = f"\r\n|[{_BREAKS}]"
_BLANK: Final = f" \t{_BREAKS}"
# A set of characters with one beyond Latin-1 in it would cost a millisecond to compile.
_BLANKS: Final = r"(?:[ \t\r\n\x85]++|\u2028|\u2029)*+"
_WINDOW: Final = 1024  # characters
# What stands in front of a block scalar's first line: anchor and tag, indicator, indentation and chomping.
_HEADER: Final = r"((?:[&!][^ \t\r\n]*[ \t\r\n]+)*)([|>])([-+1-9]*)"


MERGED_IN: Final = "removing a key that a merge (<<) brings in"  # it would come back


class UnsupportedEdit(SidecarctlError):
    """An edit that cannot be made without guessing; `index` is where."""

    def __init__(self, message: str, index: int) -> None:
        super().__init__(message)
        self.message = message
        self.index = index


class Geometry:
    """The lines and columns of one text, as the parser counts them: NEL, LS and PS break lines, too."""

    __slots__ = ("breaks", "newline", "only_break", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        lone_crs = text.count("\r") - text.count("\r\n") if "\r" in text else 0
        is_in_crs = lone_crs > text.count("\n")
        first = text.find("\n")
        self.newline = "\r" if is_in_crs else "\r\n" if first > 0 and text[first - 1] == "\r" else "\n"
        self.breaks = [char for char in _BREAKS if char in text and (char != "\r" or lone_crs)]
        self.only_break = self.breaks[0] if len(self.breaks) == 1 else None  # as nearly everywhere

    def line_start(self, index: int) -> int:
        """Return where the line of an offset begins."""
        if self.only_break is not None:
            return self.text.rfind(self.only_break, 0, index) + 1
        if "\r" in self.breaks and self.text[index - 1 : index + 1] == "\r\n":
            return self.line_start(index - 1)
        return self._behind_last_break(index, _WINDOW)

    def _behind_last_break(self, index: int, window: int) -> int:
        """Look back step by step: some of the breaks may be rare, or far away."""
        low = max(index - window, 0)
        start = max((self.text.rfind(char, low, index) + 1 for char in self.breaks), default=0)
        return start if start or not low else self._behind_last_break(index, window * _WINDOW)

    def column(self, index: int) -> int:
        """Return the 0-based column of an offset."""
        return index - self.line_start(index)

    def next_line(self, index: int) -> int:
        """Return where the line after that of an offset begins; the end of the text where there is none."""
        if self.only_break is not None:
            end = self.text.find(self.only_break, index)
            return len(self.text) if end < 0 else end + 1
        found = re.compile(_BREAK).search(self.text, index)
        return found.end() if found else len(self.text)

    def line_above(self, index: int) -> int:
        """Return where the line before a line's beginning begins; -1 where there is none."""
        return self.line_start(index - 1 - (self.text[index - 2 : index] == "\r\n")) if index else -1

    def line(self, index: int) -> str:
        """Return the line of an offset, without its break."""
        return self.text[self.line_start(index) : self.next_line(index)].rstrip(_BREAKS)

    def is_last_line_open(self) -> bool:
        """Whether the text ends without a line break."""
        return bool(self.text) and self.text[-1] not in _BREAKS

    def line_after(self, node: Node) -> int:
        """Return where the line after a value's content begins."""
        end, leaf = content_end(node)
        if start_of(leaf) == end and self.begins_line(
            end
        ):  # nothing, behind a `? key`: it stands where the next begins
            return self._below_content(self.line_start(end))
        if not is_block_scalar(leaf):
            return self.next_line(end)
        if self.keeps_line_breaks(leaf):
            return end
        column, index = self.content_column(leaf), end
        while index > start_of(leaf) and (above := self.line_above(index)) >= start_of(leaf):
            line = self.line(above)
            if line.strip(" \t") or len(line) > column:  # blanks beyond the indentation are content
                break
            index = above
        return index

    def content_column(self, leaf: Node) -> int:
        """Return the column from which on the lines of a block scalar are its content."""
        if isinstance(leaf, Collection | Alias):
            return 0
        begin = self.next_line(self.block_scalar_header(leaf).end())
        written, read = self.text[begin : leaf.end_mark.index].splitlines(), leaf.value.splitlines()
        first_written = next((line for line in written if line.strip(" \t")), None)
        first_read = next((line for line in read if line.strip(" \t")), None)
        if first_written is None or first_read is None:  # of content that is only blanks, the longest line tells
            return max(map(len, written), default=0) - max(map(len, read), default=0)
        return len(first_written) - len(first_written.lstrip(" ")) - (len(first_read) - len(first_read.lstrip(" ")))

    def _below_content(self, index: int) -> int:
        """Go up from a line start over blank lines and comments."""
        while (above := self.line_above(index)) >= 0 and self.line(above).lstrip(" \t")[:1] in {"", "#"}:
            index = above
        return index

    def block_scalar_header(self, leaf: Node) -> re.Match[str]:
        """Find the `|` or `>` of a block scalar: its groups are anchor and tag, indicator, and what follows that."""
        header = re.compile(_HEADER).match(self.text, start_of(leaf))
        if header is None:
            raise UnsupportedEdit("a block scalar whose beginning is not where it should be", start_of(leaf))
        return header

    def keeps_line_breaks(self, leaf: Node) -> bool:
        """Whether a leaf is a block scalar to whose value the blank lines behind it belong."""
        return is_block_scalar(leaf) and "+" in self.block_scalar_header(leaf)[3]

    def is_blank(self, index: int) -> bool:
        """Whether the line of an offset holds nothing."""
        return index < len(self.text) and not self.line(index).strip(" \t")

    def is_set_apart(self, upper: Node, lower: int) -> bool:
        """Whether a blank line stands between a value and the line of a later offset."""
        index, end = self.line_after(upper), self.line_start(lower)
        while index < end:
            if self.is_blank(index):
                return True
            index = self.next_line(index)
        return False

    def after_blank_lines(self, index: int) -> int:
        """Skip the blank lines right at an offset, which is a line start."""
        blanks = re.compile(_BLANKS).match(self.text, index)
        end = blanks.end() if blanks else index
        return max(index, self.line_start(end)) if end < len(self.text) else end

    def above_blank_lines(self, index: int, lowest: int) -> int:
        """Go up from a line start over the blank lines right above it; `lowest` is the line start to stop at."""
        above = self.text[lowest:index].rstrip(_BLANK)
        return self.next_line(lowest + len(above) - 1) if above else min(lowest, index)

    def begins_line(self, index: int) -> bool:
        """Whether an offset is the first thing on its line."""
        return not self.text[self.line_start(index) : index].strip(" \t")

    def after_own_comments(self, index: int, column: int) -> int:
        """Skip the comment lines right at an offset that are indented to a column or deeper: they belong above it."""
        while index < len(self.text):
            line = self.line(index)
            stripped = line.lstrip(" ")
            if not stripped.startswith("#") or len(line) - len(stripped) < column:
                break
            index = self.next_line(index)
        return index

    def above_own_comments(self, index: int, column: int, lowest: int) -> int:
        """Go up from a line start over the comment block right above it, if that is not indented deeper than a column.

        `lowest` is the line start to stop at.
        """
        while index > lowest:
            above = self.line_above(index)
            line = self.line(above)
            stripped = line.lstrip(" \t")
            if above < lowest or not stripped.startswith("#") or len(line) - len(stripped) > column:
                break
            index = above
        return index

    def dash(self, item: Node) -> int:
        """Return where the dash of a block sequence's item is.

        Raises `UnsupportedEdit` where no dash is to be seen.
        """
        index = self._indicator(start_of(item), "-")
        if index is None:
            raise UnsupportedEdit("an item whose dash is out of sight", start_of(item))
        return index

    def entry_start(self, key: Node) -> int:
        """Return where the entry of a key begins: at the key, or at the `?` before it."""
        index = self._indicator(start_of(key), "?")
        return start_of(key) if index is None else index

    def colon(self, key: Node, value: Node) -> int:
        """Return where the colon between a key and its value is; raises `UnsupportedEdit` where there is none."""
        index = self.own_colon(key, value)
        if index is None:
            raise UnsupportedEdit("a key without a colon", start_of(key))
        return index

    def own_colon(self, key: Node, value: Node) -> int | None:
        """Return where the colon between a key and its value is; None where there is none, as behind `? key`."""
        index, end = content_end(key)[0], start_of(value)
        while index < end and self.text[index] != ":":
            index = self.next_line(index) if self.text[index] == "#" else index + 1
        return index if index < end else None

    def _indicator(self, index: int, indicator: str) -> int | None:
        """Find the dash or question mark before an offset, on its line or alone above comments and blank lines."""
        before = self.text[self.line_start(index) : index].rstrip(" \t")
        if before:
            return self.line_start(index) + len(before) - 1 if before[-1] == indicator else None
        while (index := self.line_above(self.line_start(index))) >= 0:
            code = self.line(index).partition("#")[0].rstrip()
            if code:
                alone = code[-1] == indicator and not code.strip(" -?:")
                return self.line_start(index) + len(code) - 1 if alone else None
        return None


def content_end(node: Node) -> tuple[int, Node]:
    """Return where the content of a value ends, and the leaf that ends there."""
    while isinstance(node, Collection) and not node.flow and node.items:
        node = node.items[-1]
    if isinstance(node, Collection | Alias):
        return node.end, node
    return node.end_mark.index, node


def is_block_scalar(node: Node) -> bool:
    """Whether a node is a literal or folded block scalar, whose end is a line's beginning."""
    return not isinstance(node, Collection | Alias) and node.style in {"|", ">"}


def is_block_collection(node: Node) -> TypeGuard[Collection]:
    """Whether a node is a mapping or sequence in block style."""
    return isinstance(node, Collection) and not node.flow
