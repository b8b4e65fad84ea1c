"""Kinds whose templates the user told about, and objects of these kinds that have none there."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from sidecarctl.api.editor import Limits, is_meant
from sidecarctl.api.targets import objects, targets
from sidecarctl.finding import Finding, Severity, show_path
from sidecarctl.upstream.workload import WORKLOADS, GroupKind, Workload, group_kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from sidecarctl.api.change import Change
    from sidecarctl.api.targets import Found
    from sidecarctl.yamledit.document import Document
    from sidecarctl.yamledit.stream.documents import Chunk

    Changes: TypeAlias = Callable[[Chunk, str], Iterable[Change]]


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
