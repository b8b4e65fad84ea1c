"""Which Pods a SidecarSet counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from sidecarctl.sidecarset.namespaces import Reach, is_left_alone, labels_by_namespace, namespace_rule, reach
from sidecarctl.sidecarset.rollout.podname import namespace_of
from sidecarctl.sidecarset.rollout.sibling import Sibling
from sidecarctl.sidecarset.rollout.state import state_of
from sidecarctl.sidecarset.verdict import Reason
from sidecarctl.upstream import names
from sidecarctl.upstream.selector import InvalidSelector, requirements

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sidecarctl.sidecarset.rollout.context import RolloutContext
    from sidecarctl.sidecarset.rollout.state import State
    from sidecarctl.sidecarset.rollout.target import RolloutTarget
    from sidecarctl.upstream.selector import Requirement
    from sidecarctl.upstream.types import LabelSelector, ObjectMeta, Pod, SidecarSet


MOST_KINS: Final = 1 << 14


class Matcher:
    """Tells the Pods that a SidecarSet counts; `reaches` holds what it found out about their namespaces."""

    def __init__(self, target: RolloutTarget, context: RolloutContext) -> None:
        self.reaches: dict[str, Reach] = {}
        self._target = target
        self._system_namespaces = context.system_namespaces
        self._described = labels_by_namespace(context.namespaces)
        self._rule = namespace_rule(cast("SidecarSet", target.sidecar_set), target.release)
        self._wanted = _wanted_labels(target.spec.get("selector"))
        self._carries: dict[State, bool] = {}
        self._known: dict[object, State | None] = {}  # of siblings

    def matched(self, pods: Iterable[Pod]) -> Iterator[tuple[Pod, State]]:
        """The Pods that the SidecarSet selects, that have not ended, and that carry all its sidecars.

        Upstream: PROC getMatchingPods
        """
        for pod in pods:
            state = self._state_among_siblings(pod) if isinstance(pod, Sibling) else self._state(pod)
            if state is not None:
                yield pod, state

    def _state_among_siblings(self, pod: Sibling) -> State | None:
        if pod.own.deleted:
            return None
        known = self._known
        if pod.kin not in known:
            if len(known) >= MOST_KINS:
                known.clear()
            known[pod.kin] = self._state(cast("Pod", pod))
        return known[pod.kin]

    def _state(self, pod: Pod) -> State | None:
        """The State of a Pod that counts."""
        metadata = pod.get("metadata") or {}
        if (
            self._wanted is None
            or self._reach(namespace_of(pod)).obstacle is not None
            or not _meets(metadata.get("labels") or {}, self._wanted)
            or not is_active(pod)
            or self._target.name not in _injected(metadata)
        ):
            return None
        state = state_of(pod, self._target)
        if state not in self._carries:
            self._carries[state] = state.carries(self._target.sidecars)
        return state if self._carries[state] else None

    def _reach(self, namespace: str) -> Reach:
        known = self.reaches.get(namespace)
        if known is None:
            known = self.reaches[namespace] = self._found_reach(namespace)
        return known

    def _found_reach(self, namespace: str) -> Reach:
        # A namespace labelled control-plane is out of the webhook's reach only: what got in there anyway counts.
        if is_left_alone(self._rule, namespace, self._system_namespaces):
            return Reach(Reason.SYSTEM_NAMESPACE)
        return reach(self._rule, namespace, self._described)


def is_active(pod: Pod) -> bool:
    """Whether a Pod has not ended and is not being deleted.

    Upstream: KC IsPodActive
    """
    has_ended = (pod.get("status") or {}).get("phase") in {"Succeeded", "Failed"}
    return not has_ended and not (pod.get("metadata") or {}).get("deletionTimestamp")


def _wanted_labels(selector: object) -> tuple[Requirement, ...] | None:
    """What labels must meet; None where no labels will do."""
    if selector is None:
        return None
    try:
        return requirements(cast("LabelSelector", selector))
    except InvalidSelector:
        return None


def _injected(metadata: ObjectMeta) -> list[str]:
    """The SidecarSets whose sidecars a Pod was given.

    Upstream: UTIL IsPodInjectedSidecarSet
    """
    return ((metadata.get("annotations") or {}).get(names.INJECTED_LIST) or "").split(",")


def _meets(labels: Mapping[str, str], wanted: tuple[Requirement, ...]) -> bool:
    return all(requirement.holds_for(labels) for requirement in wanted)
