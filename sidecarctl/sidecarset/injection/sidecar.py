"""One container of a SidecarSet, built and merged into the list of the Pod.

Upstream: SS buildSidecars; SS mergeSidecarContainers
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final, Literal, cast

from sidecarctl.record import Record
from sidecarctl.sidecarset.hash import is_native_sidecar
from sidecarctl.sidecarset.injection.hot_upgrade import EmptyContainer, pair
from sidecarctl.sidecarset.injection.pod_view import merged_devices, merged_mounts, shares
from sidecarctl.sidecarset.injection.volumes import volumes_of
from sidecarctl.upstream.names import AFTER_APP_CONTAINER, BEFORE_APP_CONTAINER, HOT_UPGRADE, IS_INJECTED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sidecarctl.sidecarset.injection.pod_view import Host
    from sidecarctl.upstream.release import Release
    from sidecarctl.upstream.types import Container, EnvVar, SidecarContainer, Volume


ContainerField = Literal["initContainers", "containers"]


_OPENKRUISE_FIELDS: Final = (
    "podInjectPolicy",
    "upgradeStrategy",
    "shareVolumePolicy",
    "shareVolumeDevicePolicy",
    "transferEnv",
    "resourcesPolicy",
)


_MARK: Final[EnvVar] = {"name": IS_INJECTED, "value": "true"}


class Sidecar(Record):
    """A container of a SidecarSet, as far as it can be made without a pod."""

    name: str
    container: Container
    settings: SidecarContainer
    goes_first: bool
    is_listed: bool  # among the containers that the annotations record
    empty: EmptyContainer | None  # of a hot upgrade
    volumes: tuple[Volume, ...] | None
    finished: tuple[Injected, ...] | None  # what every pod gets, where nothing depends on the pod
    keeps_devices_clear: bool  # of shared mounts


def sidecar(
    admitted: SidecarContainer,
    written: SidecarContainer,
    field: ContainerField,
    pool: Mapping[str, Volume],
    release: Release,
) -> Sidecar:
    """Prepare a container: `admitted` says how it behaves, `written` what it holds."""
    container = _marked(written)
    is_native = field == "initContainers" and is_native_sidecar(admitted)
    empty = _empty_container(admitted, written) if _is_doubled(admitted, field, release) else None
    goes_first = _goes_first(admitted.get("podInjectPolicy", ""), release)
    return Sidecar(
        name=admitted.get("name", ""),
        container=container,
        settings=admitted,
        goes_first=goes_first,
        is_listed=field == "containers"
        or (is_native and release.lists_native_sidecars)
        or release.lists_plain_init_containers,
        empty=empty,
        volumes=volumes_of(admitted, pool, release),
        finished=None if _depends_on_pod(admitted) else _placed(container, empty, goes_first=goes_first),
        keeps_devices_clear=release.own_devices_block_shared_mounts,
    )


def injected(sidecar: Sidecar, host: Host) -> tuple[Injected, ...]:
    """The container, or the pair of them, that a pod gets.

    Raises InjectionRefused where its resources cannot be computed.
    """
    if sidecar.finished is not None:
        return sidecar.finished
    settings, container = sidecar.settings, sidecar.container
    changes: Container = {}
    if "resourcesPolicy" in settings:
        from sidecarctl.sidecarset.injection.resources import computed_resources  # noqa: PLC0415 - rare, and slow to load

        resources = computed_resources(settings["resourcesPolicy"], host.resource_targets, host.sidecar_names)
        if resources or "resources" in container:
            changes["resources"] = resources
    shares_volumes = shares(settings.get("shareVolumePolicy"))
    brought = host.sub_path_env if shares_volumes else ()
    changes["env"] = _merged_env(container["env"], chain(_transferred(settings, host), brought))
    own_mounts, own_devices = container.get("volumeMounts", []), container.get("volumeDevices", [])
    mounts = own_mounts
    if shares_volumes:
        taken = [device.get("devicePath", "") for device in own_devices] if sidecar.keeps_devices_clear else ()
        mounts = merged_mounts(own_mounts, host.mounts, taken)
    if len(mounts) > len(own_mounts):
        changes["volumeMounts"] = mounts
    if shares(settings.get("shareVolumeDevicePolicy")):
        devices = merged_devices(own_devices, host.devices, [mount.get("mountPath", "") for mount in mounts])
        if len(devices) > len(own_devices):
            changes["volumeDevices"] = devices
    made = cast("Container", {**container, **changes})
    return _placed(made, sidecar.empty, goes_first=sidecar.goes_first)


def _transferred(settings: SidecarContainer, host: Host) -> Iterable[EnvVar]:
    """The env that a sidecar takes over from the pod's containers."""
    if not settings.get("transferEnv"):
        return ()
    from sidecarctl.sidecarset.injection.pod_view import transferred_env  # noqa: PLC0415 - few sidecars take env over

    return transferred_env(settings["transferEnv"], host.env_table, host.metadata)


def _marked(written: SidecarContainer) -> Container:
    """The fields of a Pod's container, with the mark of injection."""
    kept = {name: value for name, value in written.items() if name not in _OPENKRUISE_FIELDS}
    return cast("Container", {**kept, "env": [*written.get("env", ()), _MARK]})


def _merged_env(own: Iterable[EnvVar], taken_over: Iterable[EnvVar]) -> list[EnvVar]:
    """The sidecar's env, then what it takes over under names that are still free."""
    merged = [*own]
    names = {env.get("name", "") for env in merged}
    for env in taken_over:
        name = env.get("name", "")
        if name not in names:
            names.add(name)
            merged.append(env)
    return merged


def _placed(container: Container, empty: EmptyContainer | None, *, goes_first: bool) -> tuple[Injected, ...]:
    containers = pair(container, empty) if empty else (container,)
    return tuple(Injected(made, goes_first) for made in containers)


def _depends_on_pod(settings: SidecarContainer) -> bool:
    return (
        "resourcesPolicy" in settings
        or bool(settings.get("transferEnv"))
        or shares(settings.get("shareVolumePolicy"))
        or shares(settings.get("shareVolumeDevicePolicy"))
    )


def _goes_first(policy: str, release: Release) -> bool:
    """Whether a podInjectPolicy puts a container in front; releases differ over an empty or unknown one."""
    if release.unset_inject_policy_goes_first:
        return policy != AFTER_APP_CONTAINER
    return policy == BEFORE_APP_CONTAINER


def _is_doubled(admitted: SidecarContainer, field: ContainerField, release: Release) -> bool:
    """Whether a container is injected as a pair; plain init containers never are.

    Upstream: SS buildSidecars
    """
    is_hot = admitted.get("upgradeStrategy", {}).get("upgradeType") == HOT_UPGRADE
    is_upgradable = field == "containers" or (is_native_sidecar(admitted) and release.doubles_hot_native_sidecars)
    return is_hot and is_upgradable


def _empty_container(admitted: SidecarContainer, written: SidecarContainer) -> EmptyContainer:
    """What the empty container has of its own.

    The pull policy that admission derived from the sidecar's image holds for it too; were it not written, the API
    server would derive another from the empty image.
    """
    image = admitted.get("upgradeStrategy", {}).get("hotUpgradeEmptyImage", "")
    derived = "" if written.get("imagePullPolicy") else admitted.get("imagePullPolicy", "")
    return EmptyContainer(image, derived)


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
