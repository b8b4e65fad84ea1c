"""Pods that restart when a plan is made, and Pods that an upgrade makes ready."""

from typing import Any

import pytest
from doors.sidecarset import Pace, Span, emptied_pod, target_of, upgraded_pod
from doors.upstream import LATEST
from rolloutcluster import Json, batches, counts, hot_set, pods, rolled, sidecar_set, unready

V1, V2, V3 = sidecar_set("img:1"), sidecar_set("img:2"), sidecar_set("img:3")
TWO: Any = sidecar_set(spec={"containers": [{"name": "c1", "image": "img:1"}, {"name": "c2", "image": "other:1"}]})
CRASHES = {"waiting": {"reason": "CrashLoopBackOff"}}
BEING_CREATED = {"waiting": {"reason": "ContainerCreating"}}
NO_IMAGE = {"waiting": {"reason": "ImagePullBackOff"}}


def in_flight(cluster: list[Json], *which: int, to: Any = V2) -> list[Json]:  # noqa: ANN401 - a SidecarSet
    """The same Pods, these between their upgrade and the restart."""
    target = target_of(to, LATEST)
    return [_any(upgraded_pod(_any(pod), target, "1")) if n in which else pod for n, pod in enumerate(cluster)]


def broken(pod: Json, state: Json, *containers: str, reason: str = "ContainersNotReady") -> Json:
    """The same Pod, not ready, with these containers in a state."""
    ready = next(one for one in pod["status"]["conditions"] if one["type"] == "Ready")
    ready.update(status="False", reason=reason)
    for status in pod["status"]["containerStatuses"]:
        if status["name"] in containers:
            status.update(ready=False, state=state)
    return pod


def _any(value: Any) -> Any:  # noqa: ANN401 - plain JSON that stands for a TypedDict, or the reverse
    return value


def codes(made: Any) -> list[str]:  # noqa: ANN401 - a plan
    return [finding.code for finding in made.findings if finding.code != "PLN002"]


def test_a_rollout_that_is_under_way_goes_on() -> None:
    made = rolled(V2, in_flight(pods(4), 3))
    assert batches(made) == [[2], [1], [0]]
    assert counts(made.final_status) == (4, 4, 4, 4)
    assert codes(made) == ["PLN005"]


def test_the_finding_of_a_rollout_that_stops_tells_why_pods_are_not_ready() -> None:
    cluster = [*pods(2), pods(3, V2)[2]]
    broken(cluster[2], NO_IMAGE, "c1")
    [stops] = [finding for finding in rolled(V2, cluster).findings if finding.code == "PLN003"]
    assert stops.message.endswith("1 Pod updated and not ready: default/pod-002 (c1: ImagePullBackOff)")


def test_never_ready_says_that_a_restart_fails() -> None:
    made = rolled(V2, in_flight(pods(4), 3), never_ready={"default/pod-003"})
    assert made.rounds == ()
    assert counts(made.final_status) == (4, 1, 3, 0)
    assert codes(made) == ["PLN003"]
    assert _ready(made, 3)["status"] == "False"


def test_pods_that_restart_to_an_older_version_are_upgraded_after_those_that_wait() -> None:
    made = rolled(V3, in_flight(pods(5), 3, 4))
    assert batches(made) == [[2], [4], [3], [1], [0]]  # passed over in the first round, then in their place


def test_max_unavailable_counts_pods_in_flight_only_where_they_are_updated() -> None:
    cluster = in_flight(pods(6), 5)
    assert [len(one) for one in batches(rolled(sidecar_set("img:2", maxUnavailable=2), cluster))] == [1, 2, 2]
    assert [len(one) for one in batches(rolled(sidecar_set("img:3", maxUnavailable=2), cluster))] == [2, 2, 2]


def test_partition_holds_of_pods_that_restart_as_of_others() -> None:
    made = rolled(sidecar_set("img:3", maxUnavailable=5, partition=4), in_flight(pods(5), 0, 1))
    assert counts(made.final_status) == (5, 1, 5, 1)
    assert {status["image"] for status in _statuses(made, 0)} == {"img:2", "app:1"}


def test_the_kubelet_goes_on_where_the_rollout_is_paused() -> None:
    made = rolled(sidecar_set("img:3", paused=True), in_flight(pods(3), 2))
    assert made.rounds == ()
    assert counts(made.final_status) == (3, 0, 3, 0)
    assert _statuses(made, 2)[0]["image"] == "img:2"


def test_a_hot_upgrade_that_is_under_way_ends_with_its_reset() -> None:
    made = rolled(hot_set("img:2"), in_flight(pods(2, hot_set("img:1")), 1, to=hot_set("img:2")))
    assert [(one.pods, one.resets) for one in made.rounds] == [
        ((), ("default/pod-001",)),
        (("default/pod-000",), ()),
        ((), ("default/pod-000",)),
    ]
    assert counts(made.final_status) == (2, 2, 2, 2)


