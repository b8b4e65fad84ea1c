"""What a plan tells besides the Pods of each round."""

from typing import Any

import pytest
from doors.sidecarset import RolloutContext, admit, controller_revision, counted, planned, target_of
from doors.upstream import LATEST, release_for
from rolloutcluster import Json, batches, counts, hot_set, pods, rolled, sidecar_set

from sidecarctl.finding import show_path


def _same_age(cluster: list[Json]) -> list[Json]:
    for pod in cluster:
        pod["metadata"]["creationTimestamp"] = "2024-01-01T00:00:00Z"
    return cluster


def _codes(made: Any) -> list[str]:  # noqa: ANN401 - a plan
    return [finding.code for finding in made.findings]


def test_rounds_are_numbered_as_reconciles() -> None:
    made = rolled(sidecar_set("img:2"), pods(2))
    assert [round_.number for round_ in made.rounds] == [1, 2]
    assert made.revision == "s1-596fb5498f"
    assert made.findings == ()
    assert made.waiting == {}


def test_names_decide_ties_and_the_plan_says_so() -> None:
    made = rolled(sidecar_set("img:2", maxUnavailable=2), _same_age(pods(5)))
    assert batches(made) == [[0, 1], [2, 3], [4]]
    assert [round_.ties for round_ in made.rounds] == [
        ((("default/pod-000", "default/pod-001"), 3),),
        ((("default/pod-002", "default/pod-003"), 1),),
        (),
    ]
    assert _codes(made) == ["PLN002"]
    assert "2 rounds, first in round 1" in made.findings[0].message


def test_ties_under_a_scatter_are_of_the_same_label() -> None:
    cluster = _same_age(pods(6))
    for pod in cluster[:2]:
        pod["metadata"]["labels"]["foo"] = "bar"
    made = rolled(sidecar_set("img:2", maxUnavailable=2, scatterStrategy=[{"key": "foo", "value": "bar"}]), cluster)
    assert batches(made)[0] == [0, 2]
    assert made.rounds[0].ties == ((("default/pod-000",), 1), (("default/pod-002",), 3))


def test_a_tie_among_those_that_all_go_is_none() -> None:
    made = rolled(sidecar_set("img:2", maxUnavailable=5), _same_age(pods(5)))
    assert made.rounds[0].ties == ()


def test_old_releases_break_ties_of_priority_by_the_last_name() -> None:
    cluster = pods(6)
    for number in (1, 3):
        cluster[number]["metadata"]["labels"]["w"] = "1"
    cluster[0]["status"]["conditions"][0]["status"] = "False"
    weights = {"weightPriority": [{"weight": 9, "matchSelector": {"matchLabels": {"w": "1"}}}]}
    target = {
        **sidecar_set("img:2", maxUnavailable=3, priorityStrategy=weights),
        "apiVersion": "apps.kruise.io/v1alpha1",
    }
    from_1_9 = rolled(target, cluster)
    up_to_1_8 = rolled(target, cluster, release=release_for("1.8"))
    assert batches(from_1_9)[0] == [3, 1, 0, 5]
    assert batches(up_to_1_8)[0] == [3, 1, 5]


def test_why_the_others_wait() -> None:
    cluster = [*pods(1, sidecar_set(container={"args": ["-v"]})), *pods(8)[1:]]
    cluster[1]["status"]["containerStatuses"].pop()  # reads as a restart that is under way
    for pod in cluster:
        pod["metadata"]["labels"]["pick"] = "me"
    del cluster[2]["metadata"]["labels"]["pick"]
    selector = {"matchLabels": {"pick": "me"}}
    made = rolled(sidecar_set("img:2", partition=2, maxUnavailable=2, selector=selector), cluster)
    assert batches(made) == [[7, 6], [5]]
    assert made.rounds[0].waiting == {
        "default/pod-005": "MaxUnavailable",
        "default/pod-004": "Partition",
        "default/pod-003": "Partition",
        "default/pod-001": "Restarting",
        "default/pod-002": "NotSelected",
    }
    assert made.rounds[1].waiting == made.waiting
    assert list(made.waiting) == ["default/pod-004", "default/pod-003", "default/pod-001", "default/pod-002"]
    assert [(r.unavailable, r.max_unavailable, r.kept_back) for r in made.rounds] == [(0, 2, 2), (0, 2, 2)]


@pytest.mark.parametrize(("strategy", "reason"), [({"paused": True}, "Paused"), ({"type": "NotUpdate"}, "NotUpdate")])
def test_why_all_wait(strategy: Json, reason: str) -> None:
    made = rolled(sidecar_set("img:2", **strategy), pods(2))
    assert made.waiting == {"default/pod-001": reason, "default/pod-000": reason}


def test_upgrades_wait_for_resets() -> None:
    made = rolled(hot_set("img:2"), pods(2, hot_set("img:1")))
    assert made.rounds[1].resets == ("default/pod-001",)
    assert made.rounds[1].waiting == {"default/pod-000": "HotUpgradeReset"}


def test_the_last_in_line_waits_in_the_scattered_order() -> None:
    cluster = pods(10)
    for pod in cluster[7:]:
        pod["metadata"]["labels"]["foo"] = "bar"
    scatter = [{"key": "foo", "value": "bar"}]
    made = rolled(sidecar_set("img:2", scatterStrategy=scatter, partition=2, maxUnavailable=8), cluster)
    assert batches(made) == [[9, 6, 5, 4, 3, 8, 2, 1]]
    assert list(made.rounds[0].waiting) == ["default/pod-000", "default/pod-007"]


