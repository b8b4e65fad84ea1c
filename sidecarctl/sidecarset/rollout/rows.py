"""Reduce the Pods that count to what a plan needs of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

from sidecarctl.finding import InjectionRefused
from sidecarctl.sidecarset.podmetadata import patched_annotations
from sidecarctl.sidecarset.rollout.counted import MOST_KINS, Matcher
from sidecarctl.sidecarset.rollout.mark import NO_MARK
from sidecarctl.sidecarset.rollout.order import default_rank, priority_rank, sibling_rank
from sidecarctl.sidecarset.rollout.pace import AT_ONCE, span_of
from sidecarctl.sidecarset.rollout.pod_row import Counted, Row
from sidecarctl.sidecarset.rollout.podsteps import upgradable_marks
from sidecarctl.sidecarset.rollout.queue import UpgradeOrder
from sidecarctl.sidecarset.rollout.scatter import Census, keys_of_any_value, scatter_keys, scatter_terms
from sidecarctl.sidecarset.rollout.sibling import Sibling
from sidecarctl.sidecarset.rollout.unreadiness import complaints
from sidecarctl.upstream import names
from sidecarctl.upstream.fields import annotations_of, namespace_of, struct, structs
from sidecarctl.upstream.selector import InvalidSelector, requirements

T = TypeVar("T")

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sidecarctl.sidecarset.rollout.context import RolloutContext
    from sidecarctl.sidecarset.rollout.pod_state import State
    from sidecarctl.sidecarset.rollout.target import RolloutTarget
    from sidecarctl.upstream.fields import Value
    from sidecarctl.upstream.types import LabelSelector, Pod

    Labels = Mapping[str, str]


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
