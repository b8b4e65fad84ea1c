"""Rules for volumes, and for the claim templates of ephemeral volumes.

Upstream: KV ValidatePersistentVolumeClaimTemplate; KV ValidateVolumes, validateVolumeSource
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.finding import Key
from sidecarctl.record import Record
from sidecarctl.sidecarset.validation import formats
from sidecarctl.sidecarset.validation.field_errors import (
    SPEC,
    Place,
    Shown,
    all_invalid,
    duplicate,
    forbidden,
    invalid,
    required,
    unsupported,
)
from sidecarctl.sidecarset.validation.metadata import annotation_findings, label_findings
from sidecarctl.sidecarset.validation.selectors import form_findings
from sidecarctl.upstream import schema
from sidecarctl.upstream.fields import sorted_text_map, struct, structs, text, texts
from sidecarctl.upstream.go.time import ZERO_TIME, in_utc
from sidecarctl.upstream.quantity import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sidecarctl.finding import Finding
    from sidecarctl.upstream.release import Release

    SourceFindings = Callable[[Mapping[str, object], Place, Release], Iterator[Finding]]


_ACCESS_MODES: Final = ("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod")


_ONE_POD: Final = "ReadWriteOncePod"


_VOLUME_MODES: Final = ("Block", "Filesystem")


_CLAIM: Final = "PersistentVolumeClaim"


_CALLED: Final = {
    "uid": "uID",
    "clusterName": "zZZ_DeprecatedClusterName",
}  # Go's names, their first letter in lower case


def claim_template_findings(source: Mapping[str, object], where: Place, release: Release) -> Iterator[Finding]:
    """Whether a claim can be made of this template.

    Upstream: KV validateEphemeralVolumeSource
    """
    there = where.at("volumeClaimTemplate")
    if source.get("volumeClaimTemplate") is None:
        yield required("VOL005", there)
        return
    template = struct(source, "volumeClaimTemplate")
    metadata, spec = struct(template, "metadata"), struct(template, "spec")
    annotations = sorted_text_map(metadata, "annotations")
    yield from annotation_findings("VOL013", there.at("metadata", "annotations"), annotations, release)
    yield from label_findings("VOL013", there.at("metadata", "labels"), sorted_text_map(metadata, "labels"))
    for field in schema.fields("ObjectMeta", release).values():
        if field.name not in {"annotations", "labels"} and _is_set(metadata, field):
            called = ("metadata", _CALLED.get(field.name, field.name))
            yield forbidden("VOL013", there.at("metadata", field.name, called=called), "cannot be set")
    yield from _spec_findings(spec, there.at("spec"), release)


def _is_set(metadata: Mapping[str, object], field: schema.Field) -> bool:
    """Whether a field is there, in Go's sense: a pointer to nothing much is."""
    value = metadata.get(field.name)
    if field.type == "Time":
        return value is not None and (field.presence == "if set" or in_utc(str(value)) != ZERO_TIME)
    return value is not None if field.presence == "if set" else bool(value)


def _spec_findings(spec: Mapping[str, object], where: Place, release: Release) -> Iterator[Finding]:
    """Upstream: KV ValidatePersistentVolumeClaimSpec."""
    if not texts(spec, "accessModes"):
        yield required("VOL013", where.at("accessModes"), "at least 1 access mode is required")
    yield from form_findings(struct(spec, "selector"), where.at("selector"), release)
    yield from _access_findings(texts(spec, "accessModes"), where.at("accessModes"))
    yield from _size_findings(struct(struct(spec, "resources"), "requests").get("storage"), where)
    storage_class = text(spec, "storageClassName")
    if storage_class:
        wrong = formats.dns_subdomain(storage_class)
        yield from all_invalid("VOL013", where.at("storageClassName"), storage_class, wrong)
    volume_mode = spec.get("volumeMode")
    if volume_mode is not None and volume_mode not in _VOLUME_MODES:
        yield unsupported("VOL013", where.at("volumeMode"), volume_mode, _VOLUME_MODES)
    for field in ("dataSource", "dataSourceRef"):
        if spec.get(field) is not None:
            yield from _data_source_findings(struct(spec, field), where.at(field))
    yield from _sources_findings(spec, where)


def _access_findings(modes: Sequence[str], where: Place) -> Iterator[Finding]:
    for index, mode in enumerate(modes):
        if mode not in _ACCESS_MODES:
            yield unsupported("VOL013", where.at(index, called=()), mode, _ACCESS_MODES)
    if _ONE_POD in modes and {*modes} & {*_ACCESS_MODES} != {_ONE_POD}:
        yield forbidden("VOL013", where, "may not use ReadWriteOncePod with other access modes")


def _size_findings(size: object, where: Place) -> Iterator[Finding]:
    path = ("resources", "requests", "storage")
    there = where.at(*path, called=("resources", Key("storage")))
    if isinstance(size, str | int | float):
        from sidecarctl.sidecarset.validation.core.resources import storage_findings  # noqa: PLC0415 - claims are rare

        yield from storage_findings(parse(size), there)
    else:
        yield required("VOL013", there, message="a claim needs a size")


def _data_source_findings(source: Mapping[str, object], where: Place) -> Iterator[Finding]:
    """Upstream: KV validateDataSource, validateDataSourceRef."""
    for field in ("name", "kind"):
        if not text(source, field):
            yield required("VOL013", where.at(field))
    group, kind = text(source, "apiGroup"), text(source, "kind")
    if group:
        yield from all_invalid("VOL013", where.at("apiGroup"), group, formats.dns_subdomain(group))
    elif kind != _CLAIM:
        yield invalid("VOL013", where, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup")
    namespace = text(source, "namespace")
    if namespace:
        yield from all_invalid("VOL013", where.at("namespace"), namespace, formats.dns_label(namespace))


def _sources_findings(spec: Mapping[str, object], where: Place) -> Iterator[Finding]:
    if spec.get("dataSource") is None or spec.get("dataSourceRef") is None:
        return
    source, reference = struct(spec, "dataSource"), struct(spec, "dataSourceRef")
    there = Place(where.at("dataSource").path, where.called)
    shown = Shown('field.Path{name:"dataSource", index:"", parent:(*field.Path)(0x0)}')
    if text(reference, "namespace"):
        yield invalid("VOL013", there, shown, "may not be specified when dataSourceRef.namespace is specified")
    elif any(source.get(field) != reference.get(field) for field in ("apiGroup", "kind", "name")):
        yield invalid("VOL013", there, shown, "must match dataSourceRef")


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
