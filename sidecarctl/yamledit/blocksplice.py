"""Edits of block collections: whole lines come and go, and a value behind its colon or dash gets another."""

import re
from typing import Final

from sidecarctl.yamledit.document import key_node
from sidecarctl.yamledit.edit import Edit
from sidecarctl.yamledit.emit import Style, after_colon, block_lines, item_lines, json_string, scalar_text
from sidecarctl.yamledit.flow import flow_text
from sidecarctl.yamledit.geometry import (
    Geometry,
    UnsupportedEdit,
    content_end,
    is_block_collection,
    is_block_scalar,
)
from sidecarctl.yamledit.nodes import Alias, Collection, Node
from sidecarctl.yamledit.place import Splice
from sidecarctl.yamledit.reading import key_of, start_of
from sidecarctl.yamledit.style import block_style, flow_style, key_column
from sidecarctl.yamledit.value import Value

_HEADER: Final = re.compile(r"([|>])([1-9]?)[+-]?([1-9]?)")


class BlockRoom:
    """Resolves edits whose parent is in block style."""

    def __init__(self, geometry: Geometry) -> None:
        self.geometry = geometry
        self.text = geometry.text

    def splices(self, chain: list[Collection], edits: list[Edit]) -> list[Splice]:
        """Return the splices of the edits of one collection, the last of the chain."""
        style = block_style(self.geometry, chain)
        found: list[Splice] = []
        for edit in edits:
            match edit.op:
                case "add":
                    found += self._added(chain, edit, style)
                case "insert":
                    found += self._inserted(chain, edit, style)
                case "remove":
                    found.append(self._removed(chain[-1], edit))
                case "set":
                    found += self._set(chain, edit, style)
        return found

    def _added(self, chain: list[Collection], edit: Edit, style: Style) -> list[Splice]:
        mapping = chain[-1]
        column = key_column(self.geometry, mapping)
        lines = block_lines({str(edit.path[-1]): edit.value}, style)
        return self._appended(mapping, column, column, lines, len(edit.path))

    def _inserted(self, chain: list[Collection], edit: Edit, style: Style) -> list[Splice]:
        sequence, index = chain[-1], _index(edit)
        column = self.geometry.column(self.geometry.dash(sequence.items[0]))
        lines = item_lines(edit.value, style)
        if index == len(sequence.items):
            return self._appended(sequence, column + 1, column, lines, len(edit.path))
        lowest = self.geometry.line_after(sequence.items[index - 1]) if index else 0
        dash = self.geometry.line_start(self.geometry.dash(sequence.items[index]))
        deepest = column if index else len(self.text)
        at = self.geometry.above_own_comments(dash, deepest, lowest)
        return [Splice(at, at, self._joined(lines, column), len(edit.path))]

    def _appended(self, node: Collection, own: int, column: int, lines: list[str], depth: int) -> list[Splice]:
        """Put lines behind a collection and the comments below it that are indented to column `own` or deeper."""
        at = self.geometry.after_own_comments(self.geometry.line_after(node), own)
        if at < len(self.text) or not self.geometry.is_last_line_open():
            return [Splice(at, at, self._joined(lines, column), depth)]
        newline = self.geometry.newline
        opened = Splice(at, at, newline + self._joined(lines, column).removesuffix(newline), depth)
        return [*self._closed_block_scalar(node), opened]

    def _closed_block_scalar(self, node: Node) -> list[Splice]:
        """Keep the value of a block scalar at the open end of the text, which the line break to come would lengthen."""
        _, leaf = content_end(node)
        if not is_block_scalar(leaf):
            return []
        header = _HEADER.match(self.text, _header_start(self.text, leaf))
        if header is None:
            return []
        return [Splice(header.start(), header.end(), f"{header[1]}{header[2]}{header[3]}-")]

    def _removed(self, parent: Collection, edit: Edit) -> Splice:
        if parent.is_map:
            start, value, following = self._entry(parent, edit)
        else:
            value = parent.items[_index(edit)]
            start, following = self.geometry.dash(value), None
        column = self.geometry.column(start)
        end = self.geometry.after_own_comments(self.geometry.line_after(value), column + 1)
        line_start = self.geometry.line_start(start)
        if self.text[line_start:start].strip(" "):  # the first key of an item, on the line of its dash
            if following is None:
                raise UnsupportedEdit("removing the only key of a list's item", start)
            return Splice(start, following, "", len(edit.path))
        return Splice(line_start, end, "", len(edit.path))

    def _entry(self, parent: Collection, edit: Edit) -> tuple[int, Node, int | None]:
        for index in range(0, len(parent.items), 2):
            if key_of(parent.items[index]) == edit.path[-1]:
                following = start_of(parent.items[index + 2]) if index + 2 < len(parent.items) else None
                return start_of(parent.items[index]), parent.items[index + 1], following
        raise UnsupportedEdit("removing a key that another mapping brings in", parent.start)

    def _set(self, chain: list[Collection], edit: Edit, style: Style) -> list[Splice]:
        parent, value = chain[-1], edit.value
        key = key_node(parent, edit.path[-1]) if parent.is_map else None
        old = self._old_value(parent, edit)
        if is_block_collection(old) or is_block_scalar(old):
            return [self._rewritten(key, old, value, style)]
        if isinstance(old, Collection) and old.items:
            flow = flow_style(self.geometry, [*chain, old])
            return [Splice(old.start, old.end, flow_text(value, flow._replace(indent="")))]
        if not value or not isinstance(value, dict | list):
            return [self._replaced_scalar(old, value)]
        if key is None:
            return [self._rewritten(key, old, value, style)]
        return self._opened(key, old, value, style, len(edit.path))

    def _old_value(self, parent: Collection, edit: Edit) -> Node:
        if not parent.is_map:
            return parent.items[_index(edit)]
        return self._entry(parent, edit)[1]

    def _replaced_scalar(self, old: Node, value: Value) -> Splice:
        start, end = start_of(old), content_end(old)[0]
        text = scalar_text(value)
        if isinstance(value, str) and not isinstance(old, Collection | Alias) and old.style == '"':
            text = json_string(value)
        return Splice(start, end, f" {text}" if start == end else text)

    def _opened(self, key: Node, old: Node, value: Value, style: Style, depth: int) -> list[Splice]:
        """Put a block collection below a key whose value was a scalar, an alias, null or `[]`; its comment stays."""
        start, end = start_of(old), content_end(old)[0]
        bare = start - (len(self.text[:start]) - len(self.text[:start].rstrip(" "))) if start < end else start
        column = self.geometry.column(start_of(key))
        lines = after_colon(value, style)[1:]
        at = self.geometry.next_line(end)
        body = self._joined(lines, column)
        if at == len(self.text) and self.geometry.is_last_line_open():
            body = self.geometry.newline + body.removesuffix(self.geometry.newline)
        emptied = [Splice(bare, end, "")] if bare < end else []
        return [*emptied, Splice(at, at, body, depth + 1)]

    def _rewritten(self, key: Node | None, old: Node, value: Value, style: Style) -> Splice:
        """Write a value anew, from its colon or dash to the end of its last line."""
        if key is not None:
            start = self.text.index(":", content_end(key)[0]) + 1
            column = self.geometry.column(start_of(key))
            first, *rest = after_colon(value, style)
        else:
            dash = self.geometry.dash(old)
            start, column = dash + 1, self.geometry.column(dash)
            (lead, *rest) = item_lines(value, style)
            first = lead[1:]
        newline = self.geometry.newline
        end = self.geometry.line_after(old)
        tail = newline if self.text[end - 1 : end] in {"\n", "\r"} else ""
        body = newline.join((first, *(" " * column + line if line else line for line in rest)))
        return Splice(start, end, body + tail)

    def _joined(self, lines: list[str], column: int) -> str:
        newline, indent = self.geometry.newline, " " * column
        return "".join(f"{indent}{line}{newline}" if line else newline for line in lines)


def _index(edit: Edit) -> int:
    index = edit.path[-1]
    if not isinstance(index, int):
        raise UnsupportedEdit("a key where a list has items", 0)
    return index


def _header_start(text: str, leaf: Node) -> int:
    """Return where the `|` or `>` of a block scalar stands, behind its anchor and tag."""
    start = start_of(leaf)
    while start < len(text) and text[start] not in "|>":
        start += 1
    return start
