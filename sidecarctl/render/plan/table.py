"""A plan as text for a terminal: what changes, how it ends, the rounds, and the Pods, one by one or those alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.record import Record
from sidecarctl.render.plan import timeline, view
from sidecarctl.render.text import aligned, padded, shortened, width
from sidecarctl.shell.newpodsview import new_pods_lines
from sidecarctl.shell.plantime import has_times
from sidecarctl.shell.terminal import Palette, counted, visible
from sidecarctl.upstream.fields import struct, structs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sidecarctl.upstream.fields import Value

_ON_PAPER: Final = 120  # cells of a line where no terminal says how many it has
_COLOURS: Final = {
    timeline.UPGRADED: "blue",
    timeline.STARTING: "yellow",
    timeline.BOTH_RUN: "blue",
    timeline.EMPTIED: "blue",
    timeline.UPDATED: "green",
    timeline.NOT_READY: "red",
    timeline.WAITS: "grey",
    timeline.NOT_UPGRADABLE: "yellow",
}


class Screen(Record):
    """What a plan is shown on: its colours, and the cells of a line where it is a terminal."""

    palette: Palette
    width: int | None = None

    def cut(self, text: str) -> str:
        """Return as much of a line as there is room for."""
        return text if self.width is None or width(text) <= self.width else shortened(text, self.width)


def table(document: Value, screen: Screen) -> list[str]:
    """Return the lines of a plan."""
    head = [view.title(document), *view.change_lines(document), view.strategy_line(document)]
    lines = [screen.palette(head[0], "bold"), *head[1:], *new_pods_lines(document)]
    lines += view.outcome_lines(document)
    if structs(document, "rounds"):
        lines += ["", *(screen.cut(row) for row in _rounds(document))]
    names = _width_of_names(document, screen)
    if made := timeline.timeline(document, timeline.most_columns(document, (screen.width or _ON_PAPER) - names)):
        lines += ["", *_timeline(made, names, screen)]
    if findings := view.finding_texts(document):
        lines += ["", *findings]
    return lines


def _rounds(document: Value) -> list[str]:
    rounds = view.rounds_to_show(document)
    is_timed, has_resets = has_times(document), any(view.pods_in(one.first, "resets") for one in rounds)
    head = ["ROUND", *(["AT"] if is_timed else []), "UPDATED", "READY", "UNAVAILABLE", "UPGRADES"]
    head += [*(["RESETS"] if has_resets else []), "PODS"]
    rows: list[Sequence[str]] = [head]
    for one in rounds:
        first = one.first
        pods, resets = view.pods_in(first), view.pods_in(first, "resets")
        cells = [one.numbers, *([one.times] if is_timed else []), *view.updated_and_ready(struct(first, "status"))]
        each = "" if one.first is one.last else " each"
        cells += [f"{first['unavailable']} of {first['maxUnavailable']}", f"{len(pods)}{each}"]
        cells += [f"{len(resets)}{each}"] if has_resets else []
        rows.append([*cells, view.short(pods or resets)])
    duration = view.shown(struct(document, "timing"), "duration")
    end = [
        "end",
        *([duration] if is_timed else []),
        *view.updated_and_ready(struct(struct(document, "final"), "status")),
    ]
    rows.append([*end, *[""] * (len(head) - len(end))])
    return aligned(rows)


def _width_of_names(document: Value, screen: Screen) -> int:
    """How many cells the names of the Pods may take: on a terminal at most half of them."""
    longest = max(timeline.pods_with_a_part(document), key=len, default="")
    widest = width(visible(longest)) + len(" and 9999 more")
    return widest if screen.width is None else min(widest, screen.width // 2)


def _timeline(made: timeline.Timeline, most: int, screen: Screen) -> list[str]:
    labels = [visible(timeline.row_label(row)) for row in made.rows]
    if screen.width is not None:
        labels = [shortened(label, most) for label in labels]
    names = max(map(width, ["POD", *labels]))
    heads = [*(column.label for column in made.columns), "end"]
    lines = [f"{padded('POD', names)} {' '.join(heads)}"]
    gaps = [*(" " * len(head) for head in heads[:-1]), ""]
    for label, row in zip(labels, made.rows, strict=True):
        signs = (_sign(sign, screen) + gap for sign, gap in zip(row.signs, gaps, strict=True))
        lines.append(f"{padded(label, names)} {''.join(signs)}")
    hidden = [f"… and {counted(made.hidden, 'more Pod')}"] if made.hidden else []
    words = view.legend(row.signs for row in made.rows)
    return [*lines, *hidden, "", *(f"{_sign(word[0], screen)}{word[1:]}" for word in words)]


def _sign(sign: str, screen: Screen) -> str:
    return screen.palette(sign, _COLOURS[sign])
