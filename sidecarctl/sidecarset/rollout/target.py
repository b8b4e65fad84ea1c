"""RolloutTarget: what a SidecarSet asks of Pods, read once; and the context of a rollout."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, cast

from sidecarctl.upstream import names
from sidecarctl.upstream.fields import struct, structs, text, text_map
from sidecarctl.upstream.go.numbers import int64
from sidecarctl.upstream.release import LATEST, Release

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from sidecarctl.sidecarset.rollout.pod_traits import Mark, Pace
    from sidecarctl.upstream.fields import Value
    from sidecarctl.upstream.release import Release
    from sidecarctl.upstream.types import ControllerRevision, Namespace, Pod, SidecarSet, SidecarSetPatchPodMetadata


FIRST_RESOURCE_VERSION: Final = 999


@dataclass(frozen=True, slots=True)
class TargetSidecar:
    """One of spec.containers, and the containers of a Pod that it lives in."""

    name: str
    image: str
    is_hot: bool
    empty_image: str  # what the idle one of a hot upgrade's pair runs

    @property
    def containers(self) -> tuple[str, ...]:
        """Their names in the Pod: a hot one has two."""
        return (f"{self.name}-1", f"{self.name}-2") if self.is_hot else (self.name,)


@dataclass(frozen=True)
class RolloutTarget:
    """A SidecarSet as admitted, in what the controller asks of it."""

    sidecar_set: Value
    release: Release
    revision: str  # the name of its ControllerRevision

    @property
    def metadata(self) -> Value:
        return struct(self.sidecar_set, "metadata")

    @property
    def spec(self) -> Value:
        return struct(self.sidecar_set, "spec")

    @property
    def status(self) -> Value:
        """What the controller wrote last."""
        return struct(self.sidecar_set, "status")

    @property
    def resource_version(self) -> int:
        """What hot upgrades are numbered from; controller-runtime's fake client begins with the default."""
        return int64(text(self.metadata, "resourceVersion")) or FIRST_RESOURCE_VERSION

    @cached_property
    def name(self) -> str:
        return text(self.metadata, "name")

    @cached_property
    def hash(self) -> str:
        return text_map(self.metadata, "annotations").get(names.HASH, "")

    @cached_property
    def hash_without_image(self) -> str:
        return text_map(self.metadata, "annotations").get(names.HASH_WITHOUT_IMAGE, "")

    @cached_property
    def sidecars(self) -> tuple[TargetSidecar, ...]:
        return tuple(_sidecar(container) for container in structs(self.spec, "containers"))

    @cached_property
    def hot_sidecars(self) -> tuple[TargetSidecar, ...]:
        return tuple(sidecar for sidecar in self.sidecars if sidecar.is_hot)

    @cached_property
    def containers(self) -> frozenset[str]:
        """The names of all sidecars in a Pod."""
        return frozenset(name for sidecar in self.sidecars for name in sidecar.containers)

    @cached_property
    def images(self) -> tuple[str, ...]:
        """All images that it gives to containers."""
        pairs = [(sidecar.image, sidecar.empty_image) for sidecar in self.sidecars]
        return tuple(image for pair in pairs for image in pair if image)

    @cached_property
    def cold_containers(self) -> frozenset[str]:
        """The names of those that have no second container."""
        return frozenset(sidecar.name for sidecar in self.sidecars if not sidecar.is_hot)

    @cached_property
    def sidecar_list(self) -> tuple[str, ...]:
        """The names that the hash annotation lists.

        Upstream: UTIL UpdatePodSidecarSetHash
        """
        native = [c for c in structs(self.spec, "initContainers") if c.get("restartPolicy") == names.ALWAYS]
        listed = native if self.release.lists_native_sidecars else []
        if self.release.lists_plain_init_containers:
            listed = list(structs(self.spec, "initContainers"))
        return tuple(sorted({text(c, "name") for c in listed} | {sidecar.name for sidecar in self.sidecars}))

    @property
    def patches(self) -> Sequence[SidecarSetPatchPodMetadata]:
        """What an upgrade makes of the annotations of a Pod."""
        return cast("Sequence[SidecarSetPatchPodMetadata]", structs(self.spec, "patchPodMetadata"))

    @cached_property
    def strategy(self) -> Value:
        return struct(self.spec, "updateStrategy")

    @property
    def never_updates(self) -> bool:
        return self.strategy.get("type") == "NotUpdate"  # any other word rolls

    @property
    def is_paused(self) -> bool:
        return bool(self.strategy.get("paused"))


def _sidecar(container: Value) -> TargetSidecar:
    upgrade = struct(container, "upgradeStrategy")
    is_hot = upgrade.get("upgradeType") == names.HOT_UPGRADE
    return TargetSidecar(
        text(container, "name"), text(container, "image"), is_hot, text(upgrade, "hotUpgradeEmptyImage")
    )


def _as_it_is(pod: Pod) -> Pod:
    return pod


@dataclass(frozen=True, slots=True)
class RolloutContext:
    """The cluster around a rollout, and what is assumed about its Pods."""

    namespaces: Sequence[Namespace] = ()
    never_ready: Collection[str] = frozenset()  # "namespace/name" of Pods that fail once one of their images changes
    release: Release = LATEST
    max_rounds: int | None = None
    paces: Sequence[Pace] = ()  # how long restarts take; none: a Pod is ready for the next round
    previous: Sequence[SidecarSet | ControllerRevision] = ()  # earlier versions, to name what blocks an upgrade
    mark: Callable[[Pod], Mark] | None = None  # takes what stages tell a Pod by
    whole: Callable[[Pod], Pod] = _as_it_is  # a Pod with all that its containers hold, where only part of it was read
