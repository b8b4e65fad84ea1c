"""Causes why a rollout does not finish, and budgets that SidecarSets share."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from sidecarctl.finding import Finding, Severity, show_path
from sidecarctl.record import Record
from sidecarctl.sidecarset.rollout.counters import DEFAULT_MAX_UNAVAILABLE
from sidecarctl.sidecarset.rollout.pod_faults import other_image, what_differs, why_not_ready, with_reasons
from sidecarctl.sidecarset.rollout.pod_traits import counted_pods
from sidecarctl.sidecarset.rollout.simulation import Wait
from sidecarctl.sidecarset.rollout.unreadiness import complaints_told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from sidecarctl.sidecarset.rollout.plan import RolloutPlan
    from sidecarctl.sidecarset.rollout.pod_row import Row
    from sidecarctl.sidecarset.rollout.target import RolloutTarget


NOT_UPGRADABLE: Final = "NotUpgradable"


NOT_READY: Final = "NotReady"


OTHER_IMAGE: Final = "OtherImage"


CUT_SHORT: Final = "RoundsLimit"


NO_PODS: Final = "NoPods"


class Cause(Record):
    """Pods that do not get where the SidecarSet wants them, and why: a word for scripts, a sentence for people."""

    code: str
    pods: tuple[str, ...]
    sentence: str


def causes(plan: RolloutPlan, rows: Sequence[Row], target: RolloutTarget, max_rounds: int | None = None) -> list[Cause]:
    """What keeps Pods (`rows` are those that count, as they were) from being updated and ready in the end.

    What stops everything comes before what stops some, what somebody has to mend before what the SidecarSet asks for.
    """
    if not rows:
        return [NO_PODS_COUNT]
    waiting = _by_wait(plan)
    is_cut = max_rounds is not None and len(plan.rounds) >= max_rounds
    cut = tuple(waiting.pop(Wait.MAX_UNAVAILABLE, ())) if is_cut else ()
    final = plan.final_rows if _needs_a_look(plan, rows, target) else ()
    return [
        *_cut_short(cut, max_rounds),
        *_stopped(plan, waiting, target),
        *_fails_before_the_line(plan, waiting),
        *_waiting(plan, waiting, target, (Wait.BLOCKED, Wait.MAX_UNAVAILABLE)),
        *_not_upgradable(plan),
        *_not_looked_at(plan),
        *_passed_over(waiting, rows),
        *_waiting(plan, waiting, target, (Wait.HOT_UPGRADE_RESET,)),
        *_in_another_version(final, target),
        *(() if Wait.MAX_UNAVAILABLE in waiting else _not_ready(plan, final, target)),
        *_waiting(plan, waiting, target, (Wait.PARTITION, Wait.NOT_SELECTED)),
    ]


NO_PODS_COUNT: Final = Cause(NO_PODS, (), "no Pod counts, there is nothing to roll out to")


def _cut_short(pods: tuple[str, ...], max_rounds: int | None) -> Iterator[Cause]:
    if pods:
        yield Cause(CUT_SHORT, pods, f"left to later rounds, only {max_rounds} were asked for")


def _needs_a_look(plan: RolloutPlan, rows: Sequence[Row], target: RolloutTarget) -> bool:
    """Whether to look at the Pods one by one in the end: else all that are updated are ready, and run what they should.

    Only a hot upgrade can bring a Pod into another version; Pods in the same State share it, so few are to be asked.
    """
    if plan.unavailable or target.hot_sidecars:
        return True
    states = {id(row.state): row.state for row in rows}.values()
    return any(state.hash == target.hash and other_image(state, target) is not None for state in states)


def _fails_before_the_line(plan: RolloutPlan, waiting: Mapping[Wait, Sequence[str]]) -> Iterator[Cause]:
    """A controller that fails where nobody waits behind: it never gets to what it would do next."""
    if plan.is_blocked and Wait.BLOCKED not in waiting:
        yield Cause(Wait.BLOCKED.value, (), _failure(plan))


def _by_wait(plan: RolloutPlan) -> dict[Wait, list[str]]:
    found: dict[Wait, list[str]] = {}
    for pod, wait in plan.waiting.items():
        found.setdefault(wait, []).append(pod)
    return found


def _stopped(plan: RolloutPlan, waiting: Mapping[Wait, Sequence[str]], target: RolloutTarget) -> Iterator[Cause]:
    """A rollout that is switched off: said even where nothing could be upgraded anyway."""
    for kind, is_so in ((Wait.NOT_UPDATE, target.never_updates), (Wait.PAUSED, target.is_paused)):
        if is_so and plan.final_status.get("updatedPods", 0) < plan.final_status.get("matchedPods", 0):
            yield Cause(kind.value, tuple(waiting.get(kind, ())), _SENTENCES[kind](plan, target))
            return


def _waiting(
    plan: RolloutPlan, waiting: Mapping[Wait, Sequence[str]], target: RolloutTarget, kinds: Sequence[Wait]
) -> Iterator[Cause]:
    for kind in kinds:
        if kind in waiting:
            yield Cause(kind.value, tuple(waiting[kind]), _SENTENCES[kind](plan, target))


def _partition(plan: RolloutPlan, target: RolloutTarget) -> str:
    partition = target.strategy.get("partition")
    is_share = isinstance(partition, str) and partition != "100%"
    rounded = ", which is rounded up to the only Pod" if is_share and plan.final_status["matchedPods"] == 1 else ""
    return f"kept back by partition {partition}{rounded}"


def _no_place(plan: RolloutPlan, target: RolloutTarget) -> str:
    limit = target.strategy.get("maxUnavailable", DEFAULT_MAX_UNAVAILABLE)
    if not plan.unavailable:
        return f"maxUnavailable {limit} lets no Pod go that is ready"
    holding = len(plan.unavailable)
    who = "1 updated Pod that is" if holding == 1 else f"{holding} updated Pods that are"
    hot = ", or in the middle of a hot upgrade" if target.hot_sidecars else ""
    unavailable = frozenset(plan.unavailable)
    pods = with_reasons([row for row in plan.final_rows if str(row) in unavailable], target)
    return f"no place left: maxUnavailable {limit} is used up by {who} not ready{hot}: {pods}"


def _blocked(plan: RolloutPlan, _: RolloutTarget) -> str:
    return f"never reached: {_failure(plan)}"


def _failure(plan: RolloutPlan) -> str:
    return next((finding.message for finding in plan.findings if finding.code == "PLN004"), "it fails at another Pod")


_SENTENCES: Final[dict[Wait, Callable[[RolloutPlan, RolloutTarget], str]]] = {
    Wait.NOT_UPDATE: lambda *_: "updateStrategy.type is NotUpdate",
    Wait.PAUSED: lambda *_: "updateStrategy.paused is true",
    Wait.BLOCKED: _blocked,
    Wait.MAX_UNAVAILABLE: _no_place,
    Wait.HOT_UPGRADE_RESET: lambda *_: "behind hot upgrades that are not over",
    Wait.PARTITION: _partition,
    Wait.NOT_SELECTED: lambda *_: "not chosen by updateStrategy.selector",
}


def _not_upgradable(plan: RolloutPlan) -> Iterator[Cause]:
    """Pods that only their workload can bring up to date, by the field that asks for it."""
    for path, _ in Counter(plan.not_upgradable.values()).most_common():
        pods = tuple(pod for pod, blamed in plan.not_upgradable.items() if blamed == path)
        blame = f"{show_path(path)} changed" if path else "more than images changed"
        yield Cause(NOT_UPGRADABLE, pods, f"not upgradable in place, only new Pods get this: {blame}")


def _not_looked_at(plan: RolloutPlan) -> Iterator[Cause]:
    """Pods that a stopped rollout never asked about: neither updated, nor waiting, nor marked."""
    status = plan.final_status
    known = status.get("updatedPods", 0) + len(plan.waiting) + len(plan.not_upgradable)
    rest = status.get("matchedPods", 0) - known
    if rest > 0:
        yield Cause(
            NOT_UPGRADABLE,
            (),
            f"{counted_pods(rest)} would not be upgradable in place either: more than images changed",
        )


def _passed_over(waiting: Mapping[Wait, Sequence[str]], rows: Sequence[Row]) -> Iterator[Cause]:
    """Pods that look as if an upgrade were under way, by what makes them look so."""
    restarting = frozenset(waiting.get(Wait.RESTARTING, ()))
    by_reason: dict[str, list[str]] = {}
    for row in rows if restarting else ():
        if str(row) in restarting:
            by_reason.setdefault(what_differs(row.state), []).append(str(row))
    for reason, pods in by_reason.items():
        yield Cause(Wait.RESTARTING.value, tuple(pods), f"passed over: {reason}")


def _in_another_version(final: Sequence[Row], target: RolloutTarget) -> Iterator[Cause]:
    """Pods that count as updated, and even as ready, and run something else."""
    by_image: dict[str, list[str]] = {}
    for row in final:
        if row.state.hash == target.hash and (found := other_image(row.state, target)) is not None:
            by_image.setdefault(found, []).append(str(row))
    for found, pods in by_image.items():
        yield Cause(OTHER_IMAGE, tuple(pods), f"updated in name only: {found}")


def _not_ready(plan: RolloutPlan, final: Sequence[Row], target: RolloutTarget) -> Iterator[Cause]:
    """Updated Pods that are out of service, by what is wrong with them."""
    unavailable = frozenset(plan.unavailable)
    by_reason: dict[str, list[str]] = {}
    for row in final if unavailable else ():
        if str(row) in unavailable and other_image(row.state, target) is None:
            told = complaints_told(row.complaints)
            reason = why_not_ready(row.state, target) + (f": {told}" if told else "")
            by_reason.setdefault(reason, []).append(str(row))
    for reason, pods in by_reason.items():
        yield Cause(NOT_READY, tuple(pods), f"updated, {reason}")


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
