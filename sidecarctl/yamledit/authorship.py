"""Which entries of a mapping somebody wrote by hand, as far as their text shows.

# Strategy: an edit writes a new entry plainly, so whatever looks otherwise was there before.
Plainly, that is the key, its colon, and a block in the lines below. Brackets, a comment behind the colon or a quoted
key are somebody's own, even if all that stands in the entry was put there by edits. Where what was there before looks
plain, too, an edit that fills it says so with white space: a blank line below the key, a blank behind the bracket.
New entries come last, so that is needed at the end of a mapping only.
"""

import re
from collections.abc import Collection as Several
from typing import Final

from sidecarctl.finding import FieldPath
from sidecarctl.yamledit.document import Document, entries
from sidecarctl.yamledit.emit import scalar_text
from sidecarctl.yamledit.geometry import Geometry, content_end
from sidecarctl.yamledit.nodes import Alias, Collection, Node
from sidecarctl.yamledit.reading import is_merge, key_of, start_of, value_of

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


def _mapping(document: Document, path: FieldPath) -> Collection | None:
    """The mapping at a path; None where something else stands there, or aliases lead there."""
    node = document.tree.root
    for part in path:
        node = _own_value(node, part)
    return node if isinstance(node, Collection) and node.is_map else None


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
