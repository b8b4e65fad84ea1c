"""Where injected containers go in a pod.

Upstream: SS mergeSidecarContainers
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.finding import Finding, Severity
from sidecarctl.record import Record
from sidecarctl.sidecarset.recorded import recorded
from sidecarctl.sidecarset.sharing import is_injected
from sidecarctl.upstream.decode import decode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sidecarctl.upstream.types import Container, Pod


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


def replacement_findings(before: Pod, after: Pod) -> Iterator[Finding]:
    """A finding for each container of a pod that injection replaced (INJ004): nothing can bring it back.

    What injection leaves alone is the very same value in both pods. What bears the mark of injection is a sidecar of an
    older version, where the pod records any.
    """
    old, new = before.get("spec") or {}, after.get("spec") or {}
    is_old = bool(recorded(before))
    kept = {id(container) for one in (new.get("initContainers"), new.get("containers")) for container in one or ()}
    for kind, own in (("initContainers", old.get("initContainers")), ("containers", old.get("containers"))):
        for at, container in enumerate(own or ()):
            if container and id(container) not in kept and not (is_old and is_injected(decode(container, "Container"))):
                name = container.get("name", "")
                told = f"the sidecar {name} takes the place of this container, whole: uninject cannot bring it back"
                yield Finding("INJ004", told, ("spec", kind, at), Severity.WARNING, help="rename one of the two")
