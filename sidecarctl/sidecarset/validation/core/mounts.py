"""Where a container mounts volumes, and where it has block devices.

Upstream: KV ValidateVolumeMounts, ValidateVolumeDevices
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.sidecarset.validation import formats
from sidecarctl.sidecarset.validation.field_errors import (
    Place,
    all_invalid,
    did_you_mean,
    forbidden,
    invalid,
    not_found,
    required,
    unsupported,
)
from sidecarctl.upstream.fields import is_true, struct, structs, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sidecarctl.finding import Finding

_PROPAGATIONS: Final = ("Bidirectional", "HostToContainer", "None")
_RECURSIVE_MODES: Final = ("Disabled", "Enabled", "IfPossible")


def mount_findings(
    container: Mapping[str, object], where: Place, volumes: Mapping[str, Mapping[str, object]]
) -> Iterator[Finding]:
    """Whether each mount has a volume of this set and a path of its own.

    Upstream: KV ValidateVolumeMounts
    """
    mounts = structs(container, "volumeMounts")
    devices = _paths(structs(container, "volumeDevices"), "devicePath")
    earlier: set[str] = set()
    device_paths = set(devices.values())
    for index, mount in enumerate(mounts):
        there = where.at("volumeMounts", index)
        name, path = text(mount, "name"), text(mount, "mountPath")
        yield from _volume_name_findings(name, there.at("name"), volumes)
        if not path:
            yield required("VOL022", there.at("mountPath"))
        if path in earlier:
            yield invalid("VOL023", there.at("mountPath"), path, "must be unique")
        earlier.add(path)
        if name in devices:
            yield invalid("VOL023", there.at("name"), name, "must not already exist in volumeDevices")
        if path in device_paths:
            yield invalid("VOL023", there.at("mountPath"), path, "must not already exist as a path in volumeDevices")
        yield from _sub_path_findings(mount, there, volumes.get(name, {}))
        yield from _mode_findings(
            mount, there, is_privileged=is_true(struct(container, "securityContext"), "privileged")
        )


def device_findings(
    container: Mapping[str, object], where: Place, volumes: Mapping[str, Mapping[str, object]]
) -> Iterator[Finding]:
    """Whether each block device has a claim to come from, and a path of its own.

    Upstream: KV ValidateVolumeDevices
    """
    mounts = _paths(structs(container, "volumeMounts"), "mountPath")
    paths: set[str] = set()
    names: set[str] = set()
    for index, device in enumerate(structs(container, "volumeDevices")):
        there = where.at("volumeDevices", index)
        name, path = text(device, "name"), text(device, "devicePath")
        if not name:
            yield required("VOL021", there.at("name"))
        if name in names:
            yield invalid("VOL023", there.at("name"), name, "must be unique")
        yield from _claim_findings(name, there.at("name"), volumes)
        yield from _device_path_findings(path, there.at("devicePath"), paths)
        if name in mounts:
            yield invalid("VOL023", there.at("name"), name, "must not already exist in volumeMounts")
        if path in mounts.values():
            yield invalid("VOL023", there.at("devicePath"), path, "must not already exist as a path in volumeMounts")
        names |= {name} - {""}


def _paths(items: Sequence[Mapping[str, object]], field: str) -> Mapping[str, str]:
    """The path of each volume; of a name that stands there twice, the last one."""
    return {text(item, "name"): text(item, field) for item in items}


def _volume_name_findings(name: str, where: Place, volumes: Mapping[str, Mapping[str, object]]) -> Iterator[Finding]:
    if not name:
        yield required("VOL021", where)
    if name not in volumes:
        told = f"spec.volumes of this SidecarSet has no (valid) volume {name}, and those of the pod do not count"
        told += did_you_mean(name, volumes)
        yield not_found("VOL021", where, name, message=told)


def _sub_path_findings(mount: Mapping[str, object], where: Place, volume: Mapping[str, object]) -> Iterator[Finding]:
    for field in ("subPath", "subPathExpr"):
        path = text(mount, field)
        if path and volume.get("image") is not None:
            yield invalid("VOL024", where.at(field), path, "not allowed in image volume sources")
    for field in ("subPath", "subPathExpr"):
        path = text(mount, field)
        if path and field == "subPathExpr" and text(mount, "subPath"):
            yield invalid("VOL024", where.at(field), path, "subPathExpr and subPath are mutually exclusive")
        yield from all_invalid("VOL024", _unnumbered(where, field), path, formats.descending_path(path))


def _mode_findings(mount: Mapping[str, object], where: Place, *, is_privileged: bool) -> Iterator[Finding]:
    """Upstream: KV validateMountPropagation, validateMountRecursiveReadOnly."""
    propagation = mount.get("mountPropagation")
    if propagation is not None:
        there = _unnumbered(where, "mountPropagation")
        if propagation not in _PROPAGATIONS:
            yield unsupported("VOL025", there, propagation, _PROPAGATIONS)
        if propagation == "Bidirectional" and not is_privileged:
            told = "Bidirectional mount propagation is available only to privileged containers"
            yield forbidden("VOL025", there, told)
    recursive = mount.get("recursiveReadOnly")
    if recursive is None or recursive == "Disabled":
        return
    there = _unnumbered(where, "recursiveReadOnly")
    if recursive not in _RECURSIVE_MODES:
        yield unsupported("VOL026", there, recursive, _RECURSIVE_MODES)
        return
    if not is_true(mount, "readOnly"):
        yield forbidden("VOL026", there, "may only be specified when readOnly is true")
    if propagation not in {None, "None"}:
        yield forbidden("VOL026", there, "may only be specified when mountPropagation is None or not specified")


def _unnumbered(where: Place, field: str) -> Place:
    """A field of a mount, whose index the webhook leaves out here."""
    return Place((*where.path, field), (*where.called[:-1], field))


def _claim_findings(name: str, where: Place, volumes: Mapping[str, Mapping[str, object]]) -> Iterator[Finding]:
    volume = volumes.get(name)
    if volume is None:
        told = f"spec.volumes of this SidecarSet has no (valid) volume {name}, and those of the pod do not count"
        told += did_you_mean(name, volumes)
        yield not_found("VOL021", where, name, message=told)
    elif volume.get("persistentVolumeClaim") is None and volume.get("ephemeral") is None:
        told = "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode"
        yield invalid("VOL027", where, name, told)


def _device_path_findings(path: str, where: Place, seen: set[str]) -> Iterator[Finding]:
    if not path:
        yield required("VOL022", where)
    if path in seen:
        yield invalid("VOL023", where, path, "must be unique")
    if formats.path_without_backsteps(path):
        yield invalid("VOL024", where, path, "can not contain backsteps ('..')")
    else:
        seen.add(path)
