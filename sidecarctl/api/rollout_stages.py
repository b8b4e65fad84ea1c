"""Rollouts in stages: a canary, so many Pods, one group of Pods after the other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sidecarctl.finding import Severity, show_path
from sidecarctl.record import Record
from sidecarctl.sidecarset.rollout import stage_groups
from sidecarctl.sidecarset.rollout.labelcensus import why_nobody
from sidecarctl.sidecarset.rollout.stages import Step, stages
from sidecarctl.sidecarset.validation.context import ValidationContext
from sidecarctl.sidecarset.validation.webhook import validate
from sidecarctl.upstream.selector import Requirement
from sidecarctl.upstream.selector_text import parsed_selector

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from sidecarctl.finding import Finding
    from sidecarctl.sidecarset.rollout.context import RolloutContext
    from sidecarctl.sidecarset.rollout.mark import Mark
    from sidecarctl.sidecarset.rollout.owners import OwnerLabels
    from sidecarctl.sidecarset.rollout.pod_row import Counted
    from sidecarctl.sidecarset.rollout.stages import Aim, Stage
    from sidecarctl.sidecarset.rollout.target import RolloutTarget
    from sidecarctl.upstream.release import Release
    from sidecarctl.upstream.types import Pod, SidecarSet

OWNER: Final = "owner"
_STEP: Final = re.compile(r"([0-9]{1,18})(%?)", re.ASCII)
_MOST_STAGES: Final = 100  # more than that is a label with a value for each Pod
_ALL: Final = Step("100%", 100, is_percent=True)


class InvalidStages(ValueError):
    """Stages that fit neither the SidecarSet nor its Pods; `option` is steps, canary, group_by, or empty for all."""

    def __init__(self, message: str, option: str = "") -> None:
        super().__init__(message, option)
        self.message = message
        self.option = option

    def __str__(self) -> str:
        return f"{self.option} {self.message}" if self.option else self.message


class StagesWanted(Record):
    """How a rollout is to be staged."""

    steps: Sequence[Step] = ()
    canary: tuple[Requirement, ...] | None = None
    group_by: str = ""  # a label, or "owner"


class StagedPods(Record):
    """The Pods that a SidecarSet counts, with the mark by which stages tell them apart."""

    found: Counted
    owners: OwnerLabels
    labels: Callable[[], Iterable[Mapping[str, str]]]  # of the Pods that count; asked for only to explain a refusal


def parsed_steps(texts: Iterable[str]) -> list[Step]:
    """Read numbers and percentages of Pods or groups, such as `10` and `50%`; raise InvalidStages for other texts."""
    given = [text.strip() for text in texts]
    found = [_STEP.fullmatch(text) for text in given]
    steps = [Step(match[0], int(match[1]), bool(match[2])) for match in found if match]
    if not all(found) or any(step.number < 1 or (step.is_percent and step.number > _ALL.number) for step in steps):
        told = f"takes numbers and percentages of Pods, as 10,10%,50%,100%; {','.join(given)} is none of these"
        raise InvalidStages(told, "steps")
    return steps


def parsed_canary(text: str) -> tuple[Requirement, ...]:
    """Read the label selector of a canary; raise InvalidStages for an empty one, ValueError for other text."""
    if not (selector := parsed_selector(text)):
        raise InvalidStages("takes a label selector, as track=canary", "canary")
    return selector


def marker(wanted: StagesWanted, owners: OwnerLabels) -> Callable[[Pod], Mark] | None:
    """Return what takes the mark of a Pod; None where stages only count Pods."""
    if wanted.canary is None and not wanted.group_by:
        return None
    read = owners.note if wanted.group_by == OWNER else stage_groups.label_of(wanted.group_by)
    return stage_groups.marker(wanted.canary, read)


def staged(
    base: SidecarSet,
    target: RolloutTarget,
    pods: StagedPods,
    context: RolloutContext,
    wanted: StagesWanted,
    stored: SidecarSet | None = None,
) -> tuple[list[Stage], str]:
    """Return the stages of a SidecarSet, each of them simulated, and the label that groups its Pods.

    `stored` is the SidecarSet that the cluster has before the first stage.
    Raises InvalidStages for stages that do not fit these Pods, and for a patch that the webhook would refuse.
    """
    groups = _groups(pods, target, wanted.group_by) if wanted.group_by else None
    if groups and not wanted.steps and len(groups.members) > _MOST_STAGES:
        told = f"would make {len(groups.members)} stages: steps 1,10%,100% take groups together"
        raise InvalidStages(told, "group_by")
    made = list(stages(base, pods.found, context, _aims(pods, target, wanted, groups), stored))
    known = {finding.message for finding in _refusals(base, context.release)}
    for number, stage in enumerate(made, 1):
        for finding in _refusals(stage.sidecar_set, context.release):
            if finding.message not in known:
                where = f"stage {number} ({stage.aim.name}), {show_path(finding.path)}"
                raise RefusedStage(f"{where}: the webhook would refuse it: {finding.message}")
    return made, groups.label if groups else ""


class RefusedStage(InvalidStages):
    """A stage whose patch the webhook would refuse, though it would take the SidecarSet itself."""


def _groups(pods: StagedPods, target: RolloutTarget, group_by: str) -> stage_groups.Groups:
    marks = [row.mark for row in pods.found.rows]
    if group_by != OWNER:
        if all(mark.group is None for mark in marks):
            raise _no_pod(pods, target, "group_by", [Requirement(group_by, "Exists")])
        return stage_groups.groups_by_label(group_by, marks)
    if all(mark.group is None for mark in marks):
        told = "owner: no Pod that counts says whose it is (metadata.ownerReferences)"
        raise InvalidStages(told, "group_by")
    groups = stage_groups.groups_by_owner(pods.owners, marks)
    if groups is None:
        tried = "; ".join(pods.owners.objections()) or "they have no labels"
        told = f"owner: a SidecarSet selects by labels only, and none tells the workloads apart: {tried}"
        raise InvalidStages(told, "group_by")
    return groups


def _aims(
    pods: StagedPods, target: RolloutTarget, wanted: StagesWanted, groups: stage_groups.Groups | None
) -> Iterator[Aim]:
    if wanted.canary is not None:
        if not any(row.mark.is_canary for row in pods.found.rows):
            raise _no_pod(pods, target, "canary", wanted.canary)
        yield stage_groups.canary_aim(wanted.canary)
    yield from (
        stage_groups.group_aims(groups, wanted.steps) if groups else stage_groups.step_aims(wanted.steps or (_ALL,))
    )


def _no_pod(pods: StagedPods, target: RolloutTarget, option: str, asked: Sequence[Requirement]) -> InvalidStages:
    reason = why_nobody(asked, pods.labels())
    number = len(pods.found.rows)
    return InvalidStages(f"chooses none of the Pods that {target.name} counts ({number}): {reason}", option)


def _refusals(sidecar_set: SidecarSet, release: Release) -> list[Finding]:
    found = validate(sidecar_set, ValidationContext(release=release, cluster_known=False))
    return [finding for finding in found if finding.severity is Severity.ERROR]
