"""What an upgrade or a reset changes in a Pod, and the State it is in afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.record import Record
from sidecarctl.sidecarset.rollout.imagedigest import image_digest, reported_digest
from sidecarctl.sidecarset.rollout.node_images import is_same_image
from sidecarctl.sidecarset.rollout.pod_state import Reported
from sidecarctl.sidecarset.rollout.standing import is_consistent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sidecarctl.sidecarset.rollout.node_images import Spelling
    from sidecarctl.sidecarset.rollout.pod_state import State
    from sidecarctl.sidecarset.rollout.records import Pairs
    from sidecarctl.sidecarset.rollout.target import RolloutTarget, TargetSidecar


class Move(Record):
    """A hot upgrade goes on in the other container of its pair."""

    sidecar: str
    into: str
    beside: str


class PodStep(Record):
    """What a reconcile writes into the containers of one Pod."""

    images: Pairs  # container and image, in the order of the SidecarSet
    moves: tuple[Move, ...] = ()  # of an upgrade
    emptied: tuple[Move, ...] = ()  # of a reset: what serves, `beside` it what was emptied


def upgrade_step(state: State, target: RolloutTarget) -> PodStep:
    """What upgrading a Pod in this State changes; nothing where the images are there already.

    Upstream: CTRL UpgradeSidecarContainer
    """
    images: list[tuple[str, str]] = []
    moves: list[Move] = []
    for sidecar in target.sidecars:
        if not sidecar.is_hot:
            if _cold_image(state, sidecar.name) != sidecar.image:
                images.append((sidecar.name, sidecar.image))
            continue
        move = _move(state, sidecar)
        # A hot upgrade looks at what serves now, and never at what it is about to overwrite.
        if state.image(move.beside) != sidecar.image:
            images.append((move.into, sidecar.image))
            moves.append(move)
    return PodStep(tuple(images), tuple(moves))


def reset_step(state: State, target: RolloutTarget) -> PodStep:
    """What emptying the containers that no longer serve changes.

    Upstream: CHOT flipPodSidecarContainerDo
    """
    sides = [(sidecar, *state.sides(sidecar)) for sidecar in target.hot_sidecars]
    due = [(s, working, empty) for s, working, empty in sides if state.image(empty) != s.empty_image]
    return PodStep(
        images=tuple((empty, sidecar.empty_image) for sidecar, _, empty in due),
        emptied=tuple(Move(sidecar.name, working, empty) for sidecar, working, empty in due),
    )


def upgraded(state: State, target: RolloutTarget) -> State:
    """The State right after an upgrade, before anything restarts."""
    step = upgrade_step(state, target)
    working = {**dict(state.working), **{move.sidecar: move.into for move in step.moves}}
    return _written(state, step)._replace(hash=target.hash, working=tuple(working.items()))


def emptied(state: State, target: RolloutTarget) -> State:
    """The State right after a reset, before anything restarts."""
    return _written(state, reset_step(state, target))


def restarted(before: State, after: State, image_ids: Mapping[str, str], *, fails: bool) -> State:
    """The State once each container whose image changed runs it, and those that were in flight run, too.

    A Pod that only such containers kept from being ready is ready then; one that `fails` is not. `image_ids` are those
    known of images.
    """
    old, new = dict(before.images), dict(after.images)
    changed = {container for container, image in new.items() if image != old[container]} | in_flight(after, image_ids)
    statuses = tuple(
        (name, _run(new[name], after.spelling, image_ids, fails=fails) if name in changed else status)
        for name, status in after.statuses
    )
    ran = after._replace(statuses=statuses)
    if fails:
        return ran._replace(is_ready=after.is_ready and not changed)
    is_mended = any(not after.status(container).is_ready for container in changed) and _has_all_it_waits_for(ran)
    return ran._replace(is_ready=after.is_ready or is_mended, is_running=after.is_running or is_mended)


def in_flight(state: State, image_ids: Mapping[str, str]) -> frozenset[str]:
    """The containers that do not run what the spec says yet: the kubelet is about to restart them, or has begun to."""
    return frozenset(name for name, image in state.images if _is_in_flight(state, name, image_ids.get(image)))


def known_image_ids(states: Iterable[State]) -> dict[str, str]:
    """The imageIDs of images that run somewhere: two tags may be the same image."""
    known: dict[str, str] = {}
    for state in states:
        for name, image in state.images:
            status = state.status(name)
            if status.image_id and is_same_image(image, status.image, state.spelling):
                known.setdefault(image, status.image_id)
    return known


def _is_in_flight(state: State, container: str, image_id: str | None) -> bool:
    status, image = state.status(container), state.image(container)
    if status.is_starting:
        return state.is_running  # a new Pod may wait for a volume as well, and for as long as that takes
    if not status.image or status.cannot_start or is_same_image(image, status.image, state.spelling):
        return False
    reported, wanted = reported_digest(status.image_id), image_digest(image)
    if wanted is not None and reported is not None:
        return wanted.digest != reported.digest
    # A node may call an image by another of its tags: only the record tells that it runs the one of before, and only
    # where no other Pod shows that both are the same.
    return dict(state.recorded or ()).get(container) == status.image_id != image_id


def _run(image: str, spelling: Spelling, image_ids: Mapping[str, str], *, fails: bool) -> Reported:
    known = None if image_digest(image) else image_ids.get(image)
    return Reported(spelling.image(image), known or spelling.image_id(image), not fails)


def _has_all_it_waits_for(state: State) -> bool:
    are_ready = state.others_are_ready and all(status.is_ready for _, status in state.statuses)
    return state.waits_for_containers_only and state.reports_all and are_ready


def _cold_image(state: State, container: str) -> str:
    return dict(state.init_images).get(container, state.image(container))


def _move(state: State, sidecar: TargetSidecar) -> Move:
    """Which container of a pair takes the new image.

    Upstream: UHOT findContainerToHotUpgrade
    """
    first, second = (Move(sidecar.name, a, b) for a, b in (sidecar.containers, sidecar.containers[::-1]))
    for move in (first, second):
        if state.image(move.into) == sidecar.empty_image:
            return move
    serves = {name: _serves(state, name) for name in sidecar.containers}
    if serves[first.into] != serves[second.into]:
        return second if serves[first.into] else first
    return first if state.sides(sidecar)[1] == first.into else second


def _serves(state: State, container: str) -> bool:
    return state.status(container).is_ready and is_consistent(state, frozenset({container}))


def _written(state: State, step: PodStep) -> State:
    """The State with other images, what ran before on record."""
    images = dict(step.images)
    before = dict(state.recorded or ()) | {name: state.status(name).image_id for name in images}
    in_init = {name for name, _ in state.init_images}
    return state._replace(
        images=tuple((n, i if n in in_init else images.get(n, i)) for n, i in state.images),
        init_images=tuple((n, images.get(n, i)) for n, i in state.init_images),
        recorded=tuple(sorted(before.items())),
    )
