"""The queue of Pods that wait for their upgrade."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from math import inf
from typing import TYPE_CHECKING

from sidecarctl.record import Record
from sidecarctl.sidecarset.rollout.order import Census, is_left_to_chance, scattered, with_readiness, without_readiness
from sidecarctl.sidecarset.rollout.pod_state import UpgradeProgress

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sidecarctl.sidecarset.rollout.order import Standpoint, Term, Values
    from sidecarctl.sidecarset.rollout.pod_row import Row
    from sidecarctl.sidecarset.rollout.pod_state import State
    from sidecarctl.sidecarset.rollout.transitions import PodStates


class CutTie(Record):
    """A batch took some of the Pods that nothing tells apart; a cluster may take others of them."""

    taken: tuple[int, ...]
    left: int


class UpgradeOrder(Record):
    """What decides about the order besides the ranks of a Pod."""

    terms: Sequence[Term]  # to scatter by
    matched: Census  # among which they scatter
    ties_run_backwards: bool  # the Pod of the last name goes first
    any_value: frozenset[int] = frozenset()  # the keys to scatter by whose values come in any order


class Line:
    """Pods, as numbers, that wait; they leave it as they are upgraded, and none ever joins.

    Each comes with its standpoint: rank by priority, rank by default, values to scatter by. They are given in the
    order of their names, which counts where their ranks are equal.
    """

    # Kept, and not worked out anew by each reconcile: what a batch does not touch keeps its place.
    __slots__ = ("_first", "_left_in", "_order", "_rules", "_standpoints", "_tied", "_waiting")

    def __init__(self, standpoints: dict[int, Standpoint], order: UpgradeOrder) -> None:
        by_name = reversed(standpoints) if order.ties_run_backwards else iter(standpoints)
        by_rank = sorted(by_name, key=lambda pod: standpoints[pod][1])
        by_rank.sort(key=lambda pod: standpoints[pod][0])
        self._standpoints = standpoints
        self._rules = order
        self._order = by_rank
        self._first = 0  # in the order, that still waits
        self._left_in: dict[int, int] = {}
        self._waiting = self._census(by_rank)
        self._tied = Counter(_tied(by_rank, standpoints))

    def __len__(self) -> int:
        return self._waiting.size

    def upgrade_order(self) -> Iterable[int]:
        """Those that wait, the next to be upgraded first; worked out only as far as one looks."""
        return scattered(self._still_waiting(), self._values, self._rules.terms, self._waiting, self._rules.matched)

    def upgrade_order_before(self, number: int) -> Iterable[int]:
        """The upgrade order as it was when this round began."""
        waiting = [pod for pod in self._order if self._left_in.get(pod, inf) >= number]
        census = self._census(waiting)
        return scattered(waiting, self._values, self._rules.terms, census, self._rules.matched)

    def is_left_to_chance(self) -> bool:
        """Whether scattering takes those that wait in one of several orders, and only a cluster knows in which."""
        return is_left_to_chance(self._rules.terms, self._waiting, self._rules.any_value)

    def leave(self, pods: Sequence[int], number: int) -> tuple[CutTie, ...]:
        """Take Pods out in the round of this number; the ties that this cuts through."""
        for pod in pods:
            self._left_in[pod] = number
            self._waiting.count(self._values(pod), -1)
        while self._first < len(self._order) and self._order[self._first] in self._left_in:
            self._first += 1
        return tuple(self._cut_ties(pods))

    def _still_waiting(self) -> Iterator[int]:
        order, left_in = self._order, self._left_in
        return (order[place] for place in range(self._first, len(order)) if order[place] not in left_in)

    def _values(self, pod: int) -> Values:
        return self._standpoints[pod][2]

    def _census(self, pods: Iterable[int]) -> Census:
        return Census(self._values(pod) for pod in pods)

    def _cut_ties(self, pods: Iterable[int]) -> Iterator[CutTie]:
        groups: dict[Standpoint, list[int]] = {}
        for pod in pods:
            if (standpoint := self._standpoints[pod]) in self._tied:
                groups.setdefault(standpoint, []).append(pod)
        for standpoint, taken in groups.items():
            self._tied[standpoint] -= len(taken)
            if left := self._tied[standpoint]:
                yield CutTie(tuple(taken), left)


def _tied(order: Sequence[int], standpoints: dict[int, Standpoint]) -> Iterator[Standpoint]:
    """The standpoints of the Pods that share their ranks with another."""
    for _, group in groupby(order, key=lambda pod: standpoints[pod][:2]):
        tied = [standpoints[pod] for pod in group]
        if len(tied) > 1:
            yield from tied


class Lineup(Record):
    """Pods by number."""

    line: Line
    restarting: tuple[int, ...]
    not_upgradable: tuple[int, ...]
    not_selected: tuple[int, ...]


def lined_up(rows: Sequence[Row], states: PodStates, order: UpgradeOrder) -> Lineup:
    """Divide up the Pods that are not updated."""
    waiting: dict[int, Standpoint] = {}
    others: dict[UpgradeProgress, list[int]] = {UpgradeProgress.RESTARTING: [], UpgradeProgress.NOT_UPGRADABLE: []}
    not_selected: list[int] = []
    for pod, row in enumerate(rows):
        progress = states.standing(pod).progress
        if progress is UpgradeProgress.UPDATED:
            continue
        if not row.is_selected:
            not_selected.append(pod)
        elif progress is UpgradeProgress.WAITING:
            waiting[pod] = standpoint_of(row, states[pod])
        else:
            others[progress].append(pod)
    restarting, not_upgradable = (
        tuple(others[UpgradeProgress.RESTARTING]),
        tuple(others[UpgradeProgress.NOT_UPGRADABLE]),
    )
    return Lineup(Line(waiting, order), restarting, not_upgradable, tuple(not_selected))


def standpoint_of(row: Row, now: State) -> Standpoint:
    """Where a Pod stands in the line that may have lost its readiness since, or become ready."""
    if row.state.is_ready == now.is_ready:
        return row.standpoint
    priority, rank, values = row.standpoint
    return priority, with_readiness(rank) if now.is_ready else without_readiness(rank), values
