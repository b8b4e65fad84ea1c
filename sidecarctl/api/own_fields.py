"""Fields of a Pod template that its author wrote, and how an edit would respell them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.finding import FieldPath, Finding, Severity
from sidecarctl.yamledit.parse.nodes import MAX_DEPTH, Alias, Collection, Node
from sidecarctl.yamledit.parse.values import key_of, start_of
from sidecarctl.yamledit.write.authorship import held_in_block, names_by_hand, written_by_hand
from sidecarctl.yamledit.write.geometry import content_end, is_block_collection

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sidecarctl.finding import FieldPath
    from sidecarctl.yamledit.document import Document
    from sidecarctl.yamledit.edit import Edit, Splice


_FILLED: Final[dict[FieldPath, tuple[str, ...]]] = {
    (): ("metadata", "spec"),
    ("metadata",): ("annotations",),
    ("spec",): ("initContainers", "containers", "volumes", "imagePullSecrets"),
}


_CONTAINERS: Final = ("initContainers", "containers")


def own_fields(document: Document, template: FieldPath) -> frozenset[FieldPath]:
    """Return those fields of a template that injection may fill, but never writes as they stand in the document.

    Its containers are among them, by their names.
    """
    filled = (
        (*path, key) for path, keys in _FILLED.items() for key in written_by_hand(document, (*template, *path), keys)
    )
    containers = (
        ("spec", kind, name)
        for kind in _CONTAINERS
        for name in names_by_hand(document, (*template, "spec", kind), "name")
    )
    return frozenset((*filled, *containers))


def as_it_was(edit: Edit, document: Document, template: FieldPath) -> Edit:
    """Return an edit that empties a block as one that leaves its key without a value, for so injection found it.

    What held nothing between brackets is filled as it stands, and stays so. The edit sets something to nothing; where
    that is a field which injection never fills, it stays as it is.
    """
    if edit.path[-1] not in _FILLED.get(edit.path[len(template) : -1], ()):
        return edit
    held = held_in_block(document, edit.path)
    return edit._replace(value=None) if held is not None and is_block_collection(held) else edit


_WHOLE: Final = frozenset({"metadata", "spec"})  # of a template; that they go where nothing is left, no rule says


def respelled(document: Document, edits: Iterable[Edit], splices: Iterable[Splice]) -> Iterator[Finding]:
    """Return a finding for each value that said that there is nothing, and for a block scalar that had to be closed."""
    for edit in edits:
        if edit.op == "set" and edit.value and not document.value(edit.path) and not _comes_back(document, edit.path):
            yield _finding("what stood here, and said that there is nothing, is written otherwise now", edit.path)
    if document.tree.root is not None and any(splice.depth > MAX_DEPTH and splice.text for splice in splices):
        told = "this block scalar is closed (`-`), for the text goes on behind it and had no line end there"
        yield _finding(told, _last_path(document.tree.root))


def _comes_back(document: Document, path: FieldPath) -> bool:
    """Whether an empty value is written as it would be written anew, once it is filled and emptied again."""
    node = document.node(path)
    if node is None or isinstance(node, Alias) or (path[-1] in _WHOLE and _goes_when_emptied(document, path)):
        return False
    start, end = start_of(node), content_end(node)[0]
    if isinstance(node, Collection):
        return not document.text[start:end].lstrip("[{").startswith("#")
    is_behind_colon = document.text[start - 1] == ":"  # a `? key` may do without
    return start == end and is_behind_colon and held_in_block(document, path) is not None


def _goes_when_emptied(document: Document, path: FieldPath) -> bool:
    mapping, key = document.value(path[:-1]), str(path[-1])
    is_last = isinstance(mapping, dict) and next(reversed(mapping)) == key
    return is_last and not written_by_hand(document, path[:-1], [key])


def _last_path(node: Node) -> FieldPath:
    """Return the path of what ends a document."""
    path: FieldPath = ()
    while isinstance(node, Collection) and node.items:
        path = (*path, key_of(node.items[-2]) if node.is_map else len(node.items) - 1)
        node = node.items[-1]
    return path


def _finding(message: str, path: FieldPath) -> Finding:
    return Finding("YML002", message, path, Severity.INFO)
