"""Pods before and after: what they have in common with SidecarSets, and whether one holds all of the other."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from chooser import Json
from doors.yamledit import same
from manifests import KINDS, template_path

LISTS: Final = ("containers", "initContainers", "volumes", "imagePullSecrets")
FILLED: Final = ("metadata", "annotations", *LISTS[1:])  # what injection fills where it is null or empty
MAY_OVERWRITE: Final = ("Overwrite", "MergePatchJson")


def pods(documents: Iterable[Any]) -> Iterator[Json]:
    """The Pods and pod templates in documents."""
    for value in documents:
        if isinstance(value, dict) and value.get("kind") == "List":
            yield from pods(value["items"])
        elif isinstance(value, dict) and value.get("kind") in KINDS:
            for part in template_path(value["kind"]):
                value = value[part]  # noqa: PLW2901 - down to the template
            yield value


def meet(documents: Iterable[Any], sets: list[Json]) -> bool:
    """Whether a Pod has something of a name that a SidecarSet brings, too, or may overwrite whatever is there."""
    patches = [patch for one in sets for patch in one["spec"].get("patchPodMetadata", ())]
    brought = {name for one in sets for name in _named(one["spec"])}
    brought |= {("annotations", key) for patch in patches for key in patch["annotations"]}
    own = {name for pod in pods(documents) for name in _named({**pod["spec"], **(pod.get("metadata") or {})})}
    return any(patch["patchPolicy"] in MAY_OVERWRITE for patch in patches) or not brought.isdisjoint(own)


def _named(fields: Json) -> Iterator[tuple[str, str]]:
    for key in LISTS:
        yield from ((key, (item or {}).get("name", "")) for item in fields.get(key) or ())
    yield from (("annotations", key) for key in fields.get("annotations") or ())


def has_empties(documents: Iterable[Any]) -> bool:
    """Whether a Pod says of something that injection fills that there is nothing."""
    fields = [{**pod, **pod["spec"], **(pod.get("metadata") or {})} for pod in pods(documents)]
    return any(key in one and (not one[key] or None in one[key]) for one in fields for key in FILLED)


def without_empties(value: Any) -> Any:  # noqa: ANN401 - any value
    """The value without what is empty where injection may have filled something in."""
    if isinstance(value, dict):
        rest = {key: without_empties(item) for key, item in value.items()}
        return {key: item for key, item in rest.items() if item or key not in FILLED}
    return [without_empties(item or {}) for item in value] if isinstance(value, list) else value


def same_once_injected(again: Any, there: Any) -> bool:  # noqa: ANN401 - any value
    """Whether what uninject left may well be what there was: it makes the same Pods."""
    return same(unordered(again), unordered(there))


def unordered(value: Any) -> Any:  # noqa: ANN401 - any value
    """The value with its containers by name, for which SidecarSet came first makes no other Pod."""
    if isinstance(value, dict):
        return {
            key: sorted(item, key=_name) if item and key in LISTS else unordered(item) for key, item in value.items()
        }
    return [*map(unordered, value)] if isinstance(value, list) else value


def _name(item: Json) -> str:
    return str((item or {}).get("name"))


def has_all(before: Any, after: Any) -> bool:  # noqa: ANN401 - any value
    """Whether every value of one stands in the other, which may have more in its mappings and lists."""
    if isinstance(before, dict) and isinstance(after, dict):
        return all(key in after and has_all(item, after[key]) for key, item in before.items())
    if isinstance(before, list) and isinstance(after, list):
        left = iter(after)
        return all(any(has_all(item, other) for other in left) for item in before)
    return same(before, after)
