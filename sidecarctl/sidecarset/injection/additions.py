"""What injection adds to a pod, by name, and what that asks of its node."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from sidecarctl.record import Record
from sidecarctl.sidecarset.injection.records import is_marked
from sidecarctl.upstream.decode import decode
from sidecarctl.upstream.fields import annotations_of
from sidecarctl.upstream.pod_defaults import resources_with_defaults
from sidecarctl.upstream.quantity import Quantity, parse

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sidecarctl.upstream.types import Container, Pod

    Item = Mapping[str, object]


class Additions(Record):
    """The names of what is new in a pod."""

    containers: tuple[str, ...] = ()
    init_containers: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()  # containers of the pod that a sidecar takes the place of
    volumes: tuple[str, ...] = ()
    pull_secrets: tuple[str, ...] = ()
    annotations: tuple[str, ...] = ()

    def only(self, names: Collection[str]) -> Additions:
        """Those of these names; annotations speak of all sidecars together."""
        fields = {field: tuple(name for name in found if name in names) for field, found in self._asdict().items()}
        return Additions(**{**fields, "annotations": self.annotations})


class Cost(Record):
    """What containers request."""

    cpu: Quantity = Quantity(0)
    memory: Quantity = Quantity(0)

    def plus(self, other: Cost) -> Cost:
        """Both together."""
        return Cost(self.cpu.plus(other.cpu), self.memory.plus(other.memory))


def additions(before: Pod, after: Pod) -> Additions:
    """What of a pod after injection is new; raises UndecodableObject where one of the two is no Pod."""
    old, new = (cast("Mapping[str, Sequence[Item]]", decode(pod, "Pod").get("spec", {})) for pod in (before, after))
    own = {_name(item): item for item in old.get("containers", ())}
    marked = [item for item in new.get("containers", ()) if is_marked(cast("Container", item))]
    replaced = [_name(item) for item in marked if _name(item) in own]
    had = annotations_of(before)
    return Additions(
        _new(old, new, "containers"),
        _new(old, new, "initContainers"),
        tuple(name for name in replaced if not is_marked(cast("Container", own[name]))),
        _new(old, new, "volumes"),
        _new(old, new, "imagePullSecrets"),
        tuple(key for key in annotations_of(after) if key not in had),
    )


def cost(pod: Pod, names: Collection[str]) -> Cost:
    """What those of a pod's injected containers request that are called so; init containers that end count nothing."""
    spec = decode(pod, "Pod").get("spec", {})
    native = [one for one in spec.get("initContainers", ()) if one.get("restartPolicy") == "Always"]
    total = Cost()
    for container in (*spec.get("containers", ()), *native):
        if is_marked(container) and container.get("name", "") in names:
            requests = resources_with_defaults(container.get("resources", {})).get("requests", {})
            total = total.plus(Cost(parse(requests.get("cpu", "0")), parse(requests.get("memory", "0"))))
    return total


def _new(old: Mapping[str, Sequence[Item]], new: Mapping[str, Sequence[Item]], field: str) -> tuple[str, ...]:
    known = {_name(item) for item in old.get(field, ())}
    return tuple(_name(item) for item in new.get(field, ()) if _name(item) not in known)


def _name(item: Item) -> str:
    return str(item.get("name", ""))
