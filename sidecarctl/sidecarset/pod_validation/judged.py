"""A Pod under validation: its fields, its containers with their places in the written document, and a refusal of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from sidecarctl.record import Record
from sidecarctl.sidecarset.injection.records import is_marked, pod_containers
from sidecarctl.upstream.fields import struct, structs, text
from sidecarctl.upstream.names import ALWAYS
from sidecarctl.upstream.quantity import parse

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping

    from sidecarctl.finding import FieldPath
    from sidecarctl.sidecarset.injection.records import PodContainer
    from sidecarctl.sidecarset.injection.sidecar import ContainerField
    from sidecarctl.upstream.quantity import Quantity
    from sidecarctl.upstream.types import Pod, PodSpec

    Object = Mapping[str, object]
    Places = Mapping[tuple[str, str], int]  # of the containers in the written document, by list and name

_DEFAULT_GRACE: Final = 30


class Refusal(Record):
    """A rule that a Pod breaks."""

    code: str
    subject: Hashable  # what breaks it, the same with sidecars as without
    message: str
    path: FieldPath  # in the written document
    container: str = ""  # the container that breaks it, where it is one
    takes_template: bool = False  # whether the API server takes a workload's template all the same


class Placed(Record):
    """A container of a Pod, and where it stands in the written document."""

    name: str
    field: ContainerField
    value: Object
    place: FieldPath  # of its list, where injection adds the container

    def at(self, *parts: str | int) -> FieldPath:
        """Return the place of one of its fields; of its list where injection adds the container."""
        return (*self.place, *parts) if len(self.place) > len(("spec", self.field)) else self.place

    @property
    def is_native(self) -> bool:
        """Whether it is an init container that runs beside the others."""
        return self.field == "initContainers" and self.value.get("restartPolicy") == ALWAYS

    @property
    def security(self) -> Object:
        """Its security context."""
        return struct(self.value, "securityContext")

    def amounts(self, side: str) -> dict[str, Quantity]:
        """Return its limits or requests by resource, as `amounts` does."""
        return amounts(struct(self.value, "resources"), side)


class JudgedPod(Record):
    """What the rules read of a Pod."""

    metadata: Object
    spec: Object
    init_containers: tuple[Placed, ...]
    containers: tuple[Placed, ...]

    @property
    def all_containers(self) -> tuple[Placed, ...]:
        """All containers, init containers first."""
        return (*self.init_containers, *self.containers)

    @property
    def security(self) -> Object:
        """The Pod's security context."""
        return struct(self.spec, "securityContext")

    @property
    def system(self) -> str:
        """The operating system that the Pod names, if any."""
        return text(struct(self.spec, "os"), "name")

    @property
    def is_on_host_network(self) -> bool:
        """Whether the Pod shares the node's network."""
        return self.spec.get("hostNetwork") is True

    @property
    def has_own_users(self) -> bool:
        """Whether the Pod runs in a user namespace."""
        return self.spec.get("hostUsers") is False

    @property
    def grace(self) -> int:
        """The seconds that its containers have to end."""
        seconds = self.spec.get("terminationGracePeriodSeconds")
        return seconds if isinstance(seconds, int) else _DEFAULT_GRACE

    @property
    def annotations(self) -> Mapping[str, str]:
        """Its annotations."""
        return cast("Mapping[str, str]", struct(self.metadata, "annotations"))

    @property
    def volumes(self) -> Mapping[str, Object]:
        """Its volumes by name."""
        return {text(volume, "name"): volume for volume in structs(self.spec, "volumes")}


def judged(pod: Pod, places: Places) -> JudgedPod:
    """Return a decoded Pod, ready for the rules."""
    containers = tuple(_placed(pod, places))
    return JudgedPod(
        metadata=cast("Object", pod.get("metadata", {})),
        spec=cast("Object", pod.get("spec", {})),
        init_containers=tuple(one for one in containers if one.field == "initContainers"),
        containers=tuple(one for one in containers if one.field == "containers"),
    )


def places(pod: Pod) -> Places:
    """Return where the containers of a written Pod stand, by list and name."""
    return {(one.field, one.name): one.at for one in pod_containers(pod)}


def without_sidecars(pod: Pod) -> Pod:
    """Return a decoded Pod without its injected containers, and without the volumes that only those mount."""
    containers = list(pod_containers(pod))
    injected = [one for one in containers if is_marked(one.container)]
    if not injected:
        return pod
    own = [one for one in containers if not is_marked(one.container)]
    theirs = {name for one in injected for name in _mounted(one)} - {name for one in own for name in _mounted(one)}
    spec = pod.get("spec", {})
    kept: PodSpec = {
        "initContainers": [one.container for one in own if one.field == "initContainers"],
        "containers": [one.container for one in own if one.field == "containers"],
        "volumes": [volume for volume in spec.get("volumes", ()) if volume.get("name", "") not in theirs],
    }
    return {**pod, "spec": {**spec, **kept}}


def amounts(resources: Object, side: str) -> dict[str, Quantity]:
    """Return amounts by resource, rounded as the API server does.

    `side` is "limits", "requests" (in a Pod a limit without a request is the request, too) or "written requests" (as a
    workload's template has them).
    Upstream: KD SetDefaults_ResourceList, SetDefaults_Pod
    """
    given: Object = {} if side == "written requests" else struct(resources, "limits")
    if side != "limits":
        given = {**given, **struct(resources, "requests")}
    return {name: parse(cast("str", given[name])).rounded_up_to_milli() for name in sorted(given)}


def _placed(pod: Pod, places: Places) -> Iterator[Placed]:
    for one in pod_containers(pod):
        at = places.get((one.field, one.name))
        place: FieldPath = ("spec", one.field) if at is None else ("spec", one.field, at)
        yield Placed(one.name, one.field, cast("Object", one.container), place)


def _mounted(one: PodContainer) -> Iterator[str]:
    for field in ("volumeMounts", "volumeDevices"):
        yield from (text(mount, "name") for mount in structs(cast("Object", one.container), field))
