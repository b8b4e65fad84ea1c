"""Group E: two SidecarSets that may meet on one pod must not bring the same things.

Upstream: VAL validateSidecarConflict
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.finding import Finding, Key
from sidecarctl.sidecarset.validate.canary import base_of_canary
from sidecarctl.sidecarset.validate.goequality import equal_once_stored, equals_stored
from sidecarctl.sidecarset.validate.overlap import selectors_overlap
from sidecarctl.sidecarset.validation.field_errors import SPEC, Place, invalid
from sidecarctl.upstream import names
from sidecarctl.upstream.fields import label_selector, sorted_text_map, struct, structs, text
from sidecarctl.upstream.selector import InvalidSelector, matches

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sidecarctl.sidecarset.validation.context import ValidationContext
    from sidecarctl.upstream.types import LabelSelector

_CRASH: Final = "runtime error: invalid memory address or nil pointer dereference"


def conflict_findings(
    sidecar_set: Mapping[str, object], others: Sequence[Mapping[str, object]], context: ValidationContext
) -> Iterator[Finding]:
    """What another SidecarSet, which may select the same pods, brings already.

    Upstream: VAL validateSidecarConflict
    """
    rivals = [other for other in others if _is_rival(sidecar_set, other, context)]
    spec = struct(sidecar_set, "spec")
    if spec.get("selector") is None:
        if rivals:
            yield _crash()
        return
    meeting = [rival for rival in rivals if selectors_overlap(struct(spec, "selector"), _selector(rival))]
    meeting.sort(key=_name)
    for field in ("initContainers", "containers"):
        yield from _container_conflicts(spec, meeting, field)
    yield from _volume_conflicts(spec, meeting, context)
    yield from _patch_conflicts(spec, meeting)


def _is_rival(sidecar_set: Mapping[str, object], other: Mapping[str, object], context: ValidationContext) -> bool:
    exempt = {_name(sidecar_set)}
    if context.release.checks_canaries:
        exempt.add(base_of_canary(sidecar_set))
    return _name(other) not in exempt and _namespaces_meet(sidecar_set, other, context)


def _namespaces_meet(
    sidecar_set: Mapping[str, object], other: Mapping[str, object], context: ValidationContext
) -> bool:
    """Whether some namespace may be in the scope of both.

    Upstream: VALU isSidecarSetNamespaceOverlapping; up to 1.8 isSidecarSetNamespaceDiff
    """
    spec, other_spec = struct(sidecar_set, "spec"), struct(other, "spec")
    mine, theirs = spec.get("namespaceSelector"), other_spec.get("namespaceSelector")
    if context.release.compares_namespaces_as_text:
        namespace, their_namespace = text(spec, "namespace"), text(other_spec, "namespace")
        if namespace and their_namespace:
            return namespace == their_namespace
        if namespace and theirs is not None:
            return _selects(label_selector(other_spec, "namespaceSelector"), namespace, context)
        if their_namespace and mine is not None:
            return False  # a slip of upstream's
    if mine is None or theirs is None:
        return True
    return selectors_overlap(struct(spec, "namespaceSelector"), struct(other_spec, "namespaceSelector"))


def _selects(selector: LabelSelector, namespace: str, context: ValidationContext) -> bool:
    for known in context.namespaces:
        if _name(known) == namespace:
            try:
                return matches(selector, sorted_text_map(struct(known, "metadata"), "labels"))
            except InvalidSelector:
                return False
    return False


def _container_conflicts(
    spec: Mapping[str, object], meeting: Sequence[Mapping[str, object]], field: str
) -> Iterator[Finding]:
    owners = {text(item, "name"): _name(rival) for rival in meeting for item in _items(rival, field)}
    for index, container in enumerate(structs(spec, field)):
        name = text(container, "name")
        if name in owners:
            # The webhook says `spec.containers` of initContainers too.
            where = Place(SPEC.at(field, index, "name").path, SPEC.at("containers").called)
            told = f"the SidecarSet {owners[name]}, which may select the same pods, has a container {name}: rename one"
            yield invalid("CNF001", where, name, f"container {name} already exist in {owners[name]}", told)


def _volume_conflicts(
    spec: Mapping[str, object], meeting: Sequence[Mapping[str, object]], context: ValidationContext
) -> Iterator[Finding]:
    equal = equals_stored if context.cluster_known else equal_once_stored
    owners = {text(volume, "name"): rival for rival in meeting for volume in _items(rival, "volumes")}
    for index, volume in enumerate(structs(spec, "volumes")):
        name = text(volume, "name")
        if name in owners and not equal(volume, _volume_of(owners[name], name), "Volume", context.release):
            owner = _name(owners[name])
            where = SPEC.at("volumes", index, "name", called=("volumes",))
            told = f"the SidecarSet {owner}, which may select the same pods, has another volume {name}: rename one,"
            told += " or write both alike"
            yield invalid("CNF002", where, name, f"volume {name} is in conflict with sidecarset {owner}", told)


def _volume_of(sidecar_set: Mapping[str, object], name: str) -> Mapping[str, object] | None:
    return next((volume for volume in _items(sidecar_set, "volumes") if text(volume, "name") == name), None)


def _patch_conflicts(spec: Mapping[str, object], meeting: Sequence[Mapping[str, object]]) -> Iterator[Finding]:
    """Two sets may merge into one annotation, but not overwrite it; what is only retained disturbs no one."""
    owners = {
        key: (_name(rival), policy) for rival in meeting for key, policy, _ in _forced_keys(struct(rival, "spec"))
    }
    for key, policy, index in _forced_keys(spec):
        owner, other_policy = owners.get(key, ("", ""))
        if owner and names.OVERWRITE in {policy, other_policy}:
            where = SPEC.at("patchPodMetadata", index, "annotations", Key(key), called=("patchPodMetadata",))
            told = f"the SidecarSet {owner}, which may select the same pods, patches the annotation {key} too"
            yield invalid("CNF003", where, key, f"annotation {key} is in conflict with sidecarset {owner}", told)


def _forced_keys(spec: Mapping[str, object]) -> Iterator[tuple[str, str, int]]:
    """The annotations that are not only retained, each with its policy and the index of its patch."""
    for index, patch in enumerate(structs(spec, "patchPodMetadata")):
        policy = text(patch, "patchPolicy")
        if policy != names.RETAIN:
            yield from ((key, policy, index) for key in sorted_text_map(patch, "annotations"))


def _crash() -> Finding:
    """Up to 1.6 the webhook compares selectors even where there is none."""
    told = "the webhook of this release crashes on a missing selector, which refuses the SidecarSet"
    return Finding("CNF004", told, SPEC.at("selector").path, upstream=_CRASH)


def _selector(sidecar_set: Mapping[str, object]) -> Mapping[str, object]:
    return struct(struct(sidecar_set, "spec"), "selector")


def _items(sidecar_set: Mapping[str, object], field: str) -> Sequence[Mapping[str, object]]:
    return structs(struct(sidecar_set, "spec"), field)


def _name(value: Mapping[str, object]) -> str:
    return text(struct(value, "metadata"), "name")
