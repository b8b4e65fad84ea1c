"""Records of injection in a Pod: annotations, and marks in its containers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.finding import InjectionRefused
from sidecarctl.record import Record
from sidecarctl.sidecarset.injection.annotations import Entry, recorded_entries
from sidecarctl.sidecarset.injection.hot_upgrade import pair_names
from sidecarctl.upstream.encode import encode_plain
from sidecarctl.upstream.fields import annotations_of
from sidecarctl.upstream.go.json_text import InvalidJson, read_json
from sidecarctl.upstream.names import (
    ALTERNATE_VERSION_PREFIX,
    HASH,
    INJECTED_LIST,
    IS_INJECTED,
    VERSION_PREFIX,
    WORKING_HOT_UPGRADE_CONTAINER,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from sidecarctl.sidecarset.injection.effective_set import EffectiveSet
    from sidecarctl.sidecarset.injection.sidecar import ContainerField, Sidecar
    from sidecarctl.upstream.types import Container, Pod


_OPENKRUISE: Final = "kruise.io/"


CONTAINER_FIELDS: tuple[ContainerField, ContainerField] = ("initContainers", "containers")


class PodContainer(Record):
    """A container of a pod: its list, its index there, its value."""

    field: ContainerField
    at: int
    container: Container

    @property
    def name(self) -> str:
        """The container's name."""
        return self.container.get("name", "")


def may_carry_sidecars(annotations: Iterable[str]) -> bool:
    """Whether the keys of a pod's annotations say that OpenKruise has been there."""
    return any(_OPENKRUISE in key for key in annotations)


def recorded(pod: Pod) -> Mapping[str, Entry]:
    """What the hash annotation records, by SidecarSet; nothing where it cannot be read (injection will say so)."""
    annotations = annotations_of(pod)
    if not annotations.get(HASH):
        return {}
    try:
        return recorded_entries({}, annotations, HASH)
    except InjectionRefused:
        return {}


def as_recorded(states: Iterable[EffectiveSet], entries: Mapping[str, Entry]) -> list[EffectiveSet]:
    """Of the states of each SidecarSet the one that a pod records, by its hash; the first where it records none."""
    found: dict[str, EffectiveSet] = {}
    for one in states:
        entry = entries.get(one.name)
        if one.name not in found or (entry is not None and entry.hash == one.hash):
            found[one.name] = one
    return list(found.values())


def is_recorded(name: str, pod: Pod) -> bool:
    """Whether a pod's annotations speak of a SidecarSet: by its hash, or by its name alone, if it has no containers."""
    return name in recorded(pod) or name in annotations_of(pod).get(INJECTED_LIST, "").split(",")


def pod_containers(pod: Pod) -> Iterator[PodContainer]:
    """The containers of a pod, which must be decoded; init containers first."""
    spec = pod.get("spec", {})
    for field in CONTAINER_FIELDS:
        containers: list[Container] = spec.get(field, [])
        for at, container in enumerate(containers):
            yield PodContainer(field, at, container)


def names_in_pod(names: Iterable[str], pod: Pod) -> frozenset[str]:
    """The names under which sidecars stand in a pod: hot upgrade makes two containers of one."""
    annotations = annotations_of(pod)
    found: set[str] = set()
    for name in names:
        pair = pair_names(name)
        is_pair = any(f"{VERSION_PREFIX}{twin}" in annotations for twin in pair)
        found.update(pair if is_pair else (name,))
    return frozenset(found)


def stands_in(one: EffectiveSet, pod: Pod) -> bool:
    """Whether all containers of a SidecarSet stand in a pod, which must be decoded, with the mark of injection."""
    present = {(one.field, one.name) for one in pod_containers(pod) if is_marked(one.container)}
    wanted = {("initContainers", name) for made in one.init_sidecars for name in injected_names(made)}
    wanted |= {("containers", name) for made in one.sidecars for name in injected_names(made)}
    return wanted <= present


def is_marked(container: Container) -> bool:
    """Whether a container says that it was injected.

    Upstream: PODS IsSidecarContainer
    """
    marks = (env.get("value") for env in container.get("env", ()) if env.get("name") == IS_INJECTED)
    return any(mark == "true" for mark in marks)


def injected_names(sidecar: Sidecar) -> tuple[str, ...]:
    """The names of the containers that a sidecar becomes in a pod."""
    return pair_names(sidecar.name) if sidecar.empty else (sidecar.name,)


def without_hot_upgrades(annotations: Mapping[str, str], gone: Collection[str]) -> dict[str, str]:
    """The annotations without those of hot-upgraded containers that are gone."""
    ours = {f"{prefix}{name}" for prefix in (VERSION_PREFIX, ALTERNATE_VERSION_PREFIX) for name in gone}
    left = {key: value for key, value in annotations.items() if key not in ours}
    if left.get(WORKING_HOT_UPGRADE_CONTAINER):
        working = _without_working(left[WORKING_HOT_UPGRADE_CONTAINER], gone)
        if working:
            left[WORKING_HOT_UPGRADE_CONTAINER] = working
        else:
            del left[WORKING_HOT_UPGRADE_CONTAINER]
    return left


def _without_working(text: str, gone: Collection[str]) -> str:
    """The map of working containers without those that are gone; as it was where it cannot be read."""
    try:
        working = read_json(text)
    except InvalidJson:
        return text
    if not isinstance(working, dict):
        return text
    is_gone = {sidecar: isinstance(container, str) and container in gone for sidecar, container in working.items()}
    kept = {sidecar: container for sidecar, container in working.items() if not is_gone[sidecar]}
    if len(kept) == len(working):
        return text
    return encode_plain(kept) if kept else ""
