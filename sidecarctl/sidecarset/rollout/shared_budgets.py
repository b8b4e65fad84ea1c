"""Several SidecarSets that upgrade the same Pods at one time: each counts maxUnavailable by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.finding import Finding, Severity
from sidecarctl.record import Record
from sidecarctl.sidecarset.rollout.pod_traits import counted_pods

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sidecarctl.sidecarset.rollout.plan import RolloutPlan


class Upgrades(Record):
    """The Pods ("namespace/name") that a SidecarSet upgrades, and how many it lets be out of service at once."""

    name: str
    pods: frozenset[str]
    max_unavailable: int


def upgrades_of(name: str, plans: Iterable[RolloutPlan]) -> Upgrades:
    """Return what the plans of a SidecarSet, one after the other, upgrade."""
    rounds = [round_ for plan in plans for round_ in plan.rounds]
    pods = frozenset(pod for round_ in rounds for pod in round_.pods)
    return Upgrades(name, pods, max((round_.max_unavailable for round_ in rounds), default=0))


def shared_by_each(rollouts: Sequence[tuple[str, Iterable[RolloutPlan]]]) -> list[tuple[Finding, ...]]:
    """Return, for each SidecarSet (its name and its plans), what `shared_budgets` tells about the others."""
    if len(rollouts) == 1:
        return [()]
    upgrades = [upgrades_of(name, plans) for name, plans in rollouts]
    return [shared_budgets(own, [*upgrades[:number], *upgrades[number + 1 :]]) for number, own in enumerate(upgrades)]


def shared_budgets(own: Upgrades, others: Sequence[Upgrades]) -> tuple[Finding, ...]:
    """Return PLN013 where other SidecarSets upgrade the same Pods; nothing where none does."""
    meeting = [other for other in others if other.pods & own.pods]
    if not meeting:
        return ()
    shared = own.pods & frozenset[str]().union(*(other.pods for other in meeting))
    names = " and ".join(other.name for other in meeting)
    budget = sum(one.max_unavailable for one in (own, *meeting))
    told = (
        f"{names} {'upgrades' if len(meeting) == 1 else 'upgrade'} {counted_pods(len(shared))} of these, too: each "
        f"SidecarSet counts maxUnavailable by itself, and together they let {budget} Pods be out of service at once"
    )
    return (Finding("PLN013", told, ("spec", "updateStrategy", "maxUnavailable"), Severity.WARNING),)
