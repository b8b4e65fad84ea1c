"""What is checked before any rule: that fields exist, have the right type, and one of the values the CRD allows.

Upstream: CRD; encoding/json Unmarshal
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.finding import FieldPath, Finding, Key, Severity, UndecodableObject, nearest, show_path
from sidecarctl.sidecarset.validation.context import type_of_set
from sidecarctl.sidecarset.validation.field_errors import Place, place, required, unsupported
from sidecarctl.upstream import schema
from sidecarctl.upstream.decode import decode, unknown_fields
from sidecarctl.upstream.release import LATEST, Release

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_REQUIRED: Final = {
    "LabelSelectorRequirement": ("key", "operator"),
    "ObjectFieldSelector": ("fieldPath",),
    "ResourcesPolicy": ("resourcesExpr", "targetContainersMode"),
    "UpdatePriorityOrderTerm": ("orderedKey",),
    "UpdatePriorityWeightTerm": ("matchSelector", "weight"),
    "UpdateScatterTerm": ("key", "value"),
}
_MODES: Final = ("sum", "max")
_REVISION_POLICIES: Final = ("Always", "Partial")
_TYPES_IN_WORDS: Final = {
    "string": "a text: put it in quotes",
    "bool": "true or false",
    "int32": "a whole number",
    "int64": "a whole number",
    "Quantity": "a quantity such as 100m or 1Gi",
    "IntOrString": "a whole number or a text",
    "Time": "a time such as 2026-01-31T12:00:00Z",
}


def schema_findings(sidecar_set: Mapping[str, object], release: Release = LATEST) -> list[Finding]:
    """What the API server or the webhook's decoder refuse: wrong types, missing fields, values outside the CRD's lists.

    Upstream: CRD; encoding/json Unmarshal
    """
    try:
        type_name = type_of_set(sidecar_set, release)
    except UndecodableObject as error:
        return [_of_error(error)]
    findings = [*_type_findings(sidecar_set, type_name, release), *_crd_findings(sidecar_set, type_name, release)]
    return _with_name(findings, sidecar_set)


def undecodable_findings(
    sidecar_set: Mapping[str, object], error: UndecodableObject, release: Release
) -> list[Finding]:
    """What to say of a set that cannot be decoded: all its wrong types, or the error itself."""
    return schema_findings(sidecar_set, release) or _with_name([_of_error(error)], sidecar_set)


def unknown_field_findings(sidecar_set: Mapping[str, object], release: Release = LATEST) -> list[Finding]:
    """A warning for each field that the cluster drops without a word, with what its author may have meant.

    Upstream: CRD; MUT Handle, which decodes and encodes
    """
    try:
        type_name = type_of_set(sidecar_set, release)
    except UndecodableObject:
        return []
    paths = unknown_fields(sidecar_set, type_name, release)
    return _with_name([_of_unknown_field(path, type_name, release) for path in paths], sidecar_set)


def _type_findings(value: object, type_name: str, release: Release) -> Iterator[Finding]:
    """Decode again and again, each time without what was wrong: a decoder stops at the first error."""
    current = value
    while True:
        try:
            decode(current, type_name, release)
        except UndecodableObject as error:
            told = _TYPES_IN_WORDS.get(type_at := _type_at(type_name, error.path, release), "")
            told = told or ("a list" if type_at.startswith("[]") else "a mapping")
            name = next((part for part in reversed(error.path) if isinstance(part, str)), "it")
            yield Finding("SCH001", f"{name} must be {told}", error.path, upstream=error.message)
            if not error.path:
                return
            current = _without(current, error.path)
        else:
            return


def _type_at(root_type: str, path: FieldPath, release: Release) -> str:
    current = root_type
    for part in path:
        if isinstance(part, int | Key):
            current = schema.item_type(current) or ""
        elif schema.is_struct(current):
            field = schema.fields(current, release).get(part)
            current = field.type if field else ""
    return current


def _without(value: object, path: FieldPath) -> object:
    """The value with a null where the path leads, which decodes as absent; lists keep their length."""
    if not path:
        return None
    first, rest = path[0], path[1:]
    if isinstance(value, list):
        return [_without(item, rest) if index == first else item for index, item in enumerate(value)]
    if isinstance(value, dict):
        return {key: _without(item, rest) if key == first else item for key, item in value.items()}
    return value


def _crd_findings(sidecar_set: Mapping[str, object], type_name: str, release: Release) -> Iterator[Finding]:
    for struct, struct_type, where in _structs(sidecar_set, type_name, place(), release):
        for field in _REQUIRED.get(struct_type, ()):
            if struct.get(field) is None and field in schema.fields(struct_type, release):
                yield required("SCH002", where.at(field))
        if struct_type == "ResourcesPolicy":
            yield from _choice_findings(struct.get("targetContainersMode"), where.at("targetContainersMode"), _MODES)
        if struct_type == "SidecarSetInjectRevision" and release.knows_partial_revision_policy:
            yield from _choice_findings(struct.get("policy"), where.at("policy"), _REVISION_POLICIES)


def _choice_findings(value: object, where: Place, choices: Sequence[str]) -> Iterator[Finding]:
    if isinstance(value, str) and value not in choices:
        yield unsupported("SCH003", where, value, choices)


def _structs(
    value: object, type_name: str, where: Place, release: Release
) -> Iterator[tuple[Mapping[str, object], str, Place]]:
    """All structs that the CRD knows the inside of: of volumes and of a container's own fields it knows nothing."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _structs(item, schema.item_type(type_name) or "any", where.at(index), release)
    elif isinstance(value, dict) and schema.is_struct(type_name) and type_name != "Volume":
        yield value, type_name, where
        opaque = schema.fields("Container", release) if type_name == "SidecarContainer" else {}
        for name, field in schema.fields(type_name, release).items():
            if name in value and name not in opaque:
                yield from _structs(value[name], field.type, where.at(name), release)


def _of_unknown_field(path: FieldPath, type_name: str, release: Release) -> Finding:
    name, parent = str(path[-1]), _type_at(type_name, path[:-1], release)
    similar = nearest(name, schema.fields(parent, release))
    advice = f"did you mean {similar}?" if similar else f"{show_path(path[:-1]) or 'a SidecarSet'} has no such field"
    if name in schema.fields(parent):
        advice = f"it needs an OpenKruise newer than {release.name}"
    return Finding("SCH004", f"unknown field {name}, which the cluster drops: {advice}", path, Severity.WARNING)


def _of_error(error: UndecodableObject) -> Finding:
    return Finding("SCH005", error.message, error.path, upstream=error.message)


def _with_name(findings: Sequence[Finding], sidecar_set: Mapping[str, object]) -> list[Finding]:
    metadata = sidecar_set.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    return [finding._replace(sidecar_set=name) for finding in findings] if isinstance(name, str) else [*findings]
