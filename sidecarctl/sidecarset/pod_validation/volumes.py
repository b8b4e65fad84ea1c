"""Volumes of a Pod, and what its containers mount or have as devices.

Upstream: KV ValidateVolumes, ValidateVolumeMounts, ValidateVolumeDevices
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from sidecarctl.sidecarset.pod_validation.judged import Refusal
from sidecarctl.sidecarset.validation import formats
from sidecarctl.upstream.fields import is_true, struct, structs, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sidecarctl.sidecarset.pod_validation.judged import JudgedPod, Object, Placed

_OF_BLOCK_DEVICES: Final = ("persistentVolumeClaim", "ephemeral")


def volume_refusals(pod: JudgedPod) -> Iterator[Refusal]:
    """Return what cannot be mounted so, and the claims that cannot be made for the Pod.

    Upstream: KV ValidateVolumes, ValidateVolumeMounts, ValidateVolumeDevices
    """
    volumes = pod.volumes
    for one in pod.all_containers:
        yield from _unknown_volumes(one, volumes)
        yield from _clashes(one)
        yield from _device_refusals(one, volumes)
        for mount in structs(one.value, "volumeMounts"):
            if text(mount, "mountPropagation") == "Bidirectional" and not is_true(one.security, "privileged"):
                name = text(mount, "name")
                told = (
                    f"{one.name} mounts {name} with the propagation Bidirectional, which only privileged containers may"
                )
                yield Refusal("POD009", ("propagation", one.name, name), told, one.at("volumeMounts"), one.name)
    yield from _claim_refusals(pod, volumes)


def _unknown_volumes(one: Placed, volumes: Mapping[str, Object]) -> Iterator[Refusal]:
    for field in ("volumeMounts", "volumeDevices"):
        for name in dict.fromkeys(text(mount, "name") for mount in structs(one.value, field)):
            if name not in volumes:
                told = f"{one.name} mounts {name}, and the Pod has no such volume"
                # not by container: a StatefulSet's volumeClaimTemplates bring volumes that its template lacks
                yield Refusal("POD008", ("volume", name), told, one.at(field), one.name)


def _clashes(one: Placed) -> Iterator[Refusal]:
    """Names and paths that stand twice among the mounts and devices of a container."""
    mounts, devices = structs(one.value, "volumeMounts"), structs(one.value, "volumeDevices")
    mounted, given = {text(mount, "name") for mount in mounts}, Counter(text(device, "name") for device in devices)
    for name, count in given.items():
        if name in mounted:
            told = f"{one.name} has the volume {name} both as a mount and as a device"
            yield Refusal("POD008", ("both", one.name, name), told, one.at("volumeDevices"), one.name)
        if count > 1:
            told = f"{one.name} has the device {name} twice"
            yield Refusal("POD008", ("device", one.name, name), told, one.at("volumeDevices"), one.name)
    paths = Counter([*(text(one, "mountPath") for one in mounts), *(text(one, "devicePath") for one in devices)])
    for path, count in paths.items():
        if count > 1:
            told = f"{one.name} has {path} twice among the paths of its mounts and devices"
            yield Refusal("POD008", ("path", one.name, path), told, one.at("volumeMounts"), one.name)


def _device_refusals(one: Placed, volumes: Mapping[str, Object]) -> Iterator[Refusal]:
    for name in dict.fromkeys(text(device, "name") for device in structs(one.value, "volumeDevices")):
        if name in volumes and not any(source in volumes[name] for source in _OF_BLOCK_DEVICES):
            told = (
                f"{one.name} has the volume {name} as a device, and it is neither a persistentVolumeClaim nor ephemeral"
            )
            yield Refusal("POD008", ("block", one.name, name), told, one.at("volumeDevices"), one.name)


def _claim_refusals(pod: JudgedPod, volumes: Mapping[str, Object]) -> Iterator[Refusal]:
    """Claims that are made for a Pod's ephemeral volumes; they are called after the Pod, so its name must be known.

    Upstream: KV ValidateVolumes, validateVolumeSource
    """
    name = text(pod.metadata, "name")
    if not name:
        return
    made = {f"{name}-{volume}": volume for volume, source in volumes.items() if "ephemeral" in source}
    for claim, volume in made.items():
        for wrong in formats.dns_subdomain(claim):
            told = f"the claim for the volume {volume} would be called {claim}: {wrong}"
            yield Refusal("POD010", ("name", volume), told, ("spec", "volumes"))
    for volume, source in volumes.items():
        used = text(struct(source, "persistentVolumeClaim"), "claimName")
        if used in made:
            told = f"the volume {volume} uses the claim {used}, which is made for the ephemeral volume {made[used]}"
            yield Refusal("POD010", ("claim", volume, used), told, ("spec", "volumes"))
