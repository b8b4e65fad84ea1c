"""Single flags: from the text that was given to what it means; `UsageError` where it means nothing."""

from typing import TYPE_CHECKING, Final, cast

from sidecarctl.api.editor import Limits
from sidecarctl.shell.exits import UsageError
from sidecarctl.shell.options import Values, whole_number
from sidecarctl.upstream.release import Release, release_for
from sidecarctl.upstream.workload import WORKLOADS, GroupKind, Workload, parse_template_path

if TYPE_CHECKING:
    from sidecarctl.finding import FieldPath
    from sidecarctl.sidecarset.effective import Choice
    from sidecarctl.sidecarset.namespaces import SystemNamespaces
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


def texts(values: Values, key: str) -> list[str]:
    """Return the texts of a flag that may be repeated."""
    return cast("list[str]", values.get(key) or [])


def text(values: Values, key: str, default: str = "") -> str:
    """Return the text of a flag."""
    return str(values.get(key) or default)


def release(values: Values) -> Release:
    """Return the OpenKruise release to follow."""
    try:
        return release_for(text(values, "kruise_version") or None)
    except ValueError as error:
        raise UsageError(str(error)) from None


def feature_gates(values: Values) -> dict[str, bool]:
    """Read `A=true,B=false`."""
    gates: dict[str, bool] = {}
    for part in filter(None, text(values, "feature_gates").split(",")):
        name, _, state = part.partition("=")
        if state.lower() not in {"true", "false"} or not name.strip():
            raise UsageError(f"--feature-gates takes A=true,B=false; {part} is none of these")
        gates[name.strip()] = state.lower() == "true"
    return gates


def size(values: Values, key: str, default: str) -> int:
    """Read a size such as 3Mi, in bytes."""
    given = text(values, key, default)
    digits = given.rstrip("KMGi")
    unit = _UNITS.get(given[len(digits) :])
    number = whole_number(digits)
    if unit is None or not number:
        raise UsageError(f"{given} is no size; write 3Mi, or 500Ki")
    return number * unit


def shard(values: Values) -> tuple[int, int]:
    """Read I/N."""
    given = text(values, "shard", "1/1")
    part, parts = map(whole_number, given.partition("/")[::2])
    if part is None or parts is None or not 1 <= part <= parts:
        raise UsageError(f"--shard takes I/N with I from 1 to N; {given} is none")
    return part, parts


def system_namespaces(values: Values) -> "SystemNamespaces":
    """Return whether kube-system and kube-public get sidecars."""
    return cast("SystemNamespaces", text(values, "system_namespaces", "exclude"))


def limits(values: Values) -> Limits:
    """Return which targets are meant."""
    return Limits(
        label_selector(text(values, "selector")),
        frozenset(name for kind in texts(values, "kind") for name in _kind_names(kind)),
        frozenset(texts(values, "only_namespace")),
        {**WORKLOADS, **_template_paths(texts(values, "template_path"))},
        text(values, "namespace", "default"),
    )


def timestamp(values: Values) -> str | None:
    """Return the update timestamp as the annotations have it; the one place that reads a clock."""
    given = text(values, "timestamp")
    if given == "now":
        from datetime import UTC, datetime

        return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if not given:
        return None
    from sidecarctl.api.choices import update_time

    try:
        return update_time(given)
    except ValueError:
        raise UsageError(f"--timestamp takes `now` or a time as 2026-01-31T12:00:00Z; {given} is none") from None


def revision_choices(values: Values) -> "dict[str, Choice]":
    """Read NAME=latest and NAME=specified."""
    choices: dict[str, Choice] = {}
    for given in texts(values, "choose_revision"):
        name, _, choice = given.partition("=")
        if choice not in {"latest", "specified"}:
            raise UsageError(f"--choose-revision takes NAME=latest or NAME=specified; {given} is neither")
        choices[name] = cast("Choice", choice)
    return choices


def label_selector(given: str) -> "tuple[Requirement, ...]":
    """Read a label selector as kubectl writes it; an empty one asks for nothing."""
    if not given:
        return ()
    from sidecarctl.upstream.selector_text import parsed_selector

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
