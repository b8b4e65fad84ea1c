"""The State of each Pod in the course of a rollout."""

# Strategy: Pods share States (state.py), so what the controller thinks of one, and what becomes of it, is worked out
# when a first Pod gets there, and looked up for all others.

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sidecarctl.sidecarset.rollout.standing import Standing, standing
from sidecarctl.sidecarset.rollout.steps import emptied, reset_step, restarted, upgraded

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sidecarctl.sidecarset.rollout.state import State
    from sidecarctl.sidecarset.rollout.target import Target


class Fate(NamedTuple):
    """What happens to a Pod in one round."""

    is_reset: bool
    is_upgraded: bool
    fails: bool  # once a container of it has to restart


class PodStates:
    """Pods by number; the one thing about them that a rollout changes."""

    __slots__ = ("_afters", "_standings", "_states", "_target")

    def __init__(self, states: Iterable[State], target: Target) -> None:
        self._target = target
        self._states = list(states)
        self._standings: dict[State, Standing] = {}
        self._afters: dict[tuple[State, Fate], State] = {}

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

    def advance(self, pod: int, fate: Fate) -> None:
        """Let the controller and then the kubelet have a Pod."""
        before = self._states[pod]
        after = self._afters.get((before, fate))
        if after is None:
            after = self._afters[before, fate] = self._after(before, fate)
        self._states[pod] = after

    def _after(self, before: State, fate: Fate) -> State:
        after = emptied(before, self._target) if fate.is_reset else before
        after = upgraded(after, self._target) if fate.is_upgraded else after
        return restarted(before, after, fails=fate.fails)
