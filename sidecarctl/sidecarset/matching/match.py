"""Which SidecarSets concern a pod, and why the others do not.

Upstream: SS sidecarsetMutatingPod, UTIL PodMatchedSidecarSet
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from sidecarctl.sidecarset.matching.verdict import Reason, Verdict
from sidecarctl.upstream.decode import decode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sidecarctl.sidecarset.matching.candidates import Prospect, Prospects
    from sidecarctl.upstream.types import Pod

RunningPods = Literal["skip", "inject"]
_ASKED_LAST: Final = (Reason.NAMESPACE_UNKNOWN, Reason.INJECTION_PAUSED, Reason.SYSTEM_NAMESPACE)


def concerned(offered: Prospects, labels: Mapping[str, str]) -> list[Prospect]:
    """Those whose selector does not keep these labels out: all that is asked of most pods of a stream."""
    near = offered.near(labels)
    return [p for p in near if all(requirement.holds_for(labels) for requirement in p.candidate.wanted)]


def verdicts(pod: Pod, namespace: str, offered: Sequence[Prospect], running_pods: RunningPods) -> list[Verdict]:
    """What decides about each SidecarSet at this pod, which must be decoded; in the order of injection."""
    reason, detail = pod_obstacle(pod, running_pods)
    if reason:
        return [Verdict(prospect.candidate.name, reason, detail=detail) for prospect in offered]
    return selection(pod, namespace, offered)


def selection(pod: Pod, namespace: str, offered: Sequence[Prospect]) -> list[Verdict]:
    """Return the same of a Pod that is created now, whatever its status says."""
    labels = labels_of(pod)
    return _without_bases([_verdict(prospect, namespace, labels) for prospect in offered], offered)


def pod_obstacle(pod: Pod, running_pods: RunningPods) -> tuple[Reason | None, str]:
    """What keeps all sidecars out of a pod, and the state it is in.

    Upstream: SS sidecarsetMutatingPod, UTIL IsActivePod
    """
    phase = pod.get("status", {}).get("phase", "")
    if phase in {"Succeeded", "Failed"}:
        return Reason.POD_INACTIVE, phase
    if "deletionTimestamp" in pod.get("metadata", {}):
        return Reason.POD_INACTIVE, "being deleted"
    node = pod.get("spec", {}).get("nodeName", "")
    if running_pods == "skip" and (phase or node):
        return Reason.POD_RUNNING, phase or f"on {node}"
    return None, ""


def labels_of(pod: Pod) -> Mapping[str, str]:
    """A pod's labels, decoded or not; UndecodableObject where they are no texts."""
    metadata: object = pod.get("metadata") or {}
    labels: object = metadata.get("labels") or {} if isinstance(metadata, dict) else None
    if isinstance(labels, dict) and all(isinstance(value, str) for value in labels.values()):
        return labels
    return decode(pod, "Pod").get("metadata", {}).get("labels", {})


def _verdict(prospect: Prospect, namespace: str, labels: Mapping[str, str]) -> Verdict:
    candidate, (obstacle, requirement, is_assumed, of_pods) = prospect
    if obstacle and obstacle not in _ASKED_LAST:
        return Verdict(candidate.name, obstacle, requirement, namespace)
    if candidate.obstacle and not obstacle:
        return Verdict(candidate.name, candidate.obstacle, detail=candidate.sentence)
    for wanted in candidate.wanted:
        if not wanted.holds_for(labels):
            return Verdict(candidate.name, Reason.SELECTOR_MISMATCH, wanted)
    for wanted in of_pods:
        if not wanted.holds_for(labels):
            return Verdict(candidate.name, Reason.WEBHOOK_POD, wanted)
    # Assumed labels, and what the user can switch, are worth a word only now that nothing else keeps it out.
    detail = namespace if obstacle or is_assumed else ""
    return Verdict(candidate.name, obstacle or Reason.SELECTED, requirement, detail, is_assumed)


def _without_bases(found: Sequence[Verdict], offered: Sequence[Prospect]) -> list[Verdict]:
    """The same verdicts, but for the bases of canaries that are selected.

    Upstream: SS sidecarsetMutatingPod
    """
    canary_of = {
        prospect.candidate.base: prospect.candidate.name
        for prospect, verdict in zip(offered, found, strict=True)
        if verdict.is_selected and prospect.candidate.base
    }
    return [
        Verdict(verdict.sidecar_set, Reason.HIDDEN_BY_CANARY, detail=canary_of[verdict.sidecar_set])
        if verdict.is_selected and verdict.sidecar_set in canary_of
        else verdict
        for verdict in found
    ]
