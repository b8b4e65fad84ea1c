"""Counts of a rollout: partition, maxUnavailable, and the numbers of the status."""

from __future__ import annotations

from math import ceil, floor, isfinite
from typing import TYPE_CHECKING, Final, cast

from sidecarctl.upstream.go.numbers import as_int64, int64, parsed_float

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sidecarctl.sidecarset.rollout.pod_state import Standing
    from sidecarctl.sidecarset.rollout.target import RolloutTarget
    from sidecarctl.upstream.release import Release
    from sidecarctl.upstream.types import SidecarSetStatus


DEFAULT_MAX_UNAVAILABLE: Final = 1


def kept_back(partition: object, total: int, release: Release) -> int:
    """Number of waiting Pods, at the end of the line, that `partition` leaves as they are; `total` Pods matched.

    Upstream: TOOLS CalculatePartitionReplicas
    """
    if not isinstance(partition, str):
        wanted = partition if isinstance(partition, int) else 0
    elif not release.rounds_up_partition:
        wanted = _part(int64(partition.replace("%", "")), total, rounds_up=False)
    else:
        wanted = _part(_share(partition), total, rounds_up=True)
        # One Pod at least is to show what the new version does, unless all were kept back on purpose.
        if wanted == total > 1 and partition != "100%":
            wanted = total - 1
    return max(0, min(wanted, total))


def may_be_unavailable(max_unavailable: object, total: int, release: Release) -> int:
    """Number of updated Pods that may be out of service at once; without a floor: 0 freezes every ready Pod.

    Upstream: STRAT getMaxUnavailable
    """
    if max_unavailable is None:
        return DEFAULT_MAX_UNAVAILABLE
    if not isinstance(max_unavailable, str):
        return max_unavailable if isinstance(max_unavailable, int) else 0
    return _part(int64(max_unavailable.replace("%", "")), total, rounds_up=release.rounds_up_max_unavailable)


def _share(percentage: str) -> float | None:
    """The number before the percent sign; fractions are read too, where no webhook refused them.

    Upstream: TOOLS GetScaledValueFromIntOrPercent
    """
    if not percentage.endswith("%"):
        return None
    try:
        return parsed_float(percentage.removesuffix("%"))
    except ValueError:
        return None


def _part(percent: float | None, total: int, *, rounds_up: bool) -> int:
    """So many percent of the Pods in whole Pods; 0 where the percentage cannot be read."""
    exact = (percent or 0) * float(total) / 100
    if not isfinite(exact):
        return as_int64(exact)
    return as_int64(ceil(exact) if rounds_up else floor(exact))


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
