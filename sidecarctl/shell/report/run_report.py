"""The report on stderr: one line per object, totals, findings."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Protocol

from sidecarctl.api.change import Outcome, RestartBill
from sidecarctl.finding import Finding, Severity, SidecarctlError, show_path
from sidecarctl.record import Record
from sidecarctl.render.text import Palette, counted, visible
from sidecarctl.shell.cli.command_flags import InputFlags, QuietFlags, ReportFlags
from sidecarctl.shell.errors import Exit, ReportNotWritten, exit_code
from sidecarctl.shell.report.formats import Findings, ReportSpec, findings_writer, report_spec
from sidecarctl.shell.terminal import palette, say
from sidecarctl.yamledit.stream.documents import documents_in

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from sidecarctl.shell.stream.writers import Writer

    class Report(Protocol):
        """Takes note of what happens, and tells it in the end."""

        path: str  # of its file; empty: stderr

        def begin(self, file: str) -> None:
            """Name the file that the next outcomes are from; empty where one file is read."""

        def add(self, outcomes: Iterable[Outcome], findings: Iterable[Finding], *, passed_over: int = 0) -> None:
            """Take note of what became of a document's objects, or how many nobody had to read."""

        def note(self, findings: Iterable[Finding]) -> None:
            """Take note of what a person was told already."""

        def stop(self) -> None:
            """Take note that the run ends before it has written everything."""

        def write(self) -> None:
            """Tell it."""

    from collections.abc import Iterable

    from sidecarctl.api.change import Outcome
    from sidecarctl.finding import Finding


_SHOWN_EACH: Final = 20  # objects, or findings, of one kind before the rest is only counted


_CHANGES: Final = frozenset({"injected", "uninjected"})


_COLOURS: Final = {"injected": "green", "uninjected": "green", "unchanged": "grey", "skipped": "grey"}


_SEVERITY_COLOURS: Final = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "blue"}


class _Kind(Record):
    """What makes outcomes alike."""

    done: str
    sidecar_sets: tuple[str, ...]
    reason: str


class TextReport:
    """Collects what happened, and says it: objects that end alike are counted once there are many."""

    def __init__(self, palette: Palette, default_namespace: str, path: str = "") -> None:
        self._palette = palette
        self.path = path
        self._default_namespace = default_namespace
        self._counts: dict[_Kind, int] = {}
        self._lines: list[str] = []
        self._findings: list[str] = []
        self._finding_counts: dict[str, int] = {}
        self._restarts = RestartBill()
        self._passed_over = 0
        self._is_stopped = False
        self._file = ""

    def begin(self, file: str) -> None:
        """Name the file that the next outcomes are from; empty where one file is read."""
        self._file = file

    def add(self, outcomes: Iterable[Outcome], findings: Iterable[Finding], *, passed_over: int = 0) -> None:
        """Take note of what became of a document's objects, or how many nobody had to read."""
        self._passed_over += passed_over
        for outcome in outcomes:
            self._add_outcome(outcome)
        for finding in findings:
            if finding.severity is not Severity.INFO:
                self._add_finding(finding)

    def note(self, findings: Iterable[Finding]) -> None:
        """Nothing is said twice; but a file has not said it yet."""
        if self.path:
            self.add((), findings)

    def stop(self) -> None:
        """Take note that the run ends before it has written everything."""
        self._is_stopped = True

    def write(self) -> None:
        """Say it all, on stderr or in its file."""
        hidden = [(kind, count - _SHOWN_EACH) for kind, count in self._counts.items() if count > _SHOWN_EACH]
        lines = [*self._lines, *(f"… and {count} more {self._ending(kind)}" for kind, count in hidden)]
        lines += self._findings
        lines += [
            f"… and {n - _SHOWN_EACH} more [{code}]" for code, n in self._finding_counts.items() if n > _SHOWN_EACH
        ]
        lines += self._totals()
        write_report(self.path, ["".join(f"{line}\n" for line in lines)])

    def _add_outcome(self, outcome: Outcome) -> None:
        kind = _Kind(outcome.done, outcome.sidecar_sets, outcome.reason)
        self._counts[kind] = self._counts.get(kind, 0) + 1
        if self._counts[kind] <= _SHOWN_EACH:
            where = "" if outcome.namespace in {"", self._default_namespace} else f" -n {outcome.namespace}"
            code = f" [{outcome.code}]" if outcome.code else ""
            file = f"{self._file}: " if self._file else ""
            self._lines.append(visible(f"{file}{outcome.resource}{where} ") + self._ending(kind) + code)
        self._restarts.add(outcome)

    def _ending(self, kind: _Kind) -> str:
        sets = f" ({', '.join(kind.sidecar_sets)})" if kind.sidecar_sets else ""
        reason = f": {kind.reason}" if kind.reason else ""
        return self._palette(kind.done, _COLOURS.get(kind.done, "bold")) + visible(f"{sets}{reason}")

    def _add_finding(self, finding: Finding) -> None:
        count = self._finding_counts[finding.code] = self._finding_counts.get(finding.code, 0) + 1
        if count <= _SHOWN_EACH:
            self._findings += finding_lines(finding, self._palette)

    def _totals(self) -> list[str]:
        sums: dict[str, int] = {}
        for kind, count in self._counts.items():
            sums[kind.done] = sums.get(kind.done, 0) + count
        nothing = "" if self._passed_over else "no Pods and no pod templates"
        unread = f"{counted(self._passed_over, 'document')} passed over: nothing in them that a SidecarSet selects"
        said = [*(f"{count} {done}" for done, count in sorted(sums.items())), *([unread] if self._passed_over else [])]
        totals = ", ".join(said)
        if self._is_stopped:
            told = f"stopped before the end: {totals or 'nothing done'} until then, and not all of it was written"
            return [self._palette(told, "bold")]
        return [self._palette(totals or nothing, "bold"), *self._restart_lines()]

    def _restart_lines(self) -> list[str]:
        known, without_number = self._restarts.totals()
        if not known and not without_number:
            return []
        pods = [counted(known, "Pod")] if known else []
        if without_number:
            pods.append(f"those of {counted(without_number, 'workload')} without a number")
        loss = ": their sidecars are no longer upgraded in place"
        is_injected = any(kind.done == "injected" for kind in self._counts)
        return [f"applying these templates restarts {' and '.join(pods)}{loss if is_injected else ''}"]


