"""`plan --steps`: the stages of a rollout, each a partition to write into the SidecarSet."""

import re
import sys
from typing import TYPE_CHECKING, Final, cast

from sidecarctl.api.knowledge import Known
from sidecarctl.api.rolloutdocument import API_VERSION, Document
from sidecarctl.shell import flags
from sidecarctl.shell import planview as view
from sidecarctl.shell.columns import aligned
from sidecarctl.shell.exits import UsageError
from sidecarctl.shell.formats import print_shown
from sidecarctl.shell.options import Values
from sidecarctl.shell.rollouts import Crowd, context_of, target_at
from sidecarctl.shell.terminal import visible
from sidecarctl.sidecarset.rollout.stages import Stage, Step, stages
from sidecarctl.yamledit.value import Value

if TYPE_CHECKING:
    from sidecarctl.upstream.types import SidecarSet

_STEP: Final = re.compile(r"([0-9]+)(%?)", re.ASCII)
_KIND: Final = "RolloutStages"


def print_stages(crowd: Crowd, values: Values) -> None:
    """Print the stages of each SidecarSet.

    Raises `UsageError` for steps that are none, and where partition cannot stage the rollout.
    """
    steps, output = _steps(flags.text(values, "steps")), flags.text(values, "output", "table")
    if output == "markdown" or values.get("never_ready") or len(flags.texts(values, "kruise_version")) > 1:
        raise UsageError("--steps prints a table, yaml or json of one release, and takes no --never-ready")
    found = {one.found.text_of("name"): _stages(one, crowd, values, steps) for one in crowd.roster.sets}
    if output == "table":
        parts = ["".join(f"{line}\n" for line in _table(name, made)) for name, made in found.items()]
        sys.stdout.write("\n".join(parts))
    else:
        print_shown(output, [_document(name, made) for name, made in found.items()])


def _steps(text: str) -> list[Step]:
    found = [_STEP.fullmatch(part.strip()) for part in text.split(",")]
    if not all(found):
        raise UsageError(f"--steps takes numbers and percentages of Pods, as 10,10%,50%,100%; {text} is none of these")
    return [Step(match[0], int(match[1]), bool(match[2])) for match in found if match]


def _stages(one: Known, crowd: Crowd, values: Values, steps: list[Step]) -> list[Stage]:
    target = target_at(one, crowd.release)
    for key in ("selector", "paused"):
        if target.strategy.get(key):
            raise UsageError(f"--steps sets partition, which does nothing beside updateStrategy.{key}")
    context = context_of(one, crowd, values)
    return list(stages(cast("SidecarSet", one.found.value), list(crowd.pods()), context, steps))


def _table(name: str, made: list[Stage]) -> list[str]:
    rows = [["STAGE", "STEP", "PARTITION", "UPGRADES", "UPDATED", "READY", "ROUNDS", "PODS"]]
    for number, stage in enumerate(made, 1):
        status = stage.plan.final_status
        updated = f"{status.get('updatedPods', 0)}/{status.get('matchedPods', 0)}"
        counts = [str(len(stage.pods)), updated, str(status.get("updatedReadyPods", 0)), str(len(stage.plan.rounds))]
        rows.append([str(number), stage.step.text, str(stage.partition), *counts, view.short(stage.pods)])
    return [f"SidecarSet {visible(name)}, in stages of spec.updateStrategy.partition", "", *aligned(rows)]


def _document(name: str, made: list[Stage]) -> Value:
    document: Document = {"apiVersion": API_VERSION, "kind": _KIND, "sidecarSet": {"name": name}}
    document["stages"] = [_stage(stage) for stage in made]
    return document


def _stage(stage: Stage) -> Value:
    return {
        "step": stage.step.text,
        "patch": {"spec": {"updateStrategy": {"partition": stage.partition}}},
        "pods": list(stage.pods),
        "rounds": len(stage.plan.rounds),
        "status": cast("Value", stage.plan.final_status),
    }
