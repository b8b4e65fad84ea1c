"""A plan in stages: print them, or write one into the SidecarSet's file."""

import sys
from typing import TYPE_CHECKING, cast

from sidecarctl.api.stagesdocument import Staging, stages_document
from sidecarctl.shell import flags
from sidecarctl.shell.collector import collector_off
from sidecarctl.shell.exits import UsageError
from sidecarctl.shell.formats import print_shown
from sidecarctl.shell.options import Values
from sidecarctl.shell.rollouts import Crowd
from sidecarctl.shell.staging import staging, wish_of

if TYPE_CHECKING:
    from sidecarctl.yamledit.value import Value


def plan_stages(crowd: Crowd, values: Values) -> None:
    """Print the stages of each SidecarSet, or write one of them.

    Raises `UsageError` for what the flags cannot mean here, and what reading and writing raise.
    """
    if values.get("in_place"):
        _write(crowd, values)
        return
    wish = wish_of(values)
    with collector_off():
        documents = [stages_document(staging(one, crowd, values, wish)) for one in crowd.roster.sets]
    output = flags.text(values, "output", "table")
    if output in {"yaml", "json"}:
        print_shown(output, cast("list[Value]", documents))
        return
    from sidecarctl.shell.stageview import markdown, table

    show = table if output == "table" else markdown
    sys.stdout.write("\n".join("".join(f"{line}\n" for line in show(document)) for document in documents))


def _write(crowd: Crowd, values: Values) -> None:
    from sidecarctl.shell.stagewrite import file_of, write_stage

    source = file_of(crowd.roster)
    with collector_off():
        made = staging(crowd.roster.sets[0], crowd, values, wish_of(values))
    write_stage(crowd.roster, source, made, _chosen(made, cast("int", values["step"])), values)


def _chosen(made: Staging, number: int) -> int:
    if not 1 <= number <= len(made.stages):
        raise UsageError(f"--step {number}: the stages are numbered from 1 to {len(made.stages)}")
    return number
