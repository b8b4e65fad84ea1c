"""What the controller thinks of a Pod in a given State."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from sidecarctl.record import Record
from sidecarctl.sidecarset.rollout.imagedigest import image_digest, reported_digest

if TYPE_CHECKING:
    from sidecarctl.sidecarset.rollout.pod_state import State
    from sidecarctl.sidecarset.rollout.target import RolloutTarget


class UpgradeProgress(Enum):
    """How far a Pod has come in the rollout, were it selected."""

    UPDATED = auto()
    NOT_UPGRADABLE = auto()  # more than images changed
    RESTARTING = auto()  # an earlier upgrade is still under way
    WAITING = auto()


class Standing(Record):
    """All that a reconcile asks about a Pod, once."""

    progress: UpgradeProgress
    is_ready: bool  # a Pod that is not is upgraded for free
    is_settled: bool  # ready, and what runs is what the spec says
    needs_reset: bool

    @property
    def is_updated(self) -> bool:
        return self.progress is UpgradeProgress.UPDATED

    @property
    def is_unavailable(self) -> bool:
        """Whether it uses up a place of maxUnavailable."""
        return self.is_updated and not self.is_settled


def standing(state: State, target: RolloutTarget) -> Standing:
    """What the controller thinks of a Pod in this State."""
    ready = is_ready(state, target)
    return Standing(
        progress=_progress(state, target),
        is_ready=ready,
        is_settled=ready and is_consistent(state, target.containers),
        needs_reset=_needs_reset(state, target),
    )


def is_ready(state: State, target: RolloutTarget) -> bool:
    """Whether the Pod serves, and no hot upgrade of it is half done.

    Upstream: CTRL IsPodReady
    """
    is_idle = all(
        state.image(state.sides(sidecar)[1]) == sidecar.empty_image
        for sidecar in target.hot_sidecars
        if sidecar.empty_image
    )
    return is_idle and state.is_running and state.is_ready


def is_consistent(state: State, containers: frozenset[str]) -> bool:
    """Whether what runs in these containers is what the spec says, as far as statuses tell.

    Upstream: CTRL IsPodStateConsistent
    """
    if not state.reports_all:
        return False
    for container, image in state.images:
        if container in containers:
            wanted = image_digest(image)
            if wanted is None:
                return _is_upgrade_complete(state, containers)
            if reported_digest(state.status(container).image_id) != wanted:
                return False
    return True


def _progress(state: State, target: RolloutTarget) -> UpgradeProgress:
    """Upstream: STRAT GetNextUpgradePods."""
    if state.hash == target.hash:
        return UpgradeProgress.UPDATED
    if state.hash_without_image != target.hash_without_image:
        return UpgradeProgress.NOT_UPGRADABLE
    is_restarting = any(
        status.is_ready and not is_consistent(state, frozenset({container})) for container, status in state.statuses
    )
    return UpgradeProgress.RESTARTING if is_restarting else UpgradeProgress.WAITING


def _is_upgrade_complete(state: State, containers: frozenset[str]) -> bool:
    """Whether every container that an upgrade changed has since been restarted, or runs the wanted image anyway.

    Upstream: CTRL IsSidecarContainerUpdateCompleted
    """
    if state.recorded is None:
        return False
    before = dict(state.recorded)
    return not any(
        container in containers and before.get(container) == status.image_id and status.image != state.image(container)
        for container, status in state.statuses
    )


def _needs_reset(state: State, target: RolloutTarget) -> bool:
    """Whether a hot upgrade is over, and what served before it is to be emptied.

    Upstream: CHOT resetHotUpgradeContainer
    """
    sides = [(sidecar, *state.sides(sidecar)) for sidecar in target.hot_sidecars]
    if all(state.image(empty) == sidecar.empty_image for sidecar, _, empty in sides):
        return False
    empty_sides = {empty for _, _, empty in sides}
    serves = (state.is_running and state.is_ready) or (
        state.others_are_ready and all(s.is_ready for container, s in state.statuses if container not in empty_sides)
    )
    return serves and is_consistent(state, target.containers - empty_sides)
