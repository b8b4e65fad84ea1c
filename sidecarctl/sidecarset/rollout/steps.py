"""What an upgrade or a reset changes in a Pod, and the State it is in afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.record import Record
from sidecarctl.sidecarset.rollout.imagedigest import pulled_image_id
from sidecarctl.sidecarset.rollout.standing import is_consistent
from sidecarctl.sidecarset.rollout.state import Reported

if TYPE_CHECKING:
    from sidecarctl.sidecarset.rollout.records import Pairs
    from sidecarctl.sidecarset.rollout.state import State
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


def restarted(before: State, after: State, *, fails: bool) -> State:
    """The State once each container whose image changed runs it; where that `fails`, not ready and so the Pod."""
    old, new = dict(before.images), dict(after.images)
    changed = {container for container, image in new.items() if image != old[container]}
    statuses = tuple(
        (name, Reported(new[name], pulled_image_id(new[name]), not fails) if name in changed else status)
        for name, status in after.statuses
    )
    return after._replace(statuses=statuses, is_ready=after.is_ready and not (fails and changed))


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
