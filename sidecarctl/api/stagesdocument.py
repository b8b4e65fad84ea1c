"""A rollout in stages as a document: what `plan --steps -o json` prints, and what its other forms are made from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from sidecarctl.api.plan_document import (
    API_VERSION,
    Document,
    cause_document,
    finding_document,
    pods_given_document,
    timing_document,
)
from sidecarctl.record import Record
from sidecarctl.sidecarset.rollout.shared_budgets import shared_by_each

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sidecarctl.finding import Finding
    from sidecarctl.sidecarset.rollout.left_out import LeftOut
    from sidecarctl.sidecarset.rollout.stages import Stage
    from sidecarctl.sidecarset.rollout.target import RolloutTarget
    from sidecarctl.yamledit.value import Value

KIND: Final = "RolloutStages"


class StagedRollout(Record):
    """The stages of one SidecarSet."""

    target: RolloutTarget  # in no stage
    stages: Sequence[Stage]
    label: str = ""  # that groups the Pods
    findings: Sequence[Finding] = ()  # besides those of the single plans
    counted: int = 0
    left_out: Sequence[LeftOut] = ()  # the Pods that do not count, by reason


def stages_documents(rollouts: Sequence[StagedRollout]) -> list[Document]:
    """Return stages that are planned together as documents: PLN013 tells where they upgrade the same Pods."""
    shared = shared_by_each([(one.target.name, (stage.plan for stage in one.stages)) for one in rollouts])
    return [stages_document(one, of_others) for one, of_others in zip(rollouts, shared, strict=True)]


def stages_document(rollout: StagedRollout, of_others: Sequence[Finding] = ()) -> Document:
    """Return stages as a document; the same stages give the same bytes."""
    target = rollout.target
    common = _common_findings(rollout.stages)
    made: Document = {
        "apiVersion": API_VERSION,
        "kind": KIND,
        "sidecarSet": {"name": target.name, "revision": target.revision},
        "kruiseVersion": target.release.name,
        **pods_given_document(rollout.counted, rollout.left_out),
    }
    if rollout.label:
        made["groupedBy"] = rollout.label
    made["stages"] = [_stage(number, stage, common) for number, stage in enumerate(rollout.stages, 1)]
    made["findings"] = [finding_document(one) for one in (*rollout.findings, *common, *of_others)]
    return made


def _common_findings(stages: Sequence[Stage]) -> list[Finding]:
    """What every single plan says."""
    first, *others = (stage.plan.findings for stage in stages)
    return [finding for finding in first if all(finding in findings for findings in others)]


def _stage(number: int, stage: Stage, common: Sequence[Finding]) -> Document:
    made: Document = {
        "stage": number,
        "name": stage.aim.name,
        "patch": cast("Value", stage.patch.document),
        "pods": list(stage.pods),
        "goal": stage.goal,
        "rounds": len(stage.plan.rounds),
        "status": cast("Value", stage.plan.final_status),
        "outcome": [cause_document(cause) for cause in stage.outcome],
    }
    if stage.plan.duration is not None:
        made["timing"] = timing_document(stage.plan.duration)
    if resets := dict.fromkeys(pod for round_ in stage.plan.rounds for pod in round_.resets):
        made["resets"] = [*resets]
    if stage.aim.groups:
        made["groups"] = list(stage.aim.groups)
    if findings := [finding for finding in stage.plan.findings if finding not in common]:
        made["findings"] = [finding_document(one) for one in findings]
    return made
