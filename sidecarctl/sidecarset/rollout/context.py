"""What a status or a plan depends on besides the SidecarSet and the Pods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sidecarctl.upstream.release import LATEST, Release

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from sidecarctl.sidecarset.rollout.mark import Mark
    from sidecarctl.sidecarset.rollout.pace import Pace
    from sidecarctl.upstream.types import ControllerRevision, Namespace, Pod, SidecarSet


def _as_it_is(pod: Pod) -> Pod:
    return pod


@dataclass(frozen=True, slots=True)
class RolloutContext:
    """The cluster around a rollout, and what is assumed about its Pods."""

    namespaces: Sequence[Namespace] = ()
    never_ready: Collection[str] = frozenset()  # "namespace/name" of Pods that fail once one of their images changes
    release: Release = LATEST
    max_rounds: int | None = None
    paces: Sequence[Pace] = ()  # how long restarts take; none: a Pod is ready for the next round
    previous: Sequence[SidecarSet | ControllerRevision] = ()  # earlier versions, to name what blocks an upgrade
    mark: Callable[[Pod], Mark] | None = None  # takes what stages tell a Pod by
    whole: Callable[[Pod], Pod] = _as_it_is  # a Pod with all that its containers hold, where only part of it was read
