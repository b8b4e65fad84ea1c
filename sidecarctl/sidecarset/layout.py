"""Where the sidecars of a pod stand.

# Strategy: injection adds containers around those that a pod has, and puts one of a taken name into the place of the
pod's own. So a sidecar that stands among the pod's own, or on the wrong side of them, has replaced something.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.record import Record
from sidecarctl.sidecarset.injection.records import (
    CONTAINER_FIELDS,
    injected_names,
    is_marked,
    names_in_pod,
    pod_containers,
    recorded,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from sidecarctl.sidecarset.injection.effective_set import EffectiveSet
    from sidecarctl.sidecarset.injection.records import PodContainer
    from sidecarctl.sidecarset.injection.sidecar import ContainerField
    from sidecarctl.upstream.types import Pod


class SidecarContainers(Record):
    """The containers of some SidecarSets in a pod: those that were added, and those that replaced the pod's own."""

    added: tuple[PodContainer, ...]
    replacing: tuple[PodContainer, ...]


def sidecar_containers(pod: Pod, names: Collection[str], sets: Iterable[EffectiveSet] = ()) -> SidecarContainers:
    """Where the sidecars of these names stand in a decoded pod; `sets` tell on which side of its own they belong."""
    everything = list(pod_containers(pod))
    ours = [one for one in everything if one.name in names and is_marked(one.container)]
    recorded_names = names_in_pod([name for entry in recorded(pod).values() for name in entry.sidecars or ()], pod)
    others = [one for one in everything if one not in ours and not _is_sidecar(one, recorded_names)]
    goes_first = {name: made.goes_first for one in sets for made in one.sidecars for name in injected_names(made)}
    replacing = []
    for field in CONTAINER_FIELDS:
        own = [one.at for one in others if one.field == field]
        replacing += [one for one in ours if one.field == field and _has_replaced(one, own, goes_first)]
    return SidecarContainers(tuple(one for one in ours if one not in replacing), tuple(replacing))


def indexes(gone: Iterable[PodContainer], field: ContainerField) -> frozenset[int]:
    """Where in one list these containers stand."""
    return frozenset(one.at for one in gone if one.field == field)


def _is_sidecar(one: PodContainer, recorded_names: Collection[str]) -> bool:
    """Whether a container is some SidecarSet's: plain init containers are not recorded, only marked."""
    return is_marked(one.container) and (one.field == "initContainers" or one.name in recorded_names)


def _has_replaced(one: PodContainer, own: Sequence[int], goes_first: Mapping[str, bool]) -> bool:
    """Whether a sidecar stands where only one of the pod's own can have stood."""
    if not own:
        return one.field == "containers"  # no pod is without any
    is_first, is_last = one.at < own[0], one.at > own[-1]
    if one.field == "initContainers" or one.name not in goes_first:
        return not (is_first or is_last)
    return not (is_first if goes_first[one.name] else is_last)
