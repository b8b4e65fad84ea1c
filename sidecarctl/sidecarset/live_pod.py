"""A Pod that exists: which sidecars it carries, at which version, and how it gets others."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING, Final

from sidecarctl.finding import InjectionRefused
from sidecarctl.sidecarset.injection.annotations import patched_annotations
from sidecarctl.sidecarset.injection.effective_set import revision_draw
from sidecarctl.sidecarset.injection.records import is_recorded, recorded
from sidecarctl.sidecarset.matching.match import labels_of
from sidecarctl.sidecarset.matching.verdict import Reason
from sidecarctl.sidecarset.rollout.stage_groups import owner_of
from sidecarctl.upstream.fields import annotations_of
from sidecarctl.upstream.names import DEFAULT_NAMESPACE, EPOCH

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sidecarctl.sidecarset.cluster import Prepared
    from sidecarctl.sidecarset.injection.annotations import Entry
    from sidecarctl.sidecarset.matching.verdict import Verdict
    from sidecarctl.sidecarset.rollout.pod_traits import Owner
    from sidecarctl.upstream.types import Pod

_RESTARTABLE: Final = ("Deployment", "StatefulSet", "DaemonSet")  # those that `kubectl rollout restart` takes
_UNSETTLED: Final = (Reason.SELECTED, Reason.INJECTION_PAUSED)


def carried(verdict: Verdict, obstacle: tuple[Reason, str], pod: Pod, prepared: Prepared) -> Verdict:
    """Return what decides about a SidecarSet at a Pod that exists, which must be decoded.

    `verdict` is what would decide if it were created now; `obstacle` is why the webhook does not look at it.
    """
    name = verdict.sidecar_set
    if _carries(name, pod, prepared):
        if verdict.reason not in _UNSETTLED:
            return verdict._replace(is_carried=True)
        entry = recorded(pod).get(name)
        is_present = entry is None or entry.hash in _present_hashes(name, pod, prepared)
        if not is_present and verdict.reason is Reason.INJECTION_PAUSED:
            return verdict._replace(is_carried=True)  # as the pause wants it
        return verdict._replace(reason=Reason.INJECTED if is_present else Reason.OUTDATED, detail=_version(entry))
    if verdict.reason is not Reason.SELECTED:
        return verdict
    reason, state = obstacle
    if reason is Reason.POD_INACTIVE:
        return verdict._replace(reason=reason, detail=state)
    return verdict._replace(reason=Reason.NOT_INJECTED, detail=recreation(pod, prepared.makers))


def recreation(pod: Pod, makers: Mapping[Owner, Owner]) -> str:
    """Return how a Pod is recreated: by a restart of its workload, or by hand; `makers` as for `owner_of`."""
    metadata = pod.get("metadata", {})
    namespace = quote(metadata.get("namespace") or DEFAULT_NAMESPACE)
    owner = owner_of(pod, makers)
    if owner is None:
        return "recreate the Pod by hand: no workload owns it"
    if owner.kind in _RESTARTABLE:
        return f"recreate the Pod: kubectl rollout restart {owner.kind.lower()}/{quote(owner.name)} -n {namespace}"
    if owner.kind == "Node":
        return f"change the static Pod's manifest on node {owner.name}: the kubelet runs what stands there"
    name = quote(metadata.get("name", ""))
    return f"recreate the Pod: kubectl delete pod {name} -n {namespace}; its {owner.kind} {owner.name} owns it"


def _carries(name: str, pod: Pod, prepared: Prepared) -> bool:
    """Whether annotations record a SidecarSet; one without containers leaves only its patches."""
    if is_recorded(name, pod):
        return True
    try:
        latest = prepared.effective(name, "latest", "written")
        annotations = annotations_of(pod)
        return (
            bool(latest.patches)
            and not latest.all_sidecars
            and (dict(patched_annotations(annotations, latest.patches)) == annotations)
        )
    except InjectionRefused:
        return False


def _present_hashes(name: str, pod: Pod, prepared: Prepared) -> set[str]:
    """The hashes of what the Pod may get if it is created now: more than one where a cluster draws lots."""
    try:
        draw = revision_draw(prepared.admitted(name), labels_of(pod), prepared.release)
        if draw.probability is None:
            return {prepared.effective(name, draw.choice, "written").hash}
    except InjectionRefused:
        return set()
    return {one.hash for one in prepared.states(name, "written")}


def _version(entry: Entry | None) -> str:
    if entry is None:
        return ""
    version = f"revision {entry.revision}" if entry.revision else f"hash {entry.hash}"
    is_dated = entry.timestamp and entry.timestamp != EPOCH
    return f"{version} of {entry.timestamp}" if is_dated else version
