"""Write a stage into the file that holds the SidecarSet."""

from sidecarctl.api.change import Change
from sidecarctl.api.knowledge import is_sidecar_set
from sidecarctl.api.stageeditor import staged
from sidecarctl.api.stagesdocument import StagedRollout, stages_document
from sidecarctl.api.targets import objects
from sidecarctl.shell.cli.command_flags import PlanFlags
from sidecarctl.shell.errors import InputError, UsageError
from sidecarctl.shell.files import STDIN, Source
from sidecarctl.shell.input.rollout import RolloutInput
from sidecarctl.shell.input.sources import Input
from sidecarctl.shell.stream.file_writers import InPlace
from sidecarctl.shell.stream.pieces import Result
from sidecarctl.shell.terminal import counted, say, visible
from sidecarctl.upstream.fields import structs
from sidecarctl.yamledit.borders import lines_in
from sidecarctl.yamledit.stream.documents import Chunk, documents


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
    change = staged(one.document, one.found, made.stages[number - 1].patch)
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
