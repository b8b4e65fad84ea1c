"""Ask the table of structs: fields in Go's order, and what tells the items of a list apart."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final, Literal

from sidecarctl.finding import FieldPath
from sidecarctl.record import Record
from sidecarctl.upstream import tables
from sidecarctl.upstream.release import LATEST, Release

Presence = Literal["always", "unless empty", "if set", "null if unset"]

_PRESENCE: Final[dict[str, Presence]] = {"!": "always", "?": "unless empty", "^": "if set", "*": "null if unset"}
_STRINGS: Final = frozenset(f"{tables.STRINGS} {tables.OPENKRUISE_STRINGS}".split())
_OPENKRUISE_TYPES: Final = frozenset([*tables.OPENKRUISE, *tables.OPENKRUISE_STRINGS.split(), "UpdateScatterStrategy"])
_KUBERNETES_TYPES: Final = frozenset([*tables.KUBERNETES, *tables.STRINGS.split(), "ResourceList"])
_NEVER: Final = 99


class Field(Record):
    """A field of a struct: what its JSON is called, what it holds, and when Go's encoder writes it.

    `type` is a struct of the table, "[]T", "map[string]T", or one of the scalars "string", "int32", "int64", "bool",
    "Quantity", "IntOrString", "Time", "bytes" and "any".
    """

    name: str
    type: str
    presence: Presence
    merge_key: str | None
    go_type: str  # the type's own name, where `type` says what lies behind it: "PullPolicy" for a "string"


def fields(type_name: str, release: Release = LATEST) -> Mapping[str, Field]:
    """Return the fields that a release knows of a struct, by name, in Go's order, inlined structs expanded."""
    return _fields(type_name, release.kubernetes_minor)


def is_struct(type_name: str) -> bool:
    """Tell a struct from a scalar, a list and a map."""
    return type_name in tables.KUBERNETES or type_name in tables.OPENKRUISE


def item_type(type_name: str) -> str | None:
    """Return what a list or a map of this type holds; None for any other type."""
    if type_name.startswith("[]"):
        return resolved(type_name.removeprefix("[]"))
    if type_name.startswith("map["):
        return resolved(type_name.partition("]")[2])
    return None


def resolved(go_type: str) -> str:
    """Return what lies behind a named Go type: "string" for "PullPolicy", itself for a struct."""
    return "string" if go_type in _STRINGS else tables.NAMED.get(go_type, go_type)


def go_name(go_type: str, release: Release = LATEST) -> str:
    """Return a type as Go's errors print it: "v1.PullPolicy", "[]v1beta1.SidecarContainer"."""
    if go_type.startswith(("[]", "map[")):
        prefix, _, item = go_type.partition("]")
        return f"{prefix}]{go_name(item, release)}"
    if go_type.startswith("SidecarSetPatchMetadata"):
        return f"configuration.{go_type}"
    if go_type in _OPENKRUISE_TYPES:
        return f"{release.go_package}.{go_type.removesuffix('V1alpha1')}"
    if go_type == "UID":
        return "types.UID"
    return f"v1.{go_type}" if go_type in _KUBERNETES_TYPES else go_type


def type_of(value: Mapping[str, object]) -> str | None:
    """Return the struct that an object's apiVersion and kind stand for; None when it is none of the table's roots."""
    api_version, kind = value.get("apiVersion"), value.get("kind")
    if not isinstance(api_version, str) or not isinstance(kind, str):
        return None
    return tables.ROOTS.get((api_version, kind))


def field_at(root_type: str, path: FieldPath, release: Release = LATEST) -> Field | None:
    """Return the field that a path leads to, that of the list or map where it ends at an item; None where none is."""
    field: Field | None = None
    current: str | None = root_type
    for part in path:
        if current is None:
            return None
        if not is_struct(current):
            current = item_type(current)
            continue
        field = fields(current, release).get(str(part))
        current = field.type if field else None
    return field if current else None


def merge_key_at(root_type: str, path: FieldPath) -> str | None:
    """Return the key that tells the items of the list at this path apart; None when the list is taken whole.

    Upstream: the patchMergeKey tags of KT and TB
    """
    field = field_at(root_type, path)
    return field.merge_key if field and not isinstance(path[-1], int) else None


@cache
def _fields(type_name: str, kubernetes_minor: int) -> Mapping[str, Field]:
    notation = tables.KUBERNETES.get(type_name) or tables.OPENKRUISE[type_name]
    return {field.name: field for word in notation.split() for field in _read(word, kubernetes_minor)}


def _read(word: str, kubernetes_minor: int) -> Iterator[Field]:
    if word.startswith("+"):
        yield from _fields(word.removeprefix("+"), kubernetes_minor).values()
        return
    name, mark, rest = _cut(word)
    rest, _, releases = rest.partition("@")
    since, _, until = releases.partition("-")
    if int(since or 0) <= kubernetes_minor <= int(until or _NEVER):
        go_type, _, merge_key = rest.removesuffix(")").partition("(")
        go_type = go_type or "string"
        yield Field(name, resolved(go_type), _PRESENCE[mark], merge_key or None, go_type)


def _cut(word: str) -> tuple[str, str, str]:
    """Cut a field's notation at its mark (by hand: compiling a pattern would take longer than all else at import)."""
    for mark in _PRESENCE:
        name, found, rest = word.partition(mark)
        if found:
            return name, mark, rest
    raise ValueError(f"no mark in {word}")
