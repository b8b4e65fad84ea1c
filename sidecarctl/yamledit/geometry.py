"""Where things lie in a text: lines, columns, dashes, comments, and where a value's content truly ends.

The parser's end of a block collection is where the next token begins, behind comments and blank lines; an edit wants
the end of what the user wrote.
"""

from typing import TypeGuard

from sidecarctl.finding import SidecarctlError
from sidecarctl.yamledit.nodes import Alias, Collection, Node
from sidecarctl.yamledit.reading import start_of


class UnsupportedEdit(SidecarctlError):
    """An edit that cannot be made without guessing; `index` is where."""

    def __init__(self, message: str, index: int) -> None:
        super().__init__(message)
        self.message = message
        self.index = index


class Geometry:
    """The lines and columns of one text."""

    __slots__ = ("newline", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        first = text.find("\n")
        self.newline = "\r\n" if first > 0 and text[first - 1] == "\r" else "\r" if first < 0 and "\r" in text else "\n"

    def line_start(self, index: int) -> int:
        """Return where the line of an offset begins."""
        return self.text.rfind(self.newline[-1], 0, index) + 1

    def column(self, index: int) -> int:
        """Return the 0-based column of an offset."""
        return index - self.line_start(index)

    def next_line(self, index: int) -> int:
        """Return where the line after that of an offset begins; the end of the text where there is none."""
        end = self.text.find(self.newline[-1], index)
        return len(self.text) if end < 0 else end + 1

    def line(self, index: int) -> str:
        """Return the line of an offset, without its break."""
        return self.text[self.line_start(index) : self.next_line(index)].rstrip("\r\n")

    def is_last_line_open(self) -> bool:
        """Whether the text ends without a line break."""
        return bool(self.text) and not self.text.endswith(("\n", "\r"))

    def line_after(self, node: Node) -> int:
        """Return where the line after a value's content begins."""
        end, leaf = content_end(node)
        if is_block_scalar(leaf):
            return end
        return self.next_line(end)

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
            above = self.line_start(index - len(self.newline))
            line = self.line(above)
            stripped = line.lstrip(" ")
            if above < lowest or not stripped.startswith("#") or len(line) - len(stripped) > column:
                break
            index = above
        return index

    def dash(self, item: Node) -> int:
        """Return where the dash of a block sequence's item is.

        Raises `UnsupportedEdit` where it is not the first thing on its line.
        """
        index = start_of(item) - 1
        while index >= 0 and self.text[index] in " \t":
            index -= 1
        if index >= 0 and self.text[index] != "-":
            index = self._lone_dash(index)
        if index < 0 or self.text[self.line_start(index) : index].strip(" "):
            raise UnsupportedEdit("a list whose dashes do not begin their lines", start_of(item))
        return index

    def _lone_dash(self, index: int) -> int:
        """Find a dash that stands alone on a line above, with nothing but comments and blank lines between."""
        while index >= 0:
            code = self.line(index).partition("#")[0].rstrip()
            if code:
                return self.line_start(index) + len(code) - 1 if code.lstrip(" ") == "-" else -1
            index = self.line_start(index) - 1
        return -1


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
