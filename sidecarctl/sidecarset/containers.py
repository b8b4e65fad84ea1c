"""Where injected containers go in a pod.

Upstream: SS mergeSidecarContainers
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.record import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sidecarctl.upstream.types import Container


class Injected(Record):
    """A container, and whether it goes in front of the pod's own."""

    container: Container
    goes_first: bool

    @property
    def name(self) -> str:
        """The container's name."""
        return self.container.get("name", "")


def sorted_by_name(injected: Sequence[Injected]) -> list[Injected]:
    """By name; those of one name stay in order."""
    return sorted(injected, key=lambda sidecar: sidecar.name)


def merged_containers(own: Sequence[Container], injected: Sequence[Injected]) -> list[Container]:
    """The pod's containers with the injected ones around them; one of the same name is replaced where it stands.

    Of several of the pod's own with that name, the last is; of several injected ones, the last replaces it.
    Upstream: SS mergeSidecarContainers
    """
    place_of = {container.get("name", ""): place for place, container in enumerate(own)}
    kept = [*own]
    for sidecar in injected:
        if sidecar.name in place_of:
            kept[place_of[sidecar.name]] = sidecar.container
    new = [sidecar for sidecar in injected if sidecar.name not in place_of]
    return [
        *(sidecar.container for sidecar in new if sidecar.goes_first),
        *kept,
        *(sidecar.container for sidecar in new if not sidecar.goes_first),
    ]


def appended_containers(own: Sequence[Container], injected: Sequence[Injected]) -> list[Container]:
    """The pod's containers, then the injected ones: what releases before 1.7 did with init containers."""
    return [*own, *(sidecar.container for sidecar in injected)]
