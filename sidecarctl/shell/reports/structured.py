"""Findings as JSON."""

from __future__ import annotations

from json import dumps
from typing import TYPE_CHECKING

from sidecarctl.finding import Finding, show_path
from sidecarctl.shell.reports.grouped import totals

if TYPE_CHECKING:
    from collections.abc import Sequence


def json_text(findings: Sequence[Finding]) -> str:
    """Return findings as a JSON document, in their order."""
    document = {
        "apiVersion": "sidecarctl.dev/v1alpha1",
        "kind": "CheckReport",
        "totals": {severity.value: number for severity, number in totals(findings).items()},
        "findings": [as_plain(finding) for finding in findings],
    }
    return dumps(document, indent=2, ensure_ascii=False) + "\n"


def as_plain(finding: Finding) -> dict[str, object]:
    """Return a finding as JSON has it; what is empty is left out."""
    position = finding.position
    fields: dict[str, object] = {
        "code": finding.code,
        "severity": finding.severity.value,
        "message": finding.message,
        "position": {"file": position.file, "line": position.line, "column": position.column} if position else "",
        "resource": finding.resource,
        "path": show_path(finding.path),
        "sidecarSet": finding.sidecar_set,
        "help": finding.help,
        "upstream": finding.upstream,
    }
    return {name: value for name, value in fields.items() if value != ""}
