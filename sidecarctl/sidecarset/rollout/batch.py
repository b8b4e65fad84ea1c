"""What one reconcile does, and what it leaves."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sidecarctl.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sidecarctl.sidecarset.rollout.lineup import Lineup
    from sidecarctl.sidecarset.rollout.queue import CutTie
    from sidecarctl.upstream.types import SidecarSetStatus


class Wait(StrEnum):
    """Why a Pod that is not updated stays as it is for a round; stable, so that scripts may ask for it."""

    PARTITION = "Partition"  # kept back
    MAX_UNAVAILABLE = "MaxUnavailable"  # too many are out of service
    NOT_SELECTED = "NotSelected"  # by updateStrategy.selector
    RESTARTING = "Restarting"  # an earlier upgrade of it is still under way
    HOT_UPGRADE_RESET = "HotUpgradeReset"  # this round empties what no longer serves
    PAUSED = "Paused"
    NOT_UPDATE = "NotUpdate"  # the type of the updateStrategy
    BLOCKED = "Blocked"  # the controller fails at a Pod before it, again and again


class NewImage(Record):
    """The image that a container gets, and in how many Pods."""

    container: str
    image: str
    pods: int


@dataclass(frozen=True, slots=True)
class Batch:
    """What one reconcile does; Pods go by their number."""

    number: int
    at: int  # milliseconds since the rollout began
    status: SidecarSetStatus  # when it begins
    resource_version: str  # of the SidecarSet then
    upgrades: tuple[int, ...]  # in order
    resets: tuple[int, ...]
    images: tuple[NewImage, ...]  # what it writes, by container
    cut_ties: tuple[CutTie, ...]
    left_to_chance: CutTie | None  # what scattering by `*` takes, where a cluster may take others
    lineup: Lineup
    halt: Wait | None  # why it upgrades nothing, if something else than the line decides that
    unavailable: int  # updated Pods out of service when it begins
    max_unavailable: int
    kept_back: int  # by partition
    failed_at: int | None  # the Pod that ends it with an error
    landed: frozenset[int]  # the Pods that restarted when the rollout began, and are through when this does

    @property
    def changes_pods(self) -> bool:
        """Whether any image changes."""
        return bool(self.upgrades or self.resets)

    def waits(self) -> Iterator[tuple[int, Wait]]:
        """The Pods that wait on, the next in line first, and why."""
        order = list(self.lineup.line.upgrade_order_before(self.number))
        last_to_go = len(order) - self.kept_back
        short = Wait.MAX_UNAVAILABLE if self.failed_at is None else Wait.BLOCKED
        upgraded = set(self.upgrades)
        for position, pod in enumerate(order):
            if pod not in upgraded:
                yield pod, self.halt or (short if position < last_to_go else Wait.PARTITION)
        yield from ((pod, Wait.RESTARTING) for pod in self.lineup.restarting)
        yield from ((pod, Wait.NOT_SELECTED) for pod in self.lineup.not_selected)
