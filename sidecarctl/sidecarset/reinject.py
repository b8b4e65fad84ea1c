"""Injection into a pod that may carry sidecars already.

# Strategy: upstream's webhook would inject again, whose second pass is not always the identity; a file is injected many
times. What stands there at the present hash is left alone; an older version is taken out first, as far as the pod's
annotations record it, and then everything is upstream's pipeline.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.finding import Finding, Severity
from sidecarctl.sidecarset.inject import Injection, Options, chosen_state, inject
from sidecarctl.sidecarset.match import concerned, labels_of, verdicts
from sidecarctl.sidecarset.recorded import recorded, stands_in
from sidecarctl.sidecarset.uninject import without_recorded, without_sets
from sidecarctl.upstream.decode import decode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sidecarctl.sidecarset.cluster import Prepared
    from sidecarctl.sidecarset.effective import EffectiveSet
    from sidecarctl.upstream.types import Pod


def injected_again(pod: Pod, prepared: Prepared, options: Options, older: Sequence[EffectiveSet] = ()) -> Injection:
    """Return the pod with its sidecars at their present version: the very same pod where they are that already.

    `older` are the SidecarSets that were injected, where they are known: then nothing of them stays.
    Raises InjectionRefused and UndecodableObject as `inject` does.
    """
    entries = recorded(pod)
    if not entries:
        return inject(pod, prepared, options)
    present, outdated = _known_sets(pod, prepared, options)
    findings: list[Finding] = []
    stripped = pod
    for name in outdated:
        known = [one for one in older if one.name == name]
        stripped, left = without_sets(stripped, known) if known else without_recorded(stripped, name)
        findings.extend(left)
    result = inject(stripped, prepared, options._replace(leave=options.leave | present))
    findings.extend(_already(name) for name in sorted(present))
    unchanged = pod if not result.sidecar_sets and not outdated else result.pod
    return Injection(unchanged, result.sidecar_sets, (*findings, *result.findings))


def _known_sets(pod: Pod, prepared: Prepared, options: Options) -> tuple[frozenset[str], list[str]]:
    """The selected SidecarSets that stand in the pod at their present hash, and those that stand there at another."""
    labels = labels_of(pod)
    namespace = (pod.get("metadata") or {}).get("namespace") or options.namespace
    offered = concerned(prepared.prospects(namespace), labels)
    entries = recorded(pod)
    present: set[str] = set()
    outdated: list[str] = []
    for verdict in verdicts(decode(pod, "Pod", prepared.release), namespace, offered, options.running_pods):
        name = verdict.sidecar_set
        if not verdict.is_selected or name not in entries:
            continue
        choice, _ = chosen_state(name, labels, prepared, options)
        one = prepared.effective(name, choice, options.form)
        if entries[name].hash == one.hash and stands_in(one, pod):
            present.add(name)
        else:
            outdated.append(name)
    return frozenset(present), outdated


def _already(name: str) -> Finding:
    return Finding("INJ001", "already injected at this version", severity=Severity.INFO, sidecar_set=name)
