"""Edits of flow collections: items between brackets, and JSON."""

from sidecarctl.yamledit.edit import Edit
from sidecarctl.yamledit.flow import FlowStyle, flow_text, key_text_in_flow
from sidecarctl.yamledit.geometry import Geometry, UnsupportedEdit, content_end
from sidecarctl.yamledit.nodes import Collection, Node
from sidecarctl.yamledit.place import Splice
from sidecarctl.yamledit.reading import key_of, start_of
from sidecarctl.yamledit.style import flow_style, is_on_lines, lead


class FlowRoom:
    """Resolves edits whose parent is in flow style."""

    def __init__(self, geometry: Geometry) -> None:
        self.geometry = geometry
        self.text = geometry.text

    def splices(self, chain: list[Collection], edits: list[Edit]) -> list[Splice]:
        """Return the splices of the edits of one collection, the last of the chain."""
        parent = chain[-1]
        style = flow_style(self.geometry, chain)
        parts = _parts(parent)
        gone = {_place(parent, edit) for edit in edits if edit.op == "remove"}
        found = [self._set(parent, edit, style) for edit in edits if edit.op == "set"]
        found += _removed(parts, gone)
        line = self._line_break(parent)
        kept = [end for place, (_, end) in enumerate(parts) if place not in gone]
        for edit in edits:
            text = self._part_text(edit, style, line)
            if edit.op == "insert" and (index := _place(parent, edit)) < len(parts):
                found.append(Splice(parts[index][0], parts[index][0], f"{text},{line}" if line else text + style.comma))
            elif edit.op in {"add", "insert"}:
                found.append(Splice(kept[-1], kept[-1], f",{line}{text}" if line else style.comma + text))
        return [splice._replace(depth=len(chain)) for splice in found]

    def _line_break(self, parent: Collection) -> str:
        """The break before each item, with the indentation behind it; empty where they share a line."""
        if not is_on_lines(self.geometry, parent):
            return ""
        return self.geometry.newline + lead(self.geometry, start_of(parent.items[0]))

    def _part_text(self, edit: Edit, style: FlowStyle, line: str) -> str:
        text = flow_text(edit.value, style, line or self.geometry.newline)
        if edit.op == "insert":
            return text
        return f"{key_text_in_flow(str(edit.path[-1]), style)}{style.colon}{text}"

    def _set(self, parent: Collection, edit: Edit, style: FlowStyle) -> Splice:
        place = _place(parent, edit)
        old = parent.items[place * 2 + 1 if parent.is_map else place]
        start, end = start_of(old), content_end(old)[0]
        text = flow_text(edit.value, style, self.geometry.newline + lead(self.geometry, start))
        if start < end or not parent.is_map:
            return Splice(start, end, text)
        key_end = content_end(parent.items[place * 2])[0]
        has_colon = ":" in self.text[key_end:start]
        return Splice(start, end, f" {text}" if has_colon else f": {text}")


def _parts(parent: Collection) -> list[tuple[int, int]]:
    """Return where each item, or each entry with its key, begins and ends."""
    if not parent.is_map:
        return [_extent(item, item) for item in parent.items]
    return [_extent(key, value) for key, value in zip(parent.items[::2], parent.items[1::2], strict=True)]


def _extent(first: Node, last: Node) -> tuple[int, int]:
    return start_of(first), max(content_end(first)[0], content_end(last)[0])


def _place(parent: Collection, edit: Edit) -> int:
    name = edit.path[-1]
    if isinstance(name, int):
        return name
    for index in range(0, len(parent.items), 2):
        if key_of(parent.items[index]) == name:
            return index // 2
    raise UnsupportedEdit("a change of a key that another mapping brings in", parent.start)


def _removed(parts: list[tuple[int, int]], gone: set[int]) -> list[Splice]:
    """Take out items with the comma on that side where an item stays."""
    last_kept = max((place for place in range(len(parts)) if place not in gone), default=-1)
    found = [Splice(parts[place][0], parts[place + 1][0], "") for place in sorted(gone) if place < last_kept]
    if last_kept + 1 < len(parts):
        if last_kept < 0:
            raise UnsupportedEdit("taking all items out of a list one by one", parts[0][0])
        found.append(Splice(parts[last_kept][1], parts[-1][1], ""))
    return found
