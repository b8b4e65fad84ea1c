"""Warnings about strategies that the webhook takes: of updates, and of injection."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final

from sidecarctl.finding import Finding, Severity
from sidecarctl.upstream import names
from sidecarctl.upstream.fields import is_true, struct, structs, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sidecarctl.finding import FieldPath
    from sidecarctl.upstream.release import Release

_STRATEGY: Final[FieldPath] = ("spec", "updateStrategy")
_TYPES: Final = ("", "RollingUpdate", "NotUpdate")


def strategy_warnings(spec: Mapping[str, object], release: Release) -> Iterator[Finding]:
    """What will not roll out, or not be injected, as it reads."""
    strategy = struct(spec, "updateStrategy")
    return chain(
        _type_warnings(strategy),
        _order_warnings(strategy),
        _scatter_warnings(strategy),
        _pause_warnings(spec, strategy),
        _revision_warnings(spec, strategy, release),
    )


def foreign_revision(sidecar_set: Mapping[str, object], revisions: Iterable[Mapping[str, object]]) -> Iterator[Finding]:
    """The revision that a SidecarSet names belongs to another one."""
    wanted = text(struct(struct(struct(sidecar_set, "spec"), "injectionStrategy"), "revision"), "revisionName")
    for metadata in (struct(revision, "metadata") for revision in revisions):
        owner = text(struct(metadata, "labels"), names.SIDECAR_SET_NAME)
        is_named = wanted and text(metadata, "name") == wanted
        if is_named and owner and owner != text(struct(sidecar_set, "metadata"), "name"):
            told = f"{wanted} is a revision of SidecarSet {owner}: its containers would be injected in place of these"
            yield Finding("WRN015", told, ("spec", "injectionStrategy", "revision", "revisionName"), Severity.WARNING)


def _type_warnings(strategy: Mapping[str, object]) -> Iterator[Finding]:
    kind = text(strategy, "type")
    if kind not in _TYPES:
        told = f"{kind} is no type of update: Pods are upgraded all the same, and nothing of the strategy is checked"
        yield Finding("WRN002", told, (*_STRATEGY, "type"), Severity.WARNING, help="write RollingUpdate or NotUpdate")
    if kind != "NotUpdate" and strategy.get("maxUnavailable") in (0, "0%"):
        told = "with maxUnavailable 0 no Pod that is ready is ever upgraded"
        advice = "1 is the default; to stop a rollout, use paused"
        yield Finding("WRN001", told, (*_STRATEGY, "maxUnavailable"), Severity.WARNING, help=advice)


def _order_warnings(strategy: Mapping[str, object]) -> Iterator[Finding]:
    if structs(struct(strategy, "priorityStrategy"), "orderPriority"):
        told = "Pods that have none of these keys are upgraded first, not last"
        yield Finding("WRN009", told, (*_STRATEGY, "priorityStrategy", "orderPriority"), Severity.INFO)


def _scatter_warnings(strategy: Mapping[str, object]) -> Iterator[Finding]:
    if structs(strategy, "scatterStrategy"):
        told = "Pods are scattered anew in each round, among those that are left"
        advice = "sidecarctl plan shows which Pods come when"
        yield Finding("WRN027", told, (*_STRATEGY, "scatterStrategy"), Severity.INFO, help=advice)


def _pause_warnings(spec: Mapping[str, object], strategy: Mapping[str, object]) -> Iterator[Finding]:
    upgrades = (struct(container, "upgradeStrategy") for container in structs(spec, "containers"))
    if is_true(strategy, "paused") and any(text(one, "upgradeType") == names.HOT_UPGRADE for one in upgrades):
        told = "paused holds Pods in the middle of a hot upgrade as they are: with both containers, and not ready"
        yield Finding("WRN016", told, (*_STRATEGY, "paused"), Severity.INFO)


def _revision_warnings(
    spec: Mapping[str, object], strategy: Mapping[str, object], release: Release
) -> Iterator[Finding]:
    revision = struct(struct(spec, "injectionStrategy"), "revision")
    if not release.knows_partial_revision_policy or text(revision, "policy") != names.PARTIAL:
        return
    if not isinstance(strategy.get("partition"), str) and strategy.get("selector") is None:
        told = "Partial without a partition in percent: every new Pod gets the newest version, none this revision"
        path = ("spec", "injectionStrategy", "revision", "policy")
        yield Finding(
            "WRN008", told, path, Severity.WARNING, help='set updateStrategy.partition to a text such as "50%"'
        )
