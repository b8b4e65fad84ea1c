"""The rules of OpenKruise's validating webhook, in its order, for creation and update.

Upstream: VAL validateSidecarSet; VAL validateSidecarContainerConflict

# Strategy: the rules for a field are imported only for SidecarSets that have it: imports are most of what a short run
costs, and most SidecarSets have few of the fields that there are rules for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.finding import Finding, Severity, UndecodableObject
from sidecarctl.sidecarset.validation.context import ValidationContext, existing, submitted
from sidecarctl.sidecarset.validation.core.containers import pod_findings
from sidecarctl.sidecarset.validation.field_errors import SPEC, Place, invalid, required
from sidecarctl.sidecarset.validation.metadata import canary_findings, metadata_findings, rivals_of
from sidecarctl.sidecarset.validation.selectors import selector_findings
from sidecarctl.sidecarset.validation.sidecars import sidecar_findings
from sidecarctl.sidecarset.validation.strategy import native_sidecar_findings, strategy_findings
from sidecarctl.upstream.defaults import V1ALPHA1
from sidecarctl.upstream.fields import label_selector, struct, structs, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sidecarctl.finding import Finding


_NO_CONTEXT: Final = ValidationContext()


def validate(sidecar_set: Mapping[str, object], context: ValidationContext = _NO_CONTEXT) -> list[Finding]:
    """What the cluster would refuse of a SidecarSet as written, in the webhook's order; empty where it takes it.

    The CRD's own checks are `schema.schema_findings`; where a set cannot even be decoded, they are all there is to say.
    Upstream: VAL validateSidecarSet
    """
    try:
        value = submitted(sidecar_set, context.release)
    except UndecodableObject as error:
        from sidecarctl.sidecarset.validation.schema import undecodable_findings  # noqa: PLC0415 - few are malformed

        return undecodable_findings(sidecar_set, error, context.release)
    old = next(existing([context.old] if context.old else [], context.release), None)
    others = rivals_of(value, context.others or (), context.release)
    known = context._replace(old=old, others=others)
    findings = [*_own_findings(value, known), *_update_findings(value, old)]
    is_refused = any(finding.severity is Severity.ERROR for finding in findings)
    if others and (context.release.checks_conflicts_despite_errors or not is_refused):
        from sidecarctl.sidecarset.validation.conflicts import conflict_findings  # noqa: PLC0415 - most share no names

        findings += conflict_findings(value, others, known)
    return [_in_the_users_words(finding, sidecar_set, known) for finding in findings]


def _own_findings(sidecar_set: Mapping[str, object], context: ValidationContext) -> Iterator[Finding]:
    """Groups A to C."""
    release = context.release
    yield from metadata_findings(struct(sidecar_set, "metadata"), context)
    yield from canary_findings(sidecar_set, context)
    spec = struct(sidecar_set, "spec")
    yield from native_sidecar_findings(spec, release)
    yield from _selector_findings(spec, context)
    if struct(spec, "injectionStrategy").get("revision") is not None:
        from sidecarctl.sidecarset.validation.metadata import revision_findings  # noqa: PLC0415 - few name one

        yield from revision_findings(sidecar_set, context)
    yield from strategy_findings(spec, release)
    if structs(spec, "initContainers") or structs(spec, "containers"):
        yield from sidecar_findings(spec, release)
        yield from pod_findings(spec, release)
    else:
        told = "there is no sidecar in it: list them below spec.containers (or spec.initContainers)"
        yield required("CON013", SPEC, "no initContainer or container defined for SidecarSet", message=told)
    if structs(spec, "patchPodMetadata"):
        from sidecarctl.sidecarset.validation.patch_metadata import pod_metadata_findings  # noqa: PLC0415 - few have any

        yield from pod_metadata_findings(sidecar_set, context)


def _selector_findings(spec: Mapping[str, object], context: ValidationContext) -> Iterator[Finding]:
    if spec.get("selector") is None:
        told = "a SidecarSet needs a selector: the labels of the pods it is for"
        yield required("SEL011", SPEC.at("selector"), "no selector defined for SidecarSet", message=told)
    else:
        yield from selector_findings(label_selector(spec, "selector"), SPEC.at("selector"), context.release)
    if spec.get("namespaceSelector") is None:
        return
    if context.release.refuses_namespace_with_selector and text(spec, "namespace"):
        where = Place(SPEC.at("namespaceSelector").path, ("spec", "namespace, namespaceSelector"))
        yield required("SEL017", where, "namespace and namespaceSelector are mutually exclusive")
    else:
        where = SPEC.at("namespaceSelector")
        yield from selector_findings(label_selector(spec, "namespaceSelector"), where, context.release)


def _update_findings(sidecar_set: Mapping[str, object], old: Mapping[str, object] | None) -> Sequence[Finding]:
    """Return what group D says."""
    if old is None:
        return []

    return list(update_findings(struct(sidecar_set, "spec"), struct(old, "spec")))


def _in_the_users_words(finding: Finding, written: Mapping[str, object], context: ValidationContext) -> Finding:
    """The finding at the field that the user wrote: v1alpha1 has a `namespace`, which became a selector."""
    spec = struct(written, "spec")
    is_converted = context.release.namespace_is_a_selector and written.get("apiVersion") == V1ALPHA1
    if is_converted and text(spec, "namespace") and finding.path[:2] == ("spec", "namespaceSelector"):
        finding = finding._replace(path=("spec", "namespace"))
    return finding._replace(sidecar_set=text(struct(written, "metadata"), "name"))


_CONTAINERS: Final = SPEC.at("containers")


def update_findings(spec: Mapping[str, object], old_spec: Mapping[str, object]) -> Iterator[Finding]:
    """Containers may go, but never come, be renamed, or change how they are upgraded; initContainers may.

    Upstream: VAL validateSidecarContainerConflict
    """
    old_types = {text(old, "name"): _upgrade_type(old) for old in structs(old_spec, "containers")}
    for index, container in enumerate(structs(spec, "containers")):
        name = text(container, "name")
        if name not in old_types:
            where = _CONTAINERS.at(index, "name", called=("name",))
            told = f"an update cannot add or rename a container, and {name} is new: create another SidecarSet for it"
            yield invalid("UPD002", where, name, f"container {name} is not found", told)
        elif old_types[name] not in {"", _upgrade_type(container)}:
            path = ("upgradeStrategy", "upgradeType")
            where = _CONTAINERS.at(index, *path, called=path)
            told = f"upgradeType of the container {name} was {old_types[name]}, and cannot be changed"
            yield invalid("UPD001", where, name, f"container {name} upgradeType is immutable", told)


def _upgrade_type(container: Mapping[str, object]) -> str:
    return text(struct(container, "upgradeStrategy"), "upgradeType")
