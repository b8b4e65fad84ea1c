"""Reach into a value; what is absent or null counts as empty."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Value = Mapping[str, object]


def part(value: Value, key: str) -> Value:
    """The object under a key."""
    return cast("Value", value.get(key) or {})


def items(value: Value, key: str) -> Sequence[Value]:
    """The objects in the list under a key."""
    return cast("Sequence[Value]", value.get(key) or ())


def text(value: Value, key: str) -> str:
    """The string under a key."""
    return cast("str", value.get(key) or "")


def strings(value: Value, key: str) -> Sequence[str]:
    """The strings in the list under a key."""
    return cast("Sequence[str]", value.get(key) or ())


def texts(value: Value, key: str) -> Mapping[str, str]:
    """The labels or annotations under a key."""
    return cast("Mapping[str, str]", value.get(key) or {})
