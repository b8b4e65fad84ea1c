"""Findings as reports for people show them: alike ones together, counted; a bounded number of kinds, however many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from sidecarctl.finding import Finding, Severity
from sidecarctl.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

SHOWN_EACH: Final = 3  # of findings that say the same about different objects
NAMED_EACH: Final = 5  # of the objects of the others
MOST_KINDS: Final = 500  # of one code, that say different things, before they are only counted


class FindingList(Protocol):
    """Findings that can be read several times, and how many there are of each severity."""

    @property
    def totals(self) -> Mapping[Severity, int]:
        """The number of findings of each severity, the worst first."""

    def __iter__(self) -> Iterator[Finding]: ...
    def __len__(self) -> int: ...


class Group(Record):
    """Findings that say the same, or, beyond a number, that have the same code."""

    shown: Sequence[Finding]
    others: int = 0  # the rest, only counted
    named: Sequence[str] = ()  # objects of some of the rest


class _Said(Record):
    """What makes findings alike."""

    code: str
    message: str
    sidecar_set: str
    severity: Severity


class _Growing:
    """A group in the making."""

    def __init__(self) -> None:
        self.shown: list[Finding] = []
        self.others = 0
        self.named: dict[str, None] = {}

    def add(self, finding: Finding, shown_each: int) -> None:
        if len(self.shown) < shown_each:
            self.shown.append(finding)
            return
        self.others += 1
        if len(self.named) <= NAMED_EACH:  # one more than are named, so that there is known to be one
            self.named.setdefault(finding.resource or str(finding.position))


def grouped(findings: Iterable[Finding]) -> list[Group]:
    """Return findings in the order of their first ones, those that say the same together.

    Beyond the first `MOST_KINDS` things that are said with one code, the findings are counted by their code alone.
    """
    alike: dict[_Said | str, _Growing] = {}
    kinds: dict[str, int] = {}
    for finding in findings:
        said = _Said(finding.code, finding.message, finding.sidecar_set, finding.severity)
        if said in alike:
            alike[said].add(finding, SHOWN_EACH)
        elif kinds.get(finding.code, 0) < MOST_KINDS:
            kinds[finding.code] = kinds.get(finding.code, 0) + 1
            alike.setdefault(said, _Growing()).add(finding, SHOWN_EACH)
        else:
            alike.setdefault(finding.code, _Growing()).add(finding, 1)
    return [Group(found.shown, found.others, tuple(found.named)) for found in alike.values()]


def in_words(counts: Mapping[Severity, int]) -> str:
    """Return the totals as a person says them: "1 error, 2 warnings"."""
    words = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
    parts = [f"{n} {words[severity]}{'' if n == 1 else 's'}" for severity, n in counts.items() if n]
    return ", ".join(parts) or "nothing to report"
