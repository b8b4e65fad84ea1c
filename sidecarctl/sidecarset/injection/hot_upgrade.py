"""The pair of containers that a hot upgrade needs: one that works, and an empty one to take over.

Upstream: HOT, UHOT
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.finding import InjectionRefused
from sidecarctl.record import Record
from sidecarctl.upstream.encode import encode_plain
from sidecarctl.upstream.go.json_text import InvalidJson, read_json
from sidecarctl.upstream.names import (
    ALTERNATE_VERSION_ENV,
    ALTERNATE_VERSION_PREFIX,
    VERSION_ENV,
    VERSION_PREFIX,
    WORKING_HOT_UPGRADE_CONTAINER,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sidecarctl.upstream.types import Container, EnvVar


class EmptyContainer(Record):
    """What the empty container has of its own."""

    image: str
    pull_policy: str  # derived from the sidecar's image; "" where the container says it itself


def pair_names(name: str) -> tuple[str, str]:
    """The names of the working and the empty container.

    Upstream: UHOT GetHotUpgradeContainerName
    """
    return f"{name}-1", f"{name}-2"


def pair(container: Container, empty: EmptyContainer) -> tuple[Container, Container]:
    """The working and the empty container that stand for a hot-upgradable sidecar.

    Upstream: HOT injectHotUpgradeContainers
    """
    working_name, empty_name = pair_names(container.get("name", ""))
    standby: Container = {**_twin(container, empty_name), "image": empty.image}
    if not empty.image:
        del standby["image"]
    if empty.pull_policy:
        standby["imagePullPolicy"] = empty.pull_policy
    return _twin(container, working_name), standby


def hot_upgrade_annotations(names: Sequence[str], annotations: Mapping[str, str]) -> dict[str, str]:
    """The annotations that tell which container of each of these sidecars works; none without sidecars.

    Upstream: HOT injectHotUpgradeContainers, UHOT GetPodHotUpgradeInfoInAnnotations
    """
    if not names:
        return {}
    working = _working_containers(annotations.get(WORKING_HOT_UPGRADE_CONTAINER, ""))
    versions: dict[str, str] = {}
    for name in names:
        working_name, empty_name = pair_names(name)
        working[name] = working_name
        versions |= {
            f"{VERSION_PREFIX}{working_name}": "1",
            f"{ALTERNATE_VERSION_PREFIX}{working_name}": "0",
            f"{VERSION_PREFIX}{empty_name}": "0",
            f"{ALTERNATE_VERSION_PREFIX}{empty_name}": "1",
        }
    return {WORKING_HOT_UPGRADE_CONTAINER: encode_plain(working), **versions}


def refuse_null_record(annotations: Mapping[str, str]) -> None:
    """Refuse the pod, as soon as a pair is made for it, whose record of working containers the webhook crashes over."""
    if annotations.get(WORKING_HOT_UPGRADE_CONTAINER, "").strip(" \t\r\n") == "null":
        raise InjectionRefused("assignment to entry in nil map")


def _twin(container: Container, name: str) -> Container:
    env: list[EnvVar] = [
        *container.get("env", ()),
        _annotation_env(VERSION_ENV, f"{VERSION_PREFIX}{name}"),
        _annotation_env(ALTERNATE_VERSION_ENV, f"{ALTERNATE_VERSION_PREFIX}{name}"),
    ]
    return {**container, "name": name, "env": env}


def _annotation_env(name: str, annotation: str) -> EnvVar:
    return {"name": name, "valueFrom": {"fieldRef": {"fieldPath": f"metadata.annotations['{annotation}']"}}}


def _working_containers(text: str) -> dict[str, str]:
    """The recorded working container of each sidecar; text that cannot be read counts as none, as upstream has it."""
    if not text:
        return {}
    try:
        recorded = read_json(text)
    except InvalidJson:
        return {}
    if not isinstance(recorded, dict):
        return {}
    return {name: value if isinstance(value, str) else "" for name, value in recorded.items()}
