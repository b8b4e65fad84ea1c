"""Rules for volume sources that need certain fields.

Upstream: KV validateISCSIVolumeSource, validateFCVolumeSource, validateQuobyteVolumeSource, validateAzureDisk; KV
validate...VolumeSource

# Strategy: most kinds need just some fields, and stand in a table; the others have a function each, for what comes
after those fields.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sidecarctl.finding import Key
from sidecarctl.sidecarset.validation import formats
from sidecarctl.sidecarset.validation.field_errors import (
    Place,
    Shown,
    all_invalid,
    dumped,
    invalid,
    pull_policy_findings,
    required,
    too_long,
    unsupported,
)
from sidecarctl.upstream.fields import is_true, number, sorted_text_map, struct, structs, text, texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sidecarctl.finding import Finding
    from sidecarctl.upstream.release import Release

    SourceFindings = Callable[[Mapping[str, object], Place, Release], Iterator[Finding]]


_LARGEST_LUN: Final = 255


_TENANT_LENGTH: Final = 64


_ISCSI_NAMES: Final = {
    "iqn": r"iqn\.[0-9]{4}-[0-9]{2}\.[0-9A-Za-z.-]+:[^,;*&$|\t\n\f\r ]+\Z",
    "eui": r"^eui.[0-9A-Za-z]{16}\Z",
    "naa": r"^naa.[0-9A-Za-z]{32}\Z",
}


_CACHING_MODES: Final = ("None", "ReadOnly", "ReadWrite")


_DISK_KINDS: Final = ("Dedicated", "Managed", "Shared")


_MANAGED: Final = "Managed"


_MANAGED_DISK: Final = (
    "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}",
)


_BLOB: Final = ("https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd",)


def iscsi_findings(source: Mapping[str, object], where: Place, _: Release) -> Iterator[Finding]:
    """Whether target and initiator have names of one of iSCSI's forms.

    Upstream: KV validateISCSIVolumeSource
    """
    if not text(source, "targetPortal"):
        yield required("VOL005", where.at("targetPortal"))
    iqn = text(source, "iqn")
    if iqn:
        yield from all_invalid("VOL010", where.at("iqn"), iqn, _wrong_with_iscsi_name(iqn))
    else:
        yield required("VOL005", where.at("iqn"))
    if not 0 <= number(source, "lun") <= _LARGEST_LUN:
        yield invalid("VOL010", where.at("lun"), number(source, "lun"), formats.between(0, _LARGEST_LUN))
    authenticates = is_true(source, "chapAuthDiscovery") or is_true(source, "chapAuthSession")
    if authenticates and source.get("secretRef") is None:
        yield required("VOL005", where.at("secretRef"))
    if source.get("initiatorName") is not None:
        name = text(source, "initiatorName")
        there = where.at("initiatorName", called=("initiatorname",))
        yield from all_invalid("VOL010", there, name, _wrong_with_iscsi_name(name))


def fc_findings(source: Mapping[str, object], where: Place, _: Release) -> Iterator[Finding]:
    """Whether a fibre channel volume is named in one of its two ways.

    Upstream: KV validateFCVolumeSource
    """
    targets, there = texts(source, "targetWWNs"), where.at("targetWWNs")
    if not targets and not texts(source, "wwids"):
        yield required("VOL005", there, "must specify either targetWWNs or wwids, but not both")
    if targets and texts(source, "wwids"):
        shown = Shown(dumped(targets, "[]string"))
        yield invalid("VOL005", there, shown, "targetWWNs and wwids can not be specified simultaneously")
    if targets:
        if source.get("lun") is None:
            yield required("VOL005", where.at("lun"), "lun is required if targetWWNs is specified")
        elif not 0 <= number(source, "lun") <= _LARGEST_LUN:
            yield invalid("VOL005", where.at("lun"), number(source, "lun"), formats.between(0, _LARGEST_LUN))


def quobyte_findings(source: Mapping[str, object], where: Place, _: Release) -> Iterator[Finding]:
    """Whether the registry is a list of hosts with ports.

    Upstream: KV validateQuobyteVolumeSource
    """
    registry = text(source, "registry")
    told = "must be a host:port pair or multiple pairs separated by commas"
    if not registry:
        yield required("VOL005", where.at("registry"), told)
    elif len(text(source, "tenant").encode()) > _TENANT_LENGTH:
        limit = f"must be a UUID and may not exceed a length of {_TENANT_LENGTH} characters"
        yield required("VOL005", where.at("tenant"), limit)
    else:
        for pair in registry.split(","):
            if not _is_host_and_port(pair):
                yield invalid("VOL005", where.at("registry"), registry, told)
    if not text(source, "volume"):
        yield required("VOL005", where.at("volume"))


def azure_disk_findings(source: Mapping[str, object], where: Place, _: Release) -> Iterator[Finding]:
    """Whether an Azure disk has a URI of its kind.

    Upstream: KV validateAzureDisk
    """
    for field in ("diskName", "diskURI"):
        if not text(source, field):
            yield required("VOL005", where.at(field))
    for field, supported in (("cachingMode", _CACHING_MODES), ("kind", _DISK_KINDS)):
        if source.get(field) is not None and source[field] not in supported:
            yield unsupported("VOL008", where.at(field), source[field], supported)
    kind, uri = source.get("kind"), text(source, "diskURI")
    if kind == _MANAGED and not uri.startswith("/subscriptions/"):
        yield unsupported("VOL008", where.at("diskURI"), uri, _MANAGED_DISK)
    if kind not in {None, _MANAGED} and not uri.startswith("https://"):
        yield unsupported("VOL008", where.at("diskURI"), uri, _BLOB)


def _wrong_with_iscsi_name(name: str) -> Iterator[str]:
    pattern = _ISCSI_NAMES.get(name[:3])
    if pattern is None:
        yield "must be valid format starting with iqn, eui, or naa"
    elif not re.search(pattern, name):
        yield "must be valid format"


def _is_host_and_port(pair: str) -> bool:
    """Upstream: net SplitHostPort."""
    if pair.startswith("["):
        return re.fullmatch(r"\[[^\[\]]*\]:[^:\[\]]*", pair) is not None
    return re.fullmatch(r"[^:\[\]]*:[^:\[\]]*", pair) is not None


FILE_MODE: Final = "must be a number between 0 and 0777 (octal), both inclusive"


_HIGHEST_MODE: Final = 0o777


_LARGEST_PARTITION: Final = 255


_HOST_PATH_TYPES: Final = (
    "",
    "BlockDevice",
    "CharDevice",
    "Directory",
    "DirectoryOrCreate",
    "File",
    "FileOrCreate",
    "Socket",
)


# The fields that a source cannot do without.
_NEEDED: Final = {
    "hostPath": ("path",),
    "gitRepo": ("repository",),
    "gcePersistentDisk": ("pdName",),
    "awsElasticBlockStore": ("volumeID",),
    "secret": ("secretName",),
    "nfs": ("server", "path"),
    "glusterfs": ("endpoints", "path"),
    "persistentVolumeClaim": ("claimName",),
    "rbd": ("monitors", "image"),
    "cinder": ("volumeID",),
    "cephfs": ("monitors",),
    "flexVolume": ("driver",),
    "configMap": ("name",),
    "azureFile": ("secretName", "shareName"),
    "vsphereVolume": ("volumePath",),
    "photonPersistentDisk": ("pdID",),
    "portworxVolume": ("volumeID",),
    "scaleIO": ("gateway", "system", "volumeName"),
    "storageos": ("volumeName",),
}


def mode_findings(source: Mapping[str, object], field: str, where: Place) -> Iterator[Finding]:
    """Whether files can have this mode."""
    mode = source.get(field)
    if isinstance(mode, int) and not 0 <= mode <= _HIGHEST_MODE:
        yield invalid("VOL006", where.at(field), mode, FILE_MODE)


def key_findings(item: Mapping[str, object], where: Place) -> Iterator[Finding]:
    """Whether a key of a ConfigMap or Secret can become a file.

    Upstream: KV validateKeyToPath
    """
    for field in ("key", "path"):
        if not text(item, field):
            yield required("VOL005", where.at(field))
    path = text(item, "path")
    yield from all_invalid("VOL007", where.at("path"), path, formats.local_path(path))
    yield from mode_findings(item, "mode", where)


def _needing(kind: str, more: SourceFindings | None = None) -> SourceFindings:
    """The findings of a kind: fields that are missing, then what else it asks."""

    def findings(source: Mapping[str, object], where: Place, release: Release) -> Iterator[Finding]:
        for field in _NEEDED[kind]:
            if not source.get(field):
                yield required("VOL005", where.at(field))
        if more is not None:
            yield from more(source, where, release)

    return findings


def _host_path(source: Mapping[str, object], where: Place, _: Release) -> Iterator[Finding]:
    path = text(source, "path")
    if not path:
        return
    yield from all_invalid("VOL007", where.at("path"), path, formats.path_without_backsteps(path))
    kind = source.get("type")
    if kind is not None and kind not in _HOST_PATH_TYPES:
        yield unsupported("VOL008", where.at("type"), kind, _HOST_PATH_TYPES)


def _git_repo(source: Mapping[str, object], where: Place, _: Release) -> Iterator[Finding]:
    directory = text(source, "directory")
    yield from all_invalid("VOL007", where.at("directory"), directory, formats.descending_path(directory))


def _partitioned(source: Mapping[str, object], where: Place, _: Release) -> Iterator[Finding]:
    partition = number(source, "partition")
    if not 0 <= partition <= _LARGEST_PARTITION:
        yield invalid("VOL005", where.at("partition"), partition, formats.between(1, _LARGEST_PARTITION))


def _files_of_keys(source: Mapping[str, object], where: Place, _: Release) -> Iterator[Finding]:
    """Upstream: KV validateSecretVolumeSource, validateConfigMapVolumeSource."""
    yield from mode_findings(source, "defaultMode", where)
    for index, item in enumerate(structs(source, "items")):
        yield from key_findings(item, where.at("items", index))


def _nfs(source: Mapping[str, object], where: Place, _: Release) -> Iterator[Finding]:
    path = text(source, "path")
    if not path.startswith("/"):
        yield invalid("VOL007", where.at("path"), path, "must be an absolute path")


def _flocker(source: Mapping[str, object], where: Place, _: Release) -> Iterator[Finding]:
    name, uuid = text(source, "datasetName"), text(source, "datasetUUID")
    if not name and not uuid:
        yield required("VOL005", where, "one of datasetName and datasetUUID is required")
    if name and uuid:
        yield invalid("VOL005", where, "resource", "datasetName and datasetUUID can not be specified simultaneously")
    if "/" in name:
        yield invalid("VOL005", where.at("datasetName"), name, "must not contain '/'")


def _secret_ref(source: Mapping[str, object], where: Place, _: Release) -> Iterator[Finding]:
    if source.get("secretRef") is not None and not text(struct(source, "secretRef"), "name"):
        yield required("VOL005", where.at("secretRef", "name"))


def _flex(source: Mapping[str, object], where: Place, _: Release) -> Iterator[Finding]:
    for key in sorted_text_map(source, "options"):
        namespace = f".{key.partition('/')[0].lower()}"
        if namespace.endswith((".kubernetes.io", ".k8s.io")):
            told = "kubernetes.io and k8s.io namespaces are reserved"
            yield invalid("VOL005", where.at("options", Key(key)), key, told)


def _storage_os(source: Mapping[str, object], where: Place, release: Release) -> Iterator[Finding]:
    for field in ("volumeName", "volumeNamespace"):
        name = text(source, field)
        if name:
            yield from all_invalid("VOL005", where.at(field), name, formats.dns_label(name))
    yield from _secret_ref(source, where, release)


def _csi(source: Mapping[str, object], where: Place, release: Release) -> Iterator[Finding]:
    """Upstream: KV ValidateCSIDriverName, validateCSIVolumeSource."""
    driver, there = text(source, "driver"), where.at("driver")
    if not driver:
        yield required("VOL005", there)
    if len(driver.encode()) > formats.LABEL_LENGTH:
        yield too_long("VOL005", there, f"{release.too_long_is} {formats.LABEL_LENGTH} bytes")
    yield from all_invalid("VOL005", there, driver, formats.dns_subdomain(driver.lower()))
    if source.get("nodePublishSecretRef") is not None:
        name, there = text(struct(source, "nodePublishSecretRef"), "name"), where.at("nodePublishSecretRef", "name")
        if name:
            there = Place(there.path, where.at("name").called)
            yield from all_invalid("VOL005", there, name, formats.dns_subdomain(name))
        else:
            yield required("VOL005", there)


def _image(source: Mapping[str, object], where: Place, _: Release) -> Iterator[Finding]:
    yield from pull_policy_findings(text(source, "pullPolicy"), "VOL009", where.at("pullPolicy"))


SOURCE_FINDINGS: Final[Mapping[str, SourceFindings]] = {
    **{kind: _needing(kind) for kind in _NEEDED},
    "hostPath": _needing("hostPath", _host_path),
    "gitRepo": _needing("gitRepo", _git_repo),
    "gcePersistentDisk": _needing("gcePersistentDisk", _partitioned),
    "awsElasticBlockStore": _needing("awsElasticBlockStore", _partitioned),
    "secret": _needing("secret", _files_of_keys),
    "configMap": _needing("configMap", _files_of_keys),
    "nfs": _needing("nfs", _nfs),
    "cinder": _needing("cinder", _secret_ref),
    "flexVolume": _needing("flexVolume", _flex),
    "storageos": _needing("storageos", _storage_os),
    "iscsi": iscsi_findings,
    "flocker": _flocker,
    "quobyte": quobyte_findings,
    "fc": fc_findings,
    "azureDisk": azure_disk_findings,
    "csi": _csi,
    "image": _image,
}
