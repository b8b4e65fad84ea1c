"""What a caller chooses between: words, and points in time; anything else is a `ValueError` that says what is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from sidecarctl.upstream.go.time import InvalidTimestamp, in_utc

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sidecarctl.sidecarset.injection.effective_set import Choice
    from sidecarctl.sidecarset.matching.match import RunningPods
    from sidecarctl.sidecarset.matching.scope import SystemNamespaces

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


def system_namespaces(given: SystemNamespaces) -> SystemNamespaces:
    """Return whether kube-system and kube-public get sidecars."""
    return _word("system_namespaces", given, _SYSTEM_NAMESPACES)


def running_pods(given: RunningPods) -> RunningPods:
    """Return whether Pods that already run are looked at as if they were created now."""
    return _word("running_pods", given, _RUNNING_PODS)


def _word(name: str, given: Word, words: tuple[str, ...]) -> Word:
    if given not in words:
        raise ValueError(f"{name} is {' or '.join(words)}, not {given!r}")
    return given
