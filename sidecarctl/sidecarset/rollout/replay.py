"""Real Pods after a simulated rollout: the annotations, images and conditions it leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.sidecarset.injection.annotations import patched_annotations
from sidecarctl.sidecarset.rollout.pod_state import state_of
from sidecarctl.sidecarset.rollout.queue import standpoint_of
from sidecarctl.sidecarset.rollout.records import json_object
from sidecarctl.sidecarset.rollout.transitions import (
    PodStates,
    images_recorded,
    reset_step,
    restarted,
    sides_recorded,
    turns,
    upgrade_recorded,
    upgrade_step,
)
from sidecarctl.upstream import names
from sidecarctl.upstream.encode import encode_plain
from sidecarctl.upstream.fields import annotations_of, name_of, namespace_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from sidecarctl.sidecarset.rollout.pod_row import Row
    from sidecarctl.sidecarset.rollout.pod_state import State
    from sidecarctl.sidecarset.rollout.simulation import Batch
    from sidecarctl.sidecarset.rollout.target import RolloutTarget
    from sidecarctl.sidecarset.rollout.transitions import Turn
    from sidecarctl.upstream.types import Pod

    Name = tuple[str, str]
    from collections.abc import Mapping

    from sidecarctl.sidecarset.rollout.pod_state import Reported
    from sidecarctl.sidecarset.rollout.records import Pairs
    from sidecarctl.sidecarset.rollout.transitions import PodStep
    from sidecarctl.upstream.types import Container, ContainerStatus, PodCondition, PodSpec, PodStatus


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


_UPGRADABLE: Final = ("True", "AllSidecarsetUpgradable")


_NOT_UPGRADABLE: Final = ("False", "UpdateImmutableField")


def upgraded_pod(pod: Pod, target: RolloutTarget, resource_version: str) -> Pod:
    """The Pod right after its in-place upgrade; the resourceVersion is the SidecarSet's, it numbers hot upgrades.

    InjectionRefused where patchPodMetadata merges into an annotation that is no JSON.
    Upstream: PROC updatePodSidecarAndHash
    """
    step = upgrade_step(state_of(pod, target), target)
    annotations = sides_recorded(annotations_of(pod), step, target, resource_version)
    annotations = images_recorded(upgrade_recorded(annotations, target), target, _image_ids(pod, step))
    patched = patched_annotations(annotations, target.patches)
    return marked_pod(_written(pod, step, patched), target.name, is_upgradable=True)


def emptied_pod(pod: Pod, target: RolloutTarget) -> Pod:
    """The Pod right after the idle containers of its hot upgrades were emptied.

    Upstream: CHOT resetHotUpgradeContainer
    """
    step = reset_step(state_of(pod, target), target)
    annotations = sides_recorded(annotations_of(pod), step, target, resource_version="")
    return _written(pod, step, images_recorded(annotations, target, _image_ids(pod, step)))


def restarted_pod(before: Pod, after: Pod, target: RolloutTarget, image_ids: Mapping[str, str], *, fails: bool) -> Pod:
    """The Pod once the kubelet has restarted the containers that do not run what the spec says (see `restarted`)."""
    state = state_of(after, target)
    ran = restarted(state_of(before, target), state, image_ids, fails=fails)
    if ran == state:
        return after
    status: PodStatus = {**(after.get("status") or {})}
    reported = dict(ran.statuses)
    if status.get("containerStatuses"):
        status["containerStatuses"] = [
            _reporting(s, reported[name])
            if (name := s.get("name", "")) in reported and reported[name] != state.status(name)
            else s
            for s in status["containerStatuses"]
        ]
    if ran.is_ready != state.is_ready:
        status["conditions"] = [_as_ready(c, is_ready=ran.is_ready) for c in status.get("conditions") or ()]
    if ran.is_running and not state.is_running:
        status["phase"] = "Running"
    return {**after, "status": status}


def marked_pod(pod: Pod, sidecar_set: str, *, is_upgradable: bool) -> Pod:
    """The Pod with its condition saying whether this SidecarSet can upgrade it in place; as it is, if that is garbled.

    Upstream: PROC updatePodSidecarSetUpgradableCondition
    """
    status = pod.get("status") or {}
    conditions = status.get("conditions") or []
    known = next((c for c in conditions if c.get("type") == names.UPGRADABLE_CONDITION), None)
    marks = upgradable_marks(known or {})
    condition = known if marks is None else _condition(known or {}, {**marks, sidecar_set: is_upgradable})
    if condition is None or condition == known:
        return pod
    # A strategic merge puts a new item before those that it does not mention.
    written = [condition, *conditions] if known is None else [condition if c is known else c for c in conditions]
    return {**pod, "status": {**status, "conditions": written}}


def upgradable_marks(condition: PodCondition) -> Mapping[str, object] | None:
    """Which SidecarSets can upgrade a Pod in place, by its condition; None if that is beyond reading."""
    message = condition.get("message")
    marks = json_object(message) if message else {}
    return marks if marks is not None and all(isinstance(mark, bool | None) for mark in marks.values()) else None


def _condition(known: PodCondition, marks: Mapping[str, object]) -> PodCondition:
    status, reason = _UPGRADABLE if all(marks.values()) else _NOT_UPGRADABLE
    is_news = known.get("status") != status
    return {
        **known,
        "type": names.UPGRADABLE_CONDITION,
        "status": status,
        "lastTransitionTime": names.EPOCH if is_news else known.get("lastTransitionTime"),
        "reason": reason,
        "message": encode_plain({name: bool(mark) for name, mark in marks.items()}),
    }


def _reporting(status: ContainerStatus, reported: Reported) -> ContainerStatus:
    """What is said of a container that has restarted."""
    told: ContainerStatus = {
        **status,
        "image": reported.image,
        "imageID": reported.image_id,
        "ready": reported.is_ready,
    }
    if "running" not in status.get("state", {"running": {}}):
        told["state"] = {"running": {}}
    return told


def _as_ready(condition: PodCondition, *, is_ready: bool) -> PodCondition:
    """A condition of a Pod that has become ready, or has ceased to be: when is not known."""
    if condition.get("type") not in {"Ready", "ContainersReady"}:
        return condition
    if not is_ready:
        return {**condition, "status": "False"}
    return {"type": condition["type"], "status": "True"}


def _image_ids(pod: Pod, step: PodStep) -> Pairs:
    """What the containers that a step changes ran before."""
    statuses = (pod.get("status") or {}).get("containerStatuses") or ()
    ran = {status.get("name"): status.get("imageID") or "" for status in statuses}
    return tuple((name, ran.get(name, "")) for name, _ in step.images)


def _written(pod: Pod, step: PodStep, annotations: Mapping[str, str]) -> Pod:
    """The Pod with a step's images and these annotations."""
    spec: PodSpec = {**(pod.get("spec") or {})}
    images = dict(step.images)
    init_containers = spec.get("initContainers") or []
    of_init_containers = {name: images.pop(name) for c in init_containers if (name := c.get("name", "")) in images}
    if of_init_containers:  # one that bears a sidecar's name goes before the container that does, too
        spec["initContainers"] = _with_images(init_containers, of_init_containers)
    if images:
        spec["containers"] = _with_images(spec.get("containers") or [], images)
    return {**pod, "metadata": {**(pod.get("metadata") or {}), "annotations": {**annotations}}, "spec": spec}


def _with_images(containers: Sequence[Container], images: Mapping[str, str]) -> list[Container]:
    return [
        {**container, "image": images[name]} if (name := container.get("name", "")) in images else container
        for container in containers
    ]
