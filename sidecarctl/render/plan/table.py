"""Plans as tables for a terminal, one release or several side by side."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from sidecarctl.record import Record
from sidecarctl.render.plan import timeline, view
from sidecarctl.render.plan.timeline import MOST_CELLS, has_times
from sidecarctl.render.plan.view import new_pods_lines
from sidecarctl.render.text import Palette, aligned, counted, padded, shortened, visible, width
from sidecarctl.upstream.fields import struct, structs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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


_EMPTY: Value = {}


class Comparison(Record):
    """What differs between plans for one SidecarSet: a heading, rows of cells, and what the first other round does."""

    title: str
    releases: Sequence[str]
    rows: Sequence[Sequence[str]]  # none where nothing differs
    first_difference: Sequence[str]


def comparison(documents: Sequence[Value]) -> Comparison:
    """Return how plans for one SidecarSet differ from release to release."""
    releases = [view.shown(document, "kruiseVersion") for document in documents]
    head = f"SidecarSet {view.shown(struct(documents[0], 'sidecarSet'), 'name')} under OpenKruise {', '.join(releases)}"
    first = _first_difference(documents)
    if first is None and len({_end(document) for document in documents}) == 1:
        return Comparison(f"{head}: the same Pods in the same rounds", releases, (), ())
    told: list[str] = []
    if first is not None:
        told.append(f"Round {first + 1} is the first that differs:")
        told += [f"{name}: {_pods(_nth(one, first))}" for name, one in zip(releases, documents, strict=True)]
    return Comparison(head, releases, list(_rows(documents)), told)


def compared(documents: Sequence[Value], releases: int) -> list[Comparison]:
    """Return a comparison for each SidecarSet, where there are plans for several releases."""
    if releases < 2:  # noqa: PLR2004 - one alone has nothing to be compared with
        return []
    sets = len(documents) // releases
    return [comparison(documents[index::sets]) for index in range(sets)]


def side_by_side(made: Comparison) -> list[str]:
    """Return a comparison as lines of text."""
    if not made.rows:
        return [made.title]
    lines = [made.title, *aligned([["", *made.releases], *made.rows])]
    if made.first_difference:
        head, *rest = made.first_difference
        lines += ["", head, *(f"  {line}" for line in rest)]
    return lines


def _rows(documents: Sequence[Value]) -> Iterator[list[str]]:
    yield ["revision", *(view.shown(struct(one, "sidecarSet"), "revision") for one in documents)]
    yield ["rounds", *(str(len(structs(one, "rounds"))) for one in documents)]
    for key, title in (("updatedPods", "updated"), ("updatedReadyPods", "of them ready")):
        yield [title, *(str(struct(struct(one, "final"), "status").get(key, 0)) for one in documents)]
    rounds = max(len(structs(one, "rounds")) for one in documents)
    for index in range(min(rounds, MOST_CELLS)):
        yield [f"round {index + 1}", *(_size(_nth(one, index)) for one in documents)]


def _size(round_: Value) -> str:
    upgrades, resets = len(view.pods_in(round_)), len(view.pods_in(round_, "resets"))
    return f"{upgrades}+{resets} resets" if resets else str(upgrades or "-")


def _first_difference(documents: Sequence[Value]) -> int | None:
    """The first round in which not all of them do the same."""
    rounds = zip_longest(*(structs(document, "rounds") for document in documents), fillvalue=_EMPTY)
    return next((index for index, ones in enumerate(rounds) if len(set(map(_pods_and_resets, ones))) > 1), None)


def _pods_and_resets(round_: Value) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(view.pods_in(round_)), tuple(view.pods_in(round_, "resets"))


def _nth(document: Value, index: int) -> Value:
    rounds = structs(document, "rounds")
    return rounds[index] if index < len(rounds) else _EMPTY


def _pods(round_: Value) -> str:
    upgrades, resets = _pods_and_resets(round_)
    said = [f"upgrades {view.short(upgrades)}"] if upgrades else []
    said += [f"empties the old containers of {view.short(resets)}"] if resets else []
    return "; ".join(said) or "changes no Pod"


def _end(document: Value) -> tuple[object, ...]:
    status = struct(struct(document, "final"), "status")
    return tuple(status.get(key) for key in ("matchedPods", "updatedPods", "readyPods", "updatedReadyPods"))
