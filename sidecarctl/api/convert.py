"""Changes as objects, JSON patches, merge patches, names and Pods."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from sidecarctl.api.editor import is_meant, pod_of
from sidecarctl.api.targets import Found, Target, objects, targets
from sidecarctl.upstream.workload import group_kind
from sidecarctl.yamledit.edit import applied
from sidecarctl.yamledit.value import Value, same

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sidecarctl.api.change import Change, Limits, Made
    from sidecarctl.finding import FieldPath
    from sidecarctl.upstream.types import Pod
    from sidecarctl.yamledit.edit import Edit
    from sidecarctl.yamledit.value import Value


_NAMES = ("generateName", "name", "namespace")  # as kubectl prints them, before all else


def as_objects(change: Change) -> tuple[Value, ...]:
    """Return the objects of a document as they are after the change."""
    return tuple(applied(found.value, change.edits, found.path) for found in _left(change))


def as_json_patches(change: Change) -> tuple[Value, ...]:
    """Return, for each object that changes, its name and the JSON patch that changes it."""
    patches = ((found, json_patch(change.edits, found.path)) for found in _left(change))
    return tuple({"target": _target(found), "patch": cast("Value", patch)} for found, patch in patches if patch)


def as_merge_patches(change: Change) -> tuple[Value, ...]:
    """Return, for each object that changes, its name and the JSON merge patch that changes it."""
    patches = ((one, merge_patch(one.value, applied(one.value, change.edits, one.path))) for one in _left(change))
    return tuple({"target": _target(one), "patch": patch} for one, patch in patches if patch)


def as_names(change: Change) -> tuple[Value, ...]:
    """Return what kubectl calls the objects of a document: "deployment.apps/web"."""
    return tuple(name for found in _left(change) if (name := _name(found)))


def as_pods(rule: Callable[[Pod], Made], limits: Limits, change: Change) -> tuple[Value, ...]:
    """Return the Pod that each template of a document gives, as a rule changes it."""
    found = (target for one in objects(change.document) for target in targets(one, limits.workloads))
    return tuple(_pod(target, rule(pod_of(target, limits)).pod) for target in found if is_meant(target.owner, limits))


def _left(change: Change) -> list[Found]:
    """The objects of a document that the change does not take out."""
    if not change.output:
        return []
    gone = {edit.path for edit in change.edits if edit.op == "remove"}
    return [found for found in objects(change.document) if gone.isdisjoint(_down_to(found.path))]


def _down_to(path: FieldPath) -> Iterator[FieldPath]:
    """The Lists that hold an object, and the object."""
    return (path[:length] for length in range(0, len(path) + 1, 2))


def _target(found: Found) -> Value:
    group, kind = group_kind(found.value) or ("", found.kind)
    version = str(found.value.get("apiVersion", "")).rpartition("/")[2]
    named: dict[str, Value] = {"group": group, "version": version, "kind": kind, "name": found.text_of("name")}
    if found.text_of("namespace"):
        named["namespace"] = found.text_of("namespace")
    return {key: value for key, value in named.items() if value}


def _name(found: Found) -> str:
    """Return what kubectl calls an object; empty for a document without a kind or a name, which it cannot ask for."""
    if not found.kind or not found.text_of("name"):
        return ""
    group, kind = group_kind(found.value) or ("", found.kind)
    return f"{kind.lower()}{f'.{group}' if group else ''}/{found.text_of('name')}"


def _pod(target: Target, pod: Pod) -> Value:
    metadata = cast("dict[str, Value]", pod.get("metadata") or {})
    if target.template:
        metadata = {"generateName": f"{target.owner.text_of('name')}-", **metadata}
    named = {key: metadata[key] for key in _NAMES if key in metadata}
    metadata = {**named, **metadata}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": cast("Value", pod.get("spec"))}


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
