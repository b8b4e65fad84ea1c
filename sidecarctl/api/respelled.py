"""What an edit spells otherwise than its author did, beyond what it adds: nothing can bring that back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.finding import FieldPath, Finding, Severity
from sidecarctl.yamledit.parse.nodes import MAX_DEPTH, Alias, Collection, Node
from sidecarctl.yamledit.parse.values import key_of, start_of
from sidecarctl.yamledit.write.authorship import held_in_block, written_by_hand
from sidecarctl.yamledit.write.geometry import content_end

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sidecarctl.yamledit.document import Document
    from sidecarctl.yamledit.edit import Edit
    from sidecarctl.yamledit.splicetype import Splice

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
