"""Findings that a person reads on stderr while the run goes on."""

import sys
from collections.abc import Iterable

from sidecarctl.finding import Finding, Severity
from sidecarctl.shell.cli.command_flags import InputFlags, QuietFlags, ReportFlags
from sidecarctl.shell.report.formats import report_spec
from sidecarctl.shell.report.run_report import finding_lines
from sidecarctl.shell.terminal import palette, say


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
