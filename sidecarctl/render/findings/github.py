"""Findings as GitHub's workflow commands, which it shows beside the lines of a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.finding import Finding, Severity
from sidecarctl.render.escaping import command_property, command_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sidecarctl.shell.reports.grouped import FindingList

_COMMANDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def github_text(findings: FindingList) -> Iterator[str]:
    """Return a line for each finding."""
    return (f"{_line(finding)}\n" for finding in findings)


def _line(finding: Finding) -> str:
    place = finding.position
    where = {"file": place.file, "line": str(place.line), "col": str(place.column)} if place else {}
    given = {**where, "title": finding.code}
    properties = ",".join(f"{name}={command_property(value)}" for name, value in given.items())
    told = ": ".join(filter(None, (finding.resource, finding.message)))
    text = command_text(told, *filter(None, (finding.help,)))
    return f"::{_COMMANDS[finding.severity]} {properties}::{text}"
