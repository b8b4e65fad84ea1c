"""Findings POD*: rules of the API server that a Pod breaks with its sidecars and not without."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import TYPE_CHECKING, Final, Literal, cast

from sidecarctl.finding import Finding, Severity
from sidecarctl.sidecarset.injection.hot_upgrade import pair_names
from sidecarctl.sidecarset.pod_validation.annotations import annotation_refusals
from sidecarctl.sidecarset.pod_validation.containers import (
    container_refusals,
    pod_resource_refusals,
    port_refusals,
    security_refusals,
)
from sidecarctl.sidecarset.pod_validation.judged import judged, places, without_sidecars
from sidecarctl.sidecarset.pod_validation.levels import Level, enforced_level, level_refusals
from sidecarctl.sidecarset.pod_validation.volumes import volume_refusals
from sidecarctl.sidecarset.warnings.codes import CodeMeaning
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


POD_REFUSALS: Final[Mapping[str, CodeMeaning]] = {
    "POD001": CodeMeaning(
        "Two containers take one hostPort",
        "Protocol, hostIP and hostPort together may stand once in the containers of a Pod. With hostNetwork the"
        " hostPort defaults to the containerPort in the Pod, not in a workload's template: the workload is taken, its"
        " Pods are not.",
    ),
    "POD002": CodeMeaning(
        "A hostPort differs from the containerPort on the host network",
        "In a Pod with hostNetwork both must be the same number.",
    ),
    "POD003": CodeMeaning(
        "A hook sleeps longer than the Pod has time to end",
        "The seconds of a sleep action may not be more than terminationGracePeriodSeconds of the Pod (30 by default).",
    ),
    "POD004": CodeMeaning(
        "A container that would restart to be resized, in a Pod that never restarts",
        "In a Pod whose restartPolicy is Never each resizePolicy must be NotRequired.",
    ),
    "POD005": CodeMeaning(
        "A container that no Pod can have",
        "The container has no image, or blanks around it; or no name that Kubernetes takes (those of a hot upgrade's"
        " pair are two characters longer); or a restartPolicy and is no init container.",
    ),
    "POD006": CodeMeaning(
        "The containers ask for more than the Pod",
        "A Pod with resources of its own (spec.resources) must request at least what its containers request together,"
        " and no container may have a higher limit than the Pod.",
    ),
    "POD007": CodeMeaning(
        "Resources of a sidecar that do not go together",
        "A request is above its limit or below 0, perhaps because resourcesPolicy computes them from what the Pod's"
        " containers have; or huge pages are asked for without cpu and memory.",
    ),
    "POD008": CodeMeaning(
        "A mount or device that cannot be",
        "Within a container a volume is a mount or a device, paths are there once, and a device comes from a claim. The"
        " Pod's own volume stays where a SidecarSet brings another of that name, and a sidecar that shares volumes or"
        " devices gets those of all containers together.",
    ),
    "POD009": CodeMeaning(
        "Bidirectional propagation in a container that is not privileged",
        "A sidecar that shares volumes takes over mountPropagation, too.",
    ),
    "POD010": CodeMeaning(
        "A claim for an ephemeral volume that cannot be made",
        "The claim is called POD-VOLUME: that must be a name that Kubernetes takes, and no other volume may use it.",
    ),
    "POD011": CodeMeaning(
        "A security setting of another operating system",
        "A Pod whose os.name is windows may have no settings of Linux in its containers, and the other way round.",
    ),
    "POD012": CodeMeaning(
        "Host processes beside other containers",
        "In a Pod all containers are host processes of Windows or none is, and they need hostNetwork.",
    ),
    "POD013": CodeMeaning(
        "What a user namespace forbids or needs",
        "A Pod with hostUsers: false may have no volumeDevices; procMount Unmasked needs it.",
    ),
    "POD014": CodeMeaning(
        "An annotation that no Pod can have",
        "Annotations of a Pod have 256 KiB together at most, keys that are qualified names, and some must have values"
        " that Kubernetes reads. Injection adds its own, and those of patchPodMetadata.",
    ),
    "POD015": CodeMeaning(
        "A security profile that an annotation contradicts",
        "An AppArmor or seccomp profile that is given by a field and by an annotation must be the same.",
    ),
    "PSS001": CodeMeaning(
        "A namespace whose Pod Security level forbids a sidecar",
        "The label pod-security.kubernetes.io/enforce of the namespace sets a level (baseline or restricted) that the"
        " Pod does not meet with its sidecars. Workloads are taken; their Pods are refused.",
    ),
}
