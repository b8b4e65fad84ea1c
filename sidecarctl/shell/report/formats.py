"""Findings as text and in the formats of other programs."""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Final

from sidecarctl.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sidecarctl.shell.cli.command_flags import ReportFlags
    from sidecarctl.shell.findings import Findings

MACHINE_FORMATS: Final = ("json", "sarif", "junit", "github", "markdown")
FORMATS: Final = ("text", *MACHINE_FORMATS)
_MODULES: Final = {
    "json": "sidecarctl.shell.reports.structured",
    "sarif": "sidecarctl.render.findings.sarif",
    "junit": "sidecarctl.render.findings.junit",
    "github": "sidecarctl.render.findings.github",
    "markdown": "sidecarctl.shell.reports.markdown",
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
