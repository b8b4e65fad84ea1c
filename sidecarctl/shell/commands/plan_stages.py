"""The command `plan` with --steps, --canary or --group-by: print stages, or write one into its file."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, cast

from sidecarctl.api.plan_document import StagedRollout, none_counted, stages_document, stages_documents
from sidecarctl.api.rollout import (
    InvalidStages,
    RefusedStage,
    StagedPods,
    StagesWanted,
    marker,
    parsed_canary,
    parsed_steps,
    stage_change,
    staged,
)
from sidecarctl.api.targets import Known, is_sidecar_set, objects
from sidecarctl.render.text import counted, visible
from sidecarctl.shell.cli.command_flags import PlanFlags
from sidecarctl.shell.dumps.packed import collector_off
from sidecarctl.shell.errors import InputError, Refused, UsageError
from sidecarctl.shell.files import STDIN, Source
from sidecarctl.shell.input.crowd import Crowd, applied_at, context_of, gathered, stored_version
from sidecarctl.shell.input.saved_plan import are_stages
from sidecarctl.shell.stream.file_writers import InPlace
from sidecarctl.shell.stream.formats import print_shown
from sidecarctl.shell.stream.pieces import Result
from sidecarctl.shell.terminal import say
from sidecarctl.sidecarset.rollout.counted import Matcher
from sidecarctl.sidecarset.rollout.plan import target_of
from sidecarctl.sidecarset.rollout.stage_groups import OwnerLabels
from sidecarctl.sidecarset.rollout.stages import Patch
from sidecarctl.upstream.fields import label_map, structs
from sidecarctl.yamledit.stream.documents import Chunk, documents, lines_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sidecarctl.api.change import Change
    from sidecarctl.api.plan_document import Document
    from sidecarctl.shell.cli.command_flags import PlanFlags
    from sidecarctl.shell.input.rollout import RolloutInput
    from sidecarctl.shell.input.sources import Input
    from sidecarctl.sidecarset.rollout.target import RolloutContext, RolloutTarget
    from sidecarctl.yamledit.value import Value


def plan_stages(crowd: Crowd, flags: PlanFlags) -> None:
    """Print the stages of each SidecarSet, or write one of them.

    Raises `UsageError` for what the flags cannot mean here, and what reading and writing raise.
    """
    if flags.in_place and flags.step is not None:
        _write(crowd, flags.step, flags)
        return
    wanted = stages_wanted(flags)
    with collector_off():
        documents = stages_documents([staged_rollout(one, crowd, flags, wanted) for one in crowd.input.sets])
    _print(documents, flags)


def print_saved_stages(documents: list[Document], flags: PlanFlags) -> None:
    """Print stages that were saved; raises `UsageError` where they cannot be printed so, or are not all stages."""
    if not all(map(are_stages, documents)):
        raise UsageError("plans and plans in stages are not printed together: give them one after the other")
    if flags.output == "html":
        raise UsageError("stages are printed as a table, yaml, json or markdown")
    _print(documents, flags)


def _print(documents: list[Document], flags: PlanFlags) -> None:
    if flags.output in {"yaml", "json"}:
        print_shown(flags.output, cast("list[Value]", documents))
        return
    from sidecarctl.render.plan.stages import markdown, table

    show = table if flags.output == "table" else markdown
    sys.stdout.write("\n".join("".join(f"{line}\n" for line in show(document)) for document in documents))


def _write(crowd: Crowd, number: int, flags: PlanFlags) -> None:

    source = file_of(crowd.input)
    with collector_off():
        made = staged_rollout(crowd.input.sets[0], crowd, flags, stages_wanted(flags))
    write_stage(crowd.input, source, made, _chosen(made, number), flags)


def _chosen(made: StagedRollout, number: int) -> int:
    if not 1 <= number <= len(made.stages):
        raise UsageError(f"--step {number}: the stages are numbered from 1 to {len(made.stages)}")
    return number


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


def _labels(crowd: Crowd, target: RolloutTarget, context: RolloutContext) -> Iterator[Mapping[str, str]]:
    for pod, _ in Matcher(target, context).matched(crowd.pods()):
        yield label_map(pod)


def _usage(error: ValueError) -> UsageError:
    """Say it of the flag that is called as the option is."""
    if isinstance(error, InvalidStages) and error.option:
        return UsageError(f"--{error.option.replace('_', '-')} {error.message}")
    return UsageError(str(error))


def file_of(rollout_input: RolloutInput) -> Source:
    """Return the file of the one SidecarSet that is staged.

    Raises `UsageError` where there are several, or where what it was read from is nobody's file to write.
    """
    own, [one, *others] = rollout_input.own, rollout_input.sets
    name = one.name
    if others:
        names = ", ".join([name, *(other.name for other in others)])
        raise UsageError(f"--in-place writes a stage of one SidecarSet, and here are several: {names}")
    source = next((source for source in own.given.sources if source.shown == one.document.origin.file), None)
    if source is None:
        raise UsageError(f"--in-place: {one.position} tells what the cluster has; name the file with --sidecarset")
    if source.path == STDIN:
        raise UsageError("--in-place writes files; stdin is none")
    if own.is_dump(source):
        raise UsageError(f"--in-place: {source.shown} is a dump of a cluster; name the SidecarSet's own file")
    found = [found for document in own.documents() for found in objects(document) if is_sidecar_set(found)]
    if sum(other.text_of("name") == name for other in found) > 1:
        raise UsageError(f"--in-place: {name} is given more than once; which of them to write is not said")
    return source


def write_stage(
    rollout_input: RolloutInput, source: Source, made: StagedRollout, number: int, flags: PlanFlags
) -> None:
    """Write a stage, whole or not at all, and say what was written.

    Raises `UnreadableDocument` where that cannot be done without guessing, `InputError` where the file has changed
    since it was read, or cannot be written.
    """
    [one], given = rollout_input.sets, rollout_input.own.given
    change = stage_change(one.document, one.found, made.stages[number - 1].patch)
    roots = [*flags.filename, *flags.paths, *flags.sidecarset]
    with InPlace(roots, breaks_links=flags.break_links) as writer:
        writer.begin(source)  # which also sweeps what a killed run left
        if change.edits:
            _put(given, source, change, writer)
        writer.finish()
    if not flags.quiet:
        _report(source, made, number, change)


def _put(given: Input, source: Source, change: Change, writer: InPlace) -> None:
    """Hand on the pieces of the file, with the changed document in its place."""
    is_met = False
    for chunk in given.chunks(source):
        if not _may_hold(chunk, change):
            writer.put(Result(chunk.data, chunk.data))
            continue
        for document in documents(chunk, source.shown):
            is_it = document.origin == change.document.origin and document.data == change.document.data
            is_met = is_met or is_it
            writer.put(Result(document.data, change.output if is_it else document.data, is_it))
    if not is_met:
        raise InputError(f"{source.shown}: changed since it was read; nothing was written")


def _may_hold(chunk: Chunk, change: Change) -> bool:
    return chunk.line <= change.document.origin.line <= chunk.line + lines_in(chunk.data)


def _report(source: Source, made: StagedRollout, number: int, change: Change) -> None:
    from sidecarctl.render.plan import view
    from sidecarctl.render.plan.stages import patch_text, shortfall

    stage = structs(stages_document(made), "stages")[number - 1]
    done = "written" if change.edits else "stands there already"
    which = f"stage {number} of {len(made.stages)} ({view.shown(stage, 'name')})"
    pods = view.pods_in(stage)
    upgrades = f"upgrades {counted(len(pods))}{f': {view.short(pods)}' if pods else ''}"
    say(f"{visible(source.shown)}: {which} {done}: {patch_text(stage)}; {upgrades}")
    for line in shortfall(stage):
        say(line)
    for finding in change.findings:
        say(visible(f"{finding.position}: {finding.message} [{finding.code}]"))
