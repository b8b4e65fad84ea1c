"""Which Pods a SidecarSet counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from sidecarctl.sidecarset.matching.scope import Reach, labels_by_namespace, namespace_rule, reach
from sidecarctl.sidecarset.rollout.left_out import LeftOutPods, Obstacle, WhyNot
from sidecarctl.sidecarset.rollout.pod_state import state_of
from sidecarctl.sidecarset.rollout.sibling import Sibling
from sidecarctl.upstream import names
from sidecarctl.upstream.fields import namespace_of
from sidecarctl.upstream.selector import InvalidSelector, first_unmet, requirements

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sidecarctl.sidecarset.rollout.context import RolloutContext
    from sidecarctl.sidecarset.rollout.pod_state import State
    from sidecarctl.sidecarset.rollout.target import RolloutTarget
    from sidecarctl.upstream.selector import Requirement
    from sidecarctl.upstream.types import LabelSelector, Pod, SidecarSet


MOST_KINS: Final = 1 << 14
_LONGEST: Final = 120  # characters of an annotation in a sentence
_ENDED_PHASES: Final = frozenset({"Succeeded", "Failed"})
_ENDED: Final = WhyNot(Obstacle.ENDED, "ended")
_DELETED: Final = WhyNot(Obstacle.DELETED, "being deleted")
_BEFORE_DELETION: Final = frozenset({Obstacle.NAMESPACE, Obstacle.LABELS, Obstacle.ENDED})


class Matcher:
    """Tells the Pods that a SidecarSet counts; `left_out` collects the others, `reaches` what their namespaces are."""

    def __init__(self, target: RolloutTarget, context: RolloutContext) -> None:
        self.left_out = LeftOutPods()
        self.reaches: dict[str, Reach] = {}
        self._target = target
        self._described = labels_by_namespace(context.namespaces)
        self._rule = namespace_rule(cast("SidecarSet", target.sidecar_set), target.release)
        self._wanted = _wanted_labels(target.spec.get("selector"))
        self._carries: dict[State, bool] = {}
        self._known: dict[object, State | WhyNot] = {}  # of siblings

    def matched(self, pods: Iterable[Pod]) -> Iterator[tuple[Pod, State]]:
        """The Pods that the SidecarSet selects, that have not ended, and that carry all its sidecars.

        Upstream: PROC getMatchingPods
        """
        for pod in pods:
            if isinstance(pod, Sibling):
                found, is_deleted = self._found_among_siblings(pod), bool(pod.own.deleted)
            else:
                found, is_deleted = self._found(pod), bool((pod.get("metadata") or {}).get("deletionTimestamp"))
            if is_deleted and not (isinstance(found, WhyNot) and found.obstacle in _BEFORE_DELETION):
                found = _DELETED
            if isinstance(found, WhyNot):
                self.left_out.note(pod, found)
            else:
                yield pod, found

    def _found_among_siblings(self, pod: Sibling) -> State | WhyNot:
        known = self._known
        if pod.kin not in known:
            if len(known) >= MOST_KINS:
                known.clear()
            known[pod.kin] = self._found(cast("Pod", pod))
        return known[pod.kin]

    def _found(self, pod: Pod) -> State | WhyNot:
        """The State of a Pod that counts unless it is being deleted; else the first thing that speaks against it."""
        metadata, reach = pod.get("metadata") or {}, self._reach(namespace_of(pod))
        if reach.obstacle is not None:
            lacking = f": {reach.requirement} does not hold there" if reach.requirement else ""
            return WhyNot(Obstacle.NAMESPACE, lacking)
        unmet = first_unmet(self._wanted, metadata.get("labels") or {}) if self._wanted is not None else None
        if unmet is not None or self._wanted is None:
            lacking = f": {unmet} does not hold" if unmet else ""
            return WhyNot(Obstacle.LABELS, f"not selected by its labels{lacking}")
        if (pod.get("status") or {}).get("phase") in _ENDED_PHASES:
            return _ENDED
        injected = (metadata.get("annotations") or {}).get(names.INJECTED_LIST) or ""
        if self._target.name not in injected.split(","):
            others = f"{injected[:_LONGEST]}…" if len(injected) > _LONGEST else injected
            told = f"created with the sidecars of {others} instead" if injected else "created without its sidecars"
            return WhyNot(Obstacle.OF_OTHERS if injected else Obstacle.NOT_INJECTED, told)
        state = state_of(pod, self._target)
        if state not in self._carries:
            self._carries[state] = state.carries(self._target.sidecars)
        return state if self._carries[state] else self._lacking(state)

    def _lacking(self, state: State) -> WhyNot:
        """What a Pod lacks that was injected, and has not all sidecars."""
        if self._target.hot_sidecars and not state.working:
            told = f"whose annotation {names.WORKING_HOT_UPGRADE_CONTAINER} names no container that serves"
            return WhyNot(Obstacle.NO_WORKING_CONTAINER, told)
        return WhyNot(Obstacle.NO_CONTAINER, "without one of its containers")

    def _reach(self, namespace: str) -> Reach:
        known = self.reaches.get(namespace)
        if known is None:
            # The manual's exclusion of system namespaces is about injection: the controller counts what is there.
            known = self.reaches[namespace] = reach(self._rule, namespace, self._described)
        return known


def _wanted_labels(selector: object) -> tuple[Requirement, ...] | None:
    """What labels must meet; None where no labels will do."""
    if selector is None:
        return None
    try:
        return requirements(cast("LabelSelector", selector))
    except InvalidSelector:
        return None
