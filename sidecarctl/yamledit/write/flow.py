"""Edits of flow collections: items between brackets, and JSON."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeGuard

from sidecarctl.record import Record
from sidecarctl.yamledit.edit import Edit, Splice
from sidecarctl.yamledit.parse.nodes import Alias, Collection, Node
from sidecarctl.yamledit.parse.values import is_merge, key_of, start_of, value_of
from sidecarctl.yamledit.write.authorship import blank_behind_bracket
from sidecarctl.yamledit.write.emit import Chain, is_plain, json_string, key_column, quoted, scalar_text
from sidecarctl.yamledit.write.geometry import Geometry, UnsupportedEdit, content_end

if TYPE_CHECKING:
    from sidecarctl.yamledit.value import Value

_REST_OF_LINE: Final = r"[ \t]*(,?)[ \t]*(?:#[^\r\n\x85\u2028\u2029]*)?(?=[\r\n\x85\u2028\u2029])"


def flow_splices(geometry: Geometry, chain: list[Collection], edits: list[Edit]) -> list[Splice]:
    """Return the splices of the edits of one collection in flow style, the last of the chain."""
    found = _FlowRoom(geometry, chain, edits).splices()
    return [splice._replace(depth=len(chain)) for splice in found]


class _FlowRoom:
    """One flow collection and the edits of it. Where its items have lines of their own, so have the new ones."""

    def __init__(self, geometry: Geometry, chain: list[Collection], edits: list[Edit]) -> None:
        self.geometry = geometry
        self.text = geometry.text
        self.chain = chain
        self.parent = chain[-1]
        self.edits = edits
        self.style = flow_style(geometry, chain)
        self.parts = _parts(self.parent)
        self.gone = {self._place(edit) for edit in edits if edit.op == "remove"}
        self.kept = [place for place in range(len(self.parts)) if place not in self.gone]
        # The break before each item, with the indentation behind it; empty where they share a line.
        on_lines = is_on_lines(geometry, self.parent)
        self.line = geometry.newline + lead(geometry, start_of(self.parent.items[0])) if on_lines else ""
        self.by_lines = on_lines and all(self._has_own_lines(place) for place in self.gone)

    def splices(self) -> list[Splice]:
        found = [self._set(edit) for edit in self.edits if edit.op == "set"]
        if self.gone:
            found += self._lines_removed() if self.by_lines else self._removed()
        appended: list[str] = []
        for edit in self.edits:
            if edit.op == "insert" and (place := self._place(edit)) < len(self.parts):
                found.append(self._inserted(place, self._part_text(edit)))
            elif edit.op in {"add", "insert"}:
                appended.append(self._part_text(edit))
        return found + self._appended(appended) if appended else found

    def _part_text(self, edit: Edit) -> str:
        text = flow_text(edit.value, self.style, self.line or self.geometry.newline)
        if edit.op == "insert":
            return text
        return f"{key_text_in_flow(str(edit.path[-1]), self.style)}{self.style.colon}{text}"

    def _set(self, edit: Edit) -> Splice:
        place = self._place(edit)
        old = self.parent.items[place * 2 + 1 if self.parent.is_map else place]
        if gets_all_or_loses_all(old, edit.value):
            brackets = Brackets(self.geometry, self.chain, old)
            return brackets.filled(edit.value) if edit.value else brackets.emptied()
        start, end = start_of(old), content_end(old)[0]
        text = flow_text(edit.value, self.style, self.geometry.newline + lead(self.geometry, start))
        if edit.value and isinstance(edit.value, dict | list) and value_of(old) is None:
            text = text[0] + blank_behind_bracket(self.geometry, self.parent, old, text[1:]) + text[1:]
        if start < end or not self.parent.is_map:
            return Splice(start, end, text)
        key_end = content_end(self.parent.items[place * 2])[0]
        has_colon = ":" in self.text[key_end:start]
        return Splice(start, end, f" {text}" if has_colon else f": {text}")

    def _inserted(self, place: int, text: str) -> Splice:
        start = self.parts[place][0]
        if not self.line or not self.geometry.begins_line(start):
            return Splice(start, start, f"{text},{self.line}" if self.line else text + self.style.comma)
        lowest = self.geometry.next_line(self.parts[place - 1][1] if place else self.parent.start)
        at = self.geometry.above_own_comments(self.geometry.line_start(start), len(self.text), lowest)
        return Splice(at, at, f"{lead(self.geometry, start)}{text},{self.geometry.newline}")

    def _appended(self, texts: list[str]) -> list[Splice]:
        """Put items behind the last that stays; a comment on its line stays with it."""
        if not self.kept:
            end = self.parent.end - 1
            return [Splice(end, end, self.style.comma.join(texts))]
        end = self.parts[self.kept[-1]][1]
        rest = re.compile(_REST_OF_LINE).match(self.text, end) if self.by_lines else None
        if rest is None:
            comma = f",{self.line}" if self.line else self.style.comma
            return [Splice(end, end, "".join(comma + text for text in texts))]
        behind = self.line + f",{self.line}".join(texts)
        if not rest[1]:
            return [Splice(end, end, ","), Splice(rest.end(), rest.end(), behind)]
        return [Splice(rest.end(), rest.end(), f"{behind}," if self._ends_in_comma() else behind)]

    def _removed(self) -> list[Splice]:
        """Take out items with the comma on that side where an item stays."""
        last_kept = self._last_kept()
        found = [
            Splice(self.parts[place][0], self.parts[place + 1][0], "")
            for place in sorted(self.gone)
            if place < last_kept
        ]
        if last_kept + 1 < len(self.parts):
            found.append(Splice(self.parts[last_kept][1], self.parts[-1][1], ""))
        return found

    def _lines_removed(self) -> list[Splice]:
        """Take out items with their lines, and the comments above them."""
        last_kept = self._last_kept()
        found = []
        for place in sorted(self.gone):
            start, end = self.parts[place]
            lowest = self.geometry.next_line(self.parts[place - 1][1] if place else self.parent.start)
            start = self.geometry.above_own_comments(self.geometry.line_start(start), len(self.text), lowest)
            found.append(Splice(start, self.geometry.next_line(end), ""))
        is_appended = any(edit.op == "add" or edit.path[-1] == len(self.parts) for edit in self.edits)
        comma = TO_COMMA.match(self.text, self.parts[last_kept][1])
        if last_kept + 1 < len(self.parts) and comma and not self._ends_in_comma() and not is_appended:
            found.append(Splice(comma.end() - 1, comma.end(), ""))
        return found

    def _last_kept(self) -> int:
        if not self.kept:
            raise UnsupportedEdit("taking everything out of a collection piece by piece", self.parent.start)
        return self.kept[-1]

    def _has_own_lines(self, place: int) -> bool:
        start, end = self.parts[place]
        return self.geometry.begins_line(start) and re.compile(_REST_OF_LINE).match(self.text, end) is not None

    def _ends_in_comma(self) -> bool:
        return TO_COMMA.match(self.text, self.parts[-1][1]) is not None

    def _place(self, edit: Edit) -> int:
        name = edit.path[-1]
        if isinstance(name, int):
            return name
        for index in range(0, len(self.parent.items), 2):
            key = self.parent.items[index]
            if not is_merge(key) and key_of(key) == name:
                return index // 2
        raise UnsupportedEdit("a change of a key that is not there", self.parent.start)


def _parts(parent: Collection) -> list[tuple[int, int]]:
    """Return where each item, or each entry with its key, begins and ends."""
    if not parent.is_map:
        return [_extent(item, item) for item in parent.items]
    return [_extent(key, value) for key, value in zip(parent.items[::2], parent.items[1::2], strict=True)]


def _extent(first: Node, last: Node) -> tuple[int, int]:
    return start_of(first), max(content_end(first)[0], content_end(last)[0])


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


_FLOW_INDICATOR: Final = re.compile(r"[,\[\]{}:?]")


class FlowStyle(Record):
    """How flow style looks around here."""

    json: bool = False  # keys and texts are always quoted
    comma: str = ", "
    colon: str = ": "
    indent: str = ""  # one step of a layout over several lines; empty: all on one line
    width: int = 0  # columns: what is no wider stays on one line; 0: nothing does


def flow_text(value: Value, style: FlowStyle, newline: str = "\n") -> str:
    """Write a value in flow style. `newline` is the line break, with the indentation of the line it begins on."""
    if style.width and style.indent:
        line = flow_text(value, style._replace(indent=""))
        if len(newline) + len(line) <= style.width:
            return line
    if isinstance(value, dict):
        parts = [
            f"{_scalar(key, style)}{style.colon}{flow_text(item, style, newline + style.indent)}"
            for key, item in value.items()
        ]
        return _wrapped("{", parts, "}", style, newline)
    if isinstance(value, list):
        return _wrapped("[", [flow_text(item, style, newline + style.indent) for item in value], "]", style, newline)
    return _scalar(value, style)


def key_text_in_flow(key: str, style: FlowStyle) -> str:
    """Write the key of a flow mapping."""
    return _scalar(key, style)


def _wrapped(opening: str, parts: list[str], closing: str, style: FlowStyle, newline: str) -> str:
    if not parts or not style.indent:
        return f"{opening}{style.comma.join(parts)}{closing}"
    inner = newline + style.indent
    return f"{opening}{inner}{f',{inner}'.join(parts)}{newline}{closing}"


def _scalar(value: Value, style: FlowStyle) -> str:
    if not isinstance(value, str):
        return scalar_text(value)
    if style.json:
        return json_string(value)
    return value if is_plain(value) and not _FLOW_INDICATOR.search(value) else quoted(value)


def flow_style(geometry: Geometry, chain: Chain) -> FlowStyle:
    """Return the flow style around the last collection of a chain, which is in flow style itself."""
    collection = chain[-1]
    assert isinstance(collection, Collection)  # noqa: S101 - an edit's parent is a collection
    json = any(_is_json(node) for node in reversed(chain))
    colon = _colon(geometry, chain)
    return FlowStyle(json, "," if colon == ":" else ", ", colon, _flow_indent(geometry, collection))


def _flow_indent(geometry: Geometry, collection: Collection) -> str:
    """Return one step of the layout of a new item: none where all others keep to one line each."""
    others = [item for item in collection.items if isinstance(item, Collection) and item.items]
    if not is_on_lines(geometry, collection) or (others and not any(is_on_lines(geometry, item) for item in others)):
        return ""
    outer, inner = lead(geometry, collection.start), lead(geometry, start_of(collection.items[0]))
    return inner.removeprefix(outer) or "  "


def is_on_lines(geometry: Geometry, collection: Collection) -> bool:
    """Whether the items of a flow collection begin on lines of their own."""
    if not collection.items:
        return False
    between = geometry.text[collection.start : start_of(collection.items[0])]
    return "\n" in between or "\r" in between


def lead(geometry: Geometry, index: int) -> str:
    """Return the white space that the line of an offset begins with."""
    line = geometry.line(index)
    return line[: len(line) - len(line.lstrip(" \t"))]


def _is_json(node: Node) -> bool:
    """Whether the first key in a flow collection is quoted as JSON's are."""
    if not isinstance(node, Collection) or not node.flow:
        return False
    if not node.is_map:
        return any(_is_json(item) for item in node.items[:1])
    return any(not isinstance(key, Collection | Alias) and key.style == '"' for key in node.items[:1])


def _colon(geometry: Geometry, chain: Chain) -> str:
    for node in reversed(chain):
        if isinstance(node, Collection) and node.flow and node.is_map and node.items:
            key, value = node.items[0], node.items[1]
            if not isinstance(key, Collection | Alias):
                between = geometry.text[key.end_mark.index : start_of(value)]
                return ":" if between == ":" and key.style == '"' else ": "
    return ": "