def test_a_reset_that_is_under_way_ends() -> None:
    cluster = _any(rolled(hot_set("img:2"), pods(1, hot_set("img:1")), max_rounds=1).final_pods)
    cluster = [_any(emptied_pod(_any(cluster[0]), target_of(_any(hot_set("img:2")), LATEST)))]
    made = rolled(hot_set("img:2"), cluster)
    assert made.rounds == ()
    assert counts(made.final_status) == (1, 1, 1, 1)


def test_several_containers_restart_at_once() -> None:
    after = _any(TWO) | {
        "spec": {**TWO["spec"], "containers": [{**c, "image": f"{c['name']}:2"} for c in _sidecars(TWO)]}
    }
    made = rolled(after, in_flight(pods(2, TWO), 1, to=after))
    assert batches(made) == [[0]]
    assert counts(made.final_status) == (2, 2, 2, 2)


def test_a_restart_takes_as_long_as_others() -> None:
    made = rolled(V2, in_flight(pods(2), 1), paces=[Pace((), Span(5000, 5000))])
    assert [(one.at, one.pods) for one in made.rounds] == [(5000, ("default/pod-000",))]
    assert made.duration is not None
    assert made.duration.typical == 10000


@pytest.mark.parametrize("state", [BEING_CREATED, {"waiting": {"reason": ""}}, CRASHES])
def test_an_unready_container_with_the_old_image_is_about_to_restart(state: Json) -> None:
    cluster = in_flight(pods(3), 2)
    broken(cluster[2], state, "c1")
    made = rolled(V2, cluster)
    assert counts(made.final_status) == (3, 3, 3, 3)
    assert codes(made) == ["PLN005"]


def test_a_container_that_is_being_created_is_in_flight_with_its_new_image_too() -> None:
    cluster = [*pods(2), pods(3, V2)[2]]
    broken(cluster[2], BEING_CREATED, "c1")
    assert counts(rolled(V2, cluster).final_status) == (3, 3, 3, 3)


@pytest.mark.parametrize("state", [CRASHES, NO_IMAGE, {"running": {}}, {"terminated": {"exitCode": 1}}])
def test_a_container_that_fails_with_the_new_image_is_not_in_flight(state: Json) -> None:
    cluster = [*pods(2), pods(3, V2)[2]]
    broken(cluster[2], state, "c1")
    made = rolled(V2, cluster)
    assert counts(made.final_status) == (3, 1, 2, 0)
    assert codes(made) == ["PLN003"]


def test_an_image_that_cannot_be_pulled_is_not_in_flight_though_the_old_one_is_reported() -> None:
    cluster = in_flight(pods(3), 2)
    broken(cluster[2], NO_IMAGE, "c1")
    assert counts(rolled(V2, cluster).final_status) == (3, 1, 2, 0)


@pytest.mark.parametrize("state", [CRASHES, NO_IMAGE, {"running": {}}, {"waiting": {"reason": "RunContainerError"}}])
def test_a_pod_that_only_the_upgraded_container_holds_up_gets_ready_with_it(state: Json) -> None:
    cluster = pods(4)
    broken(cluster[0], state, "c1")
    made = rolled(V2, cluster)
    assert batches(made) == [[0, 3], [2], [1]]
    assert counts(made.final_status) == (4, 4, 4, 4)
    assert codes(made) == ["PLN014"]
    left = made.final_pods[0]["status"]
    assert _ready(made, 0) == {"type": "Ready", "status": "True"}
    assert left["containerStatuses"][0]["ready"] is True
    assert "running" in left["containerStatuses"][0]["state"]


def test_never_ready_says_that_it_does_not() -> None:
    cluster = pods(4)
    broken(cluster[0], CRASHES, "c1")
    made = rolled(V2, cluster, never_ready={"default/pod-000"})
    assert counts(made.final_status) == (4, 2, 3, 1)
    assert codes(made) == ["PLN003"]


def _app_fails(pod: Json) -> None:
    broken(pod, CRASHES, "app")


def _both_fail(pod: Json) -> None:
    broken(pod, CRASHES, "app", "c1")


def _gate_is_closed(pod: Json) -> None:
    broken(pod, CRASHES, "c1")
    pod["spec"]["readinessGates"] = [{"conditionType": "example.com/gate"}]


def _gate_is_false(pod: Json) -> None:
    _gate_is_closed(pod)
    pod["status"]["conditions"].append({"type": "example.com/gate", "status": "False"})


def _node_is_lost(pod: Json) -> None:
    broken(pod, CRASHES, "c1")
    pod["status"]["reason"] = "NodeLost"


def _is_unknown(pod: Json) -> None:
    broken(pod, CRASHES, "c1", reason="NodeStatusUnknown")
    pod["status"]["conditions"][0]["status"] = "Unknown"


def _other_reason(pod: Json) -> None:
    broken(pod, CRASHES, "c1", reason="ReadinessGatesNotReady")


def _nothing_told(pod: Json) -> None:
    unready([pod], 0)


