"""Rules for the metadata, canary base and revision of a SidecarSet, and the sets it is compared with.

Upstream: VAL validateSidecarSetName; k8s.io/apimachinery/pkg/api/validation/objectmeta.go ValidateObjectMetaAccessor;
VAL validateSidecarSetSpec; HIST GetRevisionBasedOnRevisionName; VAL validateSidecarSet
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sidecarctl.finding import Key
from sidecarctl.sidecarset.validation import formats
from sidecarctl.sidecarset.validation.context import existing, named
from sidecarctl.sidecarset.validation.field_errors import (
    Place,
    Shown,
    all_invalid,
    as_warning,
    dumped,
    forbidden,
    invalid,
    place,
    required,
    too_long,
)
from sidecarctl.upstream import names
from sidecarctl.upstream.fields import is_true, name_of, number, sorted_text_map, struct, structs, text, texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

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


_REVISION: Final = Place(("spec", "injectionStrategy", "revision"), ("revision",))


def revision_findings(sidecar_set: Mapping[str, object], context: ValidationContext) -> Iterator[Finding]:
    """Whether the revision that is to be injected exists.

    Upstream: VAL validateSidecarSetSpec
    """
    revision = struct(struct(sidecar_set, "spec"), "injectionStrategy").get("revision")
    if revision is None:
        return
    wanted = struct(struct(struct(sidecar_set, "spec"), "injectionStrategy"), "revision")
    shown = Shown(dumped(wanted, "SidecarSetInjectRevision", context.release.go_package))
    if wanted.get("revisionName") is None and wanted.get("customVersion") is None:
        sentence = "revisionName and customVersion cannot be empty simultaneously"
        told = "name the revision: set revisionName or customVersion"
        yield invalid("REV001", _REVISION, shown, sentence, told)
    elif not _is_stored(wanted, text(struct(sidecar_set, "metadata"), "name"), context):
        missing = _missing(wanted, text(struct(sidecar_set, "metadata"), "name"))
        nobody_told = context.revisions is None and not context.cluster_known
        yield as_warning(missing) if nobody_told else missing
    yield from _policy_findings(text(wanted, "policy"), shown, context.release)


def _is_stored(wanted: Mapping[str, object], set_name: str, context: ValidationContext) -> bool:
    """Whether the ControllerRevision exists; by name, that of any SidecarSet will do.

    Upstream: HIST GetHistorySidecarSet
    """
    of_version = {names.SIDECAR_SET_NAME: set_name, names.CUSTOM_VERSION: text(wanted, "customVersion")}
    for revision in context.revisions or ():
        metadata = struct(revision, "metadata")
        if text(metadata, "namespace") != names.REVISION_NAMESPACE:
            continue
        if wanted.get("revisionName") is not None:
            if text(metadata, "name") == text(wanted, "revisionName"):
                return True
        elif of_version.items() <= struct(metadata, "labels").items():
            return True
    return False


def _missing(wanted: Mapping[str, object], set_name: str) -> Finding:
    if wanted.get("revisionName") is not None:
        name = text(wanted, "revisionName")
        where, missing = _REVISION.at("revisionName", called=()), f'controllerrevisions.apps "{name}" not found'
        told = f"there is no ControllerRevision {name}"
    else:
        where, missing = _REVISION.at("customVersion", called=()), f'ControllerRevision.apps "{set_name}" not found'
        version = text(wanted, "customVersion")
        told = f"no revision of this SidecarSet has the custom version {version}: it must be stored before it is named"
    return invalid("REV002", where, None, f"Cannot find specific ControllerRevision, err: {missing}", told)


def _policy_findings(policy: str, shown: Shown, release: Release) -> Iterator[Finding]:
    known = (names.ALWAYS, names.PARTIAL) if release.knows_partial_revision_policy else (names.ALWAYS,)
    if policy and policy not in known:
        choice = "supported: [Always, Partial]" if len(known) > 1 else "only support 'Always' currently"
        yield invalid("REV003", _REVISION.at("policy"), shown, f"Invalid policy {policy}, {choice}")


_BASE: Final = place("metadata", "annotations", Key(names.BASE), called=("metadata",))


_TYPE: Final = place("spec", "updateStrategy", "type", called=("metadata",))


def base_of_canary(sidecar_set: Mapping[str, object]) -> str:
    """The name of the SidecarSet that this one is a canary of; empty where it is none.

    Upstream: UTIL IsCanarySidecarSet
    """
    annotations = struct(struct(sidecar_set, "metadata"), "annotations")
    return text(annotations, names.BASE) if annotations.get(names.CANARY) == "true" else ""


def canary_findings(sidecar_set: Mapping[str, object], context: ValidationContext) -> Iterator[Finding]:
    """Whether a canary has a base, and keeps it.

    Upstream: VAL validateSidecarSet
    """
    base = base_of_canary(sidecar_set)
    if not base or not context.release.checks_canaries:
        return
    metadata = struct(sidecar_set, "metadata")
    annotations = Shown(dumped(metadata.get("annotations"), "map[string]string"))
    if base == text(metadata, "name"):
        yield invalid("CAN001", _BASE, annotations, "base sidecarSet cannot be itself")
    if context.old is not None and base != text(struct(struct(context.old, "metadata"), "annotations"), names.BASE):
        yield invalid("CAN002", _BASE, annotations, f"annotations[{names.BASE}] is immutable")
    yield from _findings_of_base(base, annotations, context)
    if text(struct(struct(sidecar_set, "spec"), "updateStrategy"), "type") != "NotUpdate":
        told = "a canary is never rolled out: set spec.updateStrategy.type to NotUpdate"
        yield invalid("CAN005", _TYPE, annotations, "RollingUpdate is not supported for canary sidecarSet", told)


def _findings_of_base(base: str, annotations: Shown, context: ValidationContext) -> Iterator[Finding]:
    found = named(context.others or (), base)
    if found is None:
        sentence = f'fetch base sidecarSet[{base}] failed: sidecarsets.apps.kruise.io "{base}" not found'
        told = f"the base SidecarSet {base} of this canary does not exist"
        missing = invalid("CAN003", _BASE, annotations, sentence, told)
        yield missing if context.cluster_known else as_warning(missing)
    elif base_of_canary(found):
        yield invalid("CAN004", _BASE, annotations, "base sidecarSet cannot be canary")


_NAMED_LISTS: Final = ("initContainers", "containers", "volumes")


def rivals_of(
    sidecar_set: Mapping[str, object], others: Iterable[Mapping[str, object]], release: Release
) -> Sequence[Mapping[str, object]]:
    """The other sets, decoded, that bring something of the same name, and the base of a canary.

    Decoding is what costs, and most sets have nothing in common. Up to 1.6 any other set can crash the webhook.
    """
    brought, base = set(_brought(sidecar_set)), base_of_canary(sidecar_set)
    close = [
        other
        for other in others
        if release.checks_conflicts_despite_errors
        or not brought.isdisjoint(_brought(other))
        or (base and name_of(other) == base)
    ]
    return list(existing(close, release))


def _brought(sidecar_set: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """What a set puts into pods, by kind and name; the set may not have been decoded, and be of any shape."""
    spec = struct(sidecar_set, "spec")
    for field in _NAMED_LISTS:
        yield from ((field, str(item.get("name", ""))) for item in structs(spec, field))
    for patch in structs(spec, "patchPodMetadata"):
        yield from (("annotations", key) for key in struct(patch, "annotations"))
