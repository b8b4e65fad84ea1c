"""The reconcile loop: batches of upgrades, and the restarts that the kubelet does in between.

# Strategy: what a reconcile does not touch it need not look at. So a Simulation is the one thing here that changes: it
keeps the counts, the line of those that wait and the Pods due for a reset, and brings up to date what a batch moved.
A round costs as much as its batch, not as much as the cluster.

# Strategy: no clock. Time is a number that goes on from the end of one restart to the end of the next, as nothing else
happens in between. Rounds without a time are those of Pods that take none: all of a batch are ready for the next.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from heapq import heappop, heappush
from itertools import islice
from typing import TYPE_CHECKING

from sidecarctl.record import Record
from sidecarctl.sidecarset.rollout.counters import Tally, kept_back, may_be_unavailable, status_of
from sidecarctl.sidecarset.rollout.pod_state import UpgradeProgress
from sidecarctl.sidecarset.rollout.queue import CutTie, Lineup, lined_up
from sidecarctl.sidecarset.rollout.transitions import PodStates, turns

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from sidecarctl.sidecarset.rollout.pod_row import Row
    from sidecarctl.sidecarset.rollout.pod_state import Standing, State
    from sidecarctl.sidecarset.rollout.queue import Lineup, UpgradeOrder
    from sidecarctl.sidecarset.rollout.records import Pairs
    from sidecarctl.sidecarset.rollout.target import RolloutTarget
    from sidecarctl.upstream.types import SidecarSetStatus


class _Pass(Record):
    """The Pods that one part of a reconcile changes, and the one that ends it with an error."""

    pods: tuple[int, ...] = ()
    failed_at: int | None = None


class Simulation:
    """A rollout on matched Pods, which come in the order of their names and go by their number."""

    def __init__(
        self, rows: Sequence[Row], order: UpgradeOrder, target: RolloutTarget, never_ready: Collection[str]
    ) -> None:
        self._rows = rows
        self._order = order
        self._target = target
        self.never_ready = never_ready
        self._states = PodStates((row.state for row in rows), target)
        self._tally = Tally(map(self._states.standing, range(len(rows))))
        self._due = self._due_for_reset(range(len(rows)) if target.hot_sidecars else ())
        self._lineup = self._lined_up()
        self._restarts = Restarts()
        self._in_flight = set(self._states.in_flight())  # from before
        self._landed: frozenset[int] = frozenset()  # of these, those that are through
        self.in_flight_before = tuple(sorted(self._in_flight))
        self.landed_ready: list[int] = []
        for pod in self.in_flight_before:
            self._restarts.begin(pod, rows[pod].takes)
        self._mended: list[int] = []
        self._moved: dict[int, Standing] = {}  # Pods that changed since all this was last brought up to date
        self._rounds = 0
        self._written_status: object = target.status
        self._resource_version = target.resource_version

    @property
    def now(self) -> int:
        """Milliseconds since the rollout began."""
        return self._restarts.now

    @property
    def is_restarting(self) -> bool:
        """Whether any Pod is not through with its restart."""
        return bool(self._restarts)

    def wait(self) -> None:
        """Let the kubelet finish what is finished next: one Pod's restart, or several at the same moment."""
        ended = self._restarts.ended_next()
        landed = self._in_flight.intersection(ended)
        if landed:
            self._landed |= landed
            self._in_flight -= landed
        for pod in ended:
            self._note(pod)
            was_ready = self._states[pod].is_ready
            self._states.restart(pod, fails=str(self._rows[pod]) in self.never_ready)
            if self._states[pod].is_ready and pod in landed:
                self.landed_ready.append(pod)
            elif self._states[pod].is_ready and not was_ready:
                self._mended.append(pod)

    def mended(self) -> tuple[int, ...]:
        """The Pods that were not ready because of containers that the rollout upgraded, and are now."""
        return tuple(sorted(set(self._mended)))

    def states(self) -> Iterator[tuple[int, State]]:
        """All Pods as they are now."""
        return ((pod, self._states[pod]) for pod in range(len(self._rows)))

    def status(self) -> SidecarSetStatus:
        """The status that the controller writes when it looks now."""
        self._settle()
        return status_of(self._target, self._tally)

    def unavailable(self) -> tuple[int, ...]:
        """The updated Pods that use up maxUnavailable now."""
        return tuple(pod for pod in range(len(self._rows)) if self._states.standing(pod).is_unavailable)

    def reconcile(self) -> Batch:
        """Let the controller act once.

        Upstream: PROC UpdateSidecarSet
        """
        self._settle()
        number = self._rounds + 1
        unavailable = self._tally.unavailable
        lineup, resource_version, status = self._lineup, self._resource_version, self._write_status()
        resets = self._resets()
        halt = self._halt(resets)
        upgrades = self._upgrades() if halt is None else _Pass()
        images = self._change(resets.pods, upgrades.pods)
        left = len(lineup.line) - len(upgrades.pods)
        is_chance = bool(upgrades.pods and left) and lineup.line.is_left_to_chance()
        self._rounds = number if resets.pods or upgrades.pods else self._rounds
        failed_at = resets.failed_at if upgrades.failed_at is None else upgrades.failed_at
        return Batch(
            number=number,
            at=self.now,
            status=status,
            resource_version=str(resource_version),
            upgrades=upgrades.pods,
            resets=resets.pods,
            images=images,
            cut_ties=lineup.line.leave(upgrades.pods, number),
            left_to_chance=CutTie(upgrades.pods, left) if is_chance else None,
            lineup=lineup,
            halt=halt,
            unavailable=unavailable,
            max_unavailable=self._max_unavailable(),
            kept_back=self._kept_back(),
            failed_at=failed_at,
            landed=self._landed,
        )

    def _write_status(self) -> SidecarSetStatus:
        status = self.status()
        if status != self._written_status:  # each write gives the SidecarSet another resourceVersion
            self._written_status = status
            self._resource_version += 1
        return status

    def _resets(self) -> _Pass:
        """Upstream: PROC resetHotUpgradeContainers."""
        is_stopped = self._target.never_updates or self._target.is_paused
        if is_stopped and not self._target.release.resets_hot_upgrades_while_stopped:
            return _Pass()
        for position, pod in enumerate(self._due):
            if not self._states.can_be_emptied(pod):
                return _Pass(tuple(self._due[:position]), pod)
        return _Pass(tuple(self._due))

    def _halt(self, resets: _Pass) -> Wait | None:
        """Why this reconcile upgrades nothing, before it even looks at the line."""
        if self._target.never_updates:
            return Wait.NOT_UPDATE
        if self._target.is_paused:
            return Wait.PAUSED
        if resets.failed_at is not None:
            return Wait.BLOCKED
        ends_with_resets = not self._target.release.upgrades_along_with_resets
        return Wait.HOT_UPGRADE_RESET if resets.pods and ends_with_resets else None

    def _upgrades(self) -> _Pass:
        """Upstream: STRAT GetNextUpgradePods, getPodsToUpgrade; PROC updatePods."""
        for pod in self._lineup.not_upgradable:
            if self._rows[pod].cannot_be_marked:
                return _Pass((), pod)
        line, batch = self._lineup.line, list[int]()
        unavailable, allowed = self._tally.unavailable, self._max_unavailable()
        for pod in islice(line.upgrade_order(), max(0, len(line) - self._kept_back())):
            if self._states.standing(pod).is_ready:
                if unavailable >= allowed:
                    break
                unavailable += 1
            if self._rows[pod].cannot_be_patched:
                return _Pass(tuple(batch), pod)
            batch.append(pod)
            if self._rows[pod].cannot_be_marked:
                return _Pass(tuple(batch), pod)
        return _Pass(tuple(batch))

    def _change(self, resets: Collection[int], upgrades: Collection[int]) -> tuple[NewImage, ...]:
        """Write what a reconcile decided into the Pods, which restart from now on; return the images that they get."""
        written: Counter[Pairs] = Counter()
        for pod, turn in turns(resets, upgrades):
            self._note(pod)
            self._in_flight.discard(pod)  # it goes on to another image
            written[self._states.change(pod, turn)] += 1
            self._restarts.begin(pod, self._rows[pod].takes)
        return _by_container(written)

    def _note(self, pod: int) -> None:
        if pod not in self._moved:
            self._moved[pod] = self._states.standing(pod)

    def _settle(self) -> None:
        """Bring up to date what depends on the Pods that changed."""
        if not self._moved:
            return
        for pod, before in self._moved.items():
            self._tally.move(before, self._states.standing(pod))
        self._due = self._due_for_reset(sorted({*self._due, *self._moved}))
        if any(self._states.standing(pod).progress is not UpgradeProgress.UPDATED for pod in self._moved):
            self._lineup = self._lined_up()  # a reset may cost a Pod that waits its readiness, and so its place
        self._moved = {}

    def _due_for_reset(self, pods: Iterable[int]) -> list[int]:
        return [pod for pod in pods if self._states.standing(pod).needs_reset]

    def _lined_up(self) -> Lineup:
        return lined_up(self._rows, self._states, self._order)

    def _kept_back(self) -> int:
        return kept_back(self._target.strategy.get("partition"), len(self._rows), self._target.release)

    def _max_unavailable(self) -> int:
        return may_be_unavailable(self._target.strategy.get("maxUnavailable"), len(self._rows), self._target.release)


