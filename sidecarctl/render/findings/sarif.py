"""Findings as SARIF 2.1.0 and as JSON."""

from __future__ import annotations

from json import dumps
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from sidecarctl import __version__
from sidecarctl.api.codes import code_meanings
from sidecarctl.finding import Finding, Severity, show_path
from sidecarctl.render.text import json_text as escaped
from sidecarctl.render.text import sarif_text as as_message
from sidecarctl.render.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sidecarctl.finding import Position
    from sidecarctl.render.findings.text import FindingList


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


def json_text(findings: FindingList) -> Iterator[str]:
    """Return findings as a JSON document, in their order, piece by piece."""
    document: dict[str, object] = {
        "apiVersion": "sidecarctl.dev/v1alpha1",
        "kind": "CheckReport",
        "totals": {severity.value: number for severity, number in findings.totals.items()},
        "findings": [],
    }
    return with_items(document, "findings", map(Finding.to_dict, findings))


def with_items(document: object, name: str, items: Iterable[object]) -> Iterator[str]:
    """Return a JSON document whose empty list of that name holds some items, one item at a time."""
    before, _, after = _indented(document).partition(f'"{name}": []')
    margin = before.rpartition("\n")[2]
    yield f'{before}"{name}": ['
    end, separator = "]", "\n"
    for item in items:
        shown = _indented(item).replace("\n", f"\n{margin}  ")
        yield f"{separator}{margin}  {shown}"
        end, separator = f"\n{margin}]", ",\n"
    yield f"{end}{after}\n"


def _indented(value: object) -> str:
    return escaped(dumps(value, indent=2, ensure_ascii=False))
