"""What of a pod template shows, once it is empty, that it was there before injection: only a text can tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.yamledit.write.authorship import held_in_block, names_by_hand, written_by_hand
from sidecarctl.yamledit.write.geometry import is_block_collection

if TYPE_CHECKING:
    from sidecarctl.finding import FieldPath
    from sidecarctl.yamledit.document import Document
    from sidecarctl.yamledit.edit import Edit

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
