"""What a plan says about its input, and where the controller does not do what the manual says."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, cast

from sidecarctl.finding import Finding, Severity
from sidecarctl.sidecarset.rollout.matched import Matcher, is_active
from sidecarctl.sidecarset.rollout.podname import namespace_of, some
from sidecarctl.sidecarset.rollout.records import working_containers
from sidecarctl.upstream import names
from sidecarctl.upstream.selector import InvalidSelector, first_mismatch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sidecarctl.sidecarset.rollout.context import RolloutContext
    from sidecarctl.sidecarset.rollout.plan import RolloutPlan
    from sidecarctl.sidecarset.rollout.row import Row
    from sidecarctl.sidecarset.rollout.target import RolloutTarget
    from sidecarctl.sidecarset.rollout.versions import NewVersion
    from sidecarctl.upstream.types import LabelSelector, Pod

_MOST_REASONS: Final = 5
_STRATEGY = ("spec", "updateStrategy")


def unreadable_records(rows: Iterable[Row]) -> Iterator[Finding]:
    """PLN007: an annotation of OpenKruise's that nobody can read, and what the controller makes of that."""
    garbled: dict[str, list[str]] = {}
    for row in rows:
        if not row.state.hash or not row.state.hash_without_image:
            garbled.setdefault(names.HASH if not row.state.hash else names.HASH_WITHOUT_IMAGE, []).append(str(row))
        if row.state.recorded is None:
            garbled.setdefault(names.IN_PLACE_UPDATE_STATE, []).append(str(row))
    for annotation, pods in garbled.items():
        what = "says nothing of the SidecarSet that could be read"
        takes = "counts as never restarted" if annotation == names.IN_PLACE_UPDATE_STATE else "counts as an old one"
        message = f"annotation {annotation} {what}, so the Pod {takes}: {some(pods)}"
        yield Finding("PLN007", message, ("metadata", "annotations"), Severity.WARNING)


def pods_without_status(pods: Sequence[str]) -> Iterator[Finding]:
    """PLN006: Pods that carry the sidecars and have no status, as if nobody had scheduled them."""
    if pods:
        who = "1 Pod has" if len(pods) == 1 else f"{len(pods)} Pods have"
        message = f"{who} no status, and count as pending and not ready: {some(sorted(pods))}"
        yield Finding("PLN006", message, ("status",), Severity.WARNING)


def unlike_the_manual(plan: RolloutPlan, target: RolloutTarget) -> Iterator[Finding]:
    """PLN009: the manual describes something else than the controller does."""
    strategy = target.strategy
    if strategy.get("scatterStrategy") and len(plan.rounds) > 1:
        message = "each round scatters the Pods that are left anew; the positions of the manual hold for a single round"
        yield Finding("PLN009", message, (*_STRATEGY, "scatterStrategy"), Severity.INFO)
    if strategy.get("partition") and plan.not_upgradable:
        message = "partition counts Pods that wait; those that are not upgradable stay old besides"
        yield Finding("PLN009", message, (*_STRATEGY, "partition"), Severity.INFO)


def restarts_of_idle_containers(version: NewVersion) -> Iterator[Finding]:
    """PLN010: another empty image goes to all Pods at once, past maxUnavailable and partition."""
    for image in version.emptied_anew:
        if not image.after:
            continue  # the API server takes no container without an image: PLN004
        message = (
            f"hotUpgradeEmptyImage of {image.sidecar} changes: its idle container restarts in every Pod at once, "
            "whatever maxUnavailable and partition say"
        )
        yield Finding("PLN010", message, ("spec", "containers"), Severity.WARNING)


def uncounted(pods: Iterable[Pod], target: RolloutTarget, context: RolloutContext) -> Finding | None:
    """PLN011: no Pod counts; why, of each reason how many."""
    matcher = Matcher(target, context)
    reasons = Counter(_obstacle(pod, matcher, target) for pod in pods if not any(matcher.matched([pod])))
    if not reasons:
        return None
    most = reasons.most_common(_MOST_REASONS)
    said = "; ".join(f"{number} {reason}" for reason, number in most)
    rest = len(reasons) - len(most)
    said += f"; and {rest} more reasons" if rest else ""
    return Finding(
        "PLN011", f"{target.name} counts none of the Pods given: {said}", ("spec", "selector"), Severity.WARNING
    )


def _obstacle(pod: Pod, matcher: Matcher, target: RolloutTarget) -> str:
    metadata = pod.get("metadata") or {}
    namespace, annotations = namespace_of(pod), metadata.get("annotations") or {}
    reach = matcher.reaches.get(namespace)
    if reach is not None and reach.obstacle is not None:
        lacking = f": {reach.requirement} does not hold there" if reach.requirement else ""
        return f"in namespace {namespace}, which it does not reach{lacking}"
    if (unmet := _unmet(metadata.get("labels") or {}, target.spec.get("selector"))) is not None:
        return f"not selected by its labels{unmet}"
    if not is_active(pod):
        return "ended or being deleted"
    injected = annotations.get(names.INJECTED_LIST) or ""
    if target.name not in injected.split(","):
        return f"created with the sidecars of {injected} instead" if injected else "created without its sidecars"
    if target.hot_sidecars and not working_containers(annotations.get(names.WORKING_HOT_UPGRADE_CONTAINER) or ""):
        return f"whose annotation {names.WORKING_HOT_UPGRADE_CONTAINER} names no container that serves"
    return "without one of its containers"


def _unmet(labels: Mapping[str, str], selector: object) -> str | None:
    """What of a selector the labels do not meet, as far as it can be said; None where they meet it."""
    try:
        lacking = first_mismatch(cast("LabelSelector", selector), labels) if selector is not None else None
    except InvalidSelector:
        return ""
    if selector is not None and lacking is None:
        return None
    return f": {lacking} does not hold" if lacking else ""
