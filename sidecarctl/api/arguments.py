"""Checks of the arguments of the Python API: a value of the wrong type is refused, never misread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from sidecarctl.finding import UndecodableObject
from sidecarctl.upstream.decode import decode
from sidecarctl.upstream.go.time import InvalidTimestamp, in_utc
from sidecarctl.upstream.release import Release, release_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sidecarctl.sidecarset.injection.effective_set import Choice
    from sidecarctl.sidecarset.matching.match import RunningPods
    from sidecarctl.sidecarset.matching.scope import SystemNamespaces


_GROUPS: Final = {"SidecarSet": "apps.kruise.io", "ControllerRevision": "apps"}


def an_object(given: object, type_name: str) -> Mapping[str, object]:
    """Return an object of a kind; one that does not say its kind is taken for it.

    Raises `UndecodableObject`: with Go's sentence for what is no object, and for an object of another kind.
    """
    if not isinstance(given, dict):
        return decode(given, type_name)  # type: ignore[arg-type]  # it raises
    kind, api_version = given.get("kind"), given.get("apiVersion")
    if isinstance(kind, str) and kind not in {"", type_name}:
        raise UndecodableObject(f"{kind} where {type_name} is expected", ("kind",))
    group = api_version.rpartition("/")[0] if isinstance(api_version, str) else ""
    if isinstance(kind, str) and kind and isinstance(api_version, str) and group != _GROUPS.get(type_name, ""):
        raise UndecodableObject(f"apiVersion {api_version} is not one of {type_name}", ("apiVersion",))
    return given


def each_object(given: Iterable[object], type_name: str) -> Iterator[Mapping[str, object]]:
    """Yield objects of a kind from an iterable of them.

    Raises TypeError for what is no iterable of objects, such as a single one, `UndecodableObject` as `an_object` does.
    """
    return (an_object(one, type_name) for one in an_iterable(given, f"{type_name} objects"))


def all_objects(given: Iterable[object], type_name: str) -> list[Mapping[str, object]]:
    """Return objects of a kind in a list; raises as `each_object` does."""
    return list(each_object(given, type_name))


def an_iterable(given: Iterable[object], contents: str) -> Iterable[object]:
    """Return an iterable as it is; raise TypeError for a single object, a text or bytes, and what is no iterable."""
    if isinstance(given, dict | str | bytes) or not hasattr(given, "__iter__"):
        raise TypeError(f"expected a list of {contents}, not {type(given).__name__}")
    return given


def a_flag(given: bool, name: str) -> bool:  # noqa: FBT001 - it is what is checked
    """Return a bool; raise TypeError for anything else, such as the text "false"."""
    if not isinstance(given, bool):
        raise TypeError(f"{name} is True or False, not {type(given).__name__}")
    return given


def gates(given: Mapping[str, bool] | None) -> dict[str, bool]:
    """Return feature gates by name; raise TypeError for what is no mapping of names to bools."""
    found = {} if given is None else given
    if not isinstance(found, dict):
        raise TypeError(f"feature_gates is a mapping of names to True or False, not {type(given).__name__}")
    return {name: a_flag(state, f"feature gate {name}") for name, state in found.items()}


def a_release(given: str | None) -> Release:
    """Return the release that `kruise_version` names.

    Raises TypeError for what is no text, such as 1.9 (1.10 would be 1.1), ValueError for an unknown release.
    """
    if given is not None and not isinstance(given, str):
        raise TypeError(f'kruise_version is a text, such as "1.9", not {type(given).__name__}')
    return release_for(given)


Word = TypeVar("Word", bound=str)


_REVISIONS: Final = ("latest", "specified")


_RUNNING_PODS: Final = ("skip", "inject")


_SYSTEM_NAMESPACES: Final = ("exclude", "include")


def update_time(given: str | None) -> str | None:
    """Return an RFC 3339 time as annotations have it: in UTC, in whole seconds; None stays None."""
    try:
        return None if given is None else in_utc(given)
    except (InvalidTimestamp, TypeError):
        raise ValueError(f"timestamp is a time as 2026-01-31T12:00:00Z; {given!r} is none") from None


def revision_choices(given: Mapping[str, Choice] | None) -> dict[str, Choice]:
    """Return which side of a Partial policy each SidecarSet takes, by its name."""
    return {name: _word(f"choose_revision of {name}", choice, _REVISIONS) for name, choice in (given or {}).items()}


def checked_system_namespaces(given: SystemNamespaces) -> SystemNamespaces:
    """Return whether kube-system and kube-public get sidecars."""
    return _word("system_namespaces", given, _SYSTEM_NAMESPACES)


def running_pods(given: RunningPods) -> RunningPods:
    """Return whether Pods that already run are looked at as if they were created now."""
    return _word("running_pods", given, _RUNNING_PODS)


def _word(name: str, given: Word, words: tuple[str, ...]) -> Word:
    if given not in words:
        raise ValueError(f"{name} is {' or '.join(words)}, not {given!r}")
    return given
