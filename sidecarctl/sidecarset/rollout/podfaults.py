"""What is wrong with a Pod that should be up to date and ready."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.sidecarset.rollout.imagedigest import image_digest, reported_digest
from sidecarctl.sidecarset.rollout.standing import is_consistent, is_ready
from sidecarctl.upstream.names import IN_PLACE_UPDATE_STATE

if TYPE_CHECKING:
    from sidecarctl.sidecarset.rollout.state import State
    from sidecarctl.sidecarset.rollout.target import RolloutTarget


def why_not_ready(state: State, target: RolloutTarget) -> str:
    """Why an updated Pod does not count as ready."""
    found = fault(state, target)
    if found is not None:
        return f"ready, and not counted as such: {found}"
    if state.is_running and state.is_ready:
        return "in the middle of a hot upgrade: both containers run"
    return "and not ready"


def fault(state: State, target: RolloutTarget) -> str | None:
    """What is wrong with it besides not being ready, or being in the middle of a hot upgrade; None if nothing."""
    if (found := other_image(state, target)) is not None:
        return found
    if state.is_running and state.is_ready and is_ready(state, target):
        return what_differs(state)
    return None


def other_image(state: State, target: RolloutTarget) -> str | None:
    """Which sidecar runs another image than the SidecarSet's, though the Pod counts as updated; None if none.

    A hot upgrade that is taken back half way looks at the container that served before, and leaves the new one.
    """
    for sidecar in target.sidecars:
        container = state.sides(sidecar)[0] if sidecar.is_hot else sidecar.name
        image = state.image(container)
        if image and image != sidecar.image:
            return f"{container} runs {image}, not {sidecar.image}"
    return None


def what_differs(state: State) -> str:
    """What keeps a Pod from being what its spec says."""
    if not state.reports_all:
        return "not every container has a status"
    if state.recorded is None:
        return f"annotation {IN_PLACE_UPDATE_STATE} cannot be read"
    for container, image in state.images:
        wanted, reported = image_digest(image), state.status(container).image_id
        if wanted is not None and reported_digest(reported) != wanted:
            return f"the kubelet reports {reported or 'nothing'} for {image}"
    started = [name for name, _ in state.statuses if not is_consistent(state, frozenset({name}))]
    return f"{', '.join(started) or 'a container'} has not restarted since its last upgrade, as far as its status tells"
