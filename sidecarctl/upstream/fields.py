"""Read the fields of objects as Go does: what is absent, null, or of another type has the zero value of its type.

(What has another type is refused where values are decoded; here it must only do no harm.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from sidecarctl.upstream.names import DEFAULT_NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sidecarctl.upstream.types import LabelSelector

    Value = Mapping[str, object]


def text(value: Value, field: str) -> str:
    """Return a string."""
    found = value.get(field)
    return found if isinstance(found, str) else ""


def number(value: Value, field: str) -> int:
    """Return an integer."""
    return cast("int", value.get(field) or 0)


def is_true(value: Value, field: str) -> bool:
    """Tell whether a boolean is set to true."""
    return value.get(field) is True


def struct(value: Value, field: str) -> Value:
    """Return a struct; one that is absent has no fields."""
    found = value.get(field)
    return found if isinstance(found, dict) else {}


def structs(value: Value, field: str) -> Sequence[Value]:
    """Return a list of structs."""
    found = value.get(field)
    return [item if isinstance(item, dict) else {} for item in found] if isinstance(found, list | tuple) else ()


def texts(value: Value, field: str) -> Sequence[str]:
    """Return a list of strings."""
    return cast("Sequence[str]", value.get(field) or ())


def label_selector(value: Value, field: str) -> LabelSelector:
    """Return a label selector; one that is absent asks for nothing."""
    return cast("LabelSelector", value.get(field) or {})


def text_map(value: Value, field: str) -> Mapping[str, str]:
    """Return a map from strings to strings, such as labels, as it is written."""
    return cast("Mapping[str, str]", struct(value, field))


def sorted_text_map(value: Value, field: str) -> Mapping[str, str]:
    """Return a map from strings to strings in the order of its keys, for what upstream says in random order."""
    entries = cast("Mapping[str, str | None]", value.get(field) or {})
    return {key: entries[key] or "" for key in sorted(entries)}


def name_of(value: Value) -> str:
    """Return the name of an object."""
    return text(struct(value, "metadata"), "name")


def namespace_of(value: Value, default: str = DEFAULT_NAMESPACE) -> str:
    """Return the namespace that an object goes to."""
    return text(struct(value, "metadata"), "namespace") or default


def label_map(value: Value) -> Mapping[str, str]:
    """Return the labels of an object; see `match.labels_of` for a Pod that may be malformed."""
    return text_map(struct(value, "metadata"), "labels")


def annotations_of(value: Value) -> dict[str, str]:
    """Return the annotations of an object as written; those that are no texts are left out."""
    annotations = struct(struct(value, "metadata"), "annotations")
    return {key: one for key, one in annotations.items() if isinstance(one, str)}