def _init_container_fails(pod: Json) -> None:
    broken(pod, {"waiting": {"reason": "PodInitializing"}}, "c1")
    pod["status"]["phase"] = "Pending"
    pod["status"]["initContainerStatuses"] = [{"name": "setup", "ready": False, "state": CRASHES}]


def _not_scheduled(pod: Json) -> None:
    broken(pod, NO_IMAGE, "c1")
    pod["status"]["phase"] = "Pending"
    pod["status"]["conditions"].append({"type": "PodScheduled", "status": "False", "reason": "Unschedulable"})


def _not_all_reported(pod: Json) -> None:
    broken(pod, CRASHES, "c1")
    pod["spec"]["containers"].append({"name": "late", "image": "late:1"})


@pytest.mark.parametrize(
    "spoil",
    [
        _app_fails,
        _both_fail,
        _gate_is_closed,
        _gate_is_false,
        _node_is_lost,
        _is_unknown,
        _other_reason,
        _nothing_told,
        _init_container_fails,
        _not_scheduled,
        _not_all_reported,
    ],
)
def test_a_pod_that_something_else_holds_up_stays_as_it_is(spoil: Any) -> None:  # noqa: ANN401 - one of the above
    cluster = pods(3)
    spoil(cluster[0])
    made = rolled(V2, cluster)
    assert counts(made.final_status)[1::2] == (2, 1)
    assert "PLN014" not in codes(made)
    assert _ready(made, 0)["status"] != "True"


def test_an_open_gate_holds_nothing_up() -> None:
    cluster = pods(2)
    _gate_is_closed(cluster[0])
    cluster[0]["status"]["conditions"] += [
        {"type": "example.com/gate", "status": "True"},
        {"type": "ContainersReady", "status": "False"},
    ]
    made = rolled(V2, cluster)
    assert counts(made.final_status) == (2, 2, 2, 2)
    assert {"type": "ContainersReady", "status": "True"} in made.final_pods[0]["status"]["conditions"]


def test_a_container_that_is_not_upgraded_stays_unready() -> None:
    one: Any = {
        **TWO,
        "spec": {**TWO["spec"], "containers": [{**_sidecars(TWO)[0], "image": "img:2"}, _sidecars(TWO)[1]]},
    }
    cluster = pods(3, TWO)
    broken(cluster[0], CRASHES, "c2")
    assert counts(rolled(one, cluster).final_status) == (3, 2, 2, 1)
    broken(cluster[0], CRASHES, "c1")
    assert counts(rolled(one, cluster).final_status) == (3, 2, 2, 1)  # unready for two reasons
    cluster = pods(3, TWO)
    broken(cluster[0], CRASHES, "c1")
    assert counts(rolled(one, cluster).final_status) == (3, 3, 3, 3)


def test_a_pod_that_never_started_for_its_sidecar_starts() -> None:
    cluster = pods(3)
    broken(cluster[0], NO_IMAGE, "c1")
    cluster[0]["status"]["phase"] = "Pending"
    made = rolled(V2, cluster)
    assert counts(made.final_status) == (3, 3, 3, 3)
    assert made.final_pods[0]["status"]["phase"] == "Running"


def test_a_failed_version_is_mended_by_the_next() -> None:
    half = rolled(V2, pods(4), never_ready={"default/pod-003"}).final_pods
    made = rolled(V3, half)
    assert batches(made) == [[3, 2], [1], [0]]
    assert counts(made.final_status) == (4, 4, 4, 4)


def test_the_rows_of_a_plan_end_as_its_pods_do() -> None:
    cluster = in_flight(pods(6), 5, 4)
    broken(cluster[0], CRASHES, "c1")
    for target in (V2, V3, sidecar_set("img:3", partition=3), hot_set("img:3")):
        made = rolled(target, cluster)
        again = rolled(target, _any(made.final_pods))
        assert again.rounds == ()
        assert again.final_status == made.final_status


def _statuses(made: Any, pod: int) -> Any:  # noqa: ANN401 - a plan
    return made.final_pods[pod]["status"]["containerStatuses"]


def _sidecars(of: Any) -> Any:  # noqa: ANN401 - a SidecarSet
    return of["spec"]["containers"]


def _ready(made: Any, pod: int) -> Any:  # noqa: ANN401 - a plan
    return next(one for one in made.final_pods[pod]["status"]["conditions"] if one["type"] == "Ready")


def test_a_pod_that_is_created_stays_as_it_is() -> None:
    cluster = [*pods(2), pods(3, V2)[2]]
    broken(cluster[2], BEING_CREATED, "c1", "app")
    cluster[2]["status"]["phase"] = "Pending"
    made = rolled(V2, cluster)
    assert counts(made.final_status) == (3, 1, 2, 0)
    assert codes(made) == ["PLN003"]


def test_a_pod_in_flight_whose_own_container_fails_is_not_said_to_get_ready() -> None:
    cluster = in_flight(pods(3), 2)
    broken(cluster[2], CRASHES, "app")
    made = rolled(V2, cluster)
    assert counts(made.final_status) == (3, 1, 2, 0)
    assert codes(made) == ["PLN003"]