def finding_lines(finding: Finding, palette: Palette) -> list[str]:
    """Return a finding as text: where, what, and what to do about it."""
    where = f"{finding.position}: " if finding.position else ""
    field = f" ({show_path(finding.path)})" if finding.path else ""
    severity = palette(finding.severity.value, _SEVERITY_COLOURS[finding.severity])
    about = f"{finding.resource}: " if finding.resource else ""
    lines = [f"{visible(where)}{severity}: {visible(about + finding.message + field)} [{finding.code}]"]
    return [*lines, f"    {visible(finding.help)}"] if finding.help else lines


class JsonReport:
    """The report for programs: everything, in the order of the input."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._is_stopped = False
        self._passed_over = 0
        self._outcomes: list[dict[str, object]] = []
        self._findings: list[dict[str, object]] = []
        self._file = ""

    def begin(self, file: str) -> None:
        """Name the file that the next outcomes are from; empty where one file is read."""
        self._file = file

    def add(self, outcomes: Iterable[Outcome], findings: Iterable[Finding], *, passed_over: int = 0) -> None:
        """Take note of what became of a document's objects, or how many nobody had to read."""
        self._passed_over += passed_over
        place = {"file": self._file} if self._file else {}
        self._outcomes += [{**outcome.to_dict(), **place} for outcome in outcomes]
        self.note(findings)

    def note(self, findings: Iterable[Finding]) -> None:
        """Take note of what a person was told already."""
        self._findings += map(as_plain, findings)

    def stop(self) -> None:
        """Take note that the run ends before it has written everything."""
        self._is_stopped = True

    def write(self) -> None:
        """Write it to stderr or to its file."""
        from json import dumps

        from sidecarctl.render.text import json_text

        document = {
            "apiVersion": "sidecarctl.dev/v1alpha1",
            "kind": "InjectionReport",
            **({"stopped": True} if self._is_stopped else {}),
            "outcomes": self._outcomes,
            "findings": self._findings,
            "documentsPassedOver": self._passed_over,
        }
        write_report(self.path, [json_text(dumps(document, indent=2, ensure_ascii=False)) + "\n"])


def write_report(path: str, pieces: Iterable[str]) -> None:
    """Write a report to its file, or to stderr."""
    if not path:
        sys.stderr.writelines(pieces)
        return
    from sidecarctl.shell.report.formats import write_pieces

    write_pieces(path, pieces)


def as_plain(finding: Finding) -> dict[str, object]:
    """Return a finding as JSON has it."""
    fields: dict[str, object] = {
        "code": finding.code,
        "severity": finding.severity.value,
        "message": finding.message,
        "path": show_path(finding.path),
        "resource": finding.resource,
        "sidecarSet": finding.sidecar_set,
        "help": finding.help,
    }
    if finding.position:
        fields["position"] = finding.position._asdict()
    return {name: value for name, value in fields.items() if value != ""}


