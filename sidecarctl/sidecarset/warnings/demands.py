"""What `check --injected` demands: that what is selected is injected, from this version, and nothing else is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.finding import Finding, Severity
from sidecarctl.sidecarset.injection.records import is_recorded, recorded
from sidecarctl.sidecarset.live_pod import recreation
from sidecarctl.sidecarset.matching.verdict import Reason
from sidecarctl.sidecarset.rollout.owners import owner_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from sidecarctl.sidecarset.matching.verdict import Verdict
    from sidecarctl.sidecarset.rollout.owners import Owner
    from sidecarctl.upstream.types import Pod

_ADVICE = "run sidecarctl inject"
_MAY_STAY = (Reason.HIDDEN_BY_CANARY, Reason.NAMESPACE_UNKNOWN, Reason.REVISION_MISSING, Reason.SYSTEM_NAMESPACE)


def demand_findings(
    pod: Pod, changed: Collection[str], settled: Collection[str], unjudged: Collection[str]
) -> Iterator[Finding]:
    """What is missing, outdated or left over in a pod.

    `changed` are the SidecarSets that injection would put into it now, `settled` those that stand there as they should;
    nothing is said of those that are `unjudged`.
    """
    for name in changed:
        if is_recorded(name, pod):
            told = f"the sidecars of {name} are not those of its present version"
            advice = f"{_ADVICE}; where the webhook runs, it replaces them by its own version when the Pod is created"
            yield Finding("CHK002", told, sidecar_set=name, help=advice)
        else:
            yield Finding("CHK001", f"the sidecars of {name} are missing", sidecar_set=name, help=_ADVICE)
    for name in recorded(pod):
        if name not in {*changed, *settled, *unjudged}:
            yield _left_over(name, "run sidecarctl uninject with that SidecarSet")


def live_findings(
    pod: Pod, verdicts: Sequence[Verdict], unjudged: Collection[str], makers: Mapping[Owner, Owner]
) -> Iterator[Finding]:
    """Return what is missing, outdated or left over in a Pod that exists.

    `verdicts` are those of `explained`; nothing is said of the SidecarSets that are `unjudged`.
    `makers` are workloads that another one made, as for `owner_of`.
    """
    advice, owner = recreation(pod, makers), owner_of(pod, makers)
    of_owner = f" ({owner})" if owner else ""  # so that reports that group what is alike list each workload
    of_pod = of_owner or " (a Pod that no workload owns)"
    for verdict in verdicts:
        name = verdict.sidecar_set
        if verdict.reason is Reason.NOT_INJECTED:
            told = f"the Pod runs without the sidecars of {name}, which selects it{of_owner}"
            yield Finding("CHK001", told, sidecar_set=name, help=advice)
        elif verdict.reason is Reason.OUTDATED:
            told = f"the Pod runs sidecars of {name} that are not those of its present version{of_owner}"
            yield Finding("CHK002", told, sidecar_set=name, help=f"sidecarctl plan shows its rollout; or {advice}")
        elif verdict.reason is Reason.INJECTION_PAUSED and verdict.is_carried:
            told = f"the Pod runs sidecars of {name} that are not those of its present version, and its injection is"
            told += f" paused{of_owner}"
            help_ = f"set paused to false, and {advice}"
            yield Finding("CHK006", told, (), Severity.WARNING, sidecar_set=name, help=help_)
        elif verdict.is_carried and verdict.reason not in _MAY_STAY:
            yield _left_over(name, advice, of_pod)
    known = {*unjudged, *(verdict.sidecar_set for verdict in verdicts)}
    yield from (_left_over(name, advice, of_pod) for name in recorded(pod) if name not in known)


def overruled_findings(names: Collection[str]) -> Iterator[Finding]:
    """Return a finding for each SidecarSet of which a template carries another version than the cluster holds."""
    for name in names:
        told = f"the cluster holds another version of {name} than this was rendered with: when the Pod is created, the"
        told += " webhook replaces the sidecars by those of the cluster's version"
        yield Finding("CHK007", told, sidecar_set=name, help="update the SidecarSet on the cluster first, or pause it")


def _left_over(name: str, advice: str, of_pod: str = "") -> Finding:
    told = f"it carries the sidecars of {name}, which does not select it (or is not there any more){of_pod}"
    return Finding("CHK003", told, sidecar_set=name, help=advice)


def paused_findings(pod: Pod, paused: Mapping[str, str]) -> Iterator[Finding]:
    """What is outdated in a pod and stays so: `paused` are SidecarSets that would select it, with their hashes of now.

    An empty hash is one that nobody knows.
    """
    entries = recorded(pod)
    for name, present in paused.items():
        if name in entries and present and entries[name].hash != present:
            told = f"the sidecars of {name} are not those of its present version, and its injection is paused"
            advice = "set paused to false, and run sidecarctl inject"
            yield Finding("CHK006", told, (), Severity.WARNING, sidecar_set=name, help=advice)
