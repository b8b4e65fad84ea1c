"""Parsers of single flags: sizes, shards, selectors, durations, stages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from sidecarctl.api.change import Limits
from sidecarctl.shell.cli.options import whole_number
from sidecarctl.shell.errors import UsageError
from sidecarctl.upstream.release import Release, release_for
from sidecarctl.upstream.workload import WORKLOADS, GroupKind, Workload, parse_template_path

if TYPE_CHECKING:
    from sidecarctl.finding import FieldPath
    from sidecarctl.shell.cli.command_flags import InputFlags, PlanFlags
    from sidecarctl.sidecarset.injection.effective_set import Choice
    from sidecarctl.upstream.selector import Requirement


SHORT_KINDS: Final = {  # kubectl's
    "cj": "cronjob",
    "deploy": "deployment",
    "ds": "daemonset",
    "po": "pod",
    "rc": "replicationcontroller",
    "rs": "replicaset",
    "sts": "statefulset",
}


_UNITS: Final = {"": 1, "Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30}


def followed_release(version: str | None) -> Release:
    """Return the OpenKruise release to follow; the newest if no version is given."""
    try:
        return release_for(version or None)
    except ValueError as error:
        raise UsageError(str(error)) from None


def feature_gates(given: str | None) -> dict[str, bool]:
    """Read `A=true,B=false`."""
    gates: dict[str, bool] = {}
    for part in filter(None, (given or "").split(",")):
        name, _, state = part.partition("=")
        if state.lower() not in {"true", "false"} or not name.strip():
            raise UsageError(f"--feature-gates takes A=true,B=false; {part} is none of these")
        gates[name.strip()] = state.lower() == "true"
    return gates


def size(given: str) -> int:
    """Read a size such as 3Mi, in bytes."""
    digits = given.rstrip("KMGi")
    unit = _UNITS.get(given[len(digits) :])
    number = whole_number(digits)
    if unit is None or not number:
        raise UsageError(f"{given} is no size; write 3Mi, or 500Ki")
    return number * unit


def parsed_shard(given: str) -> tuple[int, int]:
    """Read I/N."""
    part, parts = map(whole_number, given.partition("/")[::2])
    if part is None or parts is None or not 1 <= part <= parts:
        raise UsageError(f"--shard takes I/N with I from 1 to N; {given} is none")
    return part, parts


def limits_of(flags: InputFlags) -> Limits:
    """Return which targets are meant."""
    return Limits(
        label_selector(flags.selector or ""),
        frozenset(name for kind in flags.kind for name in _kind_names(kind)),
        frozenset(flags.only_namespace),
        {**WORKLOADS, **_template_paths(flags.template_path)},
        flags.namespace,
    )


def update_timestamp(given: str | None) -> str | None:
    """Return the update timestamp as the annotations have it; the one place that reads a clock."""
    if given == "now":
        from datetime import UTC, datetime

        return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if not given:
        return None
    from sidecarctl.api.arguments import update_time

    try:
        return update_time(given)
    except ValueError:
        raise UsageError(f"--timestamp takes `now` or a time as 2026-01-31T12:00:00Z; {given} is none") from None


def revision_choices(texts: list[str]) -> dict[str, Choice]:
    """Read NAME=latest and NAME=specified."""
    choices: dict[str, Choice] = {}
    for given in texts:
        name, _, choice = given.partition("=")
        if choice not in {"latest", "specified"}:
            raise UsageError(f"--choose-revision takes NAME=latest or NAME=specified; {given} is neither")
        choices[name] = cast("Choice", choice)
    return choices


def label_selector(given: str) -> tuple[Requirement, ...]:
    """Read a label selector as kubectl writes it; an empty one asks for nothing."""
    if not given:
        return ()
    from sidecarctl.upstream.selector import parsed_selector

    try:
        return parsed_selector(given)
    except ValueError as error:
        raise UsageError(str(error)) from None


def _kind_names(given: str) -> set[str]:
    """What a kind may be that a person names as kubectl lets them: `Pod`, `pods`, `deploy`, `deployments.apps`."""
    plain = given.partition(".")[0].lower()
    return {plain, plain.removesuffix("s"), SHORT_KINDS.get(plain, plain)}


def _template_paths(given: list[str]) -> dict[GroupKind, Workload]:
    """The kinds of --template-path; one that is given several times has several templates."""
    paths: dict[GroupKind, list[FieldPath]] = {}
    for one in given:
        try:
            kind, group, path = parse_template_path(one)
        except ValueError as error:
            raise UsageError(str(error)) from None
        paths.setdefault((group, kind), []).append(path)
    return {key: Workload(tuple(dict.fromkeys(found)), ("spec", "replicas")) for key, found in paths.items()}


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
