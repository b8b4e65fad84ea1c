"""Findings as reports show them: alike ones together, counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.finding import Finding, Severity
from sidecarctl.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SHOWN_EACH: Final = 3  # of findings that say the same about different objects


class Group(Record):
    """Findings that say the same."""

    shown: Sequence[Finding]
    others: Sequence[Finding]  # the rest, only named


class Said(Record):
    """What makes findings alike."""

    code: str
    message: str
    sidecar_set: str
    severity: Severity


def grouped(findings: Iterable[Finding]) -> list[Group]:
    """Return findings in the order of their first ones, those that say the same together."""
    alike: dict[Said, list[Finding]] = {}
    for finding in findings:
        said = Said(finding.code, finding.message, finding.sidecar_set, finding.severity)
        alike.setdefault(said, []).append(finding)
    return [Group(found[:SHOWN_EACH], found[SHOWN_EACH:]) for found in alike.values()]


def totals(findings: Iterable[Finding]) -> dict[Severity, int]:
    """Return how many there are of each severity, the worst first."""
    counts = dict.fromkeys(Severity, 0)
    for finding in findings:
        counts[finding.severity] += 1
    return counts


def in_words(counts: dict[Severity, int]) -> str:
    """Return the totals as a person says them: "1 error, 2 warnings"."""
    words = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
    parts = [f"{n} {words[severity]}{'' if n == 1 else 's'}" for severity, n in counts.items() if n]
    return ", ".join(parts) or "nothing to report"
