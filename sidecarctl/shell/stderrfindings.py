"""Findings that a person reads on stderr while the run goes on."""

import sys
from collections.abc import Iterable

from sidecarctl.finding import Finding, Severity
from sidecarctl.shell import flags
from sidecarctl.shell.options import Values
from sidecarctl.shell.report import finding_lines
from sidecarctl.shell.reports import report_spec
from sidecarctl.shell.terminal import palette, say


def goes_to_a_program(values: Values) -> bool:
    """Whether stderr takes a report that is not for people to read: it holds the findings, and nothing else."""
    specs = map(report_spec, flags.texts(values, "report"))
    return not values.get("quiet") and any(not spec.path and spec.format != "text" for spec in specs)


def tell(findings: Iterable[Finding], values: Values) -> None:
    """Say errors and warnings on stderr; with --quiet, errors alone."""
    colours = palette(str(values.get("color") or "auto"), sys.stderr)
    told = (Severity.ERROR,) if values.get("quiet") else (Severity.ERROR, Severity.WARNING)
    for finding in findings:
        if finding.severity in told:
            for line in finding_lines(finding, colours):
                say(line)
