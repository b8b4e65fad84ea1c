"""Read the fields of a value as Go does: what is absent has the zero value of its type."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sidecarctl.upstream.types import LabelSelector


def text(value: Mapping[str, object], field: str) -> str:
    """A string."""
    return cast("str", value.get(field) or "")


def number(value: Mapping[str, object], field: str) -> int:
    """An integer."""
    return cast("int", value.get(field) or 0)


def is_true(value: Mapping[str, object], field: str) -> bool:
    """Whether a boolean is set to true."""
    return value.get(field) is True


def struct(value: Mapping[str, object], field: str) -> Mapping[str, object]:
    """A struct; one that is absent has no fields."""
    return cast("Mapping[str, object]", value.get(field) or {})


def structs(value: Mapping[str, object], field: str) -> Sequence[Mapping[str, object]]:
    """A list of structs."""
    return cast("Sequence[Mapping[str, object]]", value.get(field) or ())


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
