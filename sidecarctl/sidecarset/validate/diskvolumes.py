"""Volumes that are disks of a storage system, each with rules of its own.

Upstream: KV validateISCSIVolumeSource, validateFCVolumeSource, validateQuobyteVolumeSource, validateAzureDisk
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sidecarctl.sidecarset.validate.gosyntax import dumped
from sidecarctl.sidecarset.validation import formats
from sidecarctl.sidecarset.validation.field_errors import Place, Shown, all_invalid, invalid, required, unsupported
from sidecarctl.upstream.fields import is_true, number, text, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sidecarctl.finding import Finding
    from sidecarctl.upstream.release import Release

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
