"""RolloutPlan and status: a rollout from its first reconcile to the last that changes a Pod."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from sidecarctl.record import Record
from sidecarctl.sidecarset.hash import admit
from sidecarctl.sidecarset.revision import revision_name
from sidecarctl.sidecarset.rollout.changes import blamed_field
from sidecarctl.sidecarset.rollout.counted import Matcher, counted, upgrade_order
from sidecarctl.sidecarset.rollout.counters import Tally, status_of
from sidecarctl.sidecarset.rollout.notes import notes_on
from sidecarctl.sidecarset.rollout.pod_traits import Span
from sidecarctl.sidecarset.rollout.replay import pods_after, rows_after
from sidecarctl.sidecarset.rollout.simulation import Simulation
from sidecarctl.sidecarset.rollout.target import RolloutTarget
from sidecarctl.sidecarset.rollout.transitions import PodStates

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from sidecarctl.finding import FieldPath, Finding
    from sidecarctl.sidecarset.rollout.pod_row import Counted, LeftOut, Row
    from sidecarctl.sidecarset.rollout.simulation import Batch, NewImage, Wait
    from sidecarctl.sidecarset.rollout.target import RolloutContext
    from sidecarctl.upstream.release import Release
    from sidecarctl.upstream.types import Pod, SidecarSet, SidecarSetStatus


class Tie(Record):
    """Pods that a round takes although nothing tells them from some that it leaves: a cluster may choose others.

    Where scattering by `*` leaves the choice to chance, these are all Pods of the round.
    """

    pods: tuple[str, ...]
    left: int  # how many equal ones stay


class Duration(Record):
    """How long a rollout takes, in milliseconds."""

    typical: int
    shortest: int  # if every restart takes the least time that it may
    longest: int


@dataclass(frozen=True, slots=True)
class Round:
    """A reconcile that changes Pods, which go by "namespace/name"."""

    number: int
    status: SidecarSetStatus  # when it begins
    pods: tuple[str, ...]  # in the order of their upgrade
    resets: tuple[str, ...]  # whose hot upgrade ends
    images: tuple[NewImage, ...]  # what it writes, by container
    not_upgradable: Mapping[str, FieldPath]  # by now, and the field to blame: () where nothing tells it
    ties: tuple[Tie, ...]
    unavailable: int  # updated Pods out of service when it begins
    max_unavailable: int
    kept_back: int  # by partition
    at: int  # milliseconds since the rollout began; 0 throughout where no restart takes any
    _batch: Batch = field(repr=False, compare=False)
    _rows: Sequence[Row] = field(repr=False, compare=False)

    @property
    def waiting(self) -> Mapping[str, Wait]:
        """The Pods that wait on, the next in line first, and why; worked out when asked for."""
        return _waiting(self._batch, self._rows)

    @property
    def ready_at(self) -> Mapping[str, int]:
        """When the containers that the round changed run again, and have made their Pods ready or failed to."""
        changed = sorted({*self._batch.upgrades, *self._batch.resets})
        return {str(self._rows[pod]): self.at + self._rows[pod].takes for pod in changed}


@dataclass(frozen=True)
class RolloutPlan:
    """The rounds in which Pods change, and how the rollout stands after them."""

    rounds: tuple[Round, ...]
    final_status: SidecarSetStatus
    revision: str  # its name
    not_upgradable: Mapping[str, FieldPath]
    unavailable: tuple[str, ...]  # the updated Pods that are out of service in the end
    findings: tuple[Finding, ...]
    duration: Duration | None  # None where nothing says how long restarts take
    left_out: Sequence[LeftOut]  # the Pods given that do not count, by reason
    _batches: Sequence[Batch] = field(repr=False, compare=False)
    _rows: Sequence[Row] = field(repr=False, compare=False)
    _target: RolloutTarget = field(repr=False, compare=False)
    _never_ready: Collection[str] = field(repr=False, compare=False)
    _pods: Sequence[Pod] = field(repr=False, compare=False, default=())

    @cached_property
    def waiting(self) -> Mapping[str, Wait]:
        """The Pods that are not updated in the end though they could be, and why; worked out when asked for."""
        return _waiting(self._batches[-1], self._rows) if self._batches else {}

    @property
    def is_blocked(self) -> bool:
        """Whether the controller in the end fails at a Pod, again and again."""
        return bool(self._batches) and self._batches[-1].failed_at is not None

    @cached_property
    def final_pods(self) -> list[Pod]:
        """All Pods that the plan was made for, by namespace and name, as they are in the end."""
        return self.applied_to(self._pods)

    def pods_after(self, rounds: int) -> list[Pod]:
        """The same once this many rounds are over and what they changed has restarted."""
        return self._after(self._batches[:rounds], self._pods)

    @property
    def final_rows(self) -> list[Row]:
        """The Pods that count, as they are in the end: what the next plan may begin with."""
        return rows_after(self._batches, self._rows, self._target, self._never_ready)

    def applied_to(self, pods: Iterable[Pod]) -> list[Pod]:
        """These Pods as they are in the end: for a plan that was made from a stream."""
        return self._after(self._batches, pods)

    def _after(self, batches: Sequence[Batch], pods: Iterable[Pod]) -> list[Pod]:
        return pods_after(batches, pods, self._rows, self._target, self._never_ready)


def rollout_plan(sidecar_set: SidecarSet, pods: Sequence[Pod], context: RolloutContext) -> RolloutPlan:
    """The rollout of a SidecarSet, as written or as admitted, over these Pods.

    Each round is one reconcile; then the containers whose images changed run, and are ready but for those of
    `never_ready` Pods. UndecodableObject where it is no SidecarSet of the release.
    Upstream: PROC UpdateSidecarSet
    """
    target = target_of(sidecar_set, context.release)
    return planned(counted(pods, target, context), target, context, pods)


def planned(found: Counted, target: RolloutTarget, context: RolloutContext, pods: Sequence[Pod] = ()) -> RolloutPlan:
    """The rollout over Pods that were counted before, perhaps from a stream; `final_pods` needs them themselves."""
    never_ready = frozenset(context.never_ready)
    simulation = Simulation(found.rows, upgrade_order(target, found.rows), target, never_ready)
    batches = list(_batches(simulation, context.max_rounds))
    causes = {recorded: blamed_field(pod, target, context.previous) for recorded, pod in found.examples.items()}
    blamed = list(_not_upgradable(batches, found.rows, causes))
    pairs = zip(batches, blamed, strict=True)
    rounds = [_round(batch, marked, found.rows) for batch, marked in pairs if batch.changes_pods]
    unavailable = simulation.unavailable()
    return RolloutPlan(
        rounds=tuple(rounds),
        final_status=simulation.status(),
        revision=target.revision,
        not_upgradable=blamed[-1] if blamed else {},
        unavailable=_names(unavailable, found.rows),
        findings=tuple(notes_on(batches, found, blamed[-1] if blamed else {}, unavailable, simulation, target)),
        duration=_duration(simulation.now, found.rows, target, context) if context.paces else None,
        left_out=found.left_out,
        _batches=batches,
        _rows=found.rows,
        _target=target,
        _never_ready=never_ready,
        _pods=pods,
    )


def _batches(simulation: Simulation, most: int | None) -> Iterator[Batch]:
    """The reconciles that change Pods, and the last, after which nothing moves any more."""
    rounds = 0
    while most is None or rounds < most:
        batch = simulation.reconcile()
        if batch.changes_pods:
            rounds += 1
            yield batch
        elif not simulation.is_restarting:
            yield batch
            return
        simulation.wait()


def _duration(typical: int, rows: Sequence[Row], target: RolloutTarget, context: RolloutContext) -> Duration:
    """How long it takes, and would take if all Pods were as fast, or as slow, as they may be."""
    if all(row.span.shortest == row.span.longest for row in rows):
        return Duration(typical, typical, typical)
    shortest = [row._replace(span=Span(row.span.shortest, row.span.shortest)) for row in rows]
    longest = [row._replace(span=Span(row.span.longest, row.span.longest)) for row in rows]
    return Duration(typical, *(_time_taken(pods, target, context) for pods in (shortest, longest)))


def _time_taken(rows: Sequence[Row], target: RolloutTarget, context: RolloutContext) -> int:
    simulation = Simulation(rows, upgrade_order(target, rows), target, frozenset(context.never_ready))
    for _ in _batches(simulation, context.max_rounds):
        pass
    return simulation.now


def _not_upgradable(
    batches: Iterable[Batch], rows: Sequence[Row], causes: Mapping[str, FieldPath]
) -> Iterator[Mapping[str, FieldPath]]:
    """The Pods that are marked as not upgradable after each batch."""
    known: dict[str, FieldPath] = {}
    for batch in batches:
        if batch.halt is None and len(known) < len(batch.lineup.not_upgradable):
            marked = [rows[pod] for pod in batch.lineup.not_upgradable]
            known = {str(row): causes[row.state.hash_without_image] for row in marked}
        yield known


def _round(batch: Batch, not_upgradable: Mapping[str, FieldPath], rows: Sequence[Row]) -> Round:
    ties = batch.cut_ties if batch.left_to_chance is None else (batch.left_to_chance,)
    return Round(
        number=batch.number,
        status=batch.status,
        pods=_names(batch.upgrades, rows),
        resets=_names(batch.resets, rows),
        images=batch.images,
        not_upgradable=not_upgradable,
        ties=tuple(Tie(_names(cut.taken, rows), cut.left) for cut in ties),
        unavailable=batch.unavailable,
        max_unavailable=batch.max_unavailable,
        kept_back=batch.kept_back,
        at=batch.at,
        _batch=batch,
        _rows=rows,
    )


def _waiting(batch: Batch, rows: Sequence[Row]) -> Mapping[str, Wait]:
    return {str(rows[pod]): wait for pod, wait in batch.waits()}


def _names(pods: Iterable[int], rows: Sequence[Row]) -> tuple[str, ...]:
    return tuple(str(rows[pod]) for pod in pods)


def status(sidecar_set: SidecarSet, pods: Iterable[Pod], context: RolloutContext) -> SidecarSetStatus:
    """The status of a SidecarSet, as written or as admitted, over these Pods.

    UndecodableObject where it is no SidecarSet of the release.
    Upstream: PROC calculateStatus
    """
    return status_and_left_out(sidecar_set, pods, context)[0]


def status_and_left_out(
    sidecar_set: SidecarSet, pods: Iterable[Pod], context: RolloutContext
) -> tuple[SidecarSetStatus, tuple[LeftOut, ...]]:
    """The status of a SidecarSet, and the Pods that it does not count, by reason.

    UndecodableObject where it is no SidecarSet of the release.
    """
    target = target_of(sidecar_set, context.release)
    matcher = Matcher(target, context)
    states = PodStates((state for _, state in matcher.matched(pods)), target)
    return status_of(target, Tally(map(states.standing, range(len(states))))), matcher.left_out.groups


def target_of(sidecar_set: SidecarSet, release: Release) -> RolloutTarget:
    """What the controller wants once the SidecarSet is admitted."""
    admitted = admit(sidecar_set, release)
    return RolloutTarget(admitted, release, revision_name(admitted, release))
