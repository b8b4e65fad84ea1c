"""A plan as Markdown, for a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.shell import planview as view
from sidecarctl.shell.newpodsview import new_pods_lines
from sidecarctl.sidecarset.rollout.fields import items, part

if TYPE_CHECKING:
    from sidecarctl.sidecarset.rollout.fields import Value

_SPECIAL = str.maketrans({char: f"\\{char}" for char in "\\`*_<>|[]"})


def markdown(document: Value) -> list[str]:
    """Return the lines of a plan."""
    lines = [f"### {_plain(view.title(document))}", ""]
    lines += [_item(line) for line in (*view.change_lines(document), view.strategy_line(document))]
    lines += [_item(line) for line in (*new_pods_lines(document), *view.outcome_lines(document))]
    if items(document, "rounds"):
        lines += ["", *_rounds(document)]
    if cells := view.timeline(document):
        lines += ["", "<details><summary>Pod by Pod</summary>", "", "| Pod | rounds, end |", "|---|---|"]
        lines += [f"| {_plain(pod)} | `{signs}` |" for pod, signs in cells]
        lines += ["", ", ".join(f"`{line[0]}` {line[2:]}" for line in view.legend(signs for _, signs in cells))]
        lines += ["", "</details>"]
    if findings := view.finding_texts(document):
        lines += ["", *(f"- {_plain(finding)}" for finding in findings)]
    return lines


def _rounds(document: Value) -> list[str]:
    lines = ["| round | updated | ready | upgrades | resets | Pods |", "|--:|--:|--:|--:|--:|---|"]
    for one in view.rounds_to_show(document):
        status, pods, resets = part(one.first, "status"), view.pods_in(one.first), view.pods_in(one.first, "resets")
        each = "" if one.first is one.last else " each"
        updated = f"{status.get('updatedPods', 0)}/{status.get('matchedPods', 0)}"
        cells = [one.numbers, updated, str(status.get("readyPods", 0)), f"{len(pods)}{each}", f"{len(resets)}{each}"]
        lines.append(f"| {' | '.join(cells)} | {_plain(view.short(pods or resets))} |")
    return lines


def _item(line: str) -> str:
    return f"  - {_plain(line.strip())}" if line.startswith(" ") else f"- {_plain(line)}"


def _plain(text: str) -> str:
    """A text in which Markdown sees nothing of its own."""
    return text.translate(_SPECIAL)
