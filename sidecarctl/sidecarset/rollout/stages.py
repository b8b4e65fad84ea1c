"""Stages of a rollout: the patch of the SidecarSet, and its effect on Pods."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, cast

from sidecarctl.record import Record
from sidecarctl.sidecarset.rollout.changes import applied
from sidecarctl.sidecarset.rollout.plan import planned, target_of
from sidecarctl.sidecarset.rollout.pod_state import UpgradeProgress
from sidecarctl.sidecarset.rollout.simulation import Wait
from sidecarctl.sidecarset.rollout.stuck import causes
from sidecarctl.sidecarset.rollout.transitions import PodStates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from sidecarctl.sidecarset.rollout.plan import RolloutPlan
    from sidecarctl.sidecarset.rollout.pod_row import Counted, Row
    from sidecarctl.sidecarset.rollout.pod_traits import Mark
    from sidecarctl.sidecarset.rollout.stuck import Cause
    from sidecarctl.sidecarset.rollout.target import RolloutContext, RolloutTarget
    from sidecarctl.upstream.selector import Requirement
    from sidecarctl.upstream.types import SidecarSet


_OWN_DOING: Final = frozenset({Wait.PARTITION.value, Wait.NOT_SELECTED.value})


class Step(Record):
    """How many Pods (or groups) are to be updated when a stage is over: a number, or a share of those that count."""

    text: str
    number: int
    is_percent: bool

    def of(self, total: int) -> int:
        """The number; a share is rounded up."""
        return min(total, -(-self.number * total // 100) if self.is_percent else self.number)


class Aim(Record):
    """Whom a stage is to bring up to date: so many Pods of all (`step`), or those that a selector lets through."""

    name: str
    step: Step | None = None
    selector: tuple[Requirement, ...] | None = None  # without it and without a step: everybody
    lets_through: Callable[[Mark], bool] = lambda _: True  # what the selector says of a Pod's mark
    groups: tuple[str, ...] = ()  # of Pods that it adds to those of the stages before


class Stage(Record):
    """What to write into a SidecarSet, and the rollout that follows."""

    aim: Aim
    patch: Patch
    sidecar_set: SidecarSet  # with the patch
    plan: RolloutPlan
    goal: int  # Pods that are to be updated and ready in the end
    outcome: tuple[Cause, ...]  # why not so many are

    @property
    def pods(self) -> tuple[str, ...]:
        """The Pods that it upgrades, in order."""
        return tuple(pod for round_ in self.plan.rounds for pod in round_.pods)


def stages(
    sidecar_set: SidecarSet,
    found: Counted,
    context: RolloutContext,
    aims: Iterable[Aim],
    stored: SidecarSet | None = None,
) -> Iterator[Stage]:
    """Roll out stage by stage, each on what the one before has left.

    It does not matter what partition, selector and paused say in the SidecarSet. `stored` is the SidecarSet that the
    cluster has before the first stage, if it is known: each stage that changes the spec raises its generation.
    Raises UndecodableObject where one is none of the release.
    """
    for aim in aims:
        found = found._replace(rows=[_selected(row, aim) for row in found.rows])
        patch = _patch(sidecar_set, found, context, aim)
        patched = patch.applied_to(sidecar_set)
        if stored is not None:
            stored = applied(stored, patched, context.release)
        target = target_of(stored or patched, context.release)
        made = planned(found, target, context)
        goal = _goal(aim, found.rows, target)
        yield Stage(aim, patch, patched, made, goal, _outcome(made, found.rows, target, goal, context))
        found = found._replace(rows=made.final_rows)


def _selected(row: Row, aim: Aim) -> Row:
    is_selected = aim.lets_through(row.mark)
    return row if row.is_selected is is_selected else row._replace(is_selected=is_selected)


def _patch(sidecar_set: SidecarSet, found: Counted, context: RolloutContext, aim: Aim) -> Patch:
    if aim.step is None:
        return Patch(selector=aim.selector)
    # partition counts Pods that wait, so these are counted first: with all of them kept back.
    held = target_of(Patch("100%").applied_to(sidecar_set), context.release)
    # No Pod is upgraded then; but hot upgrades end, and Pods that restart join those that wait.
    rows, states = found.rows, PodStates((row.state for row in found.rows), held)
    if held.hot_sidecars or any(states.in_flight()):
        rows = planned(found, held, context).final_rows
        states = PodStates((row.state for row in rows), held)
    progress = Counter(states.standing(pod).progress for pod in range(len(rows)))
    missing = max(0, aim.step.of(len(rows)) - progress[UpgradeProgress.UPDATED])
    return Patch(partition=max(0, progress[UpgradeProgress.WAITING] - missing))


def _goal(aim: Aim, rows: Sequence[Row], target: RolloutTarget) -> int:
    if aim.step is not None:
        return aim.step.of(len(rows))
    states = PodStates((row.state for row in rows), target)
    return sum(row.is_selected or states.standing(pod).is_updated for pod, row in enumerate(rows))


def _outcome(
    made: RolloutPlan, rows: Sequence[Row], target: RolloutTarget, goal: int, context: RolloutContext
) -> tuple[Cause, ...]:
    """Why a stage does not get where it should; what it keeps back itself is none of the reasons."""
    if made.final_status.get("updatedReadyPods", 0) >= goal:
        return ()
    found = causes(made, rows, target, context.max_rounds)
    return tuple(cause for cause in found if cause.code not in _OWN_DOING)


class Patch(Record):
    """The partition or the selector of a stage, which never stand together: the webhook forbids it.

    Both and `paused` are stated, so the SidecarSet is the same whatever stage was written before; None takes a key
    away. A selector is written in expressions only: a list is replaced whole, where labels would join the old ones.
    """

    partition: int | str | None = None
    selector: tuple[Requirement, ...] | None = None

    @property
    def document(self) -> dict[str, object]:
        """The patch as `kubectl patch --type merge` takes it."""
        selector = None
        if self.selector is not None:
            selector = {"matchLabels": None, "matchExpressions": [_expression(one) for one in self.selector]}
        return {"spec": {"updateStrategy": {"partition": self.partition, "selector": selector, "paused": None}}}

    def applied_to(self, sidecar_set: SidecarSet) -> SidecarSet:
        """The SidecarSet in this stage."""
        return cast("SidecarSet", _merged(sidecar_set, self.document))


def _expression(requirement: Requirement) -> dict[str, object]:
    key, operator, values = requirement
    return {"key": key, "operator": operator, **({"values": list(values)} if values else {})}


def _merged(value: object, patch: object) -> object:
    """Upstream: RFC 7386 section 2, MergePatch."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(cast("Mapping[str, object]", value)) if isinstance(value, dict) else {}
    for key, change in patch.items():
        if change is None:
            merged.pop(key, None)
        else:
            merged[key] = _merged(merged.get(key), change)
    return merged
