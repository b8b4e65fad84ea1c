"""A pod as its sidecars see it: what they may share, take over, or reckon with."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Literal, cast

from sidecarctl.sidecarset.sharing import app_devices, app_mounts, sub_path_env
from sidecarctl.upstream.encode import as_encoded
from sidecarctl.upstream.names import ALWAYS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sidecarctl.sidecarset.transferenv import EnvTable
    from sidecarctl.upstream.release import Release
    from sidecarctl.upstream.types import Container, EnvVar, Pod, VolumeDevice, VolumeMount

Form = Literal["written", "defaults"]


class Host:
    """A decoded pod before injection; each answer is worked out when the first sidecar asks for it.

    In the form "written" sidecars take things over as the pod's author wrote them, in the form "defaults" as they stand
    in the request that the webhook gets.
    """

    def __init__(
        self,
        pod: Pod,
        annotations: Mapping[str, str],
        sidecar_names: Callable[[], frozenset[str]],
        form: Form,
        release: Release,
    ) -> None:
        self._spec = pod.get("spec", {})
        self._sidecar_names = sidecar_names
        self._form = form
        self._release = release
        self.metadata = {"annotations": annotations, "labels": pod.get("metadata", {}).get("labels", {})}

    @cached_property
    def containers(self) -> Sequence[Container]:
        """Its app containers."""
        containers = self._spec.get("containers", [])
        if self._form == "written":
            return containers
        from sidecarctl.upstream.pod_defaults import container_with_defaults  # noqa: PLC0415 - not in the usual form

        defaulted = [container_with_defaults(container) for container in containers]
        return cast("list[Container]", as_encoded(defaulted, "[]Container", self._release))

    @cached_property
    def sidecar_names(self) -> frozenset[str]:
        """The names of everything that is injected, as the SidecarSets have them, and of what it became already."""
        return self._sidecar_names()

    @cached_property
    def resource_targets(self) -> list[Container]:
        """The containers that run all the time, native sidecars first."""
        init_containers = self._spec.get("initContainers", ())
        natives = [container for container in init_containers if container.get("restartPolicy") == ALWAYS]
        return [*natives, *self._spec.get("containers", ())]

    @cached_property
    def env_table(self) -> EnvTable:
        """Its env by container and name."""
        from sidecarctl.sidecarset.transferenv import env_table  # noqa: PLC0415 - few sidecars take env over

        return env_table(self.containers)

    @cached_property
    def mounts(self) -> list[VolumeMount]:
        """The mounts that it shares."""
        return app_mounts(self.containers)

    @cached_property
    def devices(self) -> list[VolumeDevice]:
        """The devices that it shares."""
        return app_devices(self.containers)

    @cached_property
    def sub_path_env(self) -> list[EnvVar]:
        """The env that comes along with shared mounts."""
        return sub_path_env(self.containers)
