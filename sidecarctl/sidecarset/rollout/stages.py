"""A rollout in stages: the partition of each, and what it does to Pods."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, cast

from sidecarctl.record import Record
from sidecarctl.sidecarset.rollout.batch import Wait
from sidecarctl.sidecarset.rollout.plan import plan

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sidecarctl.sidecarset.rollout.context import Context
    from sidecarctl.sidecarset.rollout.plan import RolloutPlan
    from sidecarctl.upstream.types import Pod, SidecarSet


class Step(Record):
    """How many Pods are to be updated when a stage is over: a number, or a share of those that count."""

    text: str
    number: int
    is_percent: bool

    def of(self, matched: int) -> int:
        """The number of Pods; a share is rounded up."""
        return min(matched, ceil(self.number * matched / 100) if self.is_percent else self.number)


class Stage(Record):
    """A partition to write into the SidecarSet, and the rollout that follows."""

    step: Step
    partition: int
    plan: RolloutPlan

    @property
    def pods(self) -> tuple[str, ...]:
        """The Pods that it upgrades, in order."""
        return tuple(pod for round_ in self.plan.rounds for pod in round_.pods)


def stages(sidecar_set: SidecarSet, pods: Sequence[Pod], context: Context, steps: Sequence[Step]) -> Iterator[Stage]:
    """Roll out step by step, each stage on what the one before has left.

    UndecodableObject where it is no SidecarSet of the release.
    """
    for step in steps:
        # partition counts Pods that wait, so these are counted first: with all of them kept back.
        standing = plan(_with_partition(sidecar_set, "100%"), pods, context)
        waiting = sum(wait is Wait.PARTITION for wait in standing.waiting.values())
        status = standing.final_status
        missing = max(0, step.of(status.get("matchedPods", 0)) - status.get("updatedPods", 0))
        partition = max(0, waiting - missing)
        made = plan(_with_partition(sidecar_set, partition), pods, context)
        yield Stage(step, partition, made)
        pods = made.final_pods


def _with_partition(sidecar_set: SidecarSet, partition: int | str) -> SidecarSet:
    spec = sidecar_set.get("spec") or {}
    strategy = {**(spec.get("updateStrategy") or {}), "partition": partition}
    return cast("SidecarSet", {**sidecar_set, "spec": {**spec, "updateStrategy": strategy}})
