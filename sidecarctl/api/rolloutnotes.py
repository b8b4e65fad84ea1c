"""What a plan says about its input, and where the controller does not do what the manual says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.finding import Finding, Severity
from sidecarctl.sidecarset.rollout.left_out import reasons_sentence
from sidecarctl.sidecarset.rollout.pod_traits import some
from sidecarctl.upstream import names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sidecarctl.sidecarset.rollout.changes import NewVersion
    from sidecarctl.sidecarset.rollout.plan import RolloutPlan
    from sidecarctl.sidecarset.rollout.pod_row import Counted, Row
    from sidecarctl.sidecarset.rollout.target import RolloutTarget

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
        who = "1 Pod has no status, and counts" if len(pods) == 1 else f"{len(pods)} Pods have no status, and count"
        message = f"{who} as pending and not ready: {some(sorted(pods))}"
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


def none_counted(found: Counted, sidecar_set: str) -> Finding | None:
    """PLN011: no Pod counts; why, of each reason how many."""
    if found.rows or not found.left_out:
        return None
    said = reasons_sentence((one.pods, one.sentence) for one in found.left_out)
    message = f"{sidecar_set} counts none of the Pods given: {said}"
    return Finding("PLN011", message, ("spec", "selector"), Severity.WARNING)
