"""How many Pods stand where: the numbers of a SidecarSet's status."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sidecarctl.sidecarset.rollout.standing import Standing
    from sidecarctl.sidecarset.rollout.target import RolloutTarget
    from sidecarctl.upstream.types import SidecarSetStatus


class Tally:
    """Counts of matched Pods, kept up to date as these move from one Standing to the next."""

    __slots__ = ("matched", "ready", "unavailable", "updated", "updated_ready")

    def __init__(self, standings: Iterable[Standing]) -> None:
        self.matched = self.updated = self.ready = self.updated_ready = self.unavailable = 0
        for standing in standings:
            self.matched += 1
            self._count(standing, 1)

    def move(self, before: Standing, after: Standing) -> None:
        """A Pod stands somewhere else."""
        self._count(before, -1)
        self._count(after, 1)

    def _count(self, standing: Standing, change: int) -> None:
        self.ready += change * standing.is_settled
        if standing.is_updated:
            self.updated += change
            self.updated_ready += change * standing.is_settled
            self.unavailable += change * standing.is_unavailable


def status_of(target: RolloutTarget, tally: Tally) -> SidecarSetStatus:
    """The status that the controller writes.

    Upstream: PROC calculateStatus
    """
    status: SidecarSetStatus = {
        "observedGeneration": cast("int", target.metadata.get("generation") or 1),
        "matchedPods": tally.matched,
        "updatedPods": tally.updated,
        "readyPods": tally.ready,
    }
    if tally.updated_ready:
        status["updatedReadyPods"] = tally.updated_ready
    if target.revision:
        status["latestRevision"] = target.revision
    status["collisionCount"] = cast("int", target.status.get("collisionCount") or 0)
    return status
