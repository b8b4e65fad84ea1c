"""What a stage writes into an updateStrategy: a JSON merge patch that leaves nothing of the stage before."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from sidecarctl.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sidecarctl.upstream.selector import Requirement
    from sidecarctl.upstream.types import SidecarSet


class Patch(Record):
    """The partition or the selector of a stage, which never stand together: the webhook forbids it.

    Both and `paused` are stated, so the SidecarSet is the same whatever stage was written before; None takes a key
    away. A selector is written in expressions only: a list is replaced whole, where labels would join the old ones.
    """

    partition: int | str | None = None
    selector: tuple[Requirement, ...] | None = None

    @property
    def document(self) -> dict[str, object]:
        """The patch as `kubectl patch --type merge` takes it."""
        selector = None
        if self.selector is not None:
            selector = {"matchLabels": None, "matchExpressions": [_expression(one) for one in self.selector]}
        return {"spec": {"updateStrategy": {"partition": self.partition, "selector": selector, "paused": None}}}

    def applied_to(self, sidecar_set: SidecarSet) -> SidecarSet:
        """The SidecarSet in this stage."""
        return cast("SidecarSet", _merged(sidecar_set, self.document))


def _expression(requirement: Requirement) -> dict[str, object]:
    key, operator, values = requirement
    return {"key": key, "operator": operator, **({"values": list(values)} if values else {})}


def _merged(value: object, patch: object) -> object:
    """Upstream: RFC 7386 section 2, MergePatch."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(cast("Mapping[str, object]", value)) if isinstance(value, dict) else {}
    for key, change in patch.items():
        if change is None:
            merged.pop(key, None)
        else:
            merged[key] = _merged(merged.get(key), change)
    return merged
