"""Edits that meet aliases, settled beforehand: afterwards no edit's path leads through one.

# Strategy: an alias stands for a value, so it can be replaced by that value.
Where an edit lies behind an alias, that alias alone is written out, edited. Where an edit lies inside an anchored
value, the aliases of it elsewhere are written out as they were. Everything else keeps its anchors.
"""

from sidecarctl.finding import FieldPath
from sidecarctl.record import Record
from sidecarctl.yamledit.document import Document, entries
from sidecarctl.yamledit.edit import Edit, applied
from sidecarctl.yamledit.geometry import MERGED_IN, UnsupportedEdit
from sidecarctl.yamledit.nodes import Alias, Collection, Node
from sidecarctl.yamledit.reading import is_merge, key_of, start_of


class Settled(Record):
    """The edits to make, and the paths whose alias or merge is written out for them."""

    edits: list[Edit]
    expanded: tuple[FieldPath, ...]


class _Uses(Record):
    """Where the aliases of a document stand, and where the values they stand for."""

    aliases: dict[FieldPath, Alias]
    merges: dict[FieldPath, Alias]  # by the path of the mapping that merges
    targets: dict[int, FieldPath]


def settled(document: Document, edits: list[Edit]) -> Settled:
    """Return edits with the same outcome that meet no alias.

    Raises `UnsupportedEdit` where that cannot be.
    """
    if not document.tree.aliases or document.tree.root is None:
        return Settled(edits, ())
    uses = _Uses({}, {}, {})
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
        if not is_merge(key):
            _collect(value, (*path, key_of(key)), uses)
        elif isinstance(value, Alias):
            uses.merges[path] = value


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
    gone = [edit.path for edit in edits if edit.op in {"set", "remove"}]
    for path, alias in (*uses.aliases.items(), *uses.merges.items()):
        if any(path[: len(taken)] == taken for taken in gone) or not _changes(uses.targets[id(alias.target)], edits):
            continue
        if path in uses.merges:
            raise UnsupportedEdit("a change inside an anchored value that is merged (<<) elsewhere", alias.start)
        found.append(Edit("set", path, document.value(path)))
    return found


def _changes(target: FieldPath, edits: list[Edit]) -> bool:
    """Whether an edit changes the value at a path, or takes the text away that holds it; one put before it does not."""
    return any(
        (edit.path[: len(target)] == target and (edit.op != "insert" or len(edit.path) > len(target)))
        or (edit.op in {"set", "remove"} and target[: len(edit.path)] == edit.path)
        for edit in edits
    )


def _offset(document: Document, path: FieldPath) -> int:
    node = document.node(path)
    return start_of(node) if node is not None else 0
