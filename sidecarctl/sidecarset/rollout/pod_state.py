"""PodState: what the controller reads in a Pod about one SidecarSet, and what it makes of it.

# Strategy: a rollout of a million Pods has few different ones. A State leaves out what tells one Pod from the next
(its name, labels and times, see row.py), so Pods that were injected alike are in the same State, and whatever
follows from a State is worked out once for all of them.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, Final, cast

from sidecarctl.record import Record
from sidecarctl.sidecarset.rollout.node_images import (
    AS_WRITTEN,
    Running,
    Spelling,
    image_digest,
    reported_digest,
    spelling_of,
)
from sidecarctl.sidecarset.rollout.records import ready_condition, recorded_hash, recorded_images, working_containers
from sidecarctl.sidecarset.rollout.unreadiness import waits_for_containers_only
from sidecarctl.upstream import names
from sidecarctl.upstream.fields import annotations_of, struct, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sidecarctl.sidecarset.rollout.records import Pairs
    from sidecarctl.sidecarset.rollout.target import RolloutTarget, TargetSidecar
    from sidecarctl.upstream.fields import Value
    from sidecarctl.upstream.types import Container, ContainerStatus, Pod


class Reported(Record):
    """What the kubelet says of a container."""

    image: str
    image_id: str
    is_ready: bool
    is_starting: bool = False  # its container is being created
    cannot_start: bool = False  # its image or what it mounts is not to be had


_STARTING: Final = "ContainerCreating"


_START_FAILURES: Final = frozenset(
    (
        "ErrImagePull",
        "ImagePullBackOff",
        "ErrImageNeverPull",
        "InvalidImageName",
        "ImageInspectError",
        "RegistryUnavailable",
        "CreateContainerConfigError",
        "CreateContainerError",
        "RunContainerError",
        "PreCreateHookError",
        "PreStartHookError",
        "PostStartHookError",
    )
)


NOT_REPORTED: Final = Reported("", "", is_ready=False)


class State(Record):
    """A Pod as far as the upgrade of its sidecars goes: other containers are left out."""

    hash: str
    hash_without_image: str
    images: Pairs  # of spec.containers, in the Pod's order
    init_images: Pairs  # of spec.initContainers that go by a sidecar's name
    statuses: tuple[tuple[str, Reported], ...]
    reports_all: bool  # as many statuses as containers, the app's included
    others_are_ready: bool  # the app's containers
    is_running: bool
    is_ready: bool  # the Ready condition
    recorded: Pairs | None  # imageIDs from before the last in-place upgrade; None: unreadable
    working: Pairs  # of each hot upgrade, the container that serves, as far as it is recorded
    waits_for_containers_only: bool = True  # it is ready as soon as all its containers are
    spelling: Spelling = AS_WRITTEN  # of images, by its node

    def image(self, container: str) -> str:
        """The image in the spec of a container of the Pod."""
        return dict(self.images).get(container, "")

    def status(self, container: str) -> Reported:
        """What the kubelet says of a container of the Pod."""
        return dict(self.statuses).get(container, NOT_REPORTED)

    def carries(self, sidecars: Iterable[TargetSidecar]) -> bool:
        """Whether the Pod has the containers of all these.

        Upstream: UTIL IsPodInjectedSidecarSet
        """
        present = dict(self.images).keys()
        present_init, recorded = dict(self.init_images).keys(), dict(self.working).keys()
        return all(
            sidecar.name in recorded and present >= set(sidecar.containers)
            if sidecar.is_hot
            else sidecar.name in present or sidecar.name in present_init
            for sidecar in sidecars
        )

    def sides(self, sidecar: TargetSidecar) -> tuple[str, str]:
        """Of a hot upgrade's pair the container that serves, and the empty one.

        Upstream: UHOT GetPodHotUpgradeContainers
        """
        first, second = sidecar.containers
        return (first, second) if dict(self.working).get(sidecar.name) == first else (second, first)


def state_of(pod: Pod, target: RolloutTarget) -> State:
    """The State of a Pod."""
    annotations = annotations_of(pod)
    spec, status = pod.get("spec") or {}, pod.get("status") or {}
    containers, statuses = spec.get("containers") or (), status.get("containerStatuses") or ()
    sidecars = target.containers
    return State(
        hash=recorded_hash(annotations.get(names.HASH) or "", target.name),
        hash_without_image=recorded_hash(annotations.get(names.HASH_WITHOUT_IMAGE) or "", target.name),
        images=_images(containers, sidecars),
        init_images=_images(spec.get("initContainers") or (), target.cold_containers),
        statuses=tuple([(s.get("name", ""), _reported(s)) for s in statuses if s.get("name") in sidecars]),
        reports_all=len(containers) == len(statuses),
        others_are_ready=all(s.get("ready") for s in statuses if s.get("name") not in sidecars),
        is_running=status.get("phase") == "Running",
        is_ready=ready_condition(status).get("status") == "True",
        recorded=recorded_images(annotations.get(names.IN_PLACE_UPDATE_STATE) or "", target.name),
        working=_working(annotations, target) if target.hot_sidecars else (),
        waits_for_containers_only=waits_for_containers_only(pod),
        spelling=_spelling(containers, statuses, target),
    )


def _images(containers: Iterable[Container], wanted: frozenset[str]) -> Pairs:
    return tuple([(c.get("name", ""), c.get("image") or "") for c in containers if c.get("name") in wanted])


def _reported(status: ContainerStatus) -> Reported:
    waiting = struct(cast("Value", status.get("state") or {}), "waiting")
    reason = text(waiting, "reason")
    return Reported(
        status.get("image") or "",
        status.get("imageID") or "",
        bool(status.get("ready")),
        reason == _STARTING,
        reason in _START_FAILURES,
    )


def _spelling(containers: Iterable[Container], statuses: Iterable[ContainerStatus], target: RolloutTarget) -> Spelling:
    images = {c.get("name", ""): c.get("image") or "" for c in containers}
    running = [
        Running(images.get(s.get("name", ""), ""), s.get("image") or "", s.get("imageID") or "") for s in statuses
    ]
    wanted = [image for name, image in images.items() if name in target.containers]
    return spelling_of(tuple(running), (*wanted, *target.images))


def _working(annotations: Mapping[str, str], target: RolloutTarget) -> Pairs:
    working = working_containers(annotations.get(names.WORKING_HOT_UPGRADE_CONTAINER) or "")
    return tuple([(hot.name, working[hot.name]) for hot in target.hot_sidecars if hot.name in working])


class UpgradeProgress(Enum):
    """How far a Pod has come in the rollout, were it selected."""

    UPDATED = auto()
    NOT_UPGRADABLE = auto()  # more than images changed
    RESTARTING = auto()  # an earlier upgrade is still under way
    WAITING = auto()


class Standing(Record):
    """All that a reconcile asks about a Pod, once."""

    progress: UpgradeProgress
    is_ready: bool  # a Pod that is not is upgraded for free
    is_settled: bool  # ready, and what runs is what the spec says
    needs_reset: bool

    @property
    def is_updated(self) -> bool:
        return self.progress is UpgradeProgress.UPDATED

    @property
    def is_unavailable(self) -> bool:
        """Whether it uses up a place of maxUnavailable."""
        return self.is_updated and not self.is_settled


def standing(state: State, target: RolloutTarget) -> Standing:
    """What the controller thinks of a Pod in this State."""
    ready = is_ready(state, target)
    return Standing(
        progress=_progress(state, target),
        is_ready=ready,
        is_settled=ready and is_consistent(state, target.containers),
        needs_reset=_needs_reset(state, target),
    )


def is_ready(state: State, target: RolloutTarget) -> bool:
    """Whether the Pod serves, and no hot upgrade of it is half done.

    Upstream: CTRL IsPodReady
    """
    is_idle = all(
        state.image(state.sides(sidecar)[1]) == sidecar.empty_image
        for sidecar in target.hot_sidecars
        if sidecar.empty_image
    )
    return is_idle and state.is_running and state.is_ready


def is_consistent(state: State, containers: frozenset[str]) -> bool:
    """Whether what runs in these containers is what the spec says, as far as statuses tell.

    Upstream: CTRL IsPodStateConsistent
    """
    if not state.reports_all:
        return False
    for container, image in state.images:
        if container in containers:
            wanted = image_digest(image)
            if wanted is None:
                return _is_upgrade_complete(state, containers)
            if reported_digest(state.status(container).image_id) != wanted:
                return False
    return True


def _progress(state: State, target: RolloutTarget) -> UpgradeProgress:
    """Upstream: STRAT GetNextUpgradePods."""
    if state.hash == target.hash:
        return UpgradeProgress.UPDATED
    if state.hash_without_image != target.hash_without_image:
        return UpgradeProgress.NOT_UPGRADABLE
    is_restarting = any(
        status.is_ready and not is_consistent(state, frozenset({container})) for container, status in state.statuses
    )
    return UpgradeProgress.RESTARTING if is_restarting else UpgradeProgress.WAITING


def _is_upgrade_complete(state: State, containers: frozenset[str]) -> bool:
    """Whether every container that an upgrade changed has since been restarted, or runs the wanted image anyway.

    Upstream: CTRL IsSidecarContainerUpdateCompleted
    """
    if state.recorded is None:
        return False
    before = dict(state.recorded)
    return not any(
        container in containers and before.get(container) == status.image_id and status.image != state.image(container)
        for container, status in state.statuses
    )


def _needs_reset(state: State, target: RolloutTarget) -> bool:
    """Whether a hot upgrade is over, and what served before it is to be emptied.

    Upstream: CHOT resetHotUpgradeContainer
    """
    sides = [(sidecar, *state.sides(sidecar)) for sidecar in target.hot_sidecars]
    if all(state.image(empty) == sidecar.empty_image for sidecar, _, empty in sides):
        return False
    empty_sides = {empty for _, _, empty in sides}
    serves = (state.is_running and state.is_ready) or (
        state.others_are_ready and all(s.is_ready for container, s in state.statuses if container not in empty_sides)
    )
    return serves and is_consistent(state, target.containers - empty_sides)
