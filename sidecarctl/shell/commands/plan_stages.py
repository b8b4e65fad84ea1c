"""A plan in stages: print them, or write one into the SidecarSet's file."""

import sys
from typing import TYPE_CHECKING, cast

from sidecarctl.api.stagesdocument import StagedRollout, stages_documents
from sidecarctl.shell.errors import UsageError
from sidecarctl.shell.garbagecollector import collector_off
from sidecarctl.shell.input.crowd import Crowd
from sidecarctl.shell.input.saved_plan import are_stages
from sidecarctl.shell.stagedrollout import staged_rollout, stages_wanted
from sidecarctl.shell.stream.formats import print_shown

if TYPE_CHECKING:
    from sidecarctl.api.plan_document import Document
    from sidecarctl.shell.cli.command_flags import PlanFlags
    from sidecarctl.yamledit.value import Value


def plan_stages(crowd: Crowd, flags: "PlanFlags") -> None:
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


def print_saved_stages(documents: "list[Document]", flags: "PlanFlags") -> None:
    """Print stages that were saved; raises `UsageError` where they cannot be printed so, or are not all stages."""
    if not all(map(are_stages, documents)):
        raise UsageError("plans and plans in stages are not printed together: give them one after the other")
    if flags.output == "html":
        raise UsageError("stages are printed as a table, yaml, json or markdown")
    _print(documents, flags)


def _print(documents: "list[Document]", flags: "PlanFlags") -> None:
    if flags.output in {"yaml", "json"}:
        print_shown(flags.output, cast("list[Value]", documents))
        return
    from sidecarctl.render.plan.stages import markdown, table

    show = table if flags.output == "table" else markdown
    sys.stdout.write("\n".join("".join(f"{line}\n" for line in show(document)) for document in documents))


def _write(crowd: Crowd, number: int, flags: "PlanFlags") -> None:
    from sidecarctl.shell.stagewrite import file_of, write_stage

    source = file_of(crowd.input)
    with collector_off():
        made = staged_rollout(crowd.input.sets[0], crowd, flags, stages_wanted(flags))
    write_stage(crowd.input, source, made, _chosen(made, number), flags)


def _chosen(made: StagedRollout, number: int) -> int:
    if not 1 <= number <= len(made.stages):
        raise UsageError(f"--step {number}: the stages are numbered from 1 to {len(made.stages)}")
    return number
