"""The plans that several OpenKruise releases make of one change, side by side."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from sidecarctl.record import Record
from sidecarctl.render.plan import view
from sidecarctl.render.plan.timeline import MOST_CELLS
from sidecarctl.render.text import aligned
from sidecarctl.upstream.fields import struct, structs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sidecarctl.upstream.fields import Value

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
