"""The status that the controller gives a SidecarSet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.sidecarset.hash import admit
from sidecarctl.sidecarset.revision import revision_name
from sidecarctl.sidecarset.rollout.counted import Matcher
from sidecarctl.sidecarset.rollout.podstates import PodStates
from sidecarctl.sidecarset.rollout.tally import Tally, status_of
from sidecarctl.sidecarset.rollout.target import RolloutTarget

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sidecarctl.sidecarset.rollout.context import RolloutContext
    from sidecarctl.sidecarset.rollout.left_out import LeftOut
    from sidecarctl.upstream.release import Release
    from sidecarctl.upstream.types import Pod, SidecarSet, SidecarSetStatus


def status(sidecar_set: SidecarSet, pods: Iterable[Pod], context: RolloutContext) -> SidecarSetStatus:
    """The status of a SidecarSet, as written or as admitted, over these Pods.

    UndecodableObject where it is no SidecarSet of the release.
    Upstream: PROC calculateStatus
    """
    return status_and_left_out(sidecar_set, pods, context)[0]


def status_and_left_out(
    sidecar_set: SidecarSet, pods: Iterable[Pod], context: RolloutContext
) -> tuple[SidecarSetStatus, tuple[LeftOut, ...]]:
    """The status of a SidecarSet, and the Pods that it does not count, by reason.

    UndecodableObject where it is no SidecarSet of the release.
    """
    target = target_of(sidecar_set, context.release)
    matcher = Matcher(target, context)
    states = PodStates((state for _, state in matcher.matched(pods)), target)
    return status_of(target, Tally(map(states.standing, range(len(states))))), matcher.left_out.groups


def target_of(sidecar_set: SidecarSet, release: Release) -> RolloutTarget:
    """What the controller wants once the SidecarSet is admitted."""
    admitted = admit(sidecar_set, release)
    return RolloutTarget(admitted, release, revision_name(admitted, release))
