"""Read the fields of a value as Go does: what is absent, null, or no such thing at all has the zero value of its type.

(What has another type is refused where values are decoded; here it must only do no harm.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sidecarctl.upstream.types import LabelSelector


def text(value: Mapping[str, object], field: str) -> str:
    """A string."""
    found = value.get(field)
    return found if isinstance(found, str) else ""


def number(value: Mapping[str, object], field: str) -> int:
    """An integer."""
    return cast("int", value.get(field) or 0)


def is_true(value: Mapping[str, object], field: str) -> bool:
    """Whether a boolean is set to true."""
    return value.get(field) is True


def struct(value: Mapping[str, object], field: str) -> Mapping[str, object]:
    """A struct; one that is absent has no fields."""
    found = value.get(field)
    return found if isinstance(found, dict) else {}


def structs(value: Mapping[str, object], field: str) -> Sequence[Mapping[str, object]]:
    """A list of structs."""
    found = value.get(field)
    return [item if isinstance(item, dict) else {} for item in found] if isinstance(found, list) else ()


def texts(value: Mapping[str, object], field: str) -> Sequence[str]:
    """A list of strings."""
    return cast("Sequence[str]", value.get(field) or ())


def label_selector(value: Mapping[str, object], field: str) -> LabelSelector:
    """A label selector; one that is absent asks for nothing."""
    return cast("LabelSelector", value.get(field) or {})


def text_map(value: Mapping[str, object], field: str) -> Mapping[str, str]:
    """A map from strings to strings, in the order of its keys: upstream has none."""
    entries = cast("Mapping[str, str | None]", value.get(field) or {})
    return {key: entries[key] or "" for key in sorted(entries)}
