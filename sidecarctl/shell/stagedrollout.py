"""From flags and input to the stages of a SidecarSet."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, cast

from sidecarctl.api.knowledge import Known
from sidecarctl.api.rolloutnotes import uncounted
from sidecarctl.api.stagesdocument import StagedRollout
from sidecarctl.finding import Finding, Severity, show_path
from sidecarctl.record import Record
from sidecarctl.shell import flags
from sidecarctl.shell.exits import Refused, UsageError
from sidecarctl.shell.options import Values
from sidecarctl.shell.rollouts import Crowd, context_of, gathered, target_at
from sidecarctl.sidecarset.rollout import aims
from sidecarctl.sidecarset.rollout.labelcensus import why_nobody
from sidecarctl.sidecarset.rollout.matched import Matcher
from sidecarctl.sidecarset.rollout.owners import OwnerLabels
from sidecarctl.sidecarset.rollout.stagepatch import Patch
from sidecarctl.sidecarset.rollout.stages import Aim, Stage, Step, stages
from sidecarctl.sidecarset.rollout.status import target_of
from sidecarctl.sidecarset.validate.context import ValidationContext
from sidecarctl.sidecarset.validate.webhook import validate
from sidecarctl.upstream.selector import Requirement

if TYPE_CHECKING:
    from sidecarctl.sidecarset.rollout.context import RolloutContext
    from sidecarctl.sidecarset.rollout.row import Counted
    from sidecarctl.sidecarset.rollout.target import RolloutTarget
    from sidecarctl.upstream.release import Release
    from sidecarctl.upstream.types import SidecarSet

_OWNER: Final = "owner"
_STEP: Final = re.compile(r"([0-9]{1,18})(%?)", re.ASCII)
_MOST_STAGES: Final = 100  # that anybody would write one by one
_ALL: Final = Step("100%", 100, is_percent=True)


class StagesWanted(Record):
    """How the flags want a rollout staged."""

    steps: Sequence[Step]
    canary: tuple[Requirement, ...] | None
    group_by: str  # a label, or "owner", or nothing
    never_ready: Sequence[str]


class _Gathered(Record):
    """The Pods of one SidecarSet, read once."""

    target: "RolloutTarget"
    found: "Counted"
    context: "RolloutContext"
    owners: OwnerLabels
    crowd: Crowd
    findings: Sequence[Finding]

    def why_nobody(self, flag: str, wanted: Sequence[Requirement]) -> UsageError:
        """Say why a flag chooses none of them."""
        pods = Matcher(self.target, self.context).matched(self.crowd.pods())
        reason = why_nobody(wanted, ((pod.get("metadata") or {}).get("labels") or {} for pod, _ in pods))
        number = len(self.found.rows)
        return UsageError(f"{flag} chooses none of the Pods that {self.target.name} counts ({number}): {reason}")


def stages_wanted(values: Values) -> StagesWanted:
    """Return what the flags ask for.

    Raises `UsageError` where they ask for nothing that could be.
    """
    steps, canary = values.get("steps"), values.get("canary")
    if values.get("group_by") == "":
        raise UsageError("--group-by takes a label, or owner")
    return StagesWanted(
        _steps(str(steps)) if steps is not None else (),
        _canary(str(canary)) if canary is not None else None,
        flags.text(values, "group_by"),
        flags.texts(values, "never_ready"),
    )


def staged_rollout(one: Known, crowd: Crowd, values: Values, wanted: StagesWanted) -> StagedRollout:
    """Return the stages of a SidecarSet, each of them simulated.

    Raises `UsageError` where the flags fit neither the SidecarSet nor the Pods, `Refused` for a stage that the webhook
    would not take, and what reading the Pods raises.
    """
    target_at(one, crowd.release)  # says where something is wrong with it
    base = Patch().applied_to(cast("SidecarSet", one.found.value))
    target = target_of(base, crowd.release)
    if target.never_updates:
        raise UsageError(f"{one.position}: updateStrategy.type is NotUpdate: no stage would upgrade anybody")
    pods = _gathered(target, context_of(one, crowd, values), crowd, wanted)
    groups = _groups(pods, wanted.group_by) if wanted.group_by else None
    if groups and not wanted.steps and len(groups.members) > _MOST_STAGES:
        raise UsageError(
            f"--group-by would make {len(groups.members)} stages: --steps 1,10%,100% takes groups together"
        )
    made = list(stages(base, pods.found, pods.context, _aims(pods, wanted, groups)))
    _refuse_what_the_webhook_refuses(base, made, crowd.release)
    return StagedRollout(target, made, groups.label if groups else "", pods.findings)


def _steps(text: str) -> list[Step]:
    found = [_STEP.fullmatch(part.strip()) for part in text.split(",")]
    steps = [Step(match[0], int(match[1]), bool(match[2])) for match in found if match]
    if not all(found) or any(step.number < 1 or (step.is_percent and step.number > _ALL.number) for step in steps):
        raise UsageError(f"--steps takes numbers and percentages of Pods, as 10,10%,50%,100%; {text} is none of these")
    return steps


def _canary(text: str) -> tuple[Requirement, ...]:
    from sidecarctl.shell.selection import parsed_selector

    if not (selector := parsed_selector(text)):
        raise UsageError("--canary takes a label selector, as track=canary")
    return selector


def _gathered(target: "RolloutTarget", context: "RolloutContext", crowd: Crowd, wanted: StagesWanted) -> _Gathered:
    from dataclasses import replace

    owners = OwnerLabels()
    if wanted.canary is not None or wanted.group_by:
        read = owners.note if wanted.group_by == _OWNER else aims.label_of(wanted.group_by)
        context = replace(context, mark=aims.marker(wanted.canary, read))
    found, context, noticed = gathered(target, context, crowd, wanted.never_ready)
    if not found.rows:
        nobody = uncounted(crowd.pods(), target, context)
        raise UsageError(f"nothing to stage: {nobody.message if nobody else f'{target.name} counts no Pod'}")
    return _Gathered(target, found, context, owners, crowd, (*crowd.findings(target, context), *noticed))


def _groups(pods: _Gathered, group_by: str) -> aims.Groups:
    marks = [row.mark for row in pods.found.rows]
    if group_by != _OWNER:
        if all(mark.group is None for mark in marks):
            raise pods.why_nobody("--group-by", [Requirement(group_by, "Exists")])
        return aims.groups_by_label(group_by, marks)
    if all(mark.group is None for mark in marks):
        raise UsageError("--group-by owner: no Pod that counts says whose it is (metadata.ownerReferences)")
    groups = aims.groups_by_owner(pods.owners, marks)
    if groups is None:
        tried = "; ".join(pods.owners.objections()) or "they have no labels"
        raise UsageError(
            f"--group-by owner: a SidecarSet selects by labels only, and none tells the workloads apart: {tried}"
        )
    return groups


def _aims(pods: _Gathered, wanted: StagesWanted, groups: aims.Groups | None) -> Iterator[Aim]:
    if wanted.canary is not None:
        if not any(row.mark.is_canary for row in pods.found.rows):
            raise pods.why_nobody("--canary", wanted.canary)
        yield aims.canary_aim(wanted.canary)
    yield from aims.group_aims(groups, wanted.steps) if groups else aims.step_aims(wanted.steps or (_ALL,))


def _refuse_what_the_webhook_refuses(base: "SidecarSet", made: Sequence[Stage], release: "Release") -> None:
    """Raise `Refused` for a stage with a fault that the SidecarSet does not have in itself."""
    known = {finding.message for finding in _refusals(base, release)}
    for number, stage in enumerate(made, 1):
        for finding in _refusals(stage.sidecar_set, release):
            if finding.message not in known:
                where = f"stage {number} ({stage.aim.name}), {show_path(finding.path)}"
                raise Refused(f"{where}: the webhook would refuse it: {finding.message}")


def _refusals(sidecar_set: "SidecarSet", release: "Release") -> list[Finding]:
    found = validate(sidecar_set, ValidationContext(release=release, cluster_known=False))
    return [finding for finding in found if finding.severity is Severity.ERROR]
