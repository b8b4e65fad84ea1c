"""A change as a patch: RFC 6902 (JSON patch) and RFC 7386 (JSON merge patch)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.yamledit.value import Value, same

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sidecarctl.finding import FieldPath
    from sidecarctl.yamledit.edit import Edit

_OPERATIONS = {"set": "replace", "add": "add", "insert": "add", "remove": "remove"}


def json_patch(edits: Iterable[Edit], at: FieldPath = ()) -> list[Value]:
    """Return edits below a path as the operations of a JSON patch, relative to that path.

    An edit speaks of the value as it was, an operation of the value that the ones before it left: so lists change last,
    and each from its end.
    """
    ours = [edit for edit in edits if edit.path[: len(at)] == at]
    moving = [edit for edit in ours if edit.op != "set" and isinstance(edit.path[-1], int)]
    steady = [edit for edit in ours if edit not in moving]
    ordered = [*steady, *sorted(moving, key=_place)[::-1]]
    return [_operation(edit, at) for edit in ordered]


def _place(edit: Edit) -> tuple[tuple[str, int], ...]:
    return tuple(("", part) if isinstance(part, int) else (part, 0) for part in edit.path)


def _operation(edit: Edit, at: FieldPath) -> Value:
    pointer = "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in edit.path[len(at) :])
    operation: dict[str, Value] = {"op": _OPERATIONS[edit.op], "path": pointer}
    if edit.op != "remove":
        operation["value"] = edit.value
    return operation


def merge_patch(before: Value, after: Value) -> Value:
    """Return the JSON merge patch between two values: lists are replaced whole, null takes a key out."""
    if not isinstance(before, dict) or not isinstance(after, dict):
        return after
    patch: dict[str, Value] = {key: None for key in before if key not in after}
    for key, value in after.items():
        if key not in before:
            patch[key] = value
        elif not same(before[key], value):
            patch[key] = merge_patch(before[key], value)
    return patch
