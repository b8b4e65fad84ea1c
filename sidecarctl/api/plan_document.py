"""Plans and stages as JSON documents, with notes about their input; every picture of a plan is drawn from one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from sidecarctl.finding import Finding, Severity, show_path
from sidecarctl.record import Record
from sidecarctl.sidecarset.rollout.pod_row import reasons_sentence
from sidecarctl.sidecarset.rollout.pod_traits import some
from sidecarctl.sidecarset.rollout.stuck import NO_PODS, causes, shared_by_each
from sidecarctl.upstream import names
from sidecarctl.upstream.go.time import shown_duration
from sidecarctl.yamledit.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sidecarctl.sidecarset.rollout.changes import NewImage, NewVersion
    from sidecarctl.sidecarset.rollout.new_pods import NewPods
    from sidecarctl.sidecarset.rollout.plan import Duration, RolloutPlan, Round
    from sidecarctl.sidecarset.rollout.pod_row import Counted, LeftOut, Row
    from sidecarctl.sidecarset.rollout.stages import Stage
    from sidecarctl.sidecarset.rollout.stuck import Cause
    from sidecarctl.sidecarset.rollout.target import RolloutTarget


Document = dict[str, Value]


API_VERSION: Final = "sidecarctl.dev/v1alpha1"


KIND: Final = "RolloutPlan"


_EXAMPLES: Final = 3  # all their names stand below `final`


class Rollout(Record):
    """The plan of one SidecarSet, and what is known about the change that asks for it."""

    plan: RolloutPlan
    target: RolloutTarget
    rows: Sequence[Row]  # the Pods that count
    version: NewVersion | None = None  # None: nobody said what it was before
    restarts: int = 0  # Pods of templates that carry its sidecars, which a new version restarts
    findings: Sequence[Finding] = ()  # besides those of the plan
    max_rounds: int | None = None
    new_pods: Sequence[NewPods] = ()


def plan_document(rollout: Rollout, of_others: Sequence[Finding] = ()) -> Document:
    """Return a plan as a document; the same plan gives the same bytes.

    `of_others` is what is to be said of the SidecarSets that are rolled out at the same time.
    """
    plan, target = rollout.plan, rollout.target
    strategy = {key: value for key, value in target.strategy.items() if value is not None}
    findings = [*rollout.findings, *plan.findings, *of_others]
    made: Document = {
        "apiVersion": API_VERSION,
        "kind": KIND,
        "sidecarSet": {"name": target.name, "revision": plan.revision, "updateStrategy": cast("Value", strategy)},
        "kruiseVersion": target.release.name,
        **pods_given_document(len(rollout.rows), plan.left_out),
    }
    if rollout.version is not None:
        made["change"] = change_document(rollout.version, rollout.restarts)
    made["newPods"] = [new_pods_document(one) for one in rollout.new_pods]
    if plan.duration is not None:
        made["timing"] = timing_document(plan.duration)
    outcome = causes(plan, rollout.rows, target, rollout.max_rounds)
    made["outcome"] = [cause_document(_with_reason(cause, findings)) for cause in outcome]
    show_round = _round if plan.duration is None else _timed_round
    made["rounds"] = [show_round(round_) for round_ in plan.rounds]
    made["final"] = {
        "status": cast("Value", plan.final_status),
        "waiting": {pod: wait.value for pod, wait in plan.waiting.items()},
        "notUpgradable": {pod: show_path(path) for pod, path in plan.not_upgradable.items()},
        "unavailable": list(plan.unavailable),
    }
    made["findings"] = [finding_document(one) for one in findings]
    return made


def plan_documents(rollouts: Sequence[Rollout]) -> list[Document]:
    """Return plans that are made together as documents: PLN013 tells where they upgrade the same Pods."""
    shared = shared_by_each([(one.target.name, [one.plan]) for one in rollouts])
    return [plan_document(one, of_others) for one, of_others in zip(rollouts, shared, strict=True)]


def pods_given_document(counted: int, left_out: Sequence[LeftOut]) -> Document:
    """Return how many of the Pods given count, and why the others do not; nothing where all do."""
    if not left_out:
        return {}
    groups: list[Value] = [
        {"code": one.obstacle.value, "pods": one.pods, "message": one.sentence, "examples": [*one.examples]}
        for one in left_out
    ]
    given = counted + sum(one.pods for one in left_out)
    return {"pods": {"given": given, "counted": counted, "notCounted": groups}}


def change_document(version: NewVersion, restarts: int) -> Document:
    """Return what a new version asks for."""
    made: Document = {"effect": version.effect.value, "images": [_image(image) for image in version.images]}
    told: Document = {
        "fields": [show_path(path) for path in version.fields],
        "forNewPods": [f"spec.{key}" for key in version.for_new_pods],
        "alongWithUpgrades": [f"spec.{key}" for key in version.along_with_upgrades],
        "policy": [f"spec.{key}" for key in version.policy],
        "emptiedAnew": [_image(image) for image in version.emptied_anew],
        "templateRestarts": restarts,
    }
    return {**made, **{key: value for key, value in told.items() if value}}


def new_pods_document(one: NewPods) -> Document:
    """Return what some of the Pods get that are created meanwhile."""
    made: Document = {"whom": one.whom.value, "gets": one.gets.value, "share": f"{one.share * 100:.10g}%"}
    told: Document = {
        "revision": one.revision,
        "images": {**one.images},
        "reason": one.reason,
        "exceptIn": [*one.except_in],
        "labels": one.labels,
    }
    return {**made, **{key: value for key, value in told.items() if value}}


def cause_document(cause: Cause) -> Document:
    """Return why some Pods do not get where they should."""
    examples: list[Value] = [*cause.pods[:_EXAMPLES]]
    return {"code": cause.code, "pods": len(cause.pods), "message": cause.sentence, "examples": examples}


def _with_reason(cause: Cause, findings: Sequence[Finding]) -> Cause:
    """That no Pod counts, with the reason where it is known."""
    known = (finding.message for finding in findings if finding.code == "PLN011")
    return cause._replace(sentence=next(known, cause.sentence)) if cause.code == NO_PODS else cause


def timing_document(duration: Duration) -> Document:
    """Return how long it all takes; the bounds only where they differ."""
    bounds = {"shortest": duration.shortest, "longest": duration.longest}
    told = {"duration": duration.typical, **(bounds if duration.shortest != duration.longest else {})}
    return {key: shown_duration(value) for key, value in told.items()}


def finding_document(one: Finding) -> Document:
    """Return something that the reader of a plan should know."""
    made: Document = {"code": one.code, "severity": one.severity.value, "message": one.message}
    told: Document = {"path": show_path(one.path), "resource": one.resource}
    return {**made, **{key: value for key, value in told.items() if value}}


def _image(image: NewImage) -> Document:
    return {"sidecar": image.sidecar, "from": image.before, "to": image.after, "hot": image.is_hot}


def _timed_round(round_: Round) -> Document:
    ready_at: Document = {pod: shown_duration(moment) for pod, moment in round_.ready_at.items()}
    return {"round": round_.number, "at": shown_duration(round_.at), **_round(round_), "readyAt": ready_at}


def _round(round_: Round) -> Document:
    made: Document = {
        "round": round_.number,
        "status": cast("Value", round_.status),
        "pods": list(round_.pods),
        "unavailable": round_.unavailable,
        "maxUnavailable": round_.max_unavailable,
        "keptBack": round_.kept_back,
    }
    if round_.images:
        made["images"] = [{"container": one.container, "image": one.image, "pods": one.pods} for one in round_.images]
    if round_.resets:
        made["resets"] = list(round_.resets)
    if round_.ties:
        made["ties"] = [{"pods": list(tie.pods), "left": tie.left} for tie in round_.ties]
    return made


STAGES_KIND: Final = "RolloutStages"


class StagedRollout(Record):
    """The stages of one SidecarSet."""

    target: RolloutTarget  # in no stage
    stages: Sequence[Stage]
    label: str = ""  # that groups the Pods
    findings: Sequence[Finding] = ()  # besides those of the single plans
    counted: int = 0
    left_out: Sequence[LeftOut] = ()  # the Pods that do not count, by reason


def stages_documents(rollouts: Sequence[StagedRollout]) -> list[Document]:
    """Return stages that are planned together as documents: PLN013 tells where they upgrade the same Pods."""
    shared = shared_by_each([(one.target.name, (stage.plan for stage in one.stages)) for one in rollouts])
    return [stages_document(one, of_others) for one, of_others in zip(rollouts, shared, strict=True)]


def stages_document(rollout: StagedRollout, of_others: Sequence[Finding] = ()) -> Document:
    """Return stages as a document; the same stages give the same bytes."""
    target = rollout.target
    common = _common_findings(rollout.stages)
    made: Document = {
        "apiVersion": API_VERSION,
        "kind": STAGES_KIND,
        "sidecarSet": {"name": target.name, "revision": target.revision},
        "kruiseVersion": target.release.name,
        **pods_given_document(rollout.counted, rollout.left_out),
    }
    if rollout.label:
        made["groupedBy"] = rollout.label
    made["stages"] = [_stage(number, stage, common) for number, stage in enumerate(rollout.stages, 1)]
    made["findings"] = [finding_document(one) for one in (*rollout.findings, *common, *of_others)]
    return made


def _common_findings(stages: Sequence[Stage]) -> list[Finding]:
    """What every single plan says."""
    first, *others = (stage.plan.findings for stage in stages)
    return [finding for finding in first if all(finding in findings for findings in others)]


def _stage(number: int, stage: Stage, common: Sequence[Finding]) -> Document:
    made: Document = {
        "stage": number,
        "name": stage.aim.name,
        "patch": cast("Value", stage.patch.document),
        "pods": list(stage.pods),
        "goal": stage.goal,
        "rounds": len(stage.plan.rounds),
        "status": cast("Value", stage.plan.final_status),
        "outcome": [cause_document(cause) for cause in stage.outcome],
    }
    if stage.plan.duration is not None:
        made["timing"] = timing_document(stage.plan.duration)
    if resets := dict.fromkeys(pod for round_ in stage.plan.rounds for pod in round_.resets):
        made["resets"] = [*resets]
    if stage.aim.groups:
        made["groups"] = list(stage.aim.groups)
    if findings := [finding for finding in stage.plan.findings if finding not in common]:
        made["findings"] = [finding_document(one) for one in findings]
    return made


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
