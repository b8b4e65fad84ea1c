"""The Pods themselves after a rollout that was simulated on what matters of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.sidecarset.rollout.lineup import standpoint_of
from sidecarctl.sidecarset.rollout.podstates import PodStates, turns
from sidecarctl.sidecarset.rollout.podsteps import emptied_pod, marked_pod, restarted_pod, upgraded_pod
from sidecarctl.upstream.fields import name_of, namespace_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from sidecarctl.sidecarset.rollout.batch import Batch
    from sidecarctl.sidecarset.rollout.pod_row import Row
    from sidecarctl.sidecarset.rollout.pod_state import State
    from sidecarctl.sidecarset.rollout.podstates import Turn
    from sidecarctl.sidecarset.rollout.target import RolloutTarget
    from sidecarctl.upstream.types import Pod

    Name = tuple[str, str]


def pods_after(
    batches: Sequence[Batch],
    pods: Iterable[Pod],
    rows: Sequence[Row],
    target: RolloutTarget,
    never_ready: Collection[str],
) -> list[Pod]:
    """These Pods, by namespace and name, after the batches; those that nothing happens to are the very same values."""
    states = PodStates((row.state for row in rows), target)
    in_flight = {_name(rows[pod]) for pod in states.in_flight()} if batches else set()
    turns_of: dict[Name, list[tuple[Turn, str, bool]]] = {}  # each with the SidecarSet's resourceVersion
    not_upgradable: set[Name] = set()
    for batch in batches:
        for number, turn in turns(batch.resets, batch.upgrades):
            has_landed = number in batch.landed
            turns_of.setdefault(_name(rows[number]), []).append((turn, batch.resource_version, has_landed))
        if batch.halt is None:
            not_upgradable.update(_name(rows[pod]) for pod in batch.lineup.not_upgradable)

    def after(pod: Pod) -> Pod:
        name = _pod_name(pod)
        own_turns, fails = turns_of.get(name, ()), "/".join(name) in never_ready
        if name in in_flight and (not own_turns or own_turns[0][-1]):
            pod = restarted_pod(pod, pod, target, states.image_ids, fails=fails)
        for turn, resource_version, _ in own_turns:
            changed = _changed(pod, turn, target, resource_version)
            pod = restarted_pod(pod, changed, target, states.image_ids, fails=fails)
        return marked_pod(pod, target.name, is_upgradable=False) if name in not_upgradable else pod

    return [after(pod) for pod in sorted(pods, key=_pod_name)]


def rows_after(
    batches: Sequence[Batch], rows: Sequence[Row], target: RolloutTarget, never_ready: Collection[str]
) -> list[Row]:
    """The same of Pods that are known by their rows only."""
    states = PodStates((row.state for row in rows), target)
    in_flight = set(states.in_flight()) if batches else set()
    for batch in batches:
        for pod, turn in turns(batch.resets, batch.upgrades):
            if pod in in_flight and pod in batch.landed:
                states.restart(pod, fails=str(rows[pod]) in never_ready)
            in_flight.discard(pod)
            states.change(pod, turn)
            states.restart(pod, fails=str(rows[pod]) in never_ready)
    for pod in in_flight:
        states.restart(pod, fails=str(rows[pod]) in never_ready)
    return [row if states[pod] is row.state else _moved(row, states[pod], target) for pod, row in enumerate(rows)]


def _moved(row: Row, state: State, target: RolloutTarget) -> Row:
    """A Pod in another state; what was wrong with its sidecars before is no longer known to be."""
    kept = tuple(one for one in row.complaints if one.container not in target.containers) if not state.is_ready else ()
    return row._replace(state=state, complaints=kept, standpoint=standpoint_of(row, state))


def _changed(pod: Pod, turn: Turn, target: RolloutTarget, resource_version: str) -> Pod:
    changed = emptied_pod(pod, target) if turn.is_reset else pod
    return upgraded_pod(changed, target, resource_version) if turn.is_upgraded else changed


def _name(row: Row) -> Name:
    return row.namespace, row.name


def _pod_name(pod: Pod) -> Name:
    return namespace_of(pod), name_of(pod)
