"""Which entries of a mapping, and items of a list, somebody wrote by hand, as far as their text shows.

# Strategy: an edit writes a new entry plainly, so whatever looks otherwise was there before.
Plainly, that is the key, its colon, and a block in the lines below. Brackets, a comment behind the colon or a quoted
key are somebody's own, even if all that stands in the entry was put there by edits. Where what was there before looks
plain, too, an edit that fills it says so with white space: a blank line below the key, a blank behind the bracket.
New entries come last, so that is needed at the end of a mapping only. An item that gets another value as a whole can be
claimed for its author likewise: its dash stands on a line of its own then.
"""

import re
from collections.abc import Collection as Several
from typing import Final

from sidecarctl.finding import FieldPath
from sidecarctl.yamledit.document import Document, entries
from sidecarctl.yamledit.edit import Splice
from sidecarctl.yamledit.parse.nodes import Alias, Collection, Node
from sidecarctl.yamledit.parse.values import is_merge, key_of, start_of, value_of
from sidecarctl.yamledit.write.emit import scalar_text
from sidecarctl.yamledit.write.geometry import Geometry, content_end

_AS_NEW: Final = re.compile(r"[\[{](?:(?:\r\n|[\r\n])[ \t]*)?+(?![ \t\r\n#])")  # what new brackets begin with


def written_by_hand(document: Document, path: FieldPath, keys: Several[str]) -> frozenset[str]:
    """Return those of some keys of the mapping at a path whose entries no edit wrote.

    Entries that hold nothing are taken as what they will be once an edit has filled them.
    """
    mapping = _mapping(document, path)
    if mapping is None:
        return frozenset()
    own = [(key_of(key), key, value) for key, value in entries(mapping) if not is_merge(key)]
    geometry = Geometry(document.text)
    is_by_hand = _is_by_hand_in_flow if mapping.flow else _is_by_hand
    return frozenset(name for name, key, value in own if name in keys and is_by_hand(geometry, key, value))


def held_in_block(document: Document, path: FieldPath) -> Node | None:
    """Return what a block mapping itself holds at the last part of a path; None where it is no block mapping."""
    mapping = _mapping(document, path[:-1])
    return _own_value(mapping, path[-1]) if mapping and not mapping.flow else None


def is_last(mapping: Collection, value: Node) -> bool:
    """Whether a value is that of the last key of a mapping, where new ones look like it."""
    return next(one for key, one in reversed([*entries(mapping)]) if not is_merge(key)) is value


def blank_behind_bracket(geometry: Geometry, parent: Collection, value: Node, inside: str) -> str:
    """Return the white space to put before what fills brackets, or takes the place of null, between others."""
    if not parent.is_map or not is_last(parent, value):
        return ""
    return geometry.newline if inside.startswith(geometry.newline) else " "


def looks_new(geometry: Geometry, key: Node, value: Node) -> bool:
    """Whether the line of a key, without a value that it holds, is as an edit would write it above a block."""
    start, end = geometry.entry_start(key), geometry.next_line(content_end(key)[0])
    line = geometry.text[start:end]
    if not isinstance(value, Collection) and start_of(value) < end:
        line = line[: start_of(value) - start].rstrip(" ") + geometry.text[content_end(value)[0] : end]
    return line.removesuffix(geometry.newline) == f"{scalar_text(key_of(key))}:"


def names_by_hand(document: Document, path: FieldPath, key: str) -> frozenset[str]:
    """Return what those items of the list at a path that no edit wrote have at a key."""
    items = _node(document, path)
    if not isinstance(items, Collection) or items.is_map:
        return frozenset()
    geometry = Geometry(document.text)
    own = [item for item in items.items if isinstance(item, Collection) and not _is_item_as_new(geometry, item)]
    return frozenset(str(value_of(name)) for item in own if (name := _own_value(item, key)) is not None)


def claimed(document: Document, geometry: Geometry, path: FieldPath) -> list[Splice]:
    """Return what makes an item of a list look as no edit would write it; nothing where it does, or aliases lead there.

    The dash gets a line of its own, or the bracket a blank behind it.
    """
    item = _node(document, path)
    if not isinstance(item, Collection) or not item.items or not _is_item_as_new(geometry, item):
        return []
    if not item.flow:
        dash, first = geometry.dash(item), geometry.entry_start(item.items[0])
        return [Splice(dash + 1, first, geometry.newline + " " * geometry.column(first), len(path))]
    behind = item.start + 1
    has_lines = geometry.text.startswith(geometry.newline, behind)
    return [Splice(behind, behind, geometry.newline if has_lines else " ", len(path))]


def _mapping(document: Document, path: FieldPath) -> Collection | None:
    """The mapping at a path; None where something else stands there, or aliases lead there."""
    node = _node(document, path)
    return node if isinstance(node, Collection) and node.is_map else None


def _node(document: Document, path: FieldPath) -> Node | None:
    node = document.tree.root
    for part in path:
        node = _own_value(node, part)
    return node


def _own_value(node: Node | None, part: str | int) -> Node | None:
    """What a collection itself holds, whatever it merges."""
    if not isinstance(node, Collection) or node.is_map != isinstance(part, str):
        return None
    if isinstance(part, int):
        return node.items[part] if part < len(node.items) else None
    return next((value for key, value in entries(node) if not is_merge(key) and key_of(key) == part), None)


def _is_by_hand(geometry: Geometry, key: Node, value: Node) -> bool:
    if isinstance(value, Alias):
        return False  # it gives way to what an edit writes
    if isinstance(value, Collection):
        below = geometry.next_line(content_end(key)[0])
        return value.flow or geometry.is_blank(below) or not looks_new(geometry, key, value)
    return value_of(value) is None or not looks_new(geometry, key, value)


def _is_by_hand_in_flow(geometry: Geometry, _: Node, value: Node) -> bool:
    if isinstance(value, Collection):
        return not value.items or _AS_NEW.match(geometry.text, value.start) is None
    return not isinstance(value, Alias) and value_of(value) is None


def _is_item_as_new(geometry: Geometry, item: Collection) -> bool:
    if item.flow:
        return _AS_NEW.match(geometry.text, item.start) is not None
    gap = geometry.text[geometry.dash(item) + 1 : geometry.entry_start(item.items[0])] if item.items else ""
    return not gap.strip(" \t")
