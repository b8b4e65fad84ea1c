"""Findings as text: alike ones together, each with its line and a caret."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from sidecarctl.finding import Finding, Severity, show_path
from sidecarctl.record import Record
from sidecarctl.render.text import Palette, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sidecarctl.api.locate import Excerpt
    from sidecarctl.finding import Position

    Excerpts = dict[Position, Excerpt]
    from collections.abc import Mapping, Sequence


_COLOURS: Final = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "blue"}


_WIDEST: Final = 110


def text_lines(
    groups: Iterable[Group], excerpts: Excerpts, palette: Palette, *, upstream_messages: bool
) -> Iterator[str]:
    """Return findings as lines of text."""
    for group in groups:
        for finding in group.shown:
            yield from _finding_lines(finding, excerpts, palette, upstream_messages=upstream_messages)
        yield from _rest(group)


def _finding_lines(finding: Finding, excerpts: Excerpts, palette: Palette, *, upstream_messages: bool) -> Iterator[str]:
    where = f"{finding.position}: " if finding.position else ""
    about = f"{finding.resource}: " if finding.resource else ""
    severity = palette(finding.severity.value, _COLOURS[finding.severity])
    yield f"{visible(where)}{severity}: {visible(about + finding.message)} [{finding.code}]"
    if finding.position in excerpts:
        yield from _excerpt_lines(excerpts[finding.position], finding.position.line, palette)
    if finding.path:
        yield f"    field: {visible(show_path(finding.path))}"
    if finding.help:
        yield f"    help: {visible(finding.help)}"
    if upstream_messages and finding.upstream:
        yield f"    webhook: {visible(finding.upstream)}"


def _excerpt_lines(excerpt: Excerpt, number: int, palette: Palette) -> Iterator[str]:
    """The line and a caret below it; of a long line the part around the caret."""
    line, caret = excerpt.line.replace("\t", " "), excerpt.caret
    start = max(0, caret - _WIDEST // 2) if len(line) > _WIDEST else 0
    before = ("…" if start else "") + visible(line[start:caret])
    after = visible(line[caret : start + _WIDEST]) + ("…" if start + _WIDEST < len(line) else "")
    margin = f"{number:>5} | "
    yield f"{palette(margin, 'grey')}{before}{after}".rstrip()
    yield f"{palette(' ' * 5 + ' | ', 'grey')}{' ' * _width(before)}{palette('^', 'bold')}"


def _width(text: str) -> int:
    """How many columns a text takes on a terminal: Chinese letters and emoji take two."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(letter) else 2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _rest(group: Group) -> Iterator[str]:
    if group.others:
        more = ", …" if len(group.named) > NAMED_EACH else ""
        named = visible(", ".join(group.named[:NAMED_EACH]) + more)
        yield f"    … and {group.others} more of these [{group.shown[0].code}]: {named}"


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
