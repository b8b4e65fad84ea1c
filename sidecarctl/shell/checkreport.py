"""What `check` has found, and the reports of it that were asked for."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING, Final

from sidecarctl.finding import Severity
from sidecarctl.shell.errors import Exit, UsageError
from sidecarctl.shell.excerpts import excerpts
from sidecarctl.shell.findings import Findings
from sidecarctl.shell.report.formats import ReportSpec, findings_writer, report_spec, report_specs, write_pieces
from sidecarctl.shell.report.run_report import Reports
from sidecarctl.shell.terminal import palette

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sidecarctl.api.change import Outcome
    from sidecarctl.finding import Finding
    from sidecarctl.shell.cli.command_flags import CheckFlags
    from sidecarctl.shell.input.sources import Input


_UNREAD: Final = frozenset({"INP001", "INP002"})  # in such a text nobody knows what is secret: it is not shown


class Collected(Reports):
    """Collects what the pods of the input have to do with the SidecarSets; small, however many they are."""

    def __init__(self) -> None:
        super().__init__([])
        self.findings = Findings()
        self.of_sets: list[Finding] = []  # until they are among the findings
        self.errors: list[Finding] = []  # what could not be checked
        self.namespaces: dict[str, dict[str, None]] = {}  # those of the Pods that each SidecarSet selects
        self._selected: Counter[str] = Counter()  # how many Pods and templates each SidecarSet selects
        self._lacking: Counter[Finding] = Counter()  # of how many of them each is true
        self.pods_seen = False
        self.pods_hidden = False  # some run already: what selects them was not asked

    def __bool__(self) -> bool:
        return True

    def add(self, outcomes: Iterable[Outcome], findings: Iterable[Finding], *, passed_over: bytes = b"") -> None:
        """Take note of what became of a document's objects."""
        del passed_over  # it reads everything
        for outcome in outcomes:
            self.pods_seen = True
            self.pods_hidden = self.pods_hidden or outcome.code in {"SEL002", "SEL003"}
            self._lacking.update(outcome.lacks)
            for name in outcome.sidecar_sets:
                self._selected[name] += 1
                self.namespaces.setdefault(name, {})[outcome.namespace] = None
        self.findings.add(findings)

    def lacking_everywhere(self, sidecar_set: str) -> list[Finding]:
        """Return what a SidecarSet finds in none of the Pods that it selects."""
        everywhere = self._selected[sidecar_set]
        own = (one for one in self._lacking if one.sidecar_set == sidecar_set)
        return [one for one in own if self._lacking[one] == everywhere]

    def note(self, findings: Iterable[Finding]) -> None:
        """Take note of what could not be checked."""
        self.errors += findings

    def with_errors(self) -> None:
        """Put what could not be checked among the findings."""
        self.findings.add(self.errors)
        self.errors = []


def wanted_reports(flags: CheckFlags) -> list[ReportSpec]:
    """Return the reports that were asked for: text on stdout, unless it says otherwise.

    Raises `UsageError` for a format that nobody knows, and for two on stdout.
    """
    given = report_specs(flags) or [report_spec("text")]
    if sum(not spec.path for spec in given) > 1:
        raise UsageError("two reports on stdout: give one of them a file, as --report json=report.json")
    return given


def write_reports(wanted: Sequence[ReportSpec], found: Collected, given: Input, flags: CheckFlags) -> None:
    """Write every report where it was asked for; what could not be checked a person at stdout reads on stderr."""
    for spec in sorted(wanted, key=_is_complete):
        if _is_complete(spec):
            found.with_errors()
        shown = _errors(found.findings) if flags.quiet and not spec.path else found.findings
        pieces = _writer(spec, given, flags)(shown)
        if spec.path:
            write_pieces(spec.path, pieces)
        elif shown or not flags.quiet:
            sys.stdout.writelines(pieces)


def _errors(findings: Findings) -> Findings:
    """Return the errors alone, which --quiet still prints."""
    return Findings(finding for finding in findings if finding.severity is Severity.ERROR)


def _is_complete(spec: ReportSpec) -> bool:
    """Whether a report has to say by itself what could not be checked."""
    return spec.format != "text" or bool(spec.path)


def code_for(findings: Findings, fail_on: str) -> Exit:
    """Return the exit code: whether a finding is as bad as `fail_on`, or worse."""
    order = [*Severity]
    failing = order[: order.index(Severity(fail_on)) + 1] if fail_on != "never" else []
    return Exit.FOUND if any(findings.totals[severity] for severity in failing) else Exit.OK


def _writer(spec: ReportSpec, given: Input, flags: CheckFlags) -> Callable[[Findings], Iterable[str]]:
    if spec.format == "text":
        return lambda findings: _text(findings, given, flags, "never" if spec.path else flags.color)
    return findings_writer(spec.format)


def _text(findings: Findings, given: Input, flags: CheckFlags, colour: str) -> Iterator[str]:
    from sidecarctl.render.findings.text import text_lines
    from sidecarctl.shell.reports.grouped import grouped, in_words

    groups = grouped(findings)
    shown = [finding for group in groups for finding in group.shown]
    readable = [finding for finding in shown if finding.code not in _UNREAD]
    lines = excerpts(given, [finding.position for finding in readable if finding.position])
    colours = palette(colour, sys.stdout)
    for line in text_lines(groups, lines, colours, upstream_messages=flags.upstream_messages):
        yield f"{line}\n"
    yield f"{colours(in_words(findings.totals), 'bold')}\n"
