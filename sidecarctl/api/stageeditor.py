"""Write a stage into the document that holds a SidecarSet; no other byte of it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from sidecarctl.api.change import Change, edited
from sidecarctl.yamledit.edit import Edit, diff

if TYPE_CHECKING:
    from sidecarctl.api.targets import Found
    from sidecarctl.finding import FieldPath
    from sidecarctl.sidecarset.rollout.stagepatch import Patch
    from sidecarctl.upstream.types import SidecarSet
    from sidecarctl.yamledit.document import Document
    from sidecarctl.yamledit.value import Value

_STRATEGY = "updateStrategy"


def staged(document: Document, found: Found, patch: Patch) -> Change:
    """Return the document with the SidecarSet in a stage; the very same bytes where it is in it already.

    Raises `UnreadableDocument` where that cannot be written without guessing, with the place.
    """
    edits = _edits(found, patch)
    output, findings, _ = edited(document, edits, "full")
    placed = [finding._replace(position=document.position(finding.path)) for finding in findings]
    return Change(document, tuple(edits), output, (), tuple(placed))


def _edits(found: Found, patch: Patch) -> list[Edit]:
    before = cast("dict[str, Value]", found.value["spec"])
    after = dict(cast("dict[str, Value]", patch.applied_to(cast("SidecarSet", found.value))["spec"]))
    if not after[_STRATEGY] and before.get(_STRATEGY) is None:
        return []
    if not after[_STRATEGY] and before[_STRATEGY]:
        del after[_STRATEGY]  # what only stages were written into goes with the last of them
    return diff(before, after, _identity, (*found.path, "spec"))


def _identity(path: FieldPath) -> str | None:
    return "key" if path[-1] == "matchExpressions" else None
