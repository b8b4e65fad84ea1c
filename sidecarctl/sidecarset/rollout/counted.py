"""Pods that a SidecarSet matches, reduced to rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar, cast

from sidecarctl.finding import InjectionRefused
from sidecarctl.sidecarset.injection.annotations import patched_annotations
from sidecarctl.sidecarset.matching.scope import Reach, labels_by_namespace, namespace_rule, reach
from sidecarctl.sidecarset.rollout.order import (
    Census,
    default_rank,
    keys_of_any_value,
    priority_rank,
    scatter_keys,
    scatter_terms,
    sibling_rank,
)
from sidecarctl.sidecarset.rollout.pod_row import Counted, LeftOutPods, Obstacle, Row, WhyNot
from sidecarctl.sidecarset.rollout.pod_state import state_of
from sidecarctl.sidecarset.rollout.pod_traits import AT_ONCE, NO_MARK, Sibling, span_of
from sidecarctl.sidecarset.rollout.queue import UpgradeOrder
from sidecarctl.sidecarset.rollout.replay import upgradable_marks
from sidecarctl.sidecarset.rollout.unreadiness import complaints
from sidecarctl.upstream import names
from sidecarctl.upstream.fields import annotations_of, namespace_of, struct, structs
from sidecarctl.upstream.selector import InvalidSelector, first_unmet, requirements

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from sidecarctl.sidecarset.rollout.pod_state import State
    from sidecarctl.sidecarset.rollout.target import RolloutContext, RolloutTarget
    from sidecarctl.upstream.fields import Value
    from sidecarctl.upstream.selector import Requirement
    from sidecarctl.upstream.types import LabelSelector, Pod, SidecarSet

    Labels = Mapping[str, str]


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


T = TypeVar("T")


def counted(pods: Iterable[Pod], target: RolloutTarget, context: RolloutContext) -> Counted:
    """The Pods that the SidecarSet counts, read one at a time."""
    matcher, row_of = Matcher(target, context), _with_siblings(_row_reader(target, context))
    rows: list[Row] = []
    examples: dict[str, tuple[tuple[str, str], Pod]] = {}  # of each hash, the Pod of the first name
    for pod, state in matcher.matched(pods):
        row = row_of(pod, state)
        rows.append(row)
        recorded = state.hash_without_image
        if recorded != target.hash_without_image and (recorded not in examples or row[:2] < examples[recorded][0]):
            examples[recorded] = (row[:2], pod)
    rows.sort(key=lambda row: row[:2])
    assumed = {name: r.requirement for name, r in matcher.reaches.items() if r.is_assumed and r.requirement}
    whole = {recorded: context.whole(pod) for recorded, (_, pod) in examples.items()}
    return Counted(rows, whole, dict(sorted(assumed.items())), matcher.left_out.groups)


def upgrade_order(target: RolloutTarget, rows: Sequence[Row]) -> UpgradeOrder:
    """How the SidecarSet orders these Pods, as far as their rows do not say it themselves."""
    values = [row.standpoint[2] for row in rows]
    terms = scatter_terms(_scatter_strategy(target), values)
    return UpgradeOrder(
        terms,
        Census(values if terms else ()),
        ties_run_backwards=_priority_replaces_ranks(target),
        any_value=keys_of_any_value(_scatter_strategy(target)),
    )


def _with_siblings(row_of: Callable[[Pod, State], Row]) -> Callable[[Pod, State], Row]:
    """How to make a row, given how to make one from scratch: of siblings only the first needs that."""
    known: dict[object, Row] = {}

    def row_among_siblings(pod: Pod, state: State) -> Row:
        if not isinstance(pod, Sibling):
            return row_of(pod, state)
        row = known.get(pod.kin)
        if row is None:
            if len(known) >= MOST_KINS:
                known.clear()
            row = known[pod.kin] = row_of(cast("Pod", pod), state)
        priority, rank, values = row.standpoint
        standpoint = (priority, sibling_rank(rank, pod.own) if rank else rank, values)
        return row._replace(name=pod.own.name, standpoint=standpoint)

    return row_among_siblings


def _row_reader(target: RolloutTarget, context: RolloutContext) -> Callable[[Pod, State], Row]:
    is_selected = _selection(target.strategy.get("selector"))
    priority = priority_rank(_priority_strategy(target))
    has_rank = not _priority_replaces_ranks(target)
    keys = scatter_keys(_scatter_strategy(target))
    merges = any(patch.get("patchPolicy") == names.MERGE_PATCH_JSON for patch in target.patches)
    known: dict[object, object] = {}

    def shared(value: T) -> T:
        """The equal value that was met first: a million rows of the same few things."""
        return cast("T", known.setdefault(value, value))

    def row_of(pod: Pod, state: State) -> Row:
        metadata = pod.get("metadata") or {}
        labels = metadata.get("labels") or {}
        rank = default_rank(pod, target.release) if has_rank else ()
        return Row(
            namespace=shared(namespace_of(pod)),
            name=metadata.get("name") or "",
            state=shared(state),
            is_selected=is_selected(labels),
            standpoint=(priority(labels), rank, shared(tuple([labels.get(key) for key in keys]))),
            cannot_be_patched=merges and not _can_be_patched(pod, target),
            cannot_be_marked=not _can_be_marked(pod),
            span=span_of(context.paces, labels) if context.paces else AT_ONCE,
            mark=shared(context.mark(pod)) if context.mark else NO_MARK,
            complaints=shared(complaints(pod)),
        )

    return row_of


def _priority_replaces_ranks(target: RolloutTarget) -> bool:
    """Whether a priorityStrategy leaves nothing of the default order, as it did of old."""
    return any(_priority_strategy(target).values()) and not target.release.ties_keep_default_order


def _priority_strategy(target: RolloutTarget) -> Value:
    return struct(target.strategy, "priorityStrategy")


def _scatter_strategy(target: RolloutTarget) -> Sequence[Mapping[str, str]]:
    return cast("Sequence[Mapping[str, str]]", structs(target.strategy, "scatterStrategy"))


def _selection(selector: object) -> Callable[[Labels], bool]:
    """Whom updateStrategy.selector lets through: all if there is none, nobody if it is invalid."""
    if selector is None:
        return lambda _: True
    try:
        wanted = requirements(cast("LabelSelector", selector))
    except InvalidSelector:
        return lambda _: False
    return lambda labels: all(requirement.holds_for(labels) for requirement in wanted)


def _can_be_patched(pod: Pod, target: RolloutTarget) -> bool:
    try:
        patched_annotations(annotations_of(pod), target.patches)
    except InjectionRefused:
        return False
    return True


def _can_be_marked(pod: Pod) -> bool:
    for condition in (pod.get("status") or {}).get("conditions") or ():
        if condition.get("type") == names.UPGRADABLE_CONDITION:
            return upgradable_marks(condition) is not None
    return True
