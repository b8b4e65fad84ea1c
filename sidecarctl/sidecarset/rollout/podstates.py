"""The State of each Pod in the course of a rollout."""

# Strategy: Pods share States (state.py), so what the controller thinks of one, and what becomes of it, is worked out
# when a first Pod gets there, and looked up for all others.

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.record import Record
from sidecarctl.sidecarset.rollout.standing import Standing, standing
from sidecarctl.sidecarset.rollout.steps import emptied, reset_step, restarted, upgraded

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sidecarctl.sidecarset.rollout.records import Pairs
    from sidecarctl.sidecarset.rollout.state import State
    from sidecarctl.sidecarset.rollout.target import Target


class Turn(Record):
    """What a reconcile does to a Pod."""

    is_reset: bool
    is_upgraded: bool


class PodStates:
    """Pods by number; the one thing about them that a rollout changes."""

    __slots__ = ("_changed", "_ran", "_restarted", "_standings", "_states", "_target")

    def __init__(self, states: Iterable[State], target: Target) -> None:
        self._target = target
        self._states = list(states)
        self._ran: dict[int, State] = {}  # Pods that have not restarted yet, as they were before
        self._standings: dict[State, Standing] = {}
        self._changed: dict[tuple[State, Turn], tuple[State, Pairs]] = {}
        self._restarted: dict[tuple[State, State, bool], State] = {}

    def __len__(self) -> int:
        return len(self._states)

    def __getitem__(self, pod: int) -> State:
        return self._states[pod]

    def standing(self, pod: int) -> Standing:
        """What the controller thinks of a Pod now."""
        state = self._states[pod]
        known = self._standings.get(state)
        if known is None:
            known = self._standings[state] = standing(state, self._target)
        return known

    def can_be_emptied(self, pod: int) -> bool:
        """Whether the API server takes the reset of a Pod: no container goes without an image."""
        return all(image for _, image in reset_step(self._states[pod], self._target).images)

    def change(self, pod: int, turn: Turn) -> Pairs:
        """Let the controller have a Pod, and return the images that it writes; they run once the Pod has restarted."""
        before = self._states[pod]
        known = self._changed.get((before, turn))
        if known is None:
            after = self._after(before, turn)
            known = self._changed[before, turn] = (after, _written(before, after))
        self._ran.setdefault(pod, before)
        self._states[pod], images = known
        return images

    def restart(self, pod: int, *, fails: bool) -> None:
        """Let the kubelet run what the Pod's spec says; a Pod that `fails` does not get ready by that."""
        key = (self._ran.pop(pod), self._states[pod], fails)
        after = self._restarted.get(key)
        if after is None:
            after = self._restarted[key] = restarted(key[0], key[1], fails=fails)
        self._states[pod] = after

    def _after(self, before: State, turn: Turn) -> State:
        after = emptied(before, self._target) if turn.is_reset else before
        return upgraded(after, self._target) if turn.is_upgraded else after


def _written(before: State, after: State) -> Pairs:
    """The containers whose images differ, and the image that each gets."""
    pairs = zip((*before.images, *before.init_images), (*after.images, *after.init_images), strict=True)
    return tuple(new for old, new in pairs if old != new)
