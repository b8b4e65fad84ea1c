"""The findings of a run that edits documents, in the formats of other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.shell.findings import Findings
from sidecarctl.shell.report.formats import ReportSpec, findings_writer
from sidecarctl.shell.report.run_report import write_report

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sidecarctl.api.change import Outcome
    from sidecarctl.finding import Finding


class FindingsReport:
    """Collects findings; these formats have no words for what became of an object that nothing is to be said of."""

    def __init__(self, spec: ReportSpec) -> None:
        self.path = spec.path
        self._format = spec.format
        self._findings = Findings()

    def begin(self, file: str) -> None:
        """Pass over the file's name: findings have their places."""

    def add(self, outcomes: Iterable[Outcome], findings: Iterable[Finding], *, passed_over: int = 0) -> None:
        """Take note of what there is to say about a document."""
        del outcomes, passed_over
        self._findings.add(findings)

    def note(self, findings: Iterable[Finding]) -> None:
        """Take note of what a person was told already."""
        self._findings.add(findings)

    def stop(self) -> None:
        """Say nothing of it: these formats have no words for that either."""

    def write(self) -> None:
        """Write it to stderr or to its file."""
        write_report(self.path, findings_writer(self._format)(self._findings))
