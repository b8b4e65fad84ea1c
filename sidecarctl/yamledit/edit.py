"""Edits: changes of a value by path; how to find and apply them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import Literal, TypeAlias

from sidecarctl.finding import FieldPath
from sidecarctl.record import Record
from sidecarctl.yamledit.value import Value, same

Op: TypeAlias = Literal["set", "add", "insert", "remove"]


Identity: TypeAlias = Callable[[FieldPath], str | None]


class Edit(Record):
    """One change of a value.

    `path` is always a path of the value as it was before, so no edit moves another: `set` replaces what stands there,
    `add` gives a mapping a new key, `insert` puts an item before the one at that index, `remove` takes something out.
    """

    op: Op
    path: FieldPath
    value: Value = None

    def to_dict(self) -> dict[str, Value]:
        """Return the edit as a JSON-shaped value; one that removes something has no `value`."""
        made: dict[str, Value] = {"op": self.op, "path": list(self.path)}
        return made if self.op == "remove" else {**made, "value": self.value}


def no_identity(_path: FieldPath) -> str | None:
    """Tell list items apart by their value alone."""
    return None


def diff(before: Value, after: Value, identity: Identity = no_identity, path: FieldPath = ()) -> list[Edit]:
    """Return the edits that turn one value into another; none where they are the same.

    `identity` names the key that tells the items of the list at a path apart.
    """
    return list(_diff(before, after, identity, path))


def _diff(before: Value, after: Value, identity: Identity, path: FieldPath) -> Iterator[Edit]:
    if before is after:
        return
    if isinstance(before, dict) and isinstance(after, dict) and not before.keys().isdisjoint(after):
        yield from _diff_maps(before, after, identity, path)
    elif isinstance(before, list) and isinstance(after, list) and before and after:
        yield from _diff_lists(before, after, identity, path)
    elif not same(before, after):
        yield Edit("set", path, after)


def _diff_maps(
    before: dict[str, Value], after: dict[str, Value], identity: Identity, path: FieldPath
) -> Iterator[Edit]:
    for key, value in before.items():
        if key in after:
            yield from _diff(value, after[key], identity, (*path, key))
        else:
            yield Edit("remove", (*path, key))
    for key, value in after.items():
        if key not in before:
            yield Edit("add", (*path, key), value)


def _diff_lists(before: list[Value], after: list[Value], identity: Identity, path: FieldPath) -> Iterator[Edit]:
    if (pairs := _pairs(before, after, identity(path))) is None:
        if not same(before, after):
            yield Edit("set", path, after)
        return
    place_of = dict(pairs)  # index after -> index before
    kept = set(place_of.values())
    for index in range(len(before)):
        if index not in kept:
            yield Edit("remove", (*path, index))
    following = len(before)
    inserted: list[Edit] = []
    for index in range(len(after) - 1, -1, -1):
        if index in place_of:
            following = place_of[index]
        else:
            inserted.append(Edit("insert", (*path, following), after[index]))
    yield from reversed(inserted)
    for new, old in pairs:
        yield from _diff(before[old], after[new], identity, (*path, old))


def _pairs(before: list[Value], after: list[Value], key: str | None) -> list[tuple[int, int]] | None:
    """Pair items of both lists (after, before) in one order; None where the list is best taken whole."""
    if key is None:
        return _pairs_at_the_ends(before, after)
    place = {name: index for index, name in enumerate(_names(before, key))}
    pairs = [(new, place[name]) for new, name in enumerate(_names(after, key)) if name in place]
    if not _are_in_order(pairs):  # something moved: what nobody touched stays, the rest comes anew
        pairs = [(new, old) for new, old in pairs if after[new] is before[old]]
    return pairs if pairs and _are_in_order(pairs) else _pairs_at_the_ends(before, after)


def _are_in_order(pairs: list[tuple[int, int]]) -> bool:
    return all(a[1] < b[1] for a, b in pairwise(pairs))


def _pairs_at_the_ends(before: list[Value], after: list[Value]) -> list[tuple[int, int]] | None:
    """Pair what is the same at both ends of two lists whose items have no names."""
    shorter = min(len(before), len(after))
    head = next((i for i in range(shorter) if not same(before[i], after[i])), shorter)
    tail = next((i for i in range(shorter - head) if not same(before[-1 - i], after[-1 - i])), shorter - head)
    if head + tail == 0:
        return None
    ends = [(len(after) - i, len(before) - i) for i in range(tail, 0, -1)]
    return [*((i, i) for i in range(head)), *ends]


def _names(items: list[Value], key: str) -> Iterator[tuple[Value, int]]:
    """Yield the name of each item, and how many before it have that name: none at all is a name, too."""
    seen: dict[Value, int] = {}
    for item in items:
        name = item.get(key) if isinstance(item, dict) else None
        if isinstance(name, dict | list):
            name = None
        place = seen.get(name, 0)
        seen[name] = place + 1
        yield name, place


def applied(value: Value, edits: Iterable[Edit], at: FieldPath = ()) -> Value:
    """Return the value with the edits made; what no edit touches is shared. `at` is where the value itself stands."""
    return _applied(value, [edit for edit in edits if edit.path[: len(at)] == at], len(at))


def _applied(value: Value, edits: list[Edit], depth: int) -> Value:
    """Make edits that all lie in a value at a depth."""
    for edit in edits:
        if len(edit.path) == depth:
            return edit.value
    if not edits:
        return value
    here: dict[str | int, list[Edit]] = {}  # what puts something beside the parts of the value, or takes one out
    deeper: dict[str | int, list[Edit]] = {}
    for edit in edits:
        is_here = len(edit.path) == depth + 1 and edit.op != "set"
        (here if is_here else deeper).setdefault(edit.path[depth], []).append(edit)
    if isinstance(value, dict):
        kept = {key: _applied(item, deeper.get(key, []), depth + 1) for key, item in value.items() if key not in here}
        return {**kept, **{str(key): made[-1].value for key, made in here.items() if made[-1].op == "add"}}
    if isinstance(value, list):
        return _applied_to_list(value, here, deeper, depth)
    raise KeyError(edits[0].path)


def _applied_to_list(
    value: list[Value], here: dict[str | int, list[Edit]], deeper: dict[str | int, list[Edit]], depth: int
) -> list[Value]:
    built: list[Value] = []
    for index in range(len(value) + 1):
        edits = here.get(index, [])
        built.extend(edit.value for edit in edits if edit.op == "insert")
        if index < len(value) and not any(edit.op == "remove" for edit in edits):
            built.append(_applied(value[index], deeper.get(index, []), depth + 1))
    return built


class Splice(Record):
    """Put `text` where the characters from `start` to `end` were; `depth` orders insertions at one place."""

    start: int
    end: int
    text: str
    depth: int = 0
