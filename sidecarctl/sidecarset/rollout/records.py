"""Annotations of a Pod as the controller reads them, and readers of absent values."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from json import loads
from typing import TYPE_CHECKING, Final

from sidecarctl.upstream.fields import struct, text
from sidecarctl.upstream.go.time import InvalidTimestamp, in_utc

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sidecarctl.upstream.fields import Value

    Pairs = tuple[tuple[str, str], ...]
    Shape = Mapping[str, Callable[[object], bool]]
    from collections.abc import Callable, Mapping

    from sidecarctl.upstream.types import PodCondition, PodStatus


_MOST_TEXTS: Final = 4096


def recorded_hash(annotation: str, sidecar_set: str) -> str:
    """The hash that one of the two hash annotations holds for a SidecarSet; empty if none can be read.

    Upstream: UTIL GetPodSidecarSetUpgradeSpecInAnnotations
    """
    # Pods that were injected alike differ in the second. Without that, few texts are left to parse.
    return _hash_in(_timestamp().sub('"updateTimestamp":null', annotation), sidecar_set)


@cache
def _timestamp() -> re.Pattern[str]:
    """A timestamp that OpenKruise wrote; whether other days exist is left to the parser."""
    date, clock = r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])", r"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d"
    return re.compile(rf'"updateTimestamp":"{date}T{clock}Z"', re.ASCII)


@lru_cache(_MOST_TEXTS)
def _hash_in(annotation: str, sidecar_set: str) -> str:
    specs = upgrade_specs(annotation)
    if specs is not None:
        return text(struct(specs, sidecar_set), "hash")
    return (older_hashes(annotation) or {}).get(sidecar_set, "")


def upgrade_specs(annotation: str) -> Value | None:
    """The entry of each SidecarSet in a hash annotation, None if these cannot be read."""
    entries = json_object(annotation)
    return None if entries is None or not all(_has_shape(e, _UPGRADE_SPEC) for e in entries.values()) else entries


def older_hashes(annotation: str) -> Mapping[str, str] | None:
    """The hash of each SidecarSet in an annotation from before there were entries, None if it is none."""
    hashes = json_object(annotation)
    return None if hashes is None or not all(map(_is_text, hashes.values())) else {n: text(hashes, n) for n in hashes}


def recorded_images(annotation: str, sidecar_set: str) -> Pairs | None:
    """The imageIDs, by container, from before its last in-place upgrade; None if the annotation cannot be read.

    Upstream: CTRL IsSidecarContainerUpdateCompleted
    """
    if not annotation:
        return ()
    states = in_place_states(annotation)
    if states is None:
        return None
    images = struct(struct(states, sidecar_set), "lastContainerStatuses")
    return tuple((name, text(struct(images, name), "imageID")) for name in sorted(images))


def in_place_states(annotation: str) -> Value | None:
    """The in-place upgrade state of each SidecarSet, None if there is none to read."""
    states = json_object(annotation)
    return None if states is None or not all(_has_shape(s, _IN_PLACE_STATE) for s in states.values()) else states


def working_containers(annotation: str) -> Mapping[str, str]:
    """Which container of each hot upgrade's pair serves.

    Upstream: UHOT GetPodHotUpgradeInfoInAnnotations
    """
    return {name: side if isinstance(side, str) else "" for name, side in (json_object(annotation) or {}).items()}


def json_object(annotation: str) -> Value | None:
    """The JSON object in a text (`null` is an empty one), None if there is another value or no JSON."""
    try:
        value = loads(annotation)
    except (ValueError, RecursionError):
        return None
    return {} if value is None else value if isinstance(value, dict) else None


def _is_text(value: object) -> bool:
    return value is None or isinstance(value, str)


def _are_texts(value: object) -> bool:
    return value is None or (isinstance(value, list) and all(map(_is_text, value)))


@lru_cache(_MOST_TEXTS)
def _is_time(value: object) -> bool:
    if not isinstance(value, str):
        return value is None
    try:
        return bool(in_utc(value))
    except InvalidTimestamp:
        return False


def _are_images(value: object) -> bool:
    return value is None or (
        isinstance(value, dict) and all(_has_shape(i, {"imageID": _is_text}) for i in value.values())
    )


_UPGRADE_SPEC: Final[Shape] = {
    "updateTimestamp": _is_time,
    "hash": _is_text,
    "sidecarSetName": _is_text,
    "sidecarList": _are_texts,
    "controllerRevision": _is_text,
}


_IN_PLACE_STATE: Final[Shape] = {
    "revision": _is_text,
    "updateTimestamp": _is_time,
    "lastContainerStatuses": _are_images,
}


def _has_shape(value: object, shape: Shape) -> bool:
    """Whether Go would decode a value into a struct of these fields."""
    if not isinstance(value, dict):
        return value is None
    return all(is_fitting(value.get(key)) for key, is_fitting in shape.items())


def ready_condition(status: PodStatus) -> PodCondition:
    """The condition that says whether a Pod is ready, empty if it has none."""
    for condition in status.get("conditions") or ():
        if condition.get("type") == "Ready":
            return condition
    return {}
