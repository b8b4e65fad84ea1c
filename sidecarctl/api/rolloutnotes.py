"""What a plan says about its input, and where the controller does not do what the manual says."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sidecarctl.finding import Finding, Severity
from sidecarctl.sidecarset.rollout.causes import some
from sidecarctl.sidecarset.rollout.matched import Matcher, is_active, namespace_of
from sidecarctl.upstream import names
from sidecarctl.upstream.selector import InvalidSelector, requirements

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sidecarctl.sidecarset.rollout.context import Context
    from sidecarctl.sidecarset.rollout.plan import RolloutPlan
    from sidecarctl.sidecarset.rollout.row import Row
    from sidecarctl.sidecarset.rollout.target import Target
    from sidecarctl.sidecarset.rollout.versions import NewVersion
    from sidecarctl.upstream.types import Pod

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
        message = f"{who} no status, and count as pending and not ready: {some(pods)}"
        yield Finding("PLN006", message, ("status",), Severity.WARNING)


def unlike_the_manual(plan: RolloutPlan, target: Target) -> Iterator[Finding]:
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
        message = (
            f"hotUpgradeEmptyImage of {image.sidecar} changes: its idle container restarts in every Pod at once, "
            "whatever maxUnavailable and partition say"
        )
        yield Finding("PLN010", message, ("spec", "containers"), Severity.WARNING)


def uncounted(pods: Iterable[Pod], target: Target, context: Context) -> Finding | None:
    """PLN011: no Pod counts; why, of each reason how many."""
    matcher = Matcher(target, context)
    reasons = Counter(_obstacle(pod, matcher, target) for pod in pods if not any(matcher.matched([pod])))
    if not reasons:
        return None
    said = "; ".join(f"{number} {reason}" for reason, number in reasons.most_common())
    return Finding(
        "PLN011", f"{target.name} counts none of the Pods given: {said}", ("spec", "selector"), Severity.WARNING
    )


def _obstacle(pod: Pod, matcher: Matcher, target: Target) -> str:
    metadata = pod.get("metadata") or {}
    reach = matcher.reaches.get(namespace_of(pod))
    annotations = metadata.get("annotations") or {}
    if reach is not None and reach.obstacle is not None:
        return "in a namespace that it does not reach"
    if not _is_selected(metadata.get("labels") or {}, target.spec.get("selector")):
        return "not selected by its labels"
    if not is_active(pod):
        return "ended or being deleted"
    if target.name not in (annotations.get(names.INJECTED_LIST) or "").split(","):
        return "created without its sidecars"
    return "without one of its containers"


def _is_selected(labels: Mapping[str, str], selector: object) -> bool:
    try:
        return selector is not None and all(r.holds_for(labels) for r in requirements(selector))  # type: ignore[arg-type]  # a decoded one
    except InvalidSelector:
        return False
