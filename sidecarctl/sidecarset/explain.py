"""Why a pod gets the sidecars that it gets, and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.finding import InjectionRefused
from sidecarctl.sidecarset.injection.inject import Options, chosen_state
from sidecarctl.sidecarset.live_pod import carried
from sidecarctl.sidecarset.matching.match import labels_of, pod_obstacle, selection
from sidecarctl.sidecarset.matching.verdict import Reason, Verdict
from sidecarctl.upstream.decode import decode
from sidecarctl.upstream.fields import namespace_of

if TYPE_CHECKING:
    from sidecarctl.sidecarset.cluster import Prepared
    from sidecarctl.upstream.types import Pod


def explained(pod: Pod, prepared: Prepared, options: Options) -> list[Verdict]:
    """What decides about each SidecarSet of the cluster at this pod, in the order of injection, and at which revision.

    Of a Pod that exists: whether it is selected, and then what its annotations record.
    Raises UndecodableObject where it is no Pod.
    """
    seen = decode(pod, "Pod", prepared.release)
    namespace = namespace_of(seen, options.namespace)
    found = selection(seen, namespace, prepared.prospects(namespace).ordered)
    judged = [_with_revision(verdict, seen, prepared, options) if verdict.is_matched else verdict for verdict in found]
    obstacle, state = pod_obstacle(seen, options.running_pods)
    return judged if obstacle is None else [carried(one, (obstacle, state), seen, prepared) for one in judged]


def overruled(pod: Pod, prepared: Prepared, options: Options) -> list[str]:
    """Return the SidecarSets that a new Pod carries at another version than the cluster's webhook gives it."""
    seen = decode(pod, "Pod", prepared.release)
    created = (Reason.POD_RUNNING, "")
    selecting = [verdict for verdict in explained(pod, prepared, options) if verdict.reason is Reason.SELECTED]
    found = [carried(verdict, created, seen, prepared) for verdict in selecting]
    return [verdict.sidecar_set for verdict in found if verdict.reason is Reason.OUTDATED]


def paused_hashes(pod: Pod, prepared: Prepared, options: Options) -> dict[str, str]:
    """The SidecarSets that nothing keeps out of a pod but that they are paused, with the hash of what it would get.

    The hash is empty where the revision is missing that one names. Raises UndecodableObject where it is no Pod.
    """
    found = explained(pod, prepared, options)
    names = [verdict.sidecar_set for verdict in found if verdict.reason is Reason.INJECTION_PAUSED]
    return {name: _hash(name, pod, prepared, options) for name in names}


def _hash(name: str, pod: Pod, prepared: Prepared, options: Options) -> str:
    try:
        choice, _ = chosen_state(name, labels_of(pod), prepared, options)
    except InjectionRefused:
        return ""
    return prepared.effective(name, choice, options.form).hash


def _with_revision(verdict: Verdict, pod: Pod, prepared: Prepared, options: Options) -> Verdict:
    try:
        choice, _ = chosen_state(verdict.sidecar_set, labels_of(pod), prepared, options)
    except InjectionRefused as refused:
        return verdict._replace(reason=Reason.REVISION_MISSING, detail=str(refused))
    names_revision = verdict.is_selected and choice == "specified"
    revision = prepared.revision(verdict.sidecar_set) if names_revision else None
    return verdict if revision is None else verdict._replace(revision=revision.get("metadata", {}).get("name", ""))
