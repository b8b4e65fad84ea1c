"""The claim that an ephemeral volume is made of.

Upstream: KV ValidatePersistentVolumeClaimTemplate
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.finding import Key
from sidecarctl.sidecarset.validation import formats
from sidecarctl.sidecarset.validation.core.resources import storage_findings
from sidecarctl.sidecarset.validation.field_errors import (
    Place,
    Shown,
    all_invalid,
    forbidden,
    invalid,
    required,
    unsupported,
)
from sidecarctl.sidecarset.validation.metadata import annotation_findings, label_findings
from sidecarctl.sidecarset.validation.selectors import form_findings
from sidecarctl.upstream import schema
from sidecarctl.upstream.fields import sorted_text_map, struct, text, texts
from sidecarctl.upstream.go.time import ZERO_TIME, in_utc
from sidecarctl.upstream.quantity import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sidecarctl.finding import Finding
    from sidecarctl.upstream.release import Release

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
            yield from _source_findings(struct(spec, field), where.at(field))
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
        yield from storage_findings(parse(size), there)
    else:
        yield required("VOL013", there, message="a claim needs a size")


def _source_findings(source: Mapping[str, object], where: Place) -> Iterator[Finding]:
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
