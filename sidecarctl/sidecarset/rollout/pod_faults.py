"""What is wrong with a Pod that should be up to date and ready."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.record import Record
from sidecarctl.sidecarset.rollout.node_images import image_digest, is_same_image, reported_digest
from sidecarctl.sidecarset.rollout.pod_state import is_consistent, is_ready
from sidecarctl.sidecarset.rollout.pod_traits import some
from sidecarctl.sidecarset.rollout.unreadiness import complaints_told
from sidecarctl.upstream.names import IN_PLACE_UPDATE_STATE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sidecarctl.sidecarset.rollout.pod_row import Row
    from sidecarctl.sidecarset.rollout.pod_state import State
    from sidecarctl.sidecarset.rollout.target import RolloutTarget


def why_not_ready(state: State, target: RolloutTarget) -> str:
    """Why an updated Pod does not count as ready."""
    found = fault(state, target)
    if found is not None:
        return f"ready, and not counted as such: {found}"
    if state.is_running and state.is_ready:
        return "in the middle of a hot upgrade: both containers run"
    return "and not ready"


def with_reasons(rows: Sequence[Row], target: RolloutTarget) -> str:
    """Name updated Pods that are not ready, each with the reason, or all with the one that they share."""
    pods = [str(row) for row in rows]
    reasons = [fault(row.state, target) or complaints_told(row.complaints) for row in rows]
    if len(set(reasons)) == 1 and reasons[0]:
        return f"{some(pods)} ({reasons[0]})"
    pairs = zip(pods, reasons, strict=True)
    return some([f"{pod} ({reason})" if reason else pod for pod, reason in pairs])


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


class SpelledOtherwise(Record):
    """An image that runs, and that its node spells otherwise than the spec: OpenKruise takes it for another."""

    container: str
    image: str
    reported: str


def spelled_otherwise(state: State) -> Iterator[SpelledOtherwise]:
    """What OpenKruise takes for restarting for no other reason than how the node spells it."""
    for container, image in state.images:
        status, wanted = state.status(container), image_digest(image)
        if is_consistent(state, frozenset({container})) or not state.reports_all or state.recorded is None:
            continue
        reported = reported_digest(status.image_id)
        if wanted is not None and reported is not None and wanted.digest == reported.digest:
            yield SpelledOtherwise(container, image, f"{reported.repository}@{reported.digest}")
        elif wanted is None and is_same_image(image, status.image, state.spelling):
            yield SpelledOtherwise(container, image, status.image)


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
    if other := next(spelled_otherwise(state), None):
        return f"the kubelet reports {other.reported} for {other.image}, with the imageID that ran before"
    started = [name for name, _ in state.statuses if not is_consistent(state, frozenset({name}))]
    return f"{', '.join(started) or 'a container'} has not restarted since its last upgrade, as far as its status tells"
