"""Edits of block collections: whole lines come and go, and a value behind its colon or dash gets another."""

import re
from collections.abc import Collection as Several
from typing import Final

from sidecarctl.yamledit.edit import Edit, Splice
from sidecarctl.yamledit.parse.nodes import Alias, Collection, Node
from sidecarctl.yamledit.parse.values import is_merge, key_of, start_of, value_of
from sidecarctl.yamledit.value import Value
from sidecarctl.yamledit.write.emit import (
    Style,
    after_colon,
    block_lines,
    block_style,
    item_lines,
    json_string,
    key_column,
    scalar_text,
)
from sidecarctl.yamledit.write.geometry import (
    Geometry,
    UnsupportedEdit,
    content_end,
    is_block_collection,
    is_block_scalar,
)

_COMMENTED_ITEM: Final = r"# ?-(?=[ \t]|$)"
_COMMENT: Final = r"[ \t]+#.*"


class BlockRoom:
    """Resolves edits whose parent is in block style."""

    def __init__(self, geometry: Geometry) -> None:
        self.geometry = geometry
        self.text = geometry.text

    def splices(self, chain: list[Collection], edits: list[Edit]) -> list[Splice]:
        """Return the splices of the edits of one collection, the last of the chain."""
        style = block_style(self.geometry, chain)
        parent, ops = chain[-1], [edit.op for edit in edits]
        entries = len(parent.items) // 2 if parent.is_map else len(parent.items)  # of a map: keys and values in turn
        if not {"add", "insert"} & set(ops) and ops.count("remove") == entries:
            raise UnsupportedEdit("taking everything out of a collection piece by piece", parent.start)
        gone = {edit.path[-1] for edit in edits if edit.op == "remove"}
        found: list[Splice] = []
        for edit in edits:
            match edit.op:
                case "add":
                    found += self._added(chain, edit, style)
                case "insert":
                    found += self._inserted(chain, edit, style)
                case "remove":
                    found.append(self._removed(chain, edit, gone))
                case "set":
                    found += self._set(chain, edit, style)
        return found

    def _added(self, chain: list[Collection], edit: Edit, style: Style) -> list[Splice]:
        mapping = chain[-1]
        column = key_column(self.geometry, mapping)
        at = self._below_commented_items(mapping.items[-1], column, self._behind(mapping, column))
        lines = block_lines({str(edit.path[-1]): edit.value}, self._style_at(at, column, style))
        blank = self._blank_between(mapping, len(mapping.items) - 2)
        return [self._put(at, column, [*blank, *lines], len(edit.path))]

    def _inserted(self, chain: list[Collection], edit: Edit, style: Style) -> list[Splice]:
        sequence, index = chain[-1], _index(edit)
        column = self.geometry.column(self.geometry.dash(sequence.items[0]))
        blank = self._blank_between(sequence, min(max(index, 1), len(sequence.items) - 1))
        if index == len(sequence.items):
            at = self._behind(sequence, column)
            lines = item_lines(edit.value, self._style_at(at, column, style))
            return [self._put(at, column, [*blank, *lines], len(edit.path))]
        dash = self.geometry.dash(sequence.items[index])
        if not self.geometry.begins_line(dash):  # the first item, on the line of another dash or a question mark
            text = self._joined([*item_lines(edit.value, style), *blank], column)
            return [Splice(dash, dash, text[column:] + " " * column, len(edit.path))]
        lowest = self.geometry.line_after(sequence.items[index - 1]) if index else 0
        deepest = column if index else len(self.text)
        at = self.geometry.above_own_comments(self.geometry.line_start(dash), deepest, lowest)
        lines = item_lines(edit.value, self._style_at(at, column, style))
        if self.geometry.after_own_comments(at, column + 1) > at:  # it would seem to be the new item's last word
            blank = [""]
        return [Splice(at, at, self._joined([*lines, *blank], column), len(edit.path))]

    def _behind(self, node: Collection, column: int) -> int:
        """Return where the next entry of a collection begins: below the comments that are indented deeper than it.

        Behind a block scalar, also below those that blank lines part from it: put above them, the entry would have to
        take them along when it is removed, for they would be read as part of the scalar.
        """
        at = self.geometry.after_own_comments(self.geometry.line_after(node), column + 1)
        if is_block_scalar(content_end(node)[1]):
            below = self.geometry.after_blank_lines(at)
            end = self.geometry.after_own_comments(below, column + 1)
            at = end if end > below else at
        return at

    def _below_commented_items(self, value: Node, column: int, at: int) -> int:
        """Return where the lines end that hold commented-out items of a list, which are indented as its dashes are.

        `at` is below the value; the lines below others than such a list are not looked at.
        """
        if not is_block_collection(value) or value.is_map or not value.items:
            return at
        if self.geometry.column(self.geometry.dash(value.items[-1])) != column:
            return at
        while True:
            deeper = self.geometry.after_own_comments(self.geometry.after_blank_lines(at), column + 1)
            start = self.geometry.after_blank_lines(deeper)
            if not re.match(rf" {{{column}}}{_COMMENTED_ITEM}", self.geometry.line(start)):
                return at
            at = self.geometry.after_own_comments(start, column)

    def _style_at(self, at: int, column: int, style: Style) -> Style:
        """Allow no block scalar where it would swallow the comment below it."""
        below = self.geometry.after_blank_lines(at)
        is_swallowed = self.geometry.after_own_comments(below, column + 1) > below
        return style._replace(literal=False) if is_swallowed else style

    def _put(self, at: int, column: int, lines: list[str], depth: int) -> Splice:
        """Put lines at a line's beginning, or behind the open end of the text, which stays open."""
        text, newline = self._joined(lines, column), self.geometry.newline
        if at == len(self.text) and self.geometry.is_last_line_open():
            text = newline + text.removesuffix(newline)
        return Splice(at, at, text, depth)

    def _blank_between(self, node: Collection, place: int) -> list[str]:
        """Return a blank line where one stands between the item (or key) at a place and the one before it."""
        if not 0 < place < len(node.items):
            return []
        if not self.geometry.is_set_apart(node.items[place - 1], self._start(node, place)):
            return []
        # It may come to stand right below any of them, where the others are removed.
        is_kept = any(self.geometry.keeps_line_breaks(content_end(item)[1]) for item in node.items)
        return [] if is_kept else [""]

    def _removed(self, chain: list[Collection], edit: Edit, gone: Several[str | int]) -> Splice:
        """Take out an entry with the comments above it and inside, and with the blank lines it does not need."""
        parent = chain[-1]
        place, value = self._entry(parent, edit)
        start, following = self._start(parent, place), self._following(parent, place)
        if self._is_behind_dash(parent, place, gone):
            if following is None:
                raise UnsupportedEdit("removing all that an item holds", start)
            return Splice(start, following, "", len(edit.path))
        column, top = self.geometry.column(start), self.geometry.line_start(start)
        lowest = self.geometry.line_after(parent.items[place - 1]) if place else 0
        if place and parent.is_map:
            lowest = self._below_commented_items(parent.items[place - 1], column, lowest)
        if place or len(chain) > 1:  # what stands above everything speaks of everything
            top = self.geometry.above_own_comments(top, column, lowest)
        end = self.geometry.after_own_comments(self.geometry.line_after(value), column + 1)
        if place and self._is_at_the_end(parent, place, gone):
            top = self.geometry.above_blank_lines(top, lowest)
        elif not place or self.geometry.is_set_apart(parent.items[place - 1], top):
            end = self.geometry.after_blank_lines(end)
        return Splice(top, end, "", len(edit.path))

    def _is_behind_dash(self, parent: Collection, place: int, gone: Several[str | int]) -> bool:
        """Whether an entry stands on the line of a dash, or would, without those before it that go as well."""
        if self.geometry.begins_line(self._start(parent, 0)):
            return False
        return self._are_gone(parent, range(place), gone)

    def _is_at_the_end(self, parent: Collection, place: int, gone: Several[str | int]) -> bool:
        """Whether all that stands behind an entry goes as well."""
        return self._are_gone(parent, range(place + 1 + parent.is_map, len(parent.items)), gone)

    def _are_gone(self, parent: Collection, places: range, gone: Several[str | int]) -> bool:
        if not parent.is_map:
            return all(place in gone for place in places)
        return all(key_of(parent.items[place]) in gone for place in places[::2])

    def _entry(self, parent: Collection, edit: Edit) -> tuple[int, Node]:
        """Return where an edit's key or item is among the nodes of its parent, and the value there."""
        if not parent.is_map:
            return _index(edit), parent.items[_index(edit)]
        for place in range(0, len(parent.items), 2):
            key = parent.items[place]
            if not is_merge(key) and key_of(key) == edit.path[-1]:
                return place, parent.items[place + 1]
        raise UnsupportedEdit("a change of a key that is not there", parent.start)

    def _start(self, parent: Collection, place: int) -> int:
        node = parent.items[place]
        return self.geometry.entry_start(node) if parent.is_map else self.geometry.dash(node)

    def _following(self, parent: Collection, place: int) -> int | None:
        place += 2 if parent.is_map else 1
        return self._start(parent, place) if place < len(parent.items) else None

    def _set(self, chain: list[Collection], edit: Edit, style: Style) -> list[Splice]:
        parent, value = chain[-1], edit.value
        place, old = self._entry(parent, edit)
        key = parent.items[place] if parent.is_map else None
        if is_block_collection(old) or is_block_scalar(old):
            return [self._rewritten(key, old, value, style)]
        if isinstance(old, Collection):
            return [self._set_in_flow(chain, old, value)]
        if not value or not isinstance(value, dict | list):
            return [self._replaced_scalar(key, old, edit)]
        if key is None:
            return [self._rewritten(key, old, value, style)]
        return self._opened(parent, place, edit, style)

    def _replaced_scalar(self, key: Node | None, old: Node, edit: Edit) -> Splice:
        start, end, value = start_of(old), content_end(old)[0], edit.value
        text = scalar_text(value)
        if isinstance(value, str) and not isinstance(old, Collection | Alias) and old.style == '"':
            text = json_string(value)
        if start < end:
            return Splice(start, end, text)
        if key is not None:
            self.geometry.colon(key, old)
        return Splice(start, end, f" {text}", len(edit.path) + 1)

    def _opened(self, parent: Collection, place: int, edit: Edit, style: Style) -> list[Splice]:
        """Put a block collection below a key whose value was a scalar, an alias, null or `[]`; its comment stays."""
        key, old = parent.items[place : place + 2]
        column, depth = self.geometry.column(self.geometry.entry_start(key)), len(edit.path) + 1
        has_colon = self.geometry.own_colon(key, old) is not None
        at = self.geometry.next_line(content_end(old if has_colon else key)[0])
        lines = after_colon(edit.value, self._style_at(at, column, style))[1:]
        if not has_colon:
            return [self._put(at, column, [":", *lines], depth)]
        lines = [*self._sign_of_age(parent, key, old), *lines]
        return [*self._emptied(old), self._put(at, column, lines, depth)]

    def _sign_of_age(self, parent: Collection, key: Node, old: Node) -> list[str]:
        """Return the blank line that tells a key which said that there is nothing from one that an edit has written."""
        from sidecarctl.yamledit.write.authorship import is_last, looks_new  # noqa: PLC0415 - rare

        is_told = value_of(old) is not None or not is_last(parent, old) or not looks_new(self.geometry, key, old)
        return [] if is_told else [""]

    def _emptied(self, old: Node) -> list[Splice]:
        """Take a value out that is on the line of its key, and the blanks before it, or below it, and its line."""
        start, end = start_of(old), content_end(old)[0]
        if start == end:
            return []
        blanks = len(self.text[end:]) - len(self.text[end:].lstrip(" \t"))
        if self.geometry.begins_line(start):
            below = self.geometry.next_line(end)
            if self.text[end + blanks : below].startswith("#"):
                return [Splice(start, end + blanks, "")]
            return [Splice(self.geometry.line_start(start), below, "")]
        start = len(self.text[:start].rstrip(" "))
        # The parser takes no tab behind the colon of a `? key`.
        return (
            [Splice(start, end + blanks, "  ")] if "\t" in self.text[end : end + blanks] else [Splice(start, end, "")]
        )

    def _rewritten(self, key: Node | None, old: Node, value: Value, style: Style) -> Splice:
        """Write a value anew, from its colon or dash to the end of its last line; a comment on the first line stays."""
        end = self.geometry.line_after(old)
        if key is not None:
            start = self.geometry.colon(key, old) + 1
            if value is None and self.geometry.next_line(start) <= start_of(old):
                return self._without_lines_below(start, end)
            column = self.geometry.column(self.geometry.entry_start(key))
            lines = after_colon(value, self._style_at(end, column, style))
            first, *rest = [""] if value is None else lines  # a key without a value is null
        else:
            dash = self.geometry.dash(old)
            start, column = dash + 1, self.geometry.column(dash)
            (lead, *rest) = item_lines(value, self._style_at(end, column, style))
            first = lead[1:]
        first += self._comment_behind(start, old)
        newline = self.geometry.newline
        tail = newline if end > start and self.geometry.column(end) == 0 else ""
        body = newline.join((first, *(" " * column + line if line else line for line in rest)))
        return Splice(start, end, body + tail)

    def _without_lines_below(self, index: int, end: int) -> Splice:
        """Take the lines out that stand below that of an offset; where the last one is open, that one will be."""
        if self.geometry.column(end) == 0:
            return Splice(self.geometry.next_line(index), end, "")
        return Splice(self.geometry.line_start(index) + len(self.geometry.line(index)), end, "")

    def _set_in_flow(self, chain: list[Collection], old: Collection, value: Value) -> Splice:
        from sidecarctl.yamledit.write.flow import (  # noqa: PLC0415 - rare, as below
            Brackets,
            flow_style,
            flow_text,
            gets_all_or_loses_all,
        )

        if gets_all_or_loses_all(old, value):
            brackets = Brackets(self.geometry, chain, old)
            return brackets.filled(value) if value else brackets.emptied()
        style = flow_style(self.geometry, [*chain, old])
        return Splice(old.start, old.end, flow_text(value, style._replace(indent="")))

    def _comment_behind(self, index: int, value: Node) -> str:
        """Return the comment between a colon or dash and the lines below it that hold the value."""
        text = self.text[index : self.geometry.next_line(index)].rstrip()
        content = value.items[0] if isinstance(value, Collection) else None
        if content is not None and start_of(content) < index + len(text):
            return ""
        found = re.search(_COMMENT, text)
        return found[0] if found else ""

    def _joined(self, lines: list[str], column: int) -> str:
        newline, indent = self.geometry.newline, " " * column
        return "".join(f"{indent}{line}{newline}" if line else newline for line in lines)


def _index(edit: Edit) -> int:
    index = edit.path[-1]
    if not isinstance(index, int):
        raise UnsupportedEdit("a key where a list has items", 0)
    return index