def _by_container(written: Mapping[Pairs, int]) -> tuple[NewImage, ...]:
    pods: Counter[tuple[str, str]] = Counter()
    for pairs, number in written.items():
        pods.update(dict.fromkeys(pairs, number))
    return tuple(NewImage(container, image, number) for (container, image), number in sorted(pods.items()))


class Wait(StrEnum):
    """Why a Pod that is not updated stays as it is for a round; stable, so that scripts may ask for it."""

    PARTITION = "Partition"  # kept back
    MAX_UNAVAILABLE = "MaxUnavailable"  # too many are out of service
    NOT_SELECTED = "NotSelected"  # by updateStrategy.selector
    RESTARTING = "Restarting"  # an earlier upgrade of it is still under way
    HOT_UPGRADE_RESET = "HotUpgradeReset"  # this round empties what no longer serves
    PAUSED = "Paused"
    NOT_UPDATE = "NotUpdate"  # the type of the updateStrategy
    BLOCKED = "Blocked"  # the controller fails at a Pod before it, again and again


class NewImage(Record):
    """The image that a container gets, and in how many Pods."""

    container: str
    image: str
    pods: int


@dataclass(frozen=True, slots=True)
class Batch:
    """What one reconcile does; Pods go by their number."""

    number: int
    at: int  # milliseconds since the rollout began
    status: SidecarSetStatus  # when it begins
    resource_version: str  # of the SidecarSet then
    upgrades: tuple[int, ...]  # in order
    resets: tuple[int, ...]
    images: tuple[NewImage, ...]  # what it writes, by container
    cut_ties: tuple[CutTie, ...]
    left_to_chance: CutTie | None  # what scattering by `*` takes, where a cluster may take others
    lineup: Lineup
    halt: Wait | None  # why it upgrades nothing, if something else than the line decides that
    unavailable: int  # updated Pods out of service when it begins
    max_unavailable: int
    kept_back: int  # by partition
    failed_at: int | None  # the Pod that ends it with an error
    landed: frozenset[int]  # the Pods that restarted when the rollout began, and are through when this does

    @property
    def changes_pods(self) -> bool:
        """Whether any image changes."""
        return bool(self.upgrades or self.resets)

    def waits(self) -> Iterator[tuple[int, Wait]]:
        """The Pods that wait on, the next in line first, and why."""
        order = list(self.lineup.line.upgrade_order_before(self.number))
        last_to_go = len(order) - self.kept_back
        short = Wait.MAX_UNAVAILABLE if self.failed_at is None else Wait.BLOCKED
        upgraded = set(self.upgrades)
        for position, pod in enumerate(order):
            if pod not in upgraded:
                yield pod, self.halt or (short if position < last_to_go else Wait.PARTITION)
        yield from ((pod, Wait.RESTARTING) for pod in self.lineup.restarting)
        yield from ((pod, Wait.NOT_SELECTED) for pod in self.lineup.not_selected)


class Restarts:
    """Restarts under way; Pods go by number, times are milliseconds since the rollout began."""

    __slots__ = ("_agenda", "_ends", "_pods", "now")

    def __init__(self) -> None:
        self.now = 0
        self._agenda: list[int] = []  # a heap of the moments at which some restart ends
        self._pods: dict[int, list[int]] = {}  # of each such moment
        self._ends: dict[int, int] = {}

    def __bool__(self) -> bool:
        return bool(self._ends)

    def begin(self, pod: int, takes: int) -> None:
        """Let a Pod restart from now on; one that did so already begins anew."""
        end = self._ends[pod] = self.now + takes
        if end not in self._pods:
            heappush(self._agenda, end)
        self._pods.setdefault(end, []).append(pod)

    def ended_next(self) -> list[int]:
        """Go on to the next moment at which restarts end; the Pods that are through then."""
        ended: set[int] = set()  # a Pod that begins twice is listed twice
        while not ended and self._agenda:
            moment = heappop(self._agenda)
            ended = {pod for pod in self._pods.pop(moment) if self._ends.get(pod) == moment}
            self.now = moment if ended else self.now
        for pod in ended:
            del self._ends[pod]
        return sorted(ended)
