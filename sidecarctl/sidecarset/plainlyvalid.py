# Strategy: the webhook's rules are forty modules, and most SidecarSets are plain. What this page knows to be in order
# (every key of it, every value) needs none of them; anything else goes to `validate`, which has the last word. A test
# holds this page to it: whatever is plain here, the webhook lets in.
"""Whether SidecarSets are so plain that their webhook cannot object."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sidecarctl.upstream.types import SidecarSet

    Check = Callable[[object], bool]

_NAME: Final = re.compile(r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?")
_LABEL: Final = re.compile(r"[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
_CPU: Final = "[1-9][0-9]{0,4}m?"
_MEMORY: Final = "[1-9][0-9]{0,4}[MG]i"
_LONGEST_PREFIX: Final = 100  # of a label's name; more may be fine, too
_API_VERSIONS: Final = ("apps.kruise.io/v1alpha1", "apps.kruise.io/v1beta1")


def are_plainly_valid(sidecar_sets: Sequence[Mapping[str, object]]) -> bool:
    """Whether the webhook is certain to let SidecarSets in that stand beside nothing but each other."""
    if not all(map(is_plainly_valid, sidecar_sets)):
        return False
    brought = [thing for one in cast("Sequence[SidecarSet]", sidecar_sets) for thing in _brought(one)]
    return len(set(brought)) == len(brought)


def _brought(sidecar_set: SidecarSet) -> Iterator[tuple[str, str]]:
    """What another SidecarSet must not bring too: a plain one has no init containers, and patches nothing."""
    spec = sidecar_set["spec"]
    yield "name", sidecar_set["metadata"]["name"]
    yield from (("container", container["name"]) for container in spec["containers"])
    yield from (("volume", volume["name"]) for volume in spec.get("volumes", ()))


def is_plainly_valid(sidecar_set: Mapping[str, object]) -> bool:
    """Whether the webhook is certain to let a SidecarSet in that stands alone; False says nothing."""
    return (
        sidecar_set.keys() == {"apiVersion", "kind", "metadata", "spec"}
        and sidecar_set["kind"] == "SidecarSet"
        and sidecar_set["apiVersion"] in _API_VERSIONS
        and _named()(sidecar_set["metadata"])
        and _is_map(sidecar_set["spec"], _SPEC)
        and isinstance(spec := sidecar_set["spec"], dict)
        and {"selector", "containers"} <= spec.keys()
        and ("namespace" not in spec or sidecar_set["apiVersion"] == "apps.kruise.io/v1alpha1")
        and _mounts_are_known(spec)
    )


def _is_map(value: object, checks: Mapping[str, Check]) -> bool:
    return isinstance(value, dict) and all(key in checks and checks[key](item) for key, item in value.items())


def _list_of(check: Check) -> Check:
    return lambda value: isinstance(value, list) and bool(value) and all(map(check, value)) and _are_apart(value)


def _are_apart(items: list[object]) -> bool:
    names = [item.get("name") for item in items if isinstance(item, dict)]
    return len(set(names)) == len(names)


def _is_name(value: object) -> bool:
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_path(value: object) -> bool:
    return isinstance(value, str) and value.startswith("/") and ":" not in value and ".." not in value


def _is_image(value: object) -> bool:
    return isinstance(value, str) and value == value.strip() != ""


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1 << 31


def _is_empty(value: object) -> bool:
    return value == {}


def _one_of(*words: str) -> Check:
    return lambda value: value in words


def _map_of(**checks: Check) -> Check:
    return lambda value: _is_map(value, checks)


def _named(**checks: Check) -> Check:
    return lambda value: _is_map(value, {"name": _is_name, **checks}) and isinstance(value, dict) and "name" in value


def _is_label(value: object) -> bool:
    return isinstance(value, str) and _LABEL.fullmatch(value) is not None


def _is_label_name(value: object) -> bool:
    if not isinstance(value, str):
        return False
    prefix, slash, name = value.rpartition("/")
    is_prefixed = len(prefix) <= _LONGEST_PREFIX and all(map(_NAME.fullmatch, prefix.split(".")))
    return _is_label(name) and (is_prefixed or not slash)


def _is_labels(value: object) -> bool:
    return (
        isinstance(value, dict) and bool(value) and all(_is_label_name(key) and _is_label(value[key]) for key in value)
    )


def _is_expression(value: object) -> bool:
    if not isinstance(value, dict) or not _is_label_name(value.get("key")):
        return False
    if value.keys() == {"key", "operator"}:
        return value["operator"] in ("Exists", "DoesNotExist")
    return (
        value.keys() == {"key", "operator", "values"}
        and value["operator"] in ("In", "NotIn")
        and _is_label_list(value["values"])
    )


def _is_label_list(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_is_label, value))


def _are_expressions(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_is_expression, value))


def _amount(pattern: str) -> Check:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def _is_resources(value: object) -> bool:
    if not _is_map(value, {"limits": _AMOUNTS, "requests": _AMOUNTS}) or not isinstance(value, dict):
        return False
    requests, limits = value.get("requests", {}), value.get("limits", {})
    return all(_is_within(requests[name], limits[name]) for name in requests.keys() & limits.keys())


def _is_within(request: str, limit: str) -> bool:
    """Whether a request is no more than its limit, for certain: amounts of different units are not compared here."""
    number, most = request.rstrip("mMGi"), limit.rstrip("mMGi")
    return request[len(number) :] == limit[len(most) :] and int(number) <= int(most)


def _is_mount(value: object) -> bool:
    checks: dict[str, Check] = {"name": _is_name, "mountPath": _is_path, "readOnly": _is_flag}
    return _is_map(value, checks) and isinstance(value, dict) and {"name", "mountPath"} <= value.keys()


def _are_mounts(value: object) -> bool:
    if not isinstance(value, list) or not all(map(_is_mount, value)):
        return False
    return len({mount["mountPath"] for mount in value}) == len(value)


def _is_env(value: object) -> bool:
    return (
        _is_map(value, {"name": _is_text, "value": _is_text})
        and isinstance(value, dict)
        and str(value.get("name", "")).isidentifier()
        and str(value["name"]).isascii()
    )


def _is_container(value: object) -> bool:
    return _is_map(value, _CONTAINER) and isinstance(value, dict) and {"name", "image"} <= value.keys()


def _is_volume(value: object) -> bool:
    return _named(emptyDir=_is_empty)(value) and isinstance(value, dict) and "emptyDir" in value


def _mounts_are_known(spec: Mapping[str, object]) -> bool:
    """Whether each mount names a volume of the set."""
    volumes, containers = spec.get("volumes", []), spec["containers"]
    known = {volume["name"] for volume in volumes} if isinstance(volumes, list) else set()
    mounts = (container.get("volumeMounts", ()) for container in containers) if isinstance(containers, list) else ()
    return all(mount["name"] in known for some in mounts for mount in some)


_AMOUNTS: Final = _map_of(cpu=_amount(_CPU), memory=_amount(_MEMORY))
_CONTAINER: Final[dict[str, Check]] = {
    "name": _is_name,
    "image": _is_image,
    "imagePullPolicy": _one_of("Always", "IfNotPresent", "Never"),
    "command": _list_of(_is_text),
    "args": _list_of(_is_text),
    "env": _list_of(_is_env),
    "resources": _is_resources,
    "volumeMounts": _are_mounts,
    "podInjectPolicy": _one_of("BeforeAppContainer", "AfterAppContainer"),
    "shareVolumePolicy": _map_of(type=_one_of("enabled", "disabled")),
}
_SPEC: Final[dict[str, Check]] = {
    "selector": lambda value: (
        _is_map(value, {"matchLabels": _is_labels, "matchExpressions": _are_expressions}) and value != {}
    ),
    "namespace": _is_name,
    "containers": _list_of(_is_container),
    "volumes": _list_of(_is_volume),
    "imagePullSecrets": _list_of(_named()),
    "updateStrategy": _map_of(type=_one_of("RollingUpdate", "NotUpdate"), maxUnavailable=_is_count),
}
