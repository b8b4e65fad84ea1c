"""The Pods that are not updated, by what the controller has in mind for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.record import Record
from sidecarctl.sidecarset.rollout.line import Line
from sidecarctl.sidecarset.rollout.order import without_readiness
from sidecarctl.sidecarset.rollout.standing import UpgradeProgress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sidecarctl.sidecarset.rollout.line import Standpoint, UpgradeOrder
    from sidecarctl.sidecarset.rollout.podstates import PodStates
    from sidecarctl.sidecarset.rollout.row import Row


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
            lost_readiness = row.state.is_ready and not states[pod].is_ready
            waiting[pod] = no_longer_ready(row.standpoint) if lost_readiness else row.standpoint
        else:
            others[progress].append(pod)
    restarting, not_upgradable = (
        tuple(others[UpgradeProgress.RESTARTING]),
        tuple(others[UpgradeProgress.NOT_UPGRADABLE]),
    )
    return Lineup(Line(waiting, order), restarting, not_upgradable, tuple(not_selected))


def no_longer_ready(standpoint: Standpoint) -> Standpoint:
    """Where a Pod stands once it has lost its readiness."""
    priority, rank, values = standpoint
    return priority, without_readiness(rank), values
