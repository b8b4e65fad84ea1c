"""What an edit spells otherwise than its author did, beyond what it adds: nothing can bring that back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.finding import FieldPath, Finding, Severity
from sidecarctl.yamledit.geometry import content_end
from sidecarctl.yamledit.nodes import MAX_DEPTH, Collection, Node
from sidecarctl.yamledit.reading import key_of, start_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sidecarctl.yamledit.document import Document
    from sidecarctl.yamledit.edit import Edit
    from sidecarctl.yamledit.place import Splice

_ALWAYS_TAKEN_OUT: Final = "metadata"  # of a template, once it is empty


def respelled(document: Document, edits: Iterable[Edit], splices: Iterable[Splice]) -> Iterator[Finding]:
    """Return a finding for each value that said that there is nothing, and for a block scalar that had to be closed."""
    for edit in edits:
        if edit.op == "set" and edit.value and not document.value(edit.path) and not _is_plain(document, edit.path):
            yield _finding("what stood here, and said that there is nothing, is written otherwise now", edit.path)
    if document.tree.root is not None and any(splice.depth > MAX_DEPTH and splice.text for splice in splices):
        told = "this block scalar is closed (`-`), for the text goes on behind it and had no line end there"
        yield _finding(told, _last_path(document.tree.root))


def _is_plain(document: Document, path: FieldPath) -> bool:
    """Whether an empty value is written as it would be written anew."""
    node = document.node(path)
    if node is None or path[-1] == _ALWAYS_TAKEN_OUT:
        return False
    start, end = start_of(node), content_end(node)[0]
    return document.text[start:end] in {"[]", "{}"} and document.text[start - 2 : start] == ": "


def _last_path(node: Node) -> FieldPath:
    """Return the path of what ends a document."""
    path: FieldPath = ()
    while isinstance(node, Collection) and node.items:
        path = (*path, key_of(node.items[-2]) if node.is_map else len(node.items) - 1)
        node = node.items[-1]
    return path


def _finding(message: str, path: FieldPath) -> Finding:
    return Finding("YML002", message, path, Severity.INFO)
