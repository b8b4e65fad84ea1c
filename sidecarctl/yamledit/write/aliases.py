"""Edits that meet aliases, settled beforehand: afterwards no edit's path leads through one.

# Strategy: an alias stands for a value, so it can be replaced by that value.
Where an edit lies behind an alias, that alias alone is written out, edited. Where an edit lies inside an anchored
value, the aliases of it elsewhere are written out as they were. Everything else keeps its anchors.
"""

from typing import Final

from sidecarctl.finding import FieldPath
from sidecarctl.record import Record
from sidecarctl.yamledit.document import Document, entries
from sidecarctl.yamledit.edit import Edit, applied
from sidecarctl.yamledit.parse.nodes import Alias, Collection, Node
from sidecarctl.yamledit.parse.values import is_merge, key_of, start_of
from sidecarctl.yamledit.write.geometry import MERGED_IN, UnsupportedEdit

_TAKING: Final = frozenset({"set", "remove"})


class Settled(Record):
    """The edits to make, and the paths whose alias or merge is written out for them."""

    edits: list[Edit]
    expanded: tuple[FieldPath, ...]


class _Uses(Record):
    """Where the aliases of a document stand, and where the values they stand for."""

    aliases: dict[FieldPath, Alias]
    merges: list[tuple[FieldPath, Alias]]  # with the path of the mapping that merges
    keys: list[Alias]
    targets: dict[int, FieldPath]
    fixed: set[int]  # targets that no edit reaches, which go only with what is around them: keys, and merged mappings


def settled(document: Document, edits: list[Edit]) -> Settled:
    """Return edits with the same outcome that meet no alias.

    Raises `UnsupportedEdit` where that cannot be.
    """
    if not document.tree.aliases or document.tree.root is None:
        return Settled(edits, ())
    uses = _Uses({}, [], [], {}, set())
    _collect(document.tree.root, (), uses)
    edits, behind = _written_out_behind(document, edits, uses)
    elsewhere = _written_out_elsewhere(document, edits, uses)
    return Settled([*edits, *elsewhere], tuple(sorted({*behind, *(edit.path for edit in elsewhere)}, key=str)))


def _collect(node: Node, path: FieldPath, uses: _Uses) -> None:
    if isinstance(node, Alias):
        uses.aliases[path] = node
        return
    uses.targets[id(node)] = path
    if not isinstance(node, Collection):
        return
    if not node.is_map:
        for index, item in enumerate(node.items):
            _collect(item, (*path, index), uses)
        return
    for key, value in entries(node):
        if is_merge(key):
            _collect_merged(value, path, uses)
            continue
        name = key_of(key)
        if isinstance(key, Alias):
            uses.keys.append(key)
        else:
            uses.targets[id(key)] = (*path, name)
            uses.fixed.add(id(key))
        _collect(value, (*path, name), uses)


def _collect_merged(node: Node, path: FieldPath, uses: _Uses) -> None:
    """Take note of what is merged into the mapping at a path: aliases, also in a list, and mappings written there."""
    if isinstance(node, Alias):
        uses.merges.append((path, node))
        return
    uses.targets[id(node)] = (*path, "<<")
    uses.fixed.add(id(node))
    if isinstance(node, Collection):
        for item in node.items:
            _collect_merged(item, path, uses)


def _written_out_behind(document: Document, edits: list[Edit], uses: _Uses) -> tuple[list[Edit], set[FieldPath]]:
    """Turn edits behind an alias, or behind a merged key, into one edit that writes that value out."""
    kept: list[Edit] = []
    behind: dict[FieldPath, list[Edit]] = {}
    for edit in edits:
        where = _where_it_leaves(document, edit, uses)
        if where is None:
            kept.append(edit)
        else:
            behind.setdefault(where, []).append(edit)
    for path, group in behind.items():
        if any(edit.op == "remove" and edit.path == path for edit in group):
            raise UnsupportedEdit(MERGED_IN, _offset(document, path))
        value = applied(document.value(path), group, path)
        kept.append(Edit("set", path, value) if path in uses.aliases else Edit("add", path, value))
    return kept, set(behind)


def _where_it_leaves(document: Document, edit: Edit, uses: _Uses) -> FieldPath | None:
    """Return the part of an edit's path at which it leaves the text of its own parents: an alias, or a merged key."""
    own = edit.path[:-1] if edit.op in {"add", "insert"} else edit.path
    for length in range(1, len(own) + 1):
        path = own[:length]
        if path in uses.aliases:
            return None if path == edit.path else path  # the alias itself gives way, its target stays
        node = document.node(path)
        if node is not None and uses.targets.get(id(node), path) != path:
            return path
    return None


def _written_out_elsewhere(document: Document, edits: list[Edit], uses: _Uses) -> list[Edit]:
    """Write out the aliases whose target changes, with the value that they had, unless an edit replaces them."""
    found: list[Edit] = []
    gone = [edit.path for edit in edits if edit.op in _TAKING]
    for path, alias in uses.aliases.items():
        if not _is_below(path, gone) and _changes(alias, edits, uses):
            found.append(Edit("set", path, document.value(path)))
    for path, alias in uses.merges:
        if not _is_below(path, gone) and _changes(alias, edits, uses):
            raise UnsupportedEdit("a change inside an anchored value that is merged (<<) elsewhere", alias.start)
    for alias in uses.keys:
        if _changes(alias, edits, uses):
            raise UnsupportedEdit("a change of an anchored value that is a key elsewhere", alias.start)
    return found


def _is_below(path: FieldPath, others: list[FieldPath]) -> bool:
    return any(path[: len(other)] == other for other in others)


def _changes(alias: Alias, edits: list[Edit], uses: _Uses) -> bool:
    """Return whether an edit changes what an alias stands for, or takes the text away that holds it.

    An item put before it does not.
    """
    target = uses.targets[id(alias.target)]
    if id(alias.target) in uses.fixed:
        taking = (edit for edit in edits if edit.op == "remove" or (edit.op == "set" and edit.path != target))
        return any(target[: len(edit.path)] == edit.path for edit in taking)
    return any(
        (edit.path[: len(target)] == target and (edit.op != "insert" or len(edit.path) > len(target)))
        or (edit.op in _TAKING and target[: len(edit.path)] == edit.path)
        for edit in edits
    )


def _offset(document: Document, path: FieldPath) -> int:
    node = document.node(path)
    return start_of(node) if node is not None else 0
