"""Which Pods count, and what the status says of them."""

from typing import TYPE_CHECKING, Any, cast

import pytest
from doors.sidecarset import RolloutContext, applied, status
from doors.upstream import LATEST, release_for
from rolloutcluster import batches, counts, hot_set, pods, rolled, sidecar_set

if TYPE_CHECKING:
    from doors.upstream import SidecarSet

LIST = "kruise.io/sidecarset-injected-list"


def _status(target: Any, cluster: Any, **context: Any) -> Any:  # noqa: ANN401 - plain JSON stands for the TypedDicts
    return status(target, cluster, RolloutContext(**context))


def test_its_fields() -> None:
    assert _status(sidecar_set(), pods(2)) == {
        "observedGeneration": 1,
        "matchedPods": 2,
        "updatedPods": 2,
        "readyPods": 2,
        "updatedReadyPods": 2,
        "latestRevision": "s1-554b86676b",
        "collisionCount": 0,
    }


def test_zero_updated_ready_pods_are_left_out() -> None:
    assert "updatedReadyPods" not in _status(sidecar_set("img:2"), pods(2))


def test_what_was_written_before_counts_on() -> None:
    target = sidecar_set()
    target["metadata"]["generation"] = 7
    target["status"] = {"collisionCount": 2}
    found = _status(target, [])
    assert (found["observedGeneration"], found["collisionCount"]) == (7, 2)
    assert found["latestRevision"] != "s1-554b86676b"


def test_what_does_not_count() -> None:
    cluster = pods(6)
    del cluster[0]["metadata"]["labels"]["a"]
    del cluster[1]["metadata"]["annotations"][LIST]
    cluster[2]["status"]["phase"] = "Failed"
    cluster[3]["status"]["phase"] = "Succeeded"
    cluster[4]["status"] = {"phase": "Pending"}
    made = rolled(sidecar_set("img:2", maxUnavailable=0), cluster)
    assert batches(made) == [[4]]
    assert counts(made.rounds[0].status) == (2, 0, 1, 0)
    assert counts(made.final_status) == (2, 1, 1, 0)


@pytest.mark.parametrize("injected", ["s2", "s1x", " s1", ""])
def test_the_list_is_taken_literally(injected: str) -> None:
    cluster = pods(1)
    cluster[0]["metadata"]["annotations"][LIST] = injected
    assert _status(sidecar_set(), cluster)["matchedPods"] == 0


def test_a_pod_without_the_container_does_not_count() -> None:
    cluster = pods(2)
    del cluster[0]["spec"]["containers"][0]
    assert _status(sidecar_set(), cluster)["matchedPods"] == 1


def test_an_init_container_of_that_name_will_do() -> None:
    cluster = pods(1)
    cluster[0]["spec"]["initContainers"] = [cluster[0]["spec"]["containers"].pop(0)]
    assert _status(sidecar_set(), cluster)["matchedPods"] == 1


@pytest.mark.parametrize("gone", ["annotation", "container"])
def test_a_hot_upgrade_needs_both_containers_and_the_record(gone: str) -> None:
    cluster = pods(1, hot_set("img:1"))
    if gone == "annotation":
        del cluster[0]["metadata"]["annotations"]["kruise.io/sidecarset-working-hotupgrade-container"]
    else:
        del cluster[0]["spec"]["containers"][1]
    assert _status(hot_set("img:1"), cluster)["matchedPods"] == 0


def test_a_pod_that_is_being_deleted_does_not_count() -> None:
    cluster = pods(3)
    cluster[0]["metadata"]["deletionTimestamp"] = "2024-03-01T00:00:00Z"
    assert _status(sidecar_set(), cluster)["matchedPods"] == 2


@pytest.mark.parametrize(("missing", "upgraded"), [(0, [1, 0]), (1, [0])])
def test_a_status_that_lacks_a_container(missing: int, upgraded: list[int]) -> None:
    cluster = pods(2)
    del cluster[1]["status"]["containerStatuses"][missing]
    made = rolled(sidecar_set("img:2"), cluster)
    assert made.rounds[0].status["readyPods"] == 1
    assert batches(made)[0] == upgraded[:1]


def test_namespaces() -> None:
    cluster = pods(2)
    cluster[1]["metadata"]["namespace"] = "other"
    target = sidecar_set(spec={"namespaceSelector": {"matchLabels": {"q": "1"}}})
    default = {"metadata": {"name": "default", "labels": {"q": "1"}}}
    other = {"metadata": {"name": "other"}}
    assert _status(target, cluster, namespaces=[default, other])["matchedPods"] == 1
    assert _status(target, cluster)["matchedPods"] == 0


@pytest.mark.parametrize("namespace", ["kube-system", "kube-public"])
def test_pods_of_system_namespaces_count_as_all_others(namespace: str) -> None:
    cluster = pods(2)
    cluster[1]["metadata"]["namespace"] = namespace
    assert _status(sidecar_set(), cluster)["matchedPods"] == 2


