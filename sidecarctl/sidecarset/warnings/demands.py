"""What `check --injected` demands: that what is selected is injected, from this version, and nothing else is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.finding import Finding, Severity
from sidecarctl.sidecarset.recorded import is_recorded, recorded

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from sidecarctl.upstream.types import Pod

_ADVICE = "run sidecarctl inject"


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
            yield Finding("CHK002", told, sidecar_set=name, help=_ADVICE)
        else:
            yield Finding("CHK001", f"the sidecars of {name} are missing", sidecar_set=name, help=_ADVICE)
    for name in recorded(pod):
        if name not in {*changed, *settled, *unjudged}:
            told = f"it carries the sidecars of {name}, which does not select it (or is not there any more)"
            yield Finding("CHK003", told, sidecar_set=name, help="run sidecarctl uninject with that SidecarSet")


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
