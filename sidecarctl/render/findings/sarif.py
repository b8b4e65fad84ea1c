"""Findings as SARIF 2.1.0, the format of code scanning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from sidecarctl import __version__
from sidecarctl.api.codes import code_meanings
from sidecarctl.finding import Finding, Severity, show_path
from sidecarctl.render.escaping import sarif_text as as_message
from sidecarctl.shell.reports.structured import with_items
from sidecarctl.shell.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sidecarctl.finding import Position
    from sidecarctl.shell.reports.grouped import FindingList

_LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif_text(findings: FindingList) -> Iterator[str]:
    """Return findings as a SARIF log of one run, piece by piece."""
    codes = {code: number for number, code in enumerate(dict.fromkeys(finding.code for finding in findings))}
    driver = {"name": "sidecarctl", "version": __version__, "rules": [_rule(code) for code in codes]}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": []}
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return with_items(log, "results", (_result(finding, codes[finding.code]) for finding in findings))


def _rule(code: str) -> dict[str, object]:
    known = code_meanings().get(code)
    if known is None:
        return {"id": code}
    rule: dict[str, object] = {"id": code, "shortDescription": {"text": known.title}}
    return {**rule, "fullDescription": {"text": known.why}} if known.why else rule


def _result(finding: Finding, rule: int) -> dict[str, object]:
    told = ": ".join(filter(None, (finding.resource, finding.message)))
    text = "\n".join(map(as_message, filter(None, (told, finding.help))))
    result: dict[str, object] = {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": text},
    }
    location: dict[str, object] = {}
    if finding.position:
        location["physicalLocation"] = _physical(finding.position)
    if finding.path:
        location["logicalLocations"] = [
            {"fullyQualifiedName": visible(f"{finding.resource}: {show_path(finding.path)}")}
        ]
    return {**result, "locations": [location]} if location else result


def _physical(position: Position) -> dict[str, object]:
    uri = quote(position.file.replace("\\", "/"), errors="surrogateescape")
    return {
        "artifactLocation": {"uri": uri},
        "region": {"startLine": position.line, "startColumn": position.column},
    }
