"""A plan as text for a terminal: what changes, how it ends, the rounds, and few Pods one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.shell import planview as view
from sidecarctl.shell.columns import aligned
from sidecarctl.shell.newpodsview import new_pods_lines
from sidecarctl.shell.terminal import visible
from sidecarctl.sidecarset.rollout.fields import items, part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sidecarctl.sidecarset.rollout.fields import Value


def table(document: Value) -> list[str]:
    """Return the lines of a plan."""
    head = [view.title(document), *view.change_lines(document), view.strategy_line(document)]
    lines = [*head, *new_pods_lines(document), *view.outcome_lines(document)]
    if items(document, "rounds"):
        lines += ["", *_rounds(document)]
    if cells := view.timeline(document):
        lines += ["", *_timeline(document, cells)]
    if findings := view.finding_texts(document):
        lines += ["", *findings]
    return lines


def _rounds(document: Value) -> list[str]:
    rounds = view.rounds_to_show(document)
    has_resets = any(view.pods_in(one.first, "resets") for one in rounds)
    is_timed = any("at" in one.first for one in rounds)
    head = [
        "ROUND",
        *(["AT"] if is_timed else []),
        "UPDATED",
        "READY",
        "UNAVAILABLE",
        "UPGRADES",
        *(["RESETS"] if has_resets else []),
        "PODS",
    ]
    rows: list[Sequence[str]] = [head]
    for one in rounds:
        first = one.first
        pods, resets = view.pods_in(first), view.pods_in(first, "resets")
        cells = [one.numbers, *([view.shown(first, "at")] if is_timed else []), *_status(part(first, "status"))]
        cells += [f"{first['unavailable']} of {first['maxUnavailable']}"]
        each = "" if one.first is one.last else " each"
        cells += [f"{len(pods)}{each}", *([f"{len(resets)}{each}"] if has_resets else [])]
        rows.append([*cells, view.short(pods or resets)])
    end = ["end", *([view.shown(part(document, "timing"), "duration")] if is_timed else [])]
    end += [*_status(part(part(document, "final"), "status"))]
    rows.append([*end, *[""] * (len(head) - len(end))])
    return aligned(rows)


def _status(status: Value) -> tuple[str, str]:
    return f"{status.get('updatedPods', 0)}/{status.get('matchedPods', 0)}", str(status.get("readyPods", 0))


def _timeline(document: Value, cells: Sequence[tuple[str, str]]) -> list[str]:
    numbers = [str(one["round"]) for one in items(document, "rounds")]
    rows = [["POD", *numbers, "end"], *([visible(pod), *signs] for pod, signs in cells)]
    return [*aligned(rows, gap=1), "", *view.legend(signs for _, signs in cells)]
