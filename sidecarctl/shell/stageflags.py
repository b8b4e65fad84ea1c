"""The flags that ask for a rollout in stages: whether they are given, and whether they go together."""

from typing import Final

from sidecarctl.shell import flags
from sidecarctl.shell.exits import UsageError
from sidecarctl.shell.options import Values

_STAGING: Final = ("steps", "group_by", "canary")
_OUTPUTS: Final = ("table", "yaml", "json", "markdown")


def asks_for_stages(values: Values) -> bool:
    """Return whether the plan is to be one of stages."""
    return any(values.get(key) is not None for key in _STAGING)


def refuse_what_stages_cannot(values: Values) -> None:
    """Raise `UsageError` for flags that stages know nothing of, and for those that only stages have."""
    is_written, number = bool(values.get("in_place")), values.get("step")
    if is_written is (number is None):
        raise UsageError("--in-place writes the stage that --step numbers; neither says anything alone")
    if not asks_for_stages(values):
        if is_written:
            raise UsageError("--in-place writes a stage: --steps, --group-by or --canary make them")
        return
    output = flags.text(values, "output", "table")
    if output not in _OUTPUTS or len(flags.texts(values, "kruise_version")) > 1:
        raise UsageError(f"stages are printed as {', '.join(_OUTPUTS[:-1])} or {_OUTPUTS[-1]}, of one release")
