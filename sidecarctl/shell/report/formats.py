"""Reports in the formats of other programs, and the findings they are made of, kept on disk where they are many."""

from __future__ import annotations

import os
from collections.abc import Iterable
from importlib import import_module
from typing import IO, TYPE_CHECKING, Final

from sidecarctl.finding import Finding, Severity
from sidecarctl.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sidecarctl.shell.cli.command_flags import ReportFlags


MACHINE_FORMATS: Final = ("json", "sarif", "junit", "github", "markdown")


FORMATS: Final = ("text", *MACHINE_FORMATS)


_MODULES: Final = {
    "json": "sidecarctl.render.findings.sarif",
    "sarif": "sidecarctl.render.findings.sarif",
    "junit": "sidecarctl.render.findings.junit",
    "github": "sidecarctl.render.findings.github",
    "markdown": "sidecarctl.render.findings.github",
}


class ReportSpec(Record):
    """A report that was asked for."""

    format: str
    path: str  # empty: where reports of the command go


def report_spec(text: str) -> ReportSpec:
    """Read FORMAT or FORMAT=PATH.

    Raises `UsageError` for a format that nobody knows.
    """
    name, _, path = text.partition("=")
    if name not in FORMATS:
        from sidecarctl.shell.errors import UsageError

        raise UsageError(f"--report takes FORMAT or FORMAT=PATH, with {', '.join(FORMATS)}; not {name}")
    return ReportSpec(name, path)


def report_specs(flags: ReportFlags) -> list[ReportSpec]:
    """Return the reports that the command line asks for.

    Raises `UsageError` for a format that nobody knows, and where a report would be written over a file that the command
    line names, or over another report.
    """
    specs = [*map(report_spec, flags.report)]
    taken = {os.path.realpath(path) for path in flags.files_named() if os.path.isfile(path)}
    for path in (spec.path for spec in specs if spec.path):
        real = os.path.realpath(path)
        if real in taken:
            from sidecarctl.shell.errors import UsageError

            raise UsageError(f"--report would write over {path}, which is named for something else too")
        if os.path.isfile(real) or not os.path.exists(real):  # several may go to a terminal
            taken.add(real)
    return specs


def findings_writer(name: str) -> Callable[[Findings], Iterable[str]]:
    """Return what writes findings in a format of other programs, piece by piece."""
    module = import_module(_MODULES[name])
    writer: Callable[[Findings], Iterable[str]] = getattr(module, f"{name}_text")
    return writer


def write_pieces(path: str, pieces: Iterable[str]) -> None:
    """Write a report to a file, whole or not at all.

    Raises `ReportNotWritten`.
    """
    from sidecarctl.shell.atomic_files import write_whole

    try:
        write_whole(path, pieces)
    except OSError as error:
        from sidecarctl.shell.errors import ReportNotWritten

        raise ReportNotWritten(f"{path}: {error.strerror}") from None


_KEPT_IN_MEMORY: Final = 2_000


_AT_ONCE: Final = 500  # are written and read together


class Findings:
    """Findings in their order, to be gone through as often as need be."""

    def __init__(self, first: Iterable[Finding] = ()) -> None:
        self.totals = dict.fromkeys(Severity, 0)  # the worst first
        self._file: IO[bytes] | None = None
        self._first: list[Finding] = []
        self._last: list[Finding] = []
        self.add(first)

    def add(self, findings: Iterable[Finding]) -> None:
        """Take findings behind those that are there."""
        self._last += self._counted(findings)
        if len(self._last) > _KEPT_IN_MEMORY:
            self._spill()

    def put_first(self, findings: Iterable[Finding]) -> None:
        """Take findings before those that are there; they stay in memory."""
        self._first = [*self._counted(findings), *self._first]

    def __len__(self) -> int:
        return sum(self.totals.values())

    def __iter__(self) -> Iterator[Finding]:
        yield from self._first
        at = 0
        while at < self._spilt:
            found, at = self._read(at)
            yield from found
        yield from self._last

    def __del__(self) -> None:
        if self._file is not None:
            self._file.close()

    def _counted(self, findings: Iterable[Finding]) -> list[Finding]:
        counted = list(findings)
        for finding in counted:
            self.totals[finding.severity] += 1
        return counted

    @property
    def _spilt(self) -> int:
        return self._file.seek(0, os.SEEK_END) if self._file is not None else 0

    def _spill(self) -> None:
        from pickle import dump

        if self._file is None:
            from tempfile import TemporaryFile

            self._file = TemporaryFile()  # noqa: SIM115 - it lives as long as we do
        self._file.seek(0, os.SEEK_END)
        for start in range(0, len(self._last), _AT_ONCE):
            dump(self._last[start : start + _AT_ONCE], self._file)
        self._last = []

    def _read(self, at: int) -> tuple[list[Finding], int]:
        """From its place each time: two may go through it at once."""
        from pickle import load

        assert self._file is not None  # noqa: S101 - there is something in it
        self._file.seek(at)
        found: list[Finding] = load(self._file)  # noqa: S301 - nobody else can have written it: it has no name
        return found, self._file.tell()
