"""The volumes of a set.

Upstream: KV ValidateVolumes, validateVolumeSource
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.record import Record
from sidecarctl.sidecarset.validation import formats
from sidecarctl.sidecarset.validation.field_errors import (
    SPEC,
    Place,
    all_invalid,
    duplicate,
    forbidden,
    invalid,
    required,
)
from sidecarctl.upstream.fields import struct, structs, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sidecarctl.finding import Finding
    from sidecarctl.upstream.release import Release

    SourceFindings = Callable[[Mapping[str, object], Place, Release], Iterator[Finding]]

_VOLUMES: Final = SPEC.at("volumes")
_POD_NAME: Final = "test"  # of the pod that the webhook makes up
_TARGET_LENGTH: Final = 64

# Every kind of volume, in the order of the webhook's questions.
_KINDS: Final = (
    "emptyDir",
    "hostPath",
    "gitRepo",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "secret",
    "nfs",
    "iscsi",
    "glusterfs",
    "flocker",
    "persistentVolumeClaim",
    "rbd",
    "cinder",
    "cephfs",
    "quobyte",
    "downwardAPI",
    "fc",
    "flexVolume",
    "configMap",
    "azureFile",
    "vsphereVolume",
    "photonPersistentDisk",
    "portworxVolume",
    "azureDisk",
    "storageos",
    "projected",
    "scaleIO",
    "csi",
    "ephemeral",
    "image",
)
# Where the webhook says something else than the name of the field.
_CALLED_WITHIN: Final = {"gcePersistentDisk": "persistentDisk"}
_CALLED_AS_SECOND: Final = {"cephfs": "cephFS", "downwardAPI": "downwarAPI"}


class CheckedVolumes(Record):
    """What is wrong with volumes, and those with which nothing is, by name: only these can be mounted."""

    findings: list[Finding]
    sound: Mapping[str, Mapping[str, object]]


def checked_volumes(spec: Mapping[str, object], release: Release) -> CheckedVolumes:
    """Judge the volumes of a set, one after the other.

    Upstream: KV ValidateVolumes
    """
    volumes = structs(spec, "volumes")
    created = {f"{_POD_NAME}-{text(volume, 'name')}" for volume in volumes if volume.get("ephemeral") is not None}
    findings: list[Finding] = []
    sound: dict[str, Mapping[str, object]] = {}
    for index, volume in enumerate(volumes):
        where = _VOLUMES.at(index)
        wrong = [*_source_findings(volume, where, release), *_name_findings(text(volume, "name"), where, sound)]
        if not wrong:
            sound[text(volume, "name")] = volume
        findings += wrong
        claim = text(struct(volume, "persistentVolumeClaim"), "claimName")
        if claim in created:
            told = "must not reference a PVC that gets created for an ephemeral volume"
            findings.append(invalid("VOL004", where.at("persistentVolumeClaim", "claimName"), claim, told))
    return CheckedVolumes(findings, sound)


def _name_findings(name: str, where: Place, sound: Mapping[str, object]) -> Iterator[Finding]:
    there = where.at("name")
    if name:
        yield from all_invalid("VOL001", there, name, formats.dns_label(name))
    else:
        yield required("VOL001", there, message="a volume needs a name")
    if name in sound:
        yield duplicate("VOL002", there, name)


def _source_findings(volume: Mapping[str, object], where: Place, release: Release) -> Iterator[Finding]:
    """Whether a volume comes from one source, and a sound one.

    Upstream: KV validateVolumeSource
    """
    kinds = [kind for kind in _KINDS if volume.get(kind) is not None]
    for kind in kinds:
        source = struct(volume, kind)
        if kind == kinds[0]:
            there = where.at(kind, called=(_CALLED_WITHIN.get(kind, kind),))
            yield from _rules_of(kind)(source, there, release)
            if kind == "ephemeral":
                yield from _claim_name_findings(text(volume, "name"), where)
        else:
            second = where.at(kind, called=(_CALLED_AS_SECOND.get(kind, kind),))
            yield forbidden("VOL003", second, "may not specify more than 1 volume type")
        if kind == "iscsi":
            yield from _iscsi_name_findings(text(volume, "name"), source, where)


def _rules_of(kind: str) -> SourceFindings:
    """Return the rules for a kind of volume; only its own module is imported."""
    match kind:
        case "emptyDir":
            return _empty_dir_findings
        case "downwardAPI":
            from sidecarctl.sidecarset.validation.core.projected import downward_findings  # noqa: PLC0415 - see above

            return downward_findings
        case "projected":
            from sidecarctl.sidecarset.validation.core.projected import projected_findings  # noqa: PLC0415 - see above

            return projected_findings
        case "ephemeral":
            from sidecarctl.sidecarset.validate.claimtemplate import claim_template_findings  # noqa: PLC0415 - see above

            return claim_template_findings
        case _:
            from sidecarctl.sidecarset.validation.core.volume_sources import SOURCE_FINDINGS  # noqa: PLC0415 - see above

            return SOURCE_FINDINGS[kind]


def _empty_dir_findings(source: Mapping[str, object], where: Place, _: Release) -> Iterator[Finding]:
    size = source.get("sizeLimit")
    if isinstance(size, str | int | float):
        from sidecarctl.upstream.quantity import parse  # noqa: PLC0415 - few have a size

        if parse(size).nano < 0:
            yield forbidden("VOL005", where.at("sizeLimit"), "SizeLimit field must be a valid resource quantity")


def _claim_name_findings(name: str, where: Place) -> Iterator[Finding]:
    """The claim of an ephemeral volume is named after pod and volume."""
    if name:
        claim = f"{_POD_NAME}-{name}"
        wrong = (f'PVC name "{claim}": {told}' for told in formats.dns_subdomain(claim))
        yield from all_invalid("VOL001", where.at("name"), name, wrong)


def _iscsi_name_findings(name: str, source: Mapping[str, object], where: Place) -> Iterator[Finding]:
    target = f"{name}:{text(source, 'targetPortal')}"
    if source.get("initiatorName") is not None and len(target.encode()) > _TARGET_LENGTH:
        told = (
            f"Total length of <volume name>:<iscsi.targetPortal> must be under {_TARGET_LENGTH} characters"
            " if iscsi.initiatorName is specified."
        )
        yield invalid("VOL001", where.at("name"), name, told)
