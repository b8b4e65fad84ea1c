"""Findings as GitHub's workflow commands, which it shows beside the lines of a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.finding import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sidecarctl.shell.findings import Findings

_COMMANDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_IN_TEXT: Final = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_IN_PROPERTIES: Final = {**_IN_TEXT, ":": "%3A", ",": "%2C"}


def github_text(findings: Findings) -> Iterator[str]:
    """Return a line for each finding."""
    return (f"{_line(finding)}\n" for finding in findings)


def _line(finding: Finding) -> str:
    place = finding.position
    where = {"file": place.file, "line": str(place.line), "col": str(place.column)} if place else {}
    given = {**where, "title": finding.code}
    properties = ",".join(f"{name}={_escaped(value, _IN_PROPERTIES)}" for name, value in given.items())
    told = ": ".join(filter(None, (finding.resource, finding.message)))
    text = _escaped(f"{told}\n{finding.help}" if finding.help else told, _IN_TEXT)
    return f"::{_COMMANDS[finding.severity]} {properties}::{text}"


def _escaped(text: str, escapes: dict[str, str]) -> str:
    return "".join(escapes.get(letter, letter) for letter in text)
