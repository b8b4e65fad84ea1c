"""Findings as a Markdown table, for comments and summaries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.finding import Finding, show_path
from sidecarctl.render.escaping import markdown_text as escaped
from sidecarctl.shell.reports.grouped import grouped, in_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sidecarctl.shell.reports.grouped import FindingList


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