def test_who_holds_the_rollout_up() -> None:
    made = rolled(sidecar_set("img:2"), pods(4), never_ready={"default/pod-003"})
    assert made.unavailable == ("default/pod-003",)
    assert set(made.waiting.values()) == {"MaxUnavailable"}
    assert _codes(made) == ["PLN003"]
    assert "default/pod-003" in made.findings[0].message


def test_a_plan_may_be_cut_short() -> None:
    made = rolled(sidecar_set("img:2", maxUnavailable=3), pods(10), max_rounds=2)
    assert batches(made) == [[9, 8, 7], [6, 5, 4]]
    assert counts(made.final_status) == (10, 6, 10, 6)
    assert list(made.waiting.values()) == ["MaxUnavailable"] * 4
    assert rolled(sidecar_set("img:2"), pods(1), max_rounds=0).waiting == {}


OLDER = {"args": ["-v"], "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]}


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"args": ["-q"]}, "spec.containers[0].args[0]"),
        ({"args": ["-v", "-v"]}, "spec.containers[0].args"),
        ({"env": [{"name": "A", "value": "1"}, {"name": "B", "value": "3"}]}, "spec.containers[0].env[1].value"),
        ({"transferEnv": [{"sourceContainerName": "app", "envName": "X"}]}, "spec.containers[0].transferEnv"),
        ({"name": "c2"}, "spec.containers"),
    ],
)
@pytest.mark.parametrize("kind", ["SidecarSet", "ControllerRevision"])
def test_an_earlier_version_tells_what_blocks(change: Json, path: str, kind: str) -> None:
    older: Any = sidecar_set(container=OLDER)
    admitted = admit(older)
    previous = older if kind == "SidecarSet" else controller_revision(admitted)
    cluster = pods(2, older)
    for pod in cluster:  # so that a renamed container is there, too
        pod["spec"]["containers"].append({"name": "c2", "image": "img:1"})
        pod["status"]["containerStatuses"].append({**pod["status"]["containerStatuses"][0], "name": "c2"})
    made = rolled(
        sidecar_set("img:2", container={**OLDER, **change}), cluster, previous=[sidecar_set("img:0"), previous]
    )
    assert {show_path(blamed) for blamed in made.not_upgradable.values()} == {path}
    assert _codes(made) == ["PLN001"]


def _filled(pod: Json, container: Json) -> Json:
    """A Pod whose sidecar looks as injection and the API server left it."""
    defaults = {"imagePullPolicy": "IfNotPresent", "terminationMessagePath": "/dev/termination-log"}
    injected = {**defaults, "terminationMessagePolicy": "File", **container}
    injected["env"] = [*container.get("env", []), {"name": "IS_INJECTED", "value": "true"}]
    pod["spec"]["containers"][0].update(injected)
    return pod


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"args": ["-q"]}, "spec.containers[0].args[0]"),
        ({"imagePullPolicy": "Always"}, "spec.containers[0].imagePullPolicy"),
        ({"resources": {"limits": {"cpu": "1"}}}, "spec.containers[0].resources.limits"),
        ({"env": [{"name": "B", "value": "1"}]}, "spec.containers[0].env"),
        ({"transferEnv": [{"sourceContainerName": "app", "envName": "X"}]}, ""),  # a Pod does not show it
        ({}, "spec.containers"),  # one less than the annotation lists
    ],
)
def test_without_one_the_pod_is_compared(change: Json, path: str) -> None:
    older = sidecar_set(container=OLDER)
    cluster = [_filled(pod, OLDER) for pod in pods(2, older)]
    if not change:
        older["spec"]["containers"].append({"name": "c2", "image": "img:1"})
        cluster = [_filled(pod, OLDER) for pod in pods(2, older)]
    made = rolled(sidecar_set("img:2", container={**OLDER, **change}), cluster)
    assert {show_path(blamed) for blamed in made.not_upgradable.values()} == {path}


def test_namespaces_that_nobody_described() -> None:
    selector = {"matchExpressions": [{"key": "team", "operator": "DoesNotExist"}]}
    made = rolled(sidecar_set("img:2", spec={"namespaceSelector": selector}), pods(1))
    assert batches(made) == [[0]]
    assert _codes(made) == ["NSP001"]


def test_a_stream_of_pods() -> None:
    context = RolloutContext()
    cluster: Any = pods(3)
    written: Any = sidecar_set("img:2")
    target = target_of(written, LATEST)
    made = planned(counted(iter(cluster), target, context), target, context)
    assert batches(made) == [[2], [1], [0]]
    assert made.final_pods == []
    assert made.applied_to(iter(cluster)) == rolled(written, cluster).final_pods


def test_the_pods_after_each_round_are_those_of_a_plan_cut_short() -> None:
    target, cluster = hot_set("img:2", maxUnavailable=2), pods(5, hot_set("img:1"))
    made = rolled(target, cluster)
    for number in range(len(made.rounds) + 1):
        assert made.pods_after(number) == rolled(target, cluster, max_rounds=number).final_pods


def test_a_round_tells_the_images_that_it_writes() -> None:
    made = rolled(hot_set("img:2", maxUnavailable=2), pods(3, hot_set("img:1")))
    assert [round_.images for round_ in made.rounds] == [
        (("c1-2", "img:2", 2),),
        (("c1-1", "empty:1", 2),),
        (("c1-2", "img:2", 1),),
        (("c1-1", "empty:1", 1),),
    ]
