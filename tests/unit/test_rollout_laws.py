"""What holds for every rollout, whatever the Pods and the strategy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from doors.sidecarset import RolloutContext, state_of, status, target_of
from doors.upstream import release_for
from hypothesis import given, settings
from hypothesis import strategies as st
from rolloutcluster import Json, hot_set, pod, rolled, sidecar_set

if TYPE_CHECKING:
    from doors.sidecarset import RolloutPlan

Given = tuple[Json, list[Json], dict[str, Any]]

amounts = st.one_of(st.integers(0, 9), st.integers(0, 120).map("{}%".format))
terms = st.lists(st.sampled_from([("z", "*"), ("z", "1"), ("z", ""), ("y", "*"), ("y", "2")]), max_size=3, unique=True)
releases = st.sampled_from(["1.7", "1.8", "1.9"]).map(release_for)


@st.composite
def targets(draw: st.DrawFn) -> Json:
    """A SidecarSet at its second version."""
    priority = draw(st.sampled_from([{}, {"orderPriority": [{"orderedKey": "z"}]}, _weight("1"), _weight("2")]))
    strategy = {
        "maxUnavailable": draw(amounts),
        "partition": draw(amounts),
        "scatterStrategy": [{"key": key, "value": value} for key, value in draw(terms)],
        "priorityStrategy": priority,
    }
    made = hot_set("img:2", **strategy) if draw(st.booleans()) else sidecar_set("img:2", **strategy)
    return {**made, "apiVersion": "apps.kruise.io/v1alpha1"}


@st.composite
def clusters(draw: st.DrawFn, target: Json) -> list[Json]:
    """Pods at its first version, or beyond; some out of service."""
    return [draw(_pods(target, index)) for index in range(draw(st.integers(0, 24)))]


@st.composite
def _pods(draw: st.DrawFn, target: Json, index: int) -> Json:
    is_hot = "hotUpgradeEmptyImage" in str(target)
    image = draw(st.sampled_from(["img:1", "img:1", "img:1", "img:2"]))
    made = pod(index, hot_set(image) if is_hot else sidecar_set(image))
    made["metadata"]["creationTimestamp"] = f"2024-01-01T00:00:0{draw(st.integers(0, 3))}Z"
    made["metadata"]["labels"].update(draw(st.dictionaries(st.sampled_from("zy"), st.sampled_from("123"))))
    made["status"]["conditions"][0]["status"] = draw(st.sampled_from(["True", "True", "True", "False"]))
    return made


@st.composite
def rollouts(draw: st.DrawFn) -> Given:
    """A SidecarSet, Pods, and the rest."""
    target = draw(targets())
    cluster = draw(clusters(target))
    names = [f"default/pod-{index:03}" for index in range(len(cluster))]
    never_ready = draw(st.sets(st.sampled_from(names))) if names else set()
    return target, cluster, {"never_ready": never_ready, "release": draw(releases)}


def _weight(value: str) -> Json:
    return {"weightPriority": [{"weight": 5, "matchSelector": {"matchLabels": {"z": value}}}]}


def _any(value: Any) -> Any:  # noqa: ANN401 - plain JSON that stands for a TypedDict, or the reverse
    return value


def _did(made: RolloutPlan) -> list[Any]:
    return [(r.status, r.pods, r.resets, r.unavailable) for r in made.rounds]


@settings(max_examples=80, deadline=None)
@given(rollouts())
def test_nothing_kept_from_round_to_round_changes_the_answer(given_: Given) -> None:
    target, cluster, context = given_
    whole = rolled(target, cluster, **context)
    steps = []
    while (step := rolled(target, cluster, **context, max_rounds=1)).rounds:
        steps += _did(step)
        cluster = _any(step.final_pods)
    assert _did(whole) == steps
    assert whole.final_status == step.final_status
    assert dict(whole.waiting) == dict(step.waiting)


@settings(max_examples=50, deadline=None)
@given(rollouts(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(given_: Given, random: Any) -> None:  # noqa: ANN401 - random.Random
    target, cluster, context = given_
    made = rolled(target, cluster, **context)
    shuffled = random.sample(cluster, len(cluster))
    again = rolled(target, shuffled, **context)
    assert (_did(again), again.final_pods, again.findings) == (_did(made), made.final_pods, made.findings)


@settings(max_examples=50, deadline=None)
@given(rollouts())
def test_the_pods_themselves_end_where_the_plan_says(given_: Given) -> None:
    target, cluster, context = given_
    made = rolled(target, cluster, **context)
    over, written = RolloutContext(release=context["release"]), _any(target)
    assert status(written, made.final_pods, over) == made.final_status
    assert rolled(target, made.final_pods, **context).rounds == ()
    wanted = target_of(written, context["release"])
    updated = [state_of(pod, wanted).hash == wanted.hash for pod in made.final_pods]
    assert sum(updated) == made.final_status["updatedPods"]


@settings(max_examples=50, deadline=None)
@given(rollouts())
def test_no_round_goes_beyond_what_may_be_unavailable(given_: Given) -> None:
    target, cluster, context = given_
    made = rolled(target, cluster, **context)
    unready = {
        f"default/{pod['metadata']['name']}" for pod in cluster if pod["status"]["conditions"][0]["status"] != "True"
    }
    seen: set[str] = set()
    for round_ in made.rounds:
        costly = [name for name in round_.pods if name not in unready and name not in _half_done(made, round_.number)]
        assert len(costly) <= max(0, round_.max_unavailable - round_.unavailable)
        assert not seen & set(round_.pods)
        assert not set(round_.pods) & round_.waiting.keys()
        seen |= set(round_.pods)


def _half_done(made: RolloutPlan, number: int) -> set[str]:
    """The Pods whose hot upgrade an earlier round, or this one, had to end first."""
    return {name for round_ in made.rounds if round_.number <= number for name in round_.resets}
