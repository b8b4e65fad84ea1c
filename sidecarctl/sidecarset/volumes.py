"""The volumes and pull secrets that come with sidecars, and what of a pod looks like them.

Upstream: SS, PODS MergeVolumes
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sidecarctl.sidecarset.effective import EffectiveSet
    from sidecarctl.upstream.release import Release
    from sidecarctl.upstream.types import Container, LocalObjectReference, Pod, Volume

LISTS: Final = ("initContainers", "containers", "volumes", "imagePullSecrets")
ABSENT: Final = object()


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


def has_lookalikes(pod: Pod, sets: Iterable[EffectiveSet]) -> bool:
    """Whether uninject might not give a pod back, which was injected, so that its fields are what they should be."""
    metadata, spec = mapping(pod, "metadata"), mapping(pod, "spec")
    if any(is_empty(spec.get(key, ABSENT)) for key in LISTS) or is_empty(metadata.get("annotations", ABSENT)):
        return True
    secrets = list(_names_in(spec, "imagePullSecrets"))
    if len(set(secrets)) < len(secrets):
        return True
    names = {*secrets, *(metadata.get("annotations") or ()), *_volume_names(spec)}
    return any(not names.isdisjoint((*one.volume_names, *one.secret_names, *one.patched_keys)) for one in sets)


def _volume_names(spec: Mapping[str, Any]) -> Iterator[str]:
    """The names of the volumes that a pod has, and of those that it only uses."""
    yield from _names_in(spec, "volumes")
    for kind in LISTS[:2]:
        for container in spec.get(kind) or ():
            yield from _names_in(container or {}, "volumeMounts")
            yield from _names_in(container or {}, "volumeDevices")


def _names_in(fields: Mapping[str, Any], key: str) -> Iterator[str]:
    return ((item or {}).get("name") or "" for item in fields.get(key) or ())


def is_empty(value: object) -> bool:
    """Whether a field is there and says nothing, or a list with a null in it."""
    return value is not ABSENT and (not value or (isinstance(value, list) and None in value))


def mapping(pod: Pod, key: str) -> Mapping[str, Any]:
    """The metadata or the spec of a pod as it is written; nothing where it is null."""
    return cast("Mapping[str, Any]", pod.get(key) or {})
