"""Brackets that hold nothing are filled where they stand, and can be emptied again: nothing around them changes."""

import re
from typing import Final, TypeGuard

from sidecarctl.yamledit.flow import flow_text
from sidecarctl.yamledit.flowstyle import flow_style, is_on_lines, lead
from sidecarctl.yamledit.parse.nodes import Collection, Node
from sidecarctl.yamledit.splicetype import Splice
from sidecarctl.yamledit.style import key_column
from sidecarctl.yamledit.value import Value
from sidecarctl.yamledit.write.authorship import blank_behind_bracket
from sidecarctl.yamledit.write.geometry import Geometry, content_end

TO_COMMA: Final = re.compile(r"(?:[ \t\r\n\x85\u2028\u2029]++|#[^\r\n\x85\u2028\u2029]*+)*+,")
_WIDTH: Final = 100  # columns
_STEP: Final = "  "


class Brackets:
    """A flow collection that gets all that it will hold, or loses all that it holds; `chain` leads to its parent."""

    def __init__(self, geometry: Geometry, chain: list[Collection], collection: Collection) -> None:
        self.geometry = geometry
        self.chain = chain
        self.collection = collection
        self.start = geometry.text.index("{" if collection.is_map else "[", collection.start) + 1  # behind the bracket
        self.inside = geometry.text[self.start : collection.end - 1]

    def emptied(self) -> Splice:
        """Take everything out; a layout of one item a line goes with it."""
        last = max(content_end(node)[0] for node in self.collection.items[-2:])  # of an entry, key or value
        comma = TO_COMMA.match(self.geometry.text, last, self.collection.end)
        end = comma.end() if comma else last
        rest = self.geometry.text[end : self.collection.end - 1]
        has_lines = is_on_lines(self.geometry, self.collection) and bool(rest.strip(" \t")) and not rest.strip()
        return Splice(self.start, self.collection.end - 1 if has_lines else end, "")

    def filled(self, value: Value) -> Splice:
        """Put a value between the brackets, before the comments and line breaks that stand there."""
        text = self._in_flow(value) if self.chain[-1].flow else self._in_block(value)
        return Splice(self.start, self.start, f"{text} " if self.inside.startswith("#") else text)

    def _in_flow(self, value: Value) -> str:
        style = flow_style(self.geometry, self.chain)
        if self.inside:
            style = style._replace(indent="")
        text = flow_text(value, style, self.geometry.newline + lead(self.geometry, self.start))[1:-1]
        return blank_behind_bracket(self.geometry, self.chain[-1], self.collection, text) + text

    def _in_block(self, value: Value) -> str:
        style = flow_style(self.geometry, [*self.chain, self.collection])
        if self.inside.strip(" \t"):
            return flow_text(value, style)[1:-1]
        newline = self.geometry.newline + " " * self._column()
        text = flow_text(value, style._replace(indent=_STEP, width=_WIDTH), newline)[1:-1]
        if not text.startswith(newline):
            return self.inside + text  # blanks on both sides
        # Strict readers want the closing bracket, too, to stand deeper than the key: behind the last entry it does.
        return text.rstrip()

    def _column(self) -> int:
        """The column of the line's own: of the bracket, where it begins one, of the key, or of the dash."""
        parent, bracket = self.chain[-1], self.start - 1
        if self.geometry.begins_line(bracket):
            return self.geometry.column(bracket)
        if parent.is_map:
            return key_column(self.geometry, parent)
        return self.geometry.column(self.geometry.dash(self.collection))


def gets_all_or_loses_all(node: Node, value: Value) -> TypeGuard[Collection]:
    """Whether a value fills brackets that hold nothing, or empties others."""
    if not isinstance(node, Collection) or not node.flow or not isinstance(value, dict if node.is_map else list):
        return False
    return bool(node.items) != bool(value)