@contextmanager
def reported(write: Callable[[Sequence[Finding]], None]) -> Iterator[None]:
    """Write what was found and done until then where a run ends half-way; then let the error go on.

    Not where it never began, or where it is the report that cannot be written.
    """
    try:
        yield
    except ReportNotWritten:
        raise
    except OSError:  # of stdout
        write([])
        raise
    except SidecarctlError as error:
        if exit_code(error) in {Exit.UNREADABLE, Exit.REFUSED, Exit.IO, Exit.PARTIAL}:
            from sidecarctl.shell.errors import findings_of

            write(findings_of(error))
        raise


class Reports:
    """All the reports that were asked for."""

    def __init__(self, reports: Sequence[Report]) -> None:
        self._reports = reports
        self._awaited: dict[str, list[Outcome]] | None = None  # by file; None: nothing waits for files
        self._file = ""
        self._shown: dict[str, str] = {}  # what reports call each file
        self._has_ended = False

    def __bool__(self) -> bool:
        return bool(self._reports)

    def add(self, outcomes: Iterable[Outcome], findings: Iterable[Finding], *, passed_over: bytes = b"") -> None:
        """Tell each of them what became of a document's objects, or which text nobody had to read."""
        outcomes, findings = tuple(outcomes), tuple(findings)
        count = documents_in(passed_over) if passed_over and self._reports else 0
        for report in self._reports:
            waits = self._awaited is not None and _has_file(report)
            report.add(() if waits else outcomes, findings, passed_over=count)
        if self._awaited is not None and any(map(_has_file, self._reports)):
            self._awaited.setdefault(self._file, []).extend(outcomes)

    @contextmanager
    def awaiting(self, writer: Writer) -> Iterator[None]:
        """Let reports in files, which are written however a run ends, tell only of changes that reached their file."""
        self._awaited = None if writer.written is None else {}
        try:
            yield
        except BaseException:
            self._tell_of(writer.written or ())
            raise
        self._tell_of(self._awaited or ())

    def _tell_of(self, written: Collection[str]) -> None:
        """Hand on what waited: of files that were not written, only what was to stay as it is."""
        awaited, self._awaited = self._awaited or {}, None
        for file, outcomes in awaited.items():
            told = [outcome for outcome in outcomes if file in written or outcome.done not in _CHANGES]
            for report in filter(_has_file, self._reports):
                report.begin(self._shown[file])
                report.add(told, ())

    def begin(self, file: str, shown: str) -> None:
        """Say which file the next documents are from, and what reports call it: nothing where it is the only one."""
        self._file, self._shown[file] = file, shown
        for report in self._reports:
            report.begin(shown)

    def note(self, findings: Iterable[Finding]) -> None:
        """Tell them what a person was told already."""
        findings = tuple(findings)
        for report in self._reports:
            report.note(findings)

    def fail(self, findings: Iterable[Finding]) -> None:
        """Let those in files say what they know, and what the run failed at; stderr gets the error itself."""
        if self._has_ended:
            return
        self.note(findings)
        in_files = list(filter(_has_file, self._reports))
        for report in in_files:
            report.stop()
        for error in _not_written(in_files):
            say(visible(f"sidecarctl: {error}"))

    def write(self) -> None:
        """Let each of them say what it knows.

        Raises `ReportNotWritten`, once all that can be written is.
        """
        self._has_ended = True
        if errors := list(_not_written(self._reports)):
            raise errors[0]


def _has_file(report: Report) -> bool:
    return bool(report.path)


def _not_written(reports: Iterable[Report]) -> Iterator[ReportNotWritten]:
    """Write reports, and return what keeps any of them from it."""
    for report in reports:
        try:
            report.write()
        except ReportNotWritten as error:
            yield error


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


def goes_to_a_program(flags: InputFlags) -> bool:
    """Return whether stderr takes a report that is not for people to read: it holds the findings, and nothing else."""
    if not isinstance(flags, ReportFlags):
        return False
    specs = map(report_spec, flags.report)
    return not flags.quiet and any(not spec.path and spec.format != "text" for spec in specs)


def tell(findings: Iterable[Finding], flags: InputFlags) -> None:
    """Print errors and warnings on stderr; with --quiet, errors alone."""
    colours = palette(flags.color, sys.stderr)
    told = (Severity.ERROR,) if isinstance(flags, QuietFlags) and flags.quiet else (Severity.ERROR, Severity.WARNING)
    for finding in findings:
        if finding.severity in told:
            for line in finding_lines(finding, colours):
                say(line)
