"""What the reader of a plan should know besides its rounds: one function for each code."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING, Final

from sidecarctl.finding import Finding, Severity, show_path
from sidecarctl.sidecarset.rollout.order import ANY_VALUE
from sidecarctl.sidecarset.rollout.pod_faults import spelled_otherwise, what_differs, with_reasons
from sidecarctl.sidecarset.rollout.pod_traits import counted_pods, some
from sidecarctl.sidecarset.rollout.replay import rows_after
from sidecarctl.sidecarset.rollout.simulation import Wait
from sidecarctl.upstream.fields import structs, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sidecarctl.finding import FieldPath
    from sidecarctl.sidecarset.rollout.pod_row import Counted, Row
    from sidecarctl.sidecarset.rollout.pod_state import State
    from sidecarctl.sidecarset.rollout.simulation import Batch, Simulation
    from sidecarctl.sidecarset.rollout.target import RolloutTarget


_EXPECTED: Final = "taken to be ready for the next round (--never-ready says otherwise)"


def notes_on(
    batches: Sequence[Batch],
    found: Counted,
    not_upgradable: Mapping[str, FieldPath],
    unavailable: Sequence[int],
    simulation: Simulation,
    target: RolloutTarget,
) -> Iterator[Finding]:
    """The findings of a plan; `unavailable` are the updated Pods that are out of service in the end."""
    return chain(
        assumed_namespaces(found),
        pods_that_cannot_be_upgraded(not_upgradable),
        cut_ties(batches, found.rows),
        scattered_at_random(batches, target),
        pods_that_hold_up(batches, found.rows, unavailable, simulation, target),
        pods_that_fail(batches, found.rows),
        earlier_upgrades(simulation, found.rows),
        mended_pods(simulation, found.rows),
        pods_that_seem_to_restart(batches, found.rows, simulation.in_flight_before),
        images_spelled_otherwise(simulation, target),
        images_changed_by_hand(batches, found.rows, target),
    )


def assumed_namespaces(found: Counted) -> Iterator[Finding]:
    """NSP001: nobody gave the labels of a namespace, and they would have decided."""
    for namespace, requirement in found.assumed.items():
        message = f"namespace {namespace} is not described: whether it meets {requirement} is not known"
        yield Finding("NSP001", message, ("spec", "namespaceSelector"), Severity.WARNING)


def pods_that_cannot_be_upgraded(not_upgradable: Mapping[str, FieldPath]) -> Iterator[Finding]:
    """PLN001: more than images changed since a Pod was injected; only a new Pod gets that."""
    for path, number in Counter(not_upgradable.values()).items():
        pods = [pod for pod, cause in not_upgradable.items() if cause == path]
        blame = f"{show_path(path)} changed" if path else "more than images changed"
        message = f"{counted_pods(number)} cannot be upgraded in place, as {blame}: {some(pods)}"
        yield Finding("PLN001", message, path or ("spec", "containers"), Severity.WARNING)


def cut_ties(batches: Sequence[Batch], rows: Sequence[Row]) -> Iterator[Finding]:
    """PLN002: a round takes some of the Pods that are equal in all that orders them; a cluster may take others."""
    numbers = [batch.number for batch in batches if batch.cut_ties]
    if numbers:
        first = next(batch.cut_ties[0] for batch in batches if batch.cut_ties)
        taken = some([str(rows[pod]) for pod in first.taken])
        tie = f"{taken} tie with {first.left} more, names decide here"
        message = f"a cluster may upgrade other Pods in {_rounds(numbers)}: {tie}"
        yield Finding("PLN002", message, ("spec", "updateStrategy"), Severity.INFO)


def scattered_at_random(batches: Sequence[Batch], target: RolloutTarget) -> Iterator[Finding]:
    """PLN002: `*` scatters by values that a cluster takes in any order; where they are equally common, that decides."""
    numbers = [batch.number for batch in batches if batch.left_to_chance]
    if numbers:
        told = f"a cluster may upgrade other Pods in {_rounds(numbers)}: scatterStrategy {_any_value(target)} takes its"
        message = f"{told} values in random order there, and in the order of the Pods' names here"
        yield Finding("PLN002", message, ("spec", "updateStrategy", "scatterStrategy"), Severity.INFO)


def _any_value(target: RolloutTarget) -> str:
    terms = structs(target.strategy, "scatterStrategy")
    return ", ".join(f"{text(term, 'key')}=*" for term in terms if text(term, "value") == ANY_VALUE)


def _rounds(numbers: Sequence[int]) -> str:
    return f"round {numbers[0]}" if len(numbers) == 1 else f"{len(numbers)} rounds, first in round {numbers[0]}"


def pods_that_hold_up(
    batches: Sequence[Batch],
    rows: Sequence[Row],
    unavailable: Sequence[int],
    simulation: Simulation,
    target: RolloutTarget,
) -> Iterator[Finding]:
    """PLN003: the rollout stops short, because maxUnavailable has no place left."""
    stuck = batches[-1] if batches and not batches[-1].changes_pods else None
    if stuck and any(wait is Wait.MAX_UNAVAILABLE for _, wait in stuck.waits()):
        holding = "it lets none go"
        if unavailable:
            final = rows_after(batches, rows, target, simulation.never_ready)
            pods = with_reasons([final[pod] for pod in unavailable], target)
            holding = f"{counted_pods(len(unavailable))} updated and not ready: {pods}"
        message = f"the rollout stops with maxUnavailable {stuck.max_unavailable} used up, {holding}"
        yield Finding("PLN003", message, ("spec", "updateStrategy", "maxUnavailable"), Severity.WARNING)


def pods_that_fail(batches: Sequence[Batch], rows: Sequence[Row]) -> Iterator[Finding]:
    """PLN004: the controller cannot write a Pod, and gets to no other behind it for as long as it fails."""
    failed = dict.fromkeys(batch.failed_at for batch in batches if batch.failed_at is not None)
    for pod in failed:
        row = rows[pod]
        reason = "an annotation of it is no JSON that patchPodMetadata could be merged into"
        if row.cannot_be_marked:
            reason = "the message of its SidecarSetUpgradable condition is not what OpenKruise writes"
        elif not row.cannot_be_patched:
            reason = "its idle container would be left without an image"
        yield Finding("PLN004", f"the controller fails at {row}: {reason}", ("spec",), Severity.ERROR)


def earlier_upgrades(simulation: Simulation, rows: Sequence[Row]) -> Iterator[Finding]:
    """PLN005: Pods restart from an earlier upgrade; that they get ready is assumed."""
    if pods := _expected_ready(simulation.landed_ready, simulation, rows):
        message = f"{_are(len(pods))} restarting from an earlier upgrade, {_EXPECTED}: {some(pods)}"
        yield Finding("PLN005", message, ("spec", "updateStrategy"), Severity.INFO)


def images_changed_by_hand(batches: Sequence[Batch], rows: Sequence[Row], target: RolloutTarget) -> Iterator[Finding]:
    """PLN012: Pods run the new images before the controller gets to them, so that their upgrade causes no event.

    Upstream: pkg/controller/sidecarset/sidecarset_pod_event_handler.go updatePod
    """
    if target.hot_sidecars:
        return  # an upgrade always starts the idle container
    wanted = {sidecar.name: sidecar.image for sidecar in target.sidecars}
    states = {id(row.state): row.state for row in rows}  # few, however many Pods
    changed = {key for key, state in states.items() if _has_images(state, wanted)}
    found = [
        (batch, [pod for pod in batch.upgrades if id(rows[pod].state) in changed])
        for batch in (batches if changed else ())
        if batch.upgrades
    ]
    moved = [str(rows[pod]) for _, pods in found for pod in pods]
    if not moved:
        return
    who = "1 Pod runs" if len(moved) == 1 else f"{len(moved)} Pods run"
    told = f"{who} the new image already, changed outside the controller; the upgrade restarts nothing: {some(moved)}"
    sleeps = next((batch for batch, pods in found[:-1] if len(pods) == len(batch.upgrades) and not batch.resets), None)
    if sleeps is None:
        yield Finding("PLN012", told, ("spec", "updateStrategy"), Severity.INFO)
        return
    until = "until a Pod or the SidecarSet changes"
    told += f"; a live rollout sleeps after round {sleeps.number}, as no event follows, {until}"
    yield Finding("PLN012", told, ("spec", "updateStrategy"), Severity.WARNING)


def _has_images(state: State, wanted: Mapping[str, str]) -> bool:
    there = dict((*state.init_images, *state.images))
    return all(there.get(name) == image for name, image in wanted.items())


def mended_pods(simulation: Simulation, rows: Sequence[Row]) -> Iterator[Finding]:
    """PLN014: Pods are not ready because of containers that are upgraded; that they get ready with them is assumed."""
    if pods := _expected_ready(simulation.mended(), simulation, rows):
        message = f"{_are(len(pods))} not ready because of what is upgraded, {_EXPECTED}: {some(pods)}"
        yield Finding("PLN014", message, ("spec", "containers"), Severity.INFO)


def pods_that_seem_to_restart(
    batches: Sequence[Batch], rows: Sequence[Row], in_flight: Sequence[int]
) -> Iterator[Finding]:
    """PLN015: the controller takes Pods for restarting, and passes them over, although nothing in them restarts."""
    restarting = [pod for pod in batches[0].lineup.restarting if pod not in set(in_flight)] if batches else ()
    by_reason: dict[str, list[str]] = {}
    for pod in restarting:
        by_reason.setdefault(what_differs(rows[pod].state), []).append(str(rows[pod]))
    for reason, pods in by_reason.items():
        message = f"{_are(len(pods))} passed over, though nothing restarts: {reason}: {some(pods)}"
        yield Finding("PLN015", message, ("spec", "updateStrategy"), Severity.WARNING)


def images_spelled_otherwise(simulation: Simulation, target: RolloutTarget) -> Iterator[Finding]:
    """WRN020: nodes spell an image otherwise than the SidecarSet, so that the controller never sees it run."""
    found = dict.fromkeys(chain.from_iterable(spelled_otherwise(state) for state in _different(simulation)))
    for container, image, reported in found:
        indexes = [index for index, sidecar in enumerate(target.sidecars) if container in sidecar.containers]
        told = f"nodes report {reported} for {image}: such a Pod never counts as ready again, write what they report"
        yield Finding("WRN020", told, ("spec", "containers", *indexes, "image"), Severity.WARNING)


def _different(simulation: Simulation) -> Iterable[State]:
    """The states in which Pods are in the end."""
    return {id(state): state for _, state in simulation.states()}.values()


def _are(pods: int) -> str:
    return f"{counted_pods(pods)} {'is' if pods == 1 else 'are'}"


def _expected_ready(pods: Iterable[int], simulation: Simulation, rows: Sequence[Row]) -> list[str]:
    return [str(rows[pod]) for pod in pods if str(rows[pod]) not in simulation.never_ready]
