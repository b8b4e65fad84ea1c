"""Transitions of a PodState: upgrade, reset, restart.

# Strategy: Pods share States (state.py), so what the controller thinks of one, and what becomes of it, is worked out
when a first Pod gets there, and looked up for all others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from sidecarctl.record import Record
from sidecarctl.sidecarset.injection.annotations import Entry, encoded_entries
from sidecarctl.sidecarset.rollout.node_images import image_digest, is_same_image, reported_digest
from sidecarctl.sidecarset.rollout.pod_state import Reported, Standing, is_consistent, standing
from sidecarctl.sidecarset.rollout.records import in_place_states, older_hashes, upgrade_specs, working_containers
from sidecarctl.upstream import names
from sidecarctl.upstream.encode import as_encoded, encode
from sidecarctl.upstream.fields import struct, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sidecarctl.sidecarset.rollout.node_images import Spelling
    from sidecarctl.sidecarset.rollout.pod_state import State
    from sidecarctl.sidecarset.rollout.records import Pairs
    from sidecarctl.sidecarset.rollout.target import RolloutTarget, TargetSidecar
    from sidecarctl.upstream.fields import Value
    from sidecarctl.upstream.release import Release

    Annotations = Mapping[str, str]
    from collections.abc import Collection, Iterator


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


def upgrade_recorded(annotations: Annotations, target: RolloutTarget) -> Annotations:
    """Record that a Pod is at the SidecarSet's present hash; what is recorded of other SidecarSets stays.

    Upstream: UTIL UpdatePodSidecarSetHash
    """
    own_entry = Entry(names.EPOCH, target.hash, target.name, target.sidecar_list, target.revision)
    specs = upgrade_specs(annotations.get(names.HASH, ""))
    if specs is None:
        return _of_old_converted(annotations, target, own_entry)
    entries = {**{name: _entry(struct(specs, name)) for name in specs}, target.name: own_entry}
    return {**annotations, names.HASH: encoded_entries(entries, target.release)}


def images_recorded(annotations: Annotations, target: RolloutTarget, image_ids: Pairs) -> Annotations:
    """Record the imageIDs of the containers that change, from before; the set's first upgrade dates them all.

    Upstream: CTRL UpdatePodSidecarSetInPlaceUpdateState
    """
    states = in_place_states(annotations.get(names.IN_PLACE_UPDATE_STATE, "")) or {}
    own = struct(states, target.name) or {"revision": target.hash, "updateTimestamp": names.EPOCH}
    before = struct(own, "lastContainerStatuses")
    changed = {name: {"imageID": image_id} for name, image_id in image_ids}
    written = {**states, target.name: {**own, "lastContainerStatuses": {**before, **changed}}}
    shown = {name: _in_place_state(struct(written, name)) for name in written}
    return {**annotations, names.IN_PLACE_UPDATE_STATE: _shown(shown, target.release)}


def sides_recorded(
    annotations: Annotations, step: PodStep, target: RolloutTarget, resource_version: str
) -> Annotations:
    """Record which containers of the hot upgrades serve, and give both sides their versions.

    Upstream: CTRL UpgradeSidecarContainer; CHOT flipPodSidecarContainerDo
    """
    written = dict(annotations)
    for move in step.moves:
        written[names.VERSION_PREFIX + move.into] = resource_version
        written[names.ALTERNATE_VERSION_PREFIX + move.into] = annotations.get(names.VERSION_PREFIX + move.beside, "")
        written[names.ALTERNATE_VERSION_PREFIX + move.beside] = resource_version
    for move in step.emptied:
        written[names.VERSION_PREFIX + move.beside] = "0"
        written[names.ALTERNATE_VERSION_PREFIX + move.into] = "0"
    if step.moves:
        working = working_containers(annotations.get(names.WORKING_HOT_UPGRADE_CONTAINER, ""))
        moved = {move.sidecar: move.into for move in step.moves}
        written[names.WORKING_HOT_UPGRADE_CONTAINER] = _shown({**working, **moved}, target.release)
    return written


def _of_old_converted(annotations: Annotations, target: RolloutTarget, own_entry: Entry) -> Annotations:
    """Bare hashes in both annotations become entries; they all name this SidecarSet, upstream too."""
    hashes = older_hashes(annotations.get(names.HASH, "")) or {}
    without_image = older_hashes(annotations.get(names.HASH_WITHOUT_IMAGE, ""))
    entries = {**_converted(hashes, target), target.name: own_entry}
    written = {**annotations, names.HASH: encoded_entries(entries, target.release)}
    if without_image is not None:
        entries_without_image = _converted({**hashes, **without_image}, target)
        written[names.HASH_WITHOUT_IMAGE] = encoded_entries(entries_without_image, target.release)
    return written


def _converted(hashes: Mapping[str, str], target: RolloutTarget) -> dict[str, Entry]:
    return {name: Entry(names.EPOCH, older_hash, target.name, None) for name, older_hash in hashes.items()}


def _entry(spec: Value) -> Entry:
    listed = cast("list[str | None] | None", spec.get("sidecarList"))
    return Entry(
        timestamp=cast("str | None", as_encoded(spec.get("updateTimestamp"), "Time")),
        hash=text(spec, "hash"),
        sidecar_set=text(spec, "sidecarSetName"),
        sidecars=None if listed is None else tuple(name or "" for name in listed),
        revision=text(spec, "controllerRevision"),
    )


def _in_place_state(state: Value) -> Value:
    """An in-place upgrade state as Go writes it."""
    images = struct(state, "lastContainerStatuses")
    return {
        "revision": text(state, "revision"),
        "updateTimestamp": as_encoded(state.get("updateTimestamp"), "Time"),
        "lastContainerStatuses": {name: _image(struct(images, name)) for name in sorted(images)},
    }


def _image(status: Value) -> Value:
    image_id = text(status, "imageID")
    return {"imageID": image_id} if image_id else {}


def _shown(entries: Value, release: Release) -> str:
    """The JSON text of a map, its keys sorted, those of its entries as they stand."""
    return encode({name: entries[name] for name in sorted(entries)}, "any", release)


class Turn(Record):
    """What a reconcile does to a Pod."""

    is_reset: bool
    is_upgraded: bool


def turns(resets: Collection[int], upgrades: Collection[int]) -> Iterator[tuple[int, Turn]]:
    """The Pods that a reconcile changes, each with what it does to it."""
    reset, upgraded = set(resets), set(upgrades)
    for pod in sorted(reset | upgraded):
        yield pod, Turn(pod in reset, pod in upgraded)


class PodStates:
    """Pods by number; the one thing about them that a rollout changes."""

    # States go by their numbers: to ask a dictionary for one means to hash all that it holds.
    __slots__ = ("_changed", "_known", "_numbers", "_pods", "_ran", "_restarted", "_standings", "_target", "image_ids")

    def __init__(self, states: Iterable[State], target: RolloutTarget) -> None:
        self._target = target
        self._known: list[State] = []
        self._numbers: dict[State, int] = {}
        self._standings: list[Standing] = []
        self._ran: dict[int, int] = {}  # Pods that have not restarted yet, as they were before
        self._changed: dict[tuple[int, Turn], tuple[int, Pairs]] = {}
        self._restarted: dict[tuple[int, int, bool], int] = {}
        self._pods: list[int] = []
        met: dict[int, tuple[State, int]] = {}  # by identity: most are the same few objects
        for state in states:
            found = met.get(id(state))
            if found is None:
                found = met[id(state)] = (state, self._number(state))
            self._pods.append(found[1])
        self.image_ids = known_image_ids(self._known)

    def __len__(self) -> int:
        return len(self._pods)

    def __getitem__(self, pod: int) -> State:
        return self._known[self._pods[pod]]

    def standing(self, pod: int) -> Standing:
        """What the controller thinks of a Pod now."""
        return self._standings[self._pods[pod]]

    def in_flight(self) -> Iterator[int]:
        """The Pods with containers that do not run what their spec says yet, and soon will."""
        starting = [bool(in_flight(state, self.image_ids)) for state in self._known]
        return (pod for pod, state in enumerate(self._pods) if starting[state])

    def can_be_emptied(self, pod: int) -> bool:
        """Whether the API server takes the reset of a Pod: no container goes without an image."""
        return all(image for _, image in reset_step(self[pod], self._target).images)

    def change(self, pod: int, turn: Turn) -> Pairs:
        """Let the controller have a Pod, and return the images that it writes; they run once the Pod has restarted."""
        before = self._pods[pod]
        known = self._changed.get((before, turn))
        if known is None:
            after = self._after(self[pod], turn)
            known = self._changed[before, turn] = (self._number(after), _written_images(self[pod], after))
        self._ran.setdefault(pod, before)
        self._pods[pod], images = known
        return images

    def restart(self, pod: int, *, fails: bool) -> None:
        """Let the kubelet run what the Pod's spec says; a Pod that `fails` does not get ready by that."""
        key = (self._ran.pop(pod, self._pods[pod]), self._pods[pod], fails)
        after = self._restarted.get(key)
        if after is None:
            before, now = self._known[key[0]], self._known[key[1]]
            after = self._number(restarted(before, now, self.image_ids, fails=fails))
            self._restarted[key] = after
        self._pods[pod] = after

    def _number(self, state: State) -> int:
        number = self._numbers.setdefault(state, len(self._known))
        if number == len(self._known):
            self._known.append(state)
            self._standings.append(standing(state, self._target))
        return number

    def _after(self, before: State, turn: Turn) -> State:
        after = emptied(before, self._target) if turn.is_reset else before
        return upgraded(after, self._target) if turn.is_upgraded else after


def _written_images(before: State, after: State) -> Pairs:
    """The containers whose images differ, and the image that each gets."""
    pairs = zip((*before.images, *before.init_images), (*after.images, *after.init_images), strict=True)
    return tuple(new for old, new in pairs if old != new)
