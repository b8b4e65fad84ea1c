"""Findings for people: what, where, the line with a caret, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.finding import Finding, Severity, show_path
from sidecarctl.shell.reports.grouped import NAMED_EACH
from sidecarctl.shell.terminal import Palette, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sidecarctl.api.excerpt import Excerpt
    from sidecarctl.finding import Position
    from sidecarctl.shell.reports.grouped import Group

    Excerpts = dict[Position, Excerpt]

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
