"""The State of each Pod in the course of a rollout."""

# Strategy: Pods share States (state.py), so what the controller thinks of one, and what becomes of it, is worked out
# when a first Pod gets there, and looked up for all others.

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.record import Record
from sidecarctl.sidecarset.rollout.standing import Standing, standing
from sidecarctl.sidecarset.rollout.transitions import (
    emptied,
    in_flight,
    known_image_ids,
    reset_step,
    restarted,
    upgraded,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from sidecarctl.sidecarset.rollout.pod_state import State
    from sidecarctl.sidecarset.rollout.records import Pairs
    from sidecarctl.sidecarset.rollout.target import RolloutTarget


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
            known = self._changed[before, turn] = (self._number(after), _written(self[pod], after))
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


def _written(before: State, after: State) -> Pairs:
    """The containers whose images differ, and the image that each gets."""
    pairs = zip((*before.images, *before.init_images), (*after.images, *after.init_images), strict=True)
    return tuple(new for old, new in pairs if old != new)
