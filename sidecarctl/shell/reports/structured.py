"""Findings as JSON."""

from __future__ import annotations

from json import dumps
from typing import TYPE_CHECKING

from sidecarctl.finding import Finding
from sidecarctl.render.escaping import json_text as escaped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sidecarctl.shell.reports.grouped import FindingList


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
