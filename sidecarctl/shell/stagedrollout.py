"""From flags and input to the stages of a SidecarSet."""

from typing import TYPE_CHECKING

from sidecarctl.api.knowledge import Known
from sidecarctl.api.rollout_stages import (
    InvalidStages,
    RefusedStage,
    StagedPods,
    StagesWanted,
    marker,
    parsed_canary,
    parsed_steps,
    staged,
)
from sidecarctl.api.rolloutnotes import none_counted
from sidecarctl.api.stagesdocument import StagedRollout
from sidecarctl.shell.cli.command_flags import PlanFlags
from sidecarctl.shell.errors import Refused, UsageError
from sidecarctl.shell.input.crowd import Crowd, applied_at, context_of, gathered, stored_version
from sidecarctl.sidecarset.rollout.counted import Matcher
from sidecarctl.sidecarset.rollout.owners import OwnerLabels
from sidecarctl.sidecarset.rollout.stagepatch import Patch
from sidecarctl.sidecarset.rollout.status import target_of
from sidecarctl.upstream.fields import label_map

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sidecarctl.sidecarset.rollout.context import RolloutContext
    from sidecarctl.sidecarset.rollout.target import RolloutTarget


def stages_wanted(flags: PlanFlags) -> StagesWanted:
    """Return what the flags ask for.

    Raises `UsageError` where they ask for nothing that could be.
    """
    if flags.group_by == "":
        raise UsageError("--group-by takes a label, or owner")
    try:
        return StagesWanted(
            parsed_steps(flags.steps.split(",")) if flags.steps is not None else (),
            parsed_canary(flags.canary) if flags.canary is not None else None,
            flags.group_by or "",
        )
    except ValueError as error:
        raise _usage(error) from None


def staged_rollout(one: Known, crowd: Crowd, flags: PlanFlags, wanted: StagesWanted) -> StagedRollout:
    """Return the stages of a SidecarSet, each of them simulated.

    Raises `UsageError` where the flags fit neither the SidecarSet nor the Pods, `Refused` for a stage that the webhook
    would not take, and what reading the Pods raises.
    """
    from dataclasses import replace

    base = Patch().applied_to(applied_at(one, crowd))
    target = target_of(base, crowd.release)
    if target.never_updates:
        raise UsageError(f"{one.position}: updateStrategy.type is NotUpdate: no stage would upgrade anybody")
    owners = OwnerLabels()
    context = replace(context_of(one, crowd, flags.rounds, flags.ready_after), mark=marker(wanted, owners))
    found, context, noticed = gathered(target, context, crowd, flags.never_ready)
    if not found.rows:
        none = none_counted(found, target.name)
        raise UsageError(f"nothing to stage: {none.message if none else f'{target.name} counts no Pod'}")
    pods = StagedPods(found, owners, lambda: _labels(crowd, target, context))
    try:
        made, label = staged(base, target, pods, context, wanted, stored_version(one, crowd))
    except RefusedStage as error:
        raise Refused(str(error)) from None
    except InvalidStages as error:
        raise _usage(error) from None
    told = (*crowd.findings(target, context), *noticed)
    return StagedRollout(target, made, label, told, len(found.rows), found.left_out)


def _labels(crowd: Crowd, target: "RolloutTarget", context: "RolloutContext") -> "Iterator[Mapping[str, str]]":
    for pod, _ in Matcher(target, context).matched(crowd.pods()):
        yield label_map(pod)


def _usage(error: ValueError) -> UsageError:
    """Say it of the flag that is called as the option is."""
    if isinstance(error, InvalidStages) and error.option:
        return UsageError(f"--{error.option.replace('_', '-')} {error.message}")
    return UsageError(str(error))
