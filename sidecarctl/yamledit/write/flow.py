"""Edits of flow collections: items between brackets, and JSON."""

import re
from typing import Final

from sidecarctl.yamledit.brackets import TO_COMMA, Brackets, gets_all_or_loses_all
from sidecarctl.yamledit.edit import Edit
from sidecarctl.yamledit.flow import flow_text, key_text_in_flow
from sidecarctl.yamledit.flowstyle import flow_style, is_on_lines, lead
from sidecarctl.yamledit.parse.nodes import Collection, Node
from sidecarctl.yamledit.parse.values import is_merge, key_of, start_of, value_of
from sidecarctl.yamledit.splicetype import Splice
from sidecarctl.yamledit.write.authorship import blank_behind_bracket
from sidecarctl.yamledit.write.geometry import Geometry, UnsupportedEdit, content_end

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
