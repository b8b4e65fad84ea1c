"""The Pods that are not updated, by what the controller has in mind for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.record import Record
from sidecarctl.sidecarset.rollout.order import with_readiness, without_readiness
from sidecarctl.sidecarset.rollout.queue import Line
from sidecarctl.sidecarset.rollout.standing import UpgradeProgress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sidecarctl.sidecarset.rollout.order import Standpoint
    from sidecarctl.sidecarset.rollout.pod_row import Row
    from sidecarctl.sidecarset.rollout.pod_state import State
    from sidecarctl.sidecarset.rollout.podstates import PodStates
    from sidecarctl.sidecarset.rollout.queue import UpgradeOrder


class Lineup(Record):
    """Pods by number."""

    line: Line
    restarting: tuple[int, ...]
    not_upgradable: tuple[int, ...]
    not_selected: tuple[int, ...]


def lined_up(rows: Sequence[Row], states: PodStates, order: UpgradeOrder) -> Lineup:
    """Divide up the Pods that are not updated."""
    waiting: dict[int, Standpoint] = {}
    others: dict[UpgradeProgress, list[int]] = {UpgradeProgress.RESTARTING: [], UpgradeProgress.NOT_UPGRADABLE: []}
    not_selected: list[int] = []
    for pod, row in enumerate(rows):
        progress = states.standing(pod).progress
        if progress is UpgradeProgress.UPDATED:
            continue
        if not row.is_selected:
            not_selected.append(pod)
        elif progress is UpgradeProgress.WAITING:
            waiting[pod] = standpoint_of(row, states[pod])
        else:
            others[progress].append(pod)
    restarting, not_upgradable = (
        tuple(others[UpgradeProgress.RESTARTING]),
        tuple(others[UpgradeProgress.NOT_UPGRADABLE]),
    )
    return Lineup(Line(waiting, order), restarting, not_upgradable, tuple(not_selected))


def standpoint_of(row: Row, now: State) -> Standpoint:
    """Where a Pod stands in the line that may have lost its readiness since, or become ready."""
    if row.state.is_ready == now.is_ready:
        return row.standpoint
    priority, rank, values = row.standpoint
    return priority, with_readiness(rank) if now.is_ready else without_readiness(rank), values
