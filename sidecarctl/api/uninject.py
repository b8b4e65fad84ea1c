"""The uninject rule for any document, and templates named by --template-path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from sidecarctl.api.change import Limits, Made
from sidecarctl.api.editor import is_meant
from sidecarctl.api.targets import objects, targets
from sidecarctl.finding import Finding, Severity, show_path
from sidecarctl.sidecarset.injection.records import as_recorded, recorded
from sidecarctl.sidecarset.removal.reinject import selected_sets
from sidecarctl.sidecarset.removal.uninject import (
    Stripped,
    doubtful_findings,
    lost_findings,
    without_recorded,
    without_sets,
)
from sidecarctl.sidecarset.removal.unrecoverable import marked_findings, orphan_findings
from sidecarctl.upstream.decode import decode
from sidecarctl.upstream.workload import WORKLOADS, GroupKind, Workload, group_kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from sidecarctl.api.change import Change
    from sidecarctl.api.targets import Found
    from sidecarctl.sidecarset.cluster import Prepared
    from sidecarctl.sidecarset.injection.effective_set import EffectiveSet
    from sidecarctl.sidecarset.injection.inject import Options
    from sidecarctl.sidecarset.removal.uninject import OwnFields
    from sidecarctl.upstream.types import Pod
    from sidecarctl.yamledit.document import Document
    from sidecarctl.yamledit.stream.documents import Chunk

    Changes: TypeAlias = Callable[[Chunk, str], Iterable[Change]]


_TRACE: Final = b"kruise.io/sidecarset"


class Uninjector:
    """The rule of `uninject`: with SidecarSets at hand all that they brought goes, else what the pod records."""

    def __init__(self, prepared: Prepared, options: Options, *, partial: bool) -> None:
        self._prepared = prepared
        self._options = options
        self._severity = Severity.WARNING if partial else Severity.ERROR
        latest = [prepared.effective(name, "latest", options.form) for name in prepared.names]
        self._without_containers = frozenset(one.name for one in latest if not one.injects_containers)

    def may_concern(self, data: bytes) -> bool:
        """Whether a document may hold sidecars, or what a SidecarSet without any has left."""
        return _TRACE in data or b"\\" in data or bool(self._without_containers)

    def made(self, pod: Pod, own: OwnFields | None = None) -> Made:
        """Return a pod without its sidecars; errors among the findings say what cannot come back.

        `own` are as for `without_sets`.
        Raises `InjectionRefused` and `UndecodableObject` where the pod cannot be read.
        """
        entries = recorded(pod)
        if self._prepared.names:
            sets = self.carried(pod)
            stripped, names = without_sets(pod, sets, own=own), [one.name for one in sets]
            findings = [*lost_findings(stripped, self._severity), *doubtful_findings(stripped)]
        else:
            names = list(entries)
            stripped, findings = _without_names(pod, names, self._severity, own)
        listed = [name for name in names if name in entries]
        findings += orphan_findings(pod, stripped.pod, listed, is_known=bool(self._prepared.names))
        if stripped.pod is pod:
            reason = "it records sidecars of other SidecarSets only" if entries else "it records no sidecars"
            return Made(pod, "skipped", (), reason, "UNI010")
        return Made(stripped.pod, "uninjected", tuple(names), findings=tuple(findings))

    def carried(self, pod: Pod) -> list[EffectiveSet]:
        """Return the SidecarSets that a pod carries, as it got them: those that it records, then those without records.

        Raises `InjectionRefused` and `UndecodableObject`.
        """
        entries, prepared = recorded(pod), self._prepared
        names = [name for name in entries if name in prepared.names]
        states = [one for name in names for one in prepared.states(name, self._options.form)]
        return [*as_recorded(states, entries), *(one for one in self._patching(pod) if one.name not in names)]

    def _patching(self, pod: Pod) -> list[EffectiveSet]:
        """The SidecarSets that select a pod and bring metadata alone, of which its annotations record nothing."""
        if not self._without_containers:
            return []
        selected = selected_sets(pod, self._prepared, self._options._replace(running_pods="inject"))
        return [one for one in selected if one.name in self._without_containers]


def _without_names(
    pod: Pod, names: list[str], severity: Severity, own: OwnFields | None
) -> tuple[Stripped, list[Finding]]:
    """The pod without the containers that it records, when no SidecarSet is at hand."""
    decode(pod, "Pod")  # what is no Pod is refused whether anything stands in it or not
    stripped, findings = Stripped(pod), list[Finding]()
    for name in names:
        stripped = without_recorded(stripped.pod, name, own=own)
        findings += lost_findings(stripped, severity)
    if stripped.pod is not pod:
        findings += marked_findings(decode(stripped.pod, "Pod"), severity)
    return stripped, findings


def missing_templates(document: Document, limits: Limits) -> Iterator[Finding]:
    """Return a warning, with its place, for each object of a kind that is not built in and has no template.

    Raises `UnreadableDocument`.
    """
    for found in objects(document) if _told(limits) else ():
        if (finding := missing_template(found, limits)) is not None:
            yield finding._replace(position=document.position(finding.path))


def missing_template(found: Found, limits: Limits) -> Finding | None:
    """Return the same of one object, without its place."""
    told = _told(limits)
    workload = told.get(group_kind(found.value) or ("", ""))
    if workload is None or not is_meant(found, limits) or any(targets(found, told)):
        return None
    paths = [show_path(path) for path in workload.templates]
    said = f"--template-path says {' and '.join(paths)}, where there is nothing; it is left alone"
    path = (*found.path, *workload.templates[0])
    return Finding("FLG003", said, path, Severity.WARNING, resource=found.resource)


def with_missing_templates(changes: Changes, limits: Limits) -> Changes:
    """Return changes that also say where a template is missing."""
    if not _told(limits):
        return changes

    def noticed(chunk: Chunk, file: str) -> Iterator[Change]:
        for change in changes(chunk, file):
            yield change._replace(findings=(*change.findings, *missing_templates(change.document, limits)))

    return noticed


def _told(limits: Limits) -> Mapping[GroupKind, Workload]:
    return {key: workload for key, workload in limits.workloads.items() if WORKLOADS.get(key) is not workload}
