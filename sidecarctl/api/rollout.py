"""The Python API of `plan`, `plan_stages` and `status`; and the edit that writes a stage into its document."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Final, cast

from sidecarctl.api import arguments
from sidecarctl.api.arguments import a_release, an_iterable, an_object, each_object
from sidecarctl.api.change import Change, edited
from sidecarctl.api.plan_document import Rollout, plan_document
from sidecarctl.api.workload_pods import decoded_pods, distinct_pods
from sidecarctl.finding import Severity, show_path
from sidecarctl.record import Record
from sidecarctl.sidecarset.rollout import stage_groups
from sidecarctl.sidecarset.rollout.counted import Matcher, counted
from sidecarctl.sidecarset.rollout.plan import RolloutPlan as Planned
from sidecarctl.sidecarset.rollout.plan import planned, rollout_plan, target_of
from sidecarctl.sidecarset.rollout.plan import status as counted_status
from sidecarctl.sidecarset.rollout.pod_traits import parsed_paces
from sidecarctl.sidecarset.rollout.stage_groups import OwnerLabels, why_nobody
from sidecarctl.sidecarset.rollout.stages import Patch, Step, stages
from sidecarctl.sidecarset.rollout.stuck import Upgrades, shared_budgets, upgrades_of
from sidecarctl.sidecarset.rollout.target import RolloutContext
from sidecarctl.sidecarset.validation.context import ValidationContext
from sidecarctl.sidecarset.validation.webhook import validate
from sidecarctl.upstream.decode import decode
from sidecarctl.upstream.fields import label_map
from sidecarctl.upstream.release import LATEST, Release
from sidecarctl.upstream.selector import Requirement, parsed_selector
from sidecarctl.yamledit.edit import Edit, diff

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sidecarctl.finding import Finding
    from sidecarctl.sidecarset.matching.scope import SystemNamespaces
    from sidecarctl.upstream.types import Namespace, Pod, SidecarSet

    Object = Mapping[str, object]
    from collections.abc import Callable, Mapping, Sequence

    from sidecarctl.api.targets import Found
    from sidecarctl.finding import FieldPath
    from sidecarctl.sidecarset.rollout.pod_row import Counted
    from sidecarctl.sidecarset.rollout.pod_traits import Mark
    from sidecarctl.sidecarset.rollout.stages import Aim, Stage
    from sidecarctl.sidecarset.rollout.target import RolloutTarget
    from sidecarctl.upstream.release import Release
    from sidecarctl.yamledit.document import Document
    from sidecarctl.yamledit.value import Value


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
    arguments.checked_system_namespaces(system_namespaces)
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
    arguments.checked_system_namespaces(system_namespaces)
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


OWNER: Final = "owner"


_STEP: Final = re.compile(r"([0-9]{1,18})(%?)", re.ASCII)


_MOST_STAGES: Final = 100  # more than that is a label with a value for each Pod


_ALL: Final = Step("100%", 100, is_percent=True)


class InvalidStages(ValueError):
    """Stages that fit neither the SidecarSet nor its Pods; `option` is steps, canary, group_by, or empty for all."""

    def __init__(self, message: str, option: str = "") -> None:
        super().__init__(message, option)
        self.message = message
        self.option = option

    def __str__(self) -> str:
        return f"{self.option} {self.message}" if self.option else self.message


class StagesWanted(Record):
    """How a rollout is to be staged."""

    steps: Sequence[Step] = ()
    canary: tuple[Requirement, ...] | None = None
    group_by: str = ""  # a label, or "owner"


class StagedPods(Record):
    """The Pods that a SidecarSet counts, with the mark by which stages tell them apart."""

    found: Counted
    owners: OwnerLabels
    labels: Callable[[], Iterable[Mapping[str, str]]]  # of the Pods that count; asked for only to explain a refusal


def parsed_steps(texts: Iterable[str]) -> list[Step]:
    """Read numbers and percentages of Pods or groups, such as `10` and `50%`; raise InvalidStages for other texts."""
    given = [text.strip() for text in texts]
    found = [_STEP.fullmatch(text) for text in given]
    steps = [Step(match[0], int(match[1]), bool(match[2])) for match in found if match]
    if not all(found) or any(step.number < 1 or (step.is_percent and step.number > _ALL.number) for step in steps):
        told = f"takes numbers and percentages of Pods, as 10,10%,50%,100%; {','.join(given)} is none of these"
        raise InvalidStages(told, "steps")
    return steps


def parsed_canary(text: str) -> tuple[Requirement, ...]:
    """Read the label selector of a canary; raise InvalidStages for an empty one, ValueError for other text."""
    if not (selector := parsed_selector(text)):
        raise InvalidStages("takes a label selector, as track=canary", "canary")
    return selector


def marker(wanted: StagesWanted, owners: OwnerLabels) -> Callable[[Pod], Mark] | None:
    """Return what takes the mark of a Pod; None where stages only count Pods."""
    if wanted.canary is None and not wanted.group_by:
        return None
    read = owners.note if wanted.group_by == OWNER else stage_groups.label_of(wanted.group_by)
    return stage_groups.marker(wanted.canary, read)


def staged(
    base: SidecarSet,
    target: RolloutTarget,
    pods: StagedPods,
    context: RolloutContext,
    wanted: StagesWanted,
    stored: SidecarSet | None = None,
) -> tuple[list[Stage], str]:
    """Return the stages of a SidecarSet, each of them simulated, and the label that groups its Pods.

    `stored` is the SidecarSet that the cluster has before the first stage.
    Raises InvalidStages for stages that do not fit these Pods, and for a patch that the webhook would refuse.
    """
    groups = _groups(pods, target, wanted.group_by) if wanted.group_by else None
    if groups and not wanted.steps and len(groups.members) > _MOST_STAGES:
        told = f"would make {len(groups.members)} stages: steps 1,10%,100% take groups together"
        raise InvalidStages(told, "group_by")
    made = list(stages(base, pods.found, context, _aims(pods, target, wanted, groups), stored))
    known = {finding.message for finding in _refusals(base, context.release)}
    for number, stage in enumerate(made, 1):
        for finding in _refusals(stage.sidecar_set, context.release):
            if finding.message not in known:
                where = f"stage {number} ({stage.aim.name}), {show_path(finding.path)}"
                raise RefusedStage(f"{where}: the webhook would refuse it: {finding.message}")
    return made, groups.label if groups else ""


class RefusedStage(InvalidStages):
    """A stage whose patch the webhook would refuse, though it would take the SidecarSet itself."""


def _groups(pods: StagedPods, target: RolloutTarget, group_by: str) -> stage_groups.Groups:
    marks = [row.mark for row in pods.found.rows]
    if group_by != OWNER:
        if all(mark.group is None for mark in marks):
            raise _no_pod(pods, target, "group_by", [Requirement(group_by, "Exists")])
        return stage_groups.groups_by_label(group_by, marks)
    if all(mark.group is None for mark in marks):
        told = "owner: no Pod that counts says whose it is (metadata.ownerReferences)"
        raise InvalidStages(told, "group_by")
    groups = stage_groups.groups_by_owner(pods.owners, marks)
    if groups is None:
        tried = "; ".join(pods.owners.objections()) or "they have no labels"
        told = f"owner: a SidecarSet selects by labels only, and none tells the workloads apart: {tried}"
        raise InvalidStages(told, "group_by")
    return groups


def _aims(
    pods: StagedPods, target: RolloutTarget, wanted: StagesWanted, groups: stage_groups.Groups | None
) -> Iterator[Aim]:
    if wanted.canary is not None:
        if not any(row.mark.is_canary for row in pods.found.rows):
            raise _no_pod(pods, target, "canary", wanted.canary)
        yield stage_groups.canary_aim(wanted.canary)
    yield from (
        stage_groups.group_aims(groups, wanted.steps) if groups else stage_groups.step_aims(wanted.steps or (_ALL,))
    )


def _no_pod(pods: StagedPods, target: RolloutTarget, option: str, asked: Sequence[Requirement]) -> InvalidStages:
    reason = why_nobody(asked, pods.labels())
    number = len(pods.found.rows)
    return InvalidStages(f"chooses none of the Pods that {target.name} counts ({number}): {reason}", option)


def _refusals(sidecar_set: SidecarSet, release: Release) -> list[Finding]:
    found = validate(sidecar_set, ValidationContext(release=release, cluster_known=False))
    return [finding for finding in found if finding.severity is Severity.ERROR]


_STRATEGY = "updateStrategy"


def stage_change(document: Document, found: Found, patch: Patch) -> Change:
    """Return the document with the SidecarSet in a stage; the very same bytes where it is in it already.

    Raises `UnreadableDocument` where that cannot be written without guessing, with the place.
    """
    edits = _edits(found, patch)
    output, findings, _ = edited(document, edits, "full")
    placed = [finding._replace(position=document.position(finding.path)) for finding in findings]
    return Change(document, tuple(edits), output, (), tuple(placed))


def _edits(found: Found, patch: Patch) -> list[Edit]:
    before = cast("dict[str, Value]", found.value["spec"])
    after = dict(cast("dict[str, Value]", patch.applied_to(cast("SidecarSet", found.value))["spec"]))
    if not after[_STRATEGY] and before.get(_STRATEGY) is None:
        return []
    if not after[_STRATEGY] and before[_STRATEGY]:
        del after[_STRATEGY]  # what only stages were written into goes with the last of them
    return diff(before, after, _identity, (*found.path, "spec"))


def _identity(path: FieldPath) -> str | None:
    return "key" if path[-1] == "matchExpressions" else None
