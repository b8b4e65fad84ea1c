"""The Python API of rollouts: the status that Pods give, and the plan of what the controller will do to them."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, cast

from sidecarctl.api import choices
from sidecarctl.api.arguments import a_release, an_iterable, an_object, each_object
from sidecarctl.api.decoded_pods import decoded_pods, distinct_pods
from sidecarctl.api.plan_document import Rollout, plan_document
from sidecarctl.api.rollout_stages import StagedPods, StagesWanted, marker, parsed_canary, parsed_steps, staged
from sidecarctl.record import Record
from sidecarctl.sidecarset.rollout.context import RolloutContext
from sidecarctl.sidecarset.rollout.counted import Matcher
from sidecarctl.sidecarset.rollout.owners import OwnerLabels
from sidecarctl.sidecarset.rollout.plan import RolloutPlan as Planned
from sidecarctl.sidecarset.rollout.plan import planned, rollout_plan
from sidecarctl.sidecarset.rollout.restart_times import parsed_paces
from sidecarctl.sidecarset.rollout.rows import counted
from sidecarctl.sidecarset.rollout.shared_budgets import Upgrades, shared_budgets, upgrades_of
from sidecarctl.sidecarset.rollout.stagepatch import Patch
from sidecarctl.sidecarset.rollout.status import status as counted_status
from sidecarctl.sidecarset.rollout.status import target_of
from sidecarctl.upstream.decode import decode
from sidecarctl.upstream.fields import label_map
from sidecarctl.upstream.release import LATEST, Release

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sidecarctl.finding import Finding
    from sidecarctl.sidecarset.matching.scope import SystemNamespaces
    from sidecarctl.upstream.types import Namespace, Pod, SidecarSet

    Object = Mapping[str, object]


def status(
    sidecar_set: Object,
    pods: Iterable[Object],
    *,
    namespaces: Iterable[Object] = (),
    system_namespaces: SystemNamespaces = "exclude",
) -> dict[str, object]:
    """Return the status that the controller writes into a SidecarSet over these Pods.

    Pods that carry the sidecars count in every namespace: `system_namespaces` is about injection, and changes nothing.
    Raises `UndecodableObject` where one of the values is none of its kind, or two Pods go by one name, ValueError where
    `system_namespaces` is neither "exclude" nor "include".
    """
    choices.system_namespaces(system_namespaces)
    context = RolloutContext(namespaces=_namespaces(namespaces))
    given = cast("SidecarSet", an_object(sidecar_set, "SidecarSet"))
    return cast("dict[str, object]", counted_status(given, _pods(pods, LATEST), context))


class RolloutPlan(Planned):
    """The rounds in which Pods change, and how the rollout stands after them.

    rounds: each with the Pods it upgrades; final_status, final_pods: how it ends; revision: its name; waiting: why Pods
    are left, by "namespace/name"; findings; duration: in milliseconds, None without `ready_after`.
    """

    def to_dict(self) -> dict[str, object]:
        """Return the plan as `sidecarctl plan -o json` prints it, as far as it is known without the earlier version."""
        return cast("dict[str, object]", plan_document(Rollout(self, self._target, self._rows)))


class RolloutStage(Record):
    """A stage of a rollout: what to write into the SidecarSet, and the plan that follows."""

    name: str
    patch: dict[str, object]  # a merge patch of the SidecarSet
    sidecar_set: dict[str, object]  # with the patch
    plan: RolloutPlan
    goal: int  # Pods that are to be updated and ready in the end

    def to_dict(self) -> dict[str, object]:
        """Return the stage as a JSON-shaped value."""
        return {"name": self.name, "patch": self.patch, "goal": self.goal, "plan": self.plan.to_dict()}


def plan(  # noqa: PLR0913 - the public contract: one name per choice
    sidecar_set: Object,
    pods: Iterable[Object],
    *,
    others: Iterable[Object] = (),
    namespaces: Iterable[Object] = (),
    never_ready: Iterable[str] = (),
    ready_after: Iterable[str] = (),
    system_namespaces: SystemNamespaces = "exclude",
    kruise_version: str | None = None,
) -> RolloutPlan:
    """Return the rounds in which the controller brings these Pods up to date, and how they are in the end.

    SidecarSets are taken as written, or as `admit` gives them. Each round is one reconcile; then the containers that it
    changed, and those that were restarting before, run and are ready, but for those of the `never_ready` Pods
    ("namespace/name").
    `ready_after` says how long restarts take, as the flag does: ["30s"], or ["app=web:1m", "20s-40s"].
    `others` are SidecarSets that are rolled out at the same time: a finding tells where they upgrade the same Pods.
    Pods that carry the sidecars count in every namespace: `system_namespaces` is about injection, and changes nothing.
    Raises `UndecodableObject` where one of the values is none of its kind, or two Pods go by one name, TypeError for an
    argument of the wrong type, ValueError for an unknown choice, duration or release.
    """
    context = _context(namespaces, never_ready, ready_after, system_namespaces, kruise_version)
    given = cast("SidecarSet", an_object(sidecar_set, "SidecarSet"))
    crowd = list(_pods(pods, context.release))
    made = rollout_plan(given, crowd, context)
    return _with_document(made, _shared_budgets(given, [made], _upgrades(others, given, crowd, context)))


def plan_stages(  # noqa: PLR0913 - the public contract: one name per choice
    sidecar_set: Object,
    pods: Iterable[Object],
    *,
    steps: Iterable[str] = (),
    canary: str | None = None,
    group_by: str = "",
    others: Iterable[Object] = (),
    namespaces: Iterable[Object] = (),
    never_ready: Iterable[str] = (),
    ready_after: Iterable[str] = (),
    system_namespaces: SystemNamespaces = "exclude",
    kruise_version: str | None = None,
) -> list[RolloutStage]:
    """Return a rollout in stages, each planned on what the one before leaves.

    `steps` are numbers and shares of Pods (or groups), such as ["10", "50%", "100%"]; `canary` is a label selector, as
    kubectl writes it; `group_by` is a label, or "owner". The other arguments are those of `plan`.
    Raises what `plan` raises, and ValueError for stages that fit neither the SidecarSet nor its Pods.
    """
    wanted = StagesWanted(
        parsed_steps(cast("Iterable[str]", an_iterable(steps, "texts"))),
        None if canary is None else parsed_canary(canary),
        group_by,
    )
    plain = _context(namespaces, never_ready, ready_after, system_namespaces, kruise_version)
    owners = OwnerLabels()
    context = replace(plain, mark=marker(wanted, owners))
    whole = cast("SidecarSet", an_object(sidecar_set, "SidecarSet"))
    base = Patch().applied_to(whole)
    target, given = target_of(base, context.release), list(_pods(pods, context.release))
    if target.never_updates:
        raise ValueError("updateStrategy.type is NotUpdate: no stage would upgrade a Pod")
    found = counted(given, target, context)
    if not found.rows:
        raise ValueError(f"nothing to stage: {target.name} counts none of these Pods")
    matched = Matcher(target, context).matched
    staged_pods = StagedPods(found, owners, lambda: [label_map(pod) for pod, _ in matched(given)])
    stored = whole if target.metadata.get("generation") else None
    made, _ = staged(base, target, staged_pods, context, wanted, stored)
    meeting = _shared_budgets(whole, [one.plan for one in made], _upgrades(others, whole, given, plain))
    return [
        RolloutStage(
            one.aim.name,
            one.patch.document,
            cast("dict[str, object]", one.sidecar_set),
            _with_document(one.plan, meeting),
            one.goal,
        )
        for one in made
    ]


def _with_document(made: Planned, of_others: tuple[Finding, ...]) -> RolloutPlan:
    values = {field.name: getattr(made, field.name) for field in fields(made)}
    return RolloutPlan(**{**values, "findings": (*made.findings, *of_others)})


def _upgrades(others: Iterable[Object], own: SidecarSet, pods: list[Pod], context: RolloutContext) -> list[Upgrades]:
    """Return what the other SidecarSets upgrade; one of the same name is the same SidecarSet."""
    found: list[Upgrades] = []
    for other in each_object(others, "SidecarSet"):
        target = target_of(cast("SidecarSet", other), context.release)
        if target.name != (own.get("metadata") or {}).get("name"):
            found.append(upgrades_of(target.name, [planned(counted(pods, target, context), target, context)]))
    return found


def _shared_budgets(own: SidecarSet, plans: list[Planned], others: list[Upgrades]) -> tuple[Finding, ...]:
    name = (own.get("metadata") or {}).get("name") or ""
    return shared_budgets(upgrades_of(name, plans), others) if others else ()


def _context(
    namespaces: Iterable[Object],
    never_ready: Iterable[str],
    ready_after: Iterable[str],
    system_namespaces: SystemNamespaces,
    kruise_version: str | None,
) -> RolloutContext:
    choices.system_namespaces(system_namespaces)
    return RolloutContext(
        namespaces=_namespaces(namespaces),
        never_ready=frozenset(cast("Iterable[str]", an_iterable(never_ready, "names"))),
        release=a_release(kruise_version),
        paces=parsed_paces(cast("Iterable[str]", an_iterable(ready_after, "texts")), "ready_after"),
    )


def _pods(pods: Iterable[Object], release: Release) -> Iterator[Pod]:
    return distinct_pods(decoded_pods(each_object(pods, "Pod"), release))


def _namespaces(namespaces: Iterable[Object]) -> list[Namespace]:
    return [cast("Namespace", decode(one, "Namespace")) for one in each_object(namespaces, "Namespace")]
