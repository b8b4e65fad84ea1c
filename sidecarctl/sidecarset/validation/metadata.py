"""Group A: the metadata of a SidecarSet.

Upstream: VAL validateSidecarSetName; k8s.io/apimachinery/pkg/api/validation/objectmeta.go ValidateObjectMetaAccessor
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sidecarctl.finding import Key
from sidecarctl.sidecarset.validate.gosyntax import dumped
from sidecarctl.sidecarset.validation import formats
from sidecarctl.sidecarset.validation.field_errors import (
    Place,
    Shown,
    all_invalid,
    as_warning,
    forbidden,
    invalid,
    place,
    required,
    too_long,
)
from sidecarctl.upstream.fields import is_true, number, sorted_text_map, structs, text, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sidecarctl.finding import Finding
    from sidecarctl.sidecarset.validation.context import ValidationContext
    from sidecarctl.upstream.release import Release

_METADATA: Final = place("metadata")
_NAME: Final = r"^[a-zA-Z0-9\-]+$"
_ANNOTATION_BYTES: Final = 256 * 1024
_ORPHANS: Final = "orphan"
_FOREGROUND: Final = "foregroundDeletion"
_MANAGER_BYTES: Final = 128
_SUBRESOURCE_BYTES: Final = 256


def metadata_findings(metadata: Mapping[str, object], context: ValidationContext) -> Iterator[Finding]:
    """Whether the name, labels and annotations may be stored.

    Upstream: KMETA ValidateObjectMetaAccessor
    """
    release = context.release
    yield from _name_findings(metadata)
    if text(metadata, "namespace"):
        yield _namespace_finding(context)
    if number(metadata, "generation") < 0:
        where = _METADATA.at("generation")
        yield invalid("MET003", where, number(metadata, "generation"), formats.NOT_NEGATIVE)
    yield from label_findings("MET004", _METADATA.at("labels"), sorted_text_map(metadata, "labels"))
    yield from annotation_findings(
        "MET005", _METADATA.at("annotations"), sorted_text_map(metadata, "annotations"), release
    )
    yield from _owner_findings(structs(metadata, "ownerReferences"))
    yield from _finalizer_findings(texts(metadata, "finalizers"))
    yield from _manager_findings(structs(metadata, "managedFields"), release)


def _namespace_finding(context: ValidationContext) -> Finding:
    """The webhook forbids a namespace, but never gets to see one: the API server drops it before."""
    told = "a SidecarSet belongs to no namespace: a cluster drops this one"
    found = forbidden("MET002", _METADATA.at("namespace"), "not allowed on this type", message=told)
    return found if context.cluster_known else as_warning(found)


def label_findings(code: str, where: Place, labels: Mapping[str, str]) -> Iterator[Finding]:
    """Whether these are labels.

    Upstream: k8s.io/apimachinery/pkg/apis/meta/v1/validation/validation.go ValidateLabels
    """
    for key, value in labels.items():
        entry = where.at(Key(key), called=())
        yield from all_invalid(code, entry, key, formats.qualified_name(key))
        yield from all_invalid(code, entry, value, formats.label_value(value))


def annotation_findings(code: str, where: Place, annotations: Mapping[str, str], release: Release) -> Iterator[Finding]:
    """Whether these are annotations, and not too many.

    Upstream: KMETA ValidateAnnotations
    """
    for key in annotations:
        entry = where.at(Key(key), called=())
        yield from all_invalid(code, entry, key, formats.qualified_name(key.lower()))
    if sum(len(f"{key}{value}".encode()) for key, value in annotations.items()) > _ANNOTATION_BYTES:
        yield too_long(code, where, f"{release.too_long_is} {_ANNOTATION_BYTES} bytes")


def _name_findings(metadata: Mapping[str, object]) -> Iterator[Finding]:
    for field in ("generateName", "name"):
        name = text(metadata, field)
        if name:
            yield from all_invalid("MET001", _METADATA.at(field), name, _wrong_with_name(name))
    if not text(metadata, "name"):
        told = "a SidecarSet needs a name"
        yield required("MET001", _METADATA.at("name"), "name or generateName is required", message=told)


def _wrong_with_name(name: str) -> Iterator[str]:
    if not re.fullmatch(_NAME.strip("^$"), name):
        what = "sidecarset name must consist of alphanumeric characters or '-'"
        yield formats.mismatch(what, _NAME, "example-com")
    if len(name.encode()) > formats.LABEL_LENGTH:
        yield f"must be no more than {formats.LABEL_LENGTH} characters"


def _owner_findings(owners: Sequence[Mapping[str, object]]) -> Iterator[Finding]:
    controller = ""
    for index, owner in enumerate(owners):
        where = _METADATA.at("ownerReferences", index, called=("ownerReferences",))
        yield from _owner_fields(owner, where)
        if not is_true(owner, "controller"):
            continue
        name = f"{text(owner, 'kind')}/{text(owner, 'name')}"
        if controller:
            shown = Shown(dumped(owners, "[]v1.OwnerReference"))
            told = f'Found "true" in references for {controller} and {name}'
            yield invalid("MET006", where, shown, f"Only one reference can have Controller set to true. {told}")
        controller = controller or name


def _owner_fields(owner: Mapping[str, object], where: Place) -> Iterator[Finding]:
    version, kind = text(owner, "apiVersion"), text(owner, "kind")
    if not version.rpartition("/")[2] or version.count("/") > 1:
        yield invalid("MET006", where.at("apiVersion"), version, "version must not be empty")
    for field in ("kind", "name", "uid"):
        if not text(owner, field):
            yield invalid("MET006", where.at(field), "", "must not be empty")
    if (version, kind) == ("v1", "Event"):
        shown = Shown(dumped(owner, "v1.OwnerReference"))
        yield invalid("MET006", where, shown, "/v1, Kind=Event is disallowed from being an owner")


def _finalizer_findings(finalizers: Sequence[str]) -> Iterator[Finding]:
    where = _METADATA.at("finalizers")
    for index, name in enumerate(finalizers):
        yield from all_invalid("MET007", where.at(index, called=()), name, formats.qualified_name(name))
    if _ORPHANS in finalizers and _FOREGROUND in finalizers:
        shown = Shown(dumped(finalizers, "[]string"))
        yield invalid("MET007", where, shown, f"finalizer {_ORPHANS} and {_FOREGROUND} cannot be both set")


def _manager_findings(entries: Sequence[Mapping[str, object]], release: Release) -> Iterator[Finding]:
    for index, entry in enumerate(entries):
        where = _METADATA.at("managedFields", index)
        operation, kind = text(entry, "operation"), text(entry, "fieldsType")
        if operation not in {"Apply", "Update"}:
            yield invalid("MET008", where.at("operation"), operation, "must be `Apply` or `Update`")
        if kind not in {"", "FieldsV1"}:
            yield invalid("MET008", where.at("fieldsType"), kind, "must be `FieldsV1`")
        for field, limit in (("manager", _MANAGER_BYTES), ("subresource", _SUBRESOURCE_BYTES)):
            if len(text(entry, field).encode()) > limit:
                yield too_long("MET008", where.at(field), f"{release.too_long_is} {limit} bytes")
