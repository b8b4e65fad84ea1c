"""What injection makes the API server refuse of a Pod: the rules that it breaks with its sidecars and not without."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final, Literal, cast

from sidecarctl.finding import Finding, Severity
from sidecarctl.sidecarset.injection.hot_upgrade import pair_names
from sidecarctl.sidecarset.pod_validation.annotations import annotation_refusals
from sidecarctl.sidecarset.pod_validation.containers import container_refusals
from sidecarctl.sidecarset.pod_validation.judged import judged, places, without_sidecars
from sidecarctl.sidecarset.pod_validation.levels import Level, enforced_level, level_refusals
from sidecarctl.sidecarset.pod_validation.ports import port_refusals
from sidecarctl.sidecarset.pod_validation.resources import pod_resource_refusals
from sidecarctl.sidecarset.pod_validation.security_contexts import security_refusals
from sidecarctl.sidecarset.pod_validation.volumes import volume_refusals
from sidecarctl.upstream.decode import decode

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

    from sidecarctl.sidecarset.pod_validation.judged import JudgedPod, Refusal
    from sidecarctl.upstream.types import Pod, SidecarSet, SidecarSetPatchPodMetadata

    _List = Literal["initContainers", "containers", "volumes"]

POD_SECURITY: Final = "PSS001"


def refusal_findings(
    before: Pod, after: Pod, sidecar_sets: Sequence[SidecarSet], namespace: tuple[str, Mapping[str, str]]
) -> Iterator[Finding]:
    """Return why the API server would refuse a Pod with its sidecars, as far as it would not refuse it without them.

    `before` is the Pod as it is written, which may have its sidecars already; `namespace` is the name of its namespace
    and the labels of that. What only Pod Security refuses is a warning. Raises UndecodableObject where it is no Pod.
    Upstream: KV ValidatePodCreate
    """
    written = decode(before, "Pod")
    found = places(written)
    name, labels = namespace
    level = enforced_level(labels)
    refusals: dict[tuple[str, Hashable], Refusal] = {}
    for refusal in _refusals(judged(decode(after, "Pod"), found), level, name):
        refusals.setdefault((refusal.code, refusal.subject), refusal)
    if not refusals:
        return
    for refusal in _refusals(judged(without_sidecars(written), found), level, name):
        refusals.pop((refusal.code, refusal.subject), None)
    brought_by = {container: _name(one) for one in sidecar_sets for container in _containers_of(one)}
    only = _name(sidecar_sets[0]) if len(sidecar_sets) == 1 else ""
    is_template = "kind" not in before
    for refusal in refusals.values():
        yield Finding(
            refusal.code,
            f"{_who(is_template=is_template, takes_template=refusal.takes_template)}: {refusal.message}",
            refusal.path,
            Severity.WARNING if refusal.code == POD_SECURITY else Severity.ERROR,
            sidecar_set=brought_by.get(refusal.container, only),
        )


def may_break_level(sidecar_sets: Iterable[SidecarSet], labels: Mapping[str, str]) -> bool:
    """Return whether SidecarSets bring anything that the Pod Security level of a namespace forbids in some Pod."""
    level = enforced_level(labels)
    if level is None:
        return False
    fields: tuple[_List, ...] = ("initContainers", "containers", "volumes")
    specs = [one.get("spec", {}) for one in sidecar_sets]
    bare = {field: [item for spec in specs for item in spec.get(field, ())] for field in fields}
    patched = {key: value for spec in specs for one in spec.get("patchPodMetadata", ()) for key, value in _patched(one)}
    pod = cast("Pod", {"metadata": {"annotations": patched}, "spec": bare})
    return any(level_refusals(judged(pod, {}), level, ""))


def _patched(patch: SidecarSetPatchPodMetadata) -> Iterable[tuple[str, str]]:
    return patch.get("annotations", {}).items()


def _refusals(pod: JudgedPod, level: Level | None, namespace: str) -> Iterator[Refusal]:
    found = chain(
        port_refusals(pod),
        container_refusals(pod),
        pod_resource_refusals(pod),
        volume_refusals(pod),
        security_refusals(pod),
        annotation_refusals(pod),
    )
    return found if level is None else chain(found, level_refusals(pod, level, namespace))


def _who(*, is_template: bool, takes_template: bool) -> str:
    if not is_template:
        return "the API server refuses this Pod with its sidecars"
    if takes_template:
        return "the API server takes this template, and refuses its Pods with their sidecars"
    return "the API server refuses the Pods of this template with their sidecars"


def _containers_of(sidecar_set: SidecarSet) -> Iterator[str]:
    spec = sidecar_set.get("spec", {})
    for one in (*spec.get("initContainers", ()), *spec.get("containers", ())):
        name = one.get("name", "")
        yield from (name, *pair_names(name))


def _name(sidecar_set: SidecarSet) -> str:
    return sidecar_set.get("metadata", {}).get("name", "")
