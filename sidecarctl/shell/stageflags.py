"""The flags that ask for a rollout in stages: whether they are given, and whether they go together."""

from typing import Final

from sidecarctl.shell.cli.command_flags import PlanFlags
from sidecarctl.shell.errors import UsageError

_OUTPUTS: Final = ("table", "yaml", "json", "markdown")


def asks_for_stages(flags: PlanFlags) -> bool:
    """Return whether the plan is to be one of stages."""
    return any(one is not None for one in (flags.steps, flags.group_by, flags.canary))


def refuse_what_stages_cannot(flags: PlanFlags) -> None:
    """Raise `UsageError` for flags that stages know nothing of, and for those that only stages have."""
    if flags.in_place is (flags.step is None):
        raise UsageError("--in-place writes the stage that --step numbers; neither says anything alone")
    if not asks_for_stages(flags):
        if flags.in_place:
            raise UsageError("--in-place writes a stage: --steps, --group-by or --canary make them")
        return
    if flags.output not in _OUTPUTS or len(flags.kruise_version) > 1:
        raise UsageError(f"stages are printed as {', '.join(_OUTPUTS[:-1])} or {_OUTPUTS[-1]}, of one release")
