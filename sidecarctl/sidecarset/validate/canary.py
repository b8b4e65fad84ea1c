"""Group B: a canary names the SidecarSet it tries out a change of.

Upstream: VAL validateSidecarSet
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.finding import Key
from sidecarctl.sidecarset.validate.gosyntax import dumped
from sidecarctl.sidecarset.validate.submitted import named
from sidecarctl.sidecarset.validation.field_errors import Shown, as_warning, invalid, place
from sidecarctl.upstream import names
from sidecarctl.upstream.fields import struct, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sidecarctl.finding import Finding
    from sidecarctl.sidecarset.validation.context import ValidationContext

_BASE: Final = place("metadata", "annotations", Key(names.BASE), called=("metadata",))
_TYPE: Final = place("spec", "updateStrategy", "type", called=("metadata",))


def base_of_canary(sidecar_set: Mapping[str, object]) -> str:
    """The name of the SidecarSet that this one is a canary of; empty where it is none.

    Upstream: UTIL IsCanarySidecarSet
    """
    annotations = struct(struct(sidecar_set, "metadata"), "annotations")
    return text(annotations, names.BASE) if annotations.get(names.CANARY) == "true" else ""


def canary_findings(sidecar_set: Mapping[str, object], context: ValidationContext) -> Iterator[Finding]:
    """Whether a canary has a base, and keeps it.

    Upstream: VAL validateSidecarSet
    """
    base = base_of_canary(sidecar_set)
    if not base or not context.release.checks_canaries:
        return
    metadata = struct(sidecar_set, "metadata")
    annotations = Shown(dumped(metadata.get("annotations"), "map[string]string"))
    if base == text(metadata, "name"):
        yield invalid("CAN001", _BASE, annotations, "base sidecarSet cannot be itself")
    if context.old is not None and base != text(struct(struct(context.old, "metadata"), "annotations"), names.BASE):
        yield invalid("CAN002", _BASE, annotations, f"annotations[{names.BASE}] is immutable")
    yield from _findings_of_base(base, annotations, context)
    if text(struct(struct(sidecar_set, "spec"), "updateStrategy"), "type") != "NotUpdate":
        told = "a canary is never rolled out: set spec.updateStrategy.type to NotUpdate"
        yield invalid("CAN005", _TYPE, annotations, "RollingUpdate is not supported for canary sidecarSet", told)


def _findings_of_base(base: str, annotations: Shown, context: ValidationContext) -> Iterator[Finding]:
    found = named(context.others or (), base)
    if found is None:
        sentence = f'fetch base sidecarSet[{base}] failed: sidecarsets.apps.kruise.io "{base}" not found'
        told = f"the base SidecarSet {base} of this canary does not exist"
        missing = invalid("CAN003", _BASE, annotations, sentence, told)
        yield missing if context.cluster_known else as_warning(missing)
    elif base_of_canary(found):
        yield invalid("CAN004", _BASE, annotations, "base sidecarSet cannot be canary")
