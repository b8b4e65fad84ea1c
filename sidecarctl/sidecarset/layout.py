"""Where the sidecars of a pod stand.

# Strategy: injection adds containers around those that a pod has, and puts one of a taken name into the place of the
pod's own. So a sidecar that stands among the pod's own, or on the wrong side of them, has replaced something.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.record import Record
from sidecarctl.sidecarset.recorded import KINDS, injected_names, is_marked, names_in_pod, places, recorded

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from sidecarctl.sidecarset.effective import EffectiveSet
    from sidecarctl.sidecarset.recorded import Place
    from sidecarctl.sidecarset.sidecar import Kind
    from sidecarctl.upstream.types import Pod


class Standing(Record):
    """The containers of some SidecarSets in a pod: those that were added, and those that replaced the pod's own."""

    added: tuple[Place, ...]
    replacing: tuple[Place, ...]


def standing(pod: Pod, names: Collection[str], sets: Iterable[EffectiveSet] = ()) -> Standing:
    """Where the sidecars of these names stand in a decoded pod; `sets` tell on which side of its own they belong."""
    everything = list(places(pod))
    ours = [place for place in everything if place.name in names and is_marked(place.container)]
    recorded_names = names_in_pod([name for entry in recorded(pod).values() for name in entry.sidecars or ()], pod)
    others = [place for place in everything if place not in ours and not _is_sidecar(place, recorded_names)]
    goes_first = {name: made.goes_first for one in sets for made in one.sidecars for name in injected_names(made)}
    replacing = []
    for kind in KINDS:
        own = [place.at for place in others if place.kind == kind]
        replacing += [place for place in ours if place.kind == kind and _has_replaced(place, own, goes_first)]
    return Standing(tuple(place for place in ours if place not in replacing), tuple(replacing))


def indexes(gone: Iterable[Place], kind: Kind) -> frozenset[int]:
    """Where in one list these containers stand."""
    return frozenset(place.at for place in gone if place.kind == kind)


def _is_sidecar(place: Place, recorded_names: Collection[str]) -> bool:
    """Whether a container is some SidecarSet's: plain init containers are not recorded, only marked."""
    return is_marked(place.container) and (place.kind == "initContainers" or place.name in recorded_names)


def _has_replaced(place: Place, own: Sequence[int], goes_first: Mapping[str, bool]) -> bool:
    """Whether a sidecar stands where only one of the pod's own can have stood."""
    if not own:
        return place.kind == "containers"  # no pod is without any
    is_first, is_last = place.at < own[0], place.at > own[-1]
    if place.kind == "initContainers" or place.name not in goes_first:
        return not (is_first or is_last)
    return not (is_first if goes_first[place.name] else is_last)
