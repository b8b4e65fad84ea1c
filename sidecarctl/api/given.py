"""What a program hands to the Python API: it must be objects before anything can be said of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.upstream.decode import decode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def an_object(given: object, type_name: str) -> Mapping[str, object]:
    """Return what was given; raise `UndecodableObject`, with Go's sentence, where that is no object."""
    return given if isinstance(given, dict) else decode(given, type_name)  # type: ignore[arg-type]  # it raises


def all_objects(given: Iterable[object], type_name: str) -> list[Mapping[str, object]]:
    """Return everything that was given, in a list; raise `UndecodableObject` where something is no object."""
    return [an_object(one, type_name) for one in given]
