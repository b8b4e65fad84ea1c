"""The volumes and pull secrets that come with sidecars.

Upstream: SS, PODS MergeVolumes
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sidecarctl.upstream.release import Release
    from sidecarctl.upstream.types import Container, LocalObjectReference, Volume


def volume_pool(volumes: Iterable[Volume]) -> dict[str, Volume]:
    """A SidecarSet's volumes by name; the last of several."""
    return {volume.get("name", ""): volume for volume in volumes}


def volumes_of(sidecar: Container, pool: Mapping[str, Volume], release: Release) -> tuple[Volume, ...] | None:
    """The SidecarSet's volumes that one of its containers uses, mounts before devices.

    A name that the SidecarSet does not define is left to the pod; None where the release crashes over it.
    Upstream: SS buildSidecars
    """
    mounted = [mount.get("name", "") for mount in sidecar.get("volumeMounts", ())]
    if release.refuses_mounts_of_foreign_volumes and any(name not in pool for name in mounted):
        return None
    devices = sidecar.get("volumeDevices", ()) if release.injects_volumes_of_devices else ()
    used = [*mounted, *(device.get("name", "") for device in devices)]
    return tuple(pool[name] for name in used if name in pool)


def merged_volumes(own: list[Volume], injected: Iterable[Volume]) -> list[Volume]:
    """The pod's volumes, then each injected one whose name is still free; the pod's own list where none is added.

    Upstream: PODS MergeVolumes
    """
    names = {volume.get("name", "") for volume in own}
    new = []
    for volume in injected:
        name = volume.get("name", "")
        if name not in names:
            names.add(name)
            new.append(volume)
    return [*own, *new] if new else own


def merged_pull_secrets(
    own: list[LocalObjectReference], injected: Iterable[LocalObjectReference]
) -> list[LocalObjectReference]:
    """The pod's pull secrets and the injected ones, each name once; the pod's own list where nothing changes.

    Upstream: SS mergeSidecarSecrets
    """
    by_name: dict[str, LocalObjectReference] = {}
    for secret in (*own, *injected):
        by_name.setdefault(secret.get("name", ""), secret)
    merged = list(by_name.values())
    return own if merged == own else merged
