"""What holds for every rollout in stages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from doors.sidecarset import (
    Aim,
    Mark,
    Owner,
    OwnerLabels,
    Patch,
    RolloutContext,
    Stage,
    Step,
    ValidationContext,
    counted,
    stages,
    target_of,
    validate,
)
from doors.sidecarset import stage_groups as aims
from doors.upstream import Requirement
from hypothesis import given, settings
from hypothesis import strategies as st
from rolloutcluster import Json, hot_set, pods, rolled
from test_rollout_laws import rollouts

from sidecarctl.finding import Severity

if TYPE_CHECKING:
    from doors.sidecarset import RolloutPlan

ALL = Step("100%", 100, is_percent=True)
CANARY = (Requirement("y", "In", ("1",)),)

steps = st.one_of(
    st.integers(1, 30).map(lambda number: Step(str(number), number, is_percent=False)),
    st.integers(1, 100).map(lambda number: Step(f"{number}%", number, is_percent=True)),
)
canaries = st.sampled_from([(), CANARY, (Requirement("z", "NotIn", ("1", "2")), Requirement("y", "Exists"))])


@st.composite
def staged(draw: st.DrawFn) -> tuple[Json, list[Json], RolloutContext, list[Stage]]:
    """A rollout in stages, the last of which is for all: so many Pods after a canary, or group after group."""
    target, cluster, given_ = draw(rollouts())
    canary, wanted = draw(canaries), [*draw(st.lists(steps, max_size=3)), ALL]
    group_by = draw(st.sampled_from(["", "z", "y"]))
    context = RolloutContext(**given_, mark=aims.marker(canary or None, aims.label_of(group_by)))
    found = counted(_any(cluster), target_of(_any(target), context.release), context)
    aimed: list[Aim] = [aims.canary_aim(canary)] if canary else []
    marks = [row.mark for row in found.rows]
    if group_by and marks:
        aimed += aims.group_aims(aims.groups_by_label(group_by, marks), draw(st.sampled_from([[], wanted])))
    else:
        aimed += aims.step_aims(wanted)
    return target, cluster, context, list(stages(_any(target), found, context, aimed))


@settings(max_examples=80, deadline=None)
@given(staged())
def test_whoever_applies_the_patches_gets_what_was_planned(
    given_: tuple[Json, list[Json], RolloutContext, list[Stage]],
) -> None:
    target, cluster, context, made = given_
    for stage in made:
        patched: Any = stage.patch.applied_to(_any(target))
        alone = rolled(patched, cluster, never_ready=context.never_ready, release=context.release)
        assert _did(stage.plan) == _did(alone)
        assert stage.plan.final_status == alone.final_status
        assert (dict(stage.plan.waiting), stage.plan.findings) == (dict(alone.waiting), alone.findings)
        cluster = _any(alone.final_pods)


@settings(max_examples=80, deadline=None)
@given(staged())
def test_each_pod_goes_in_one_stage_and_the_last_leaves_nobody_behind(
    given_: tuple[Json, list[Json], RolloutContext, list[Stage]],
) -> None:
    *_, made = given_
    upgraded = [pod for stage in made for pod in stage.pods]
    assert len(upgraded) == len(set(upgraded))
    assert not {"Partition", "NotSelected", "Paused"} & {wait.value for wait in made[-1].plan.waiting.values()}
    for stage in made:
        status = stage.plan.final_status
        reached = status.get("updatedReadyPods", 0) >= stage.goal
        assert bool(stage.outcome) is not reached
        assert stage.aim.step is None or status["updatedPods"] <= max(
            stage.goal, status["updatedPods"] - len(stage.pods)
        )


@settings(max_examples=50, deadline=None)
@given(staged())
def test_a_stage_is_the_same_whatever_was_written_before_and_the_webhook_takes_it(
    given_: tuple[Json, list[Json], RolloutContext, list[Stage]],
) -> None:
    target, _, context, made = given_
    known = _refusals(target, context)
    for stage in made:
        assert _refusals(_any(stage.sidecar_set), context) <= known
        for other in made:
            assert stage.patch.applied_to(other.sidecar_set) == stage.sidecar_set
        assert Patch().applied_to(stage.sidecar_set) == Patch().applied_to(_any(target))


def test_groups_come_in_natural_order() -> None:
    marks = [Mark(group=value) for value in ("zone-10", "zone-2", "b", None, "zone-02", "", "a1b2", "a1b10")]
    found = aims.groups_by_label("zone", marks)
    assert [group.value for group in found.members] == ["", "a1b2", "a1b10", "b", "zone-02", "zone-2", "zone-10", None]


def test_groups_may_have_numbers_that_python_does_not_read() -> None:
    values = ["9" * 5_000, "8" * 5_000, "0" * 5_000, "7"]
    found = aims.groups_by_label("zone", [Mark(group=value) for value in values])
    assert [group.value for group in found.members] == ["0" * 5_000, "7", "8" * 5_000, "9" * 5_000]


def test_a_deployment_is_one_owner_whichever_replica_set_made_the_pod() -> None:
    labels = OwnerLabels()
    owned = [_owned(hash_, {"app": "web", "pod-template-hash": hash_}) for hash_ in ("7d4", "9fc")]
    assert {labels.note(pod) for pod in owned} == {Owner("default", "Deployment", "web")}
    assert labels.telling() == ("app", {Owner("default", "Deployment", "web"): "web"})


def test_a_replica_set_of_its_own_stays_one() -> None:
    assert OwnerLabels().note(_owned("7d4", {"app": "web"})) == Owner("default", "ReplicaSet", "web-7d4")


def test_the_usual_label_is_preferred_to_one_that_comes_first_in_the_alphabet() -> None:
    labels = OwnerLabels()
    for pod in (_owned("a", {"a": "1", "app": "x"}), _owned("b", {"a": "2", "app": "y"})):
        labels.note(pod)
    told = labels.telling()
    assert told is not None
    assert told[0] == "app"


def test_a_pod_that_loses_its_readiness_in_one_stage_goes_first_in_the_next() -> None:
    cluster = pods(3, hot_set("img:1"))
    half_done, canary = cluster[0], cluster[2]
    half_done["spec"]["containers"][1]["image"] = "img:0"  # its idle container is still to be emptied
    canary["metadata"]["labels"]["y"] = "1"
    target, context = (
        _any(hot_set("img:2")),
        RolloutContext(never_ready={"default/pod-000"}, mark=aims.marker(CANARY, aims.label_of("z"))),
    )
    aimed = [aims.canary_aim(CANARY), *aims.step_aims([Step("2", 2, is_percent=False)])]
    first, second = stages(target, counted(_any(cluster), target_of(target, context.release), context), context, aimed)
    assert first.pods == ("default/pod-002",)
    assert first.plan.rounds[0].resets == ("default/pod-000",)
    assert second.pods == ("default/pod-000",)


def _owned(hash_: str, labels: dict[str, str]) -> Any:  # noqa: ANN401 - a Pod
    references = [{"kind": "Node", "name": "n"}, {"kind": "ReplicaSet", "name": f"web-{hash_}", "controller": True}]
    return {"metadata": {"name": f"web-{hash_}-1", "labels": labels, "ownerReferences": references}}


def _refusals(sidecar_set: Json, context: RolloutContext) -> set[str]:
    found = validate(sidecar_set, ValidationContext(release=context.release, cluster_known=False))
    return {finding.message for finding in found if finding.severity is Severity.ERROR}


def _did(made: RolloutPlan) -> list[Any]:
    return [(r.status, r.pods, r.resets, r.unavailable, r.not_upgradable) for r in made.rounds]


def _any(value: Any) -> Any:  # noqa: ANN401 - plain JSON that stands for a TypedDict, or the reverse
    return value