@pytest.mark.parametrize(
    ("spec", "matched"),
    [
        ({"namespace": "kube-system"}, 1),
        ({"namespace": "default"}, 1),
        ({"namespaceSelector": {"matchLabels": {"team": "system"}}}, 1),
        ({"namespaceSelector": {"matchExpressions": [{"key": "team", "operator": "DoesNotExist"}]}}, 1),
        ({"namespaceSelector": {"matchExpressions": [{"key": "team", "operator": "NotIn", "values": ["a"]}]}}, 2),
    ],
)
def test_a_namespace_selector_decides_about_system_namespaces_too(spec: Any, matched: int) -> None:  # noqa: ANN401 - part of a spec
    cluster = pods(2)
    cluster[1]["metadata"]["namespace"] = "kube-system"
    namespaces = [
        {"metadata": {"name": "default"}},
        {"metadata": {"name": "kube-system", "labels": {"team": "system", "control-plane": "x"}}},
    ]
    target = {**sidecar_set(spec=spec), "apiVersion": "apps.kruise.io/v1alpha1"}
    assert _status(target, cluster, namespaces=namespaces)["matchedPods"] == matched


@pytest.mark.parametrize(("version", "matched"), [("1.8", 1), ("1.9", 1)])
def test_the_namespace_of_v1alpha1(version: str, matched: int) -> None:
    cluster = pods(2)
    cluster[1]["metadata"]["namespace"] = "other"
    target = {**sidecar_set(spec={"namespace": "other"}), "apiVersion": "apps.kruise.io/v1alpha1"}
    assert _status(target, cluster, release=release_for(version))["matchedPods"] == matched


@pytest.mark.parametrize(
    ("image", "image_id", "is_consistent"),
    [
        ("repo/x@sha256:" + "a" * 64, "docker-pullable://repo/x@sha256:" + "a" * 64, True),
        ("repo/x@sha256:" + "a" * 64, "repo/x@sha256:" + "a" * 64, True),
        ("repo/x:1@sha256:" + "a" * 64, "repo/x@sha256:" + "a" * 64, True),
        ("repo/x@sha256:" + "a" * 64, "docker-pullable://docker.io/repo/x@sha256:" + "a" * 64, False),
        ("repo/x@sha256:" + "a" * 64, "repo/x@sha256:" + "b" * 64, False),
        ("repo/x@sha256:" + "a" * 64, "sha256:" + "a" * 64, False),
        ("repo/x@sha256:aa", "anything", True),  # no digest, so nothing is compared
    ],
)
def test_digests_are_compared_as_they_are_written(image: str, image_id: str, *, is_consistent: bool) -> None:
    cluster = pods(1, sidecar_set(image))
    cluster[0]["status"]["containerStatuses"][0]["imageID"] = image_id
    assert _status(sidecar_set(image), cluster)["readyPods"] == is_consistent


def test_an_inconsistent_digest_is_passed_over() -> None:
    image = "repo/x@sha256:" + "a" * 64
    cluster = pods(1, sidecar_set(image))
    cluster[0]["status"]["containerStatuses"][0]["imageID"] = "docker.io/" + image
    made = rolled(sidecar_set("repo/x@sha256:" + "b" * 64), cluster)
    assert made.rounds == ()
    assert made.waiting == {"default/pod-000": "Restarting"}


def test_a_record_beyond_reading_is_inconsistent() -> None:
    cluster = pods(1)
    cluster[0]["metadata"]["annotations"]["kruise.io/sidecarset-inplace-update-state"] = '{"s1":{"revision":1}}'
    assert _status(sidecar_set(), cluster)["readyPods"] == 0


_OLD = {**sidecar_set("img:1"), "metadata": {"name": "s1", "generation": 4}, "status": {"collisionCount": 2}}


@pytest.mark.parametrize(
    ("after", "generation"),
    [
        (sidecar_set("img:2"), 5),
        (sidecar_set("img:2", paused=True), 5),  # a change of the strategy is one of the spec
        (sidecar_set("img:1"), 4),
        (sidecar_set("img:1", partition=0, maxUnavailable=1), 4),  # the webhook writes these by itself
        ({**sidecar_set("img:1"), "metadata": {"name": "s1", "labels": {"a": "b"}, "generation": 1}}, 4),
        ({**sidecar_set("img:1"), "apiVersion": "apps.kruise.io/v1alpha1"}, 4),
    ],
)
def test_the_api_server_counts_changes_of_the_spec(after: Any, generation: int) -> None:  # noqa: ANN401 - a SidecarSet
    stored: Any = applied(cast("SidecarSet", _OLD), after, LATEST)
    assert stored["metadata"]["generation"] == generation
    status = _status(stored, pods(1))
    assert (status["observedGeneration"], status["collisionCount"]) == (generation, 2)
