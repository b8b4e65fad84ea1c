"""Findings for pull requests: workflow commands of GitHub, and a Markdown table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.finding import Finding, Severity, show_path
from sidecarctl.render.findings.text import grouped, in_words
from sidecarctl.render.text import command_property, command_text
from sidecarctl.render.text import markdown_text as escaped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sidecarctl.render.findings.text import FindingList


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


def markdown_text(findings: FindingList) -> Iterator[str]:
    """Return findings as a table; those that say the same about many objects are counted."""
    return (f"{line}\n" for line in _lines(findings))


def _lines(findings: FindingList) -> Iterator[str]:
    yield f"**{in_words(findings.totals)}**"
    if not findings:
        return
    yield from ("", "| | where | what |", "|---|---|---|")
    for group in grouped(findings):
        for finding in group.shown:
            yield _row(finding)
        if group.others:
            yield f"| {group.shown[0].code} | | … and {group.others} more of these |"


def _row(finding: Finding) -> str:
    where = " ".join(filter(None, (escaped(str(finding.position or "")), escaped(show_path(finding.path)))))
    told = ": ".join(filter(None, (finding.resource, finding.message)))
    advice = f" *{escaped(finding.help)}*" if finding.help else ""
    return f"| {finding.severity.value} {finding.code} | {where} | {escaped(told)}{advice} |"
