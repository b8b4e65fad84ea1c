"""What an in-place upgrade writes into a Pod."""

import json
from typing import Any

import pytest
from doors.sidecarset import pulled_image_id, target_of, upgraded_pod
from doors.upstream import LATEST
from rolloutcluster import Json, batches, counts, pods, rolled, sequence, sidecar_set

HASH = "kruise.io/sidecarset-hash"
HASH_WITHOUT_IMAGE = "kruise.io/sidecarset-hash-without-image"
IN_PLACE = "kruise.io/sidecarset-inplace-update-state"
V1, V2 = sidecar_set(), sidecar_set("img:2")


def _annotations(pod: Any) -> dict[str, str]:  # noqa: ANN401 - a Pod
    return dict(pod["metadata"]["annotations"])


def _condition(pod: Any) -> Json | None:  # noqa: ANN401 - a Pod
    return next((c for c in pod["status"]["conditions"] if c["type"] == "SidecarSetUpgradable"), None)


def _restarting(pod: Any, target: Any) -> Any:  # noqa: ANN401 - plain JSON stands for the TypedDicts
    """The Pod between its upgrade and the restart."""
    return upgraded_pod(pod, target_of(target, LATEST), "1")


def test_image_annotations_and_condition() -> None:
    before = pods(1)
    after = rolled(V2, before).final_pods[0]
    assert [c["image"] for c in after["spec"]["containers"]] == ["img:2", "app:1"]
    assert json.loads(_annotations(after)[IN_PLACE]) == {
        "s1": {
            "revision": json.loads(_annotations(after)[HASH])["s1"]["hash"],
            "updateTimestamp": "1970-01-01T00:00:00Z",
            "lastContainerStatuses": {"c1": {"imageID": pulled_image_id("img:1")}},
        }
    }
    assert json.loads(_annotations(after)[HASH])["s1"] == {
        "updateTimestamp": "1970-01-01T00:00:00Z",
        "hash": "8b54cf4v7d44vfd97x64452v9xdb286b27zz6b726c8z788fvd4xwzff2v6d44w5",
        "sidecarSetName": "s1",
        "sidecarList": ["c1"],
        "controllerRevision": "s1-596fb5498f",
    }
    assert _annotations(after)[HASH_WITHOUT_IMAGE] == _annotations(before[0])[HASH_WITHOUT_IMAGE]
    assert _condition(after) == {
        "type": "SidecarSetUpgradable",
        "status": "True",
        "lastTransitionTime": "1970-01-01T00:00:00Z",
        "reason": "AllSidecarsetUpgradable",
        "message": '{"s1":true}',
    }
    assert after["status"]["containerStatuses"][0]["imageID"] == pulled_image_id("img:2")


def test_nothing_that_was_given_changes() -> None:
    before = pods(3)
    kept = json.dumps(before)
    after = rolled(sidecar_set("img:2", partition=1), before).final_pods
    assert json.dumps(before) == kept
    assert after[0] is before[0]
    assert after[2]["spec"]["containers"][1] is before[2]["spec"]["containers"][1]


def test_a_second_upgrade_keeps_the_date_of_the_first() -> None:
    first = rolled(V2, pods(1)).final_pods
    state = json.loads(_annotations(first[0])[IN_PLACE])["s1"]
    second = rolled(sidecar_set("img:3"), first).final_pods[0]
    assert json.loads(_annotations(second)[IN_PLACE])["s1"] == {
        **state,
        "lastContainerStatuses": {"c1": {"imageID": pulled_image_id("img:2")}},
    }
    assert json.loads(_annotations(second)[HASH])["s1"]["hash"] != state["revision"]


def test_what_is_recorded_of_others_is_written_as_go_writes_it() -> None:
    cluster = pods(1)
    annotations = cluster[0]["metadata"]["annotations"]
    annotations[HASH] = json.dumps({**json.loads(annotations[HASH]), "a0": {"hash": "x", "unknown": 1}})
    annotations[IN_PLACE] = '{"z9": {"revision": "r", "lastContainerStatuses": {"b": {}, "a": {"imageID": "i"}}}}'
    after = _annotations(rolled(V2, cluster).final_pods[0])
    other_entry = '{"a0":{"updateTimestamp":null,"hash":"x","sidecarSetName":"","sidecarList":null},"s1":'
    assert after[HASH].startswith(other_entry)
    other_state = '"z9":{"revision":"r","updateTimestamp":null,"lastContainerStatuses":{"a":{"imageID":"i"},"b":{}}}}'
    assert after[IN_PLACE].endswith(other_state)


def test_a_record_beyond_reading_is_replaced() -> None:
    cluster = pods(1)
    cluster[0]["metadata"]["annotations"][IN_PLACE] = "[]"
    assert rolled(V2, cluster).rounds == ()  # it passes for a restart that is under way, unless nothing is ready
    cluster[0]["status"]["containerStatuses"][0]["ready"] = False
    after = rolled(V2, cluster).final_pods[0]
    assert list(json.loads(_annotations(after)[IN_PLACE])) == ["s1"]


def test_bare_hashes_count_and_become_entries() -> None:
    cluster = pods(1)
    annotations = cluster[0]["metadata"]["annotations"]
    for key in (HASH, HASH_WITHOUT_IMAGE):
        annotations[key] = json.dumps({"s1": json.loads(annotations[key])["s1"]["hash"], "s0": "h"})
    assert counts(rolled(V1, cluster).final_status) == (1, 1, 1, 1)

    after = _annotations(rolled(V2, cluster).final_pods[0])
    converted = {"updateTimestamp": "1970-01-01T00:00:00Z", "hash": "h", "sidecarSetName": "s1", "sidecarList": None}
    assert json.loads(after[HASH])["s0"] == converted
    assert json.loads(after[HASH])["s1"]["sidecarList"] == ["c1"]
    assert json.loads(after[HASH_WITHOUT_IMAGE])["s0"] == converted
    assert json.loads(after[HASH_WITHOUT_IMAGE])["s1"]["sidecarList"] is None


def test_annotations_are_patched() -> None:
    patches = [
        {"annotations": {"k1": "new"}, "patchPolicy": "Retain"},
        {"annotations": {"k2": "new"}, "patchPolicy": "Overwrite"},
        {"annotations": {"k3": '{"b":2}'}, "patchPolicy": "MergePatchJson"},
    ]
    cluster = pods(1)
    cluster[0]["metadata"]["annotations"].update({"k2": "old", "k3": '{"a": 1}'})
    after = _annotations(rolled(sidecar_set("img:2", spec={"patchPodMetadata": patches}), cluster).final_pods[0])
    assert (after["k1"], after["k2"], after["k3"]) == ("new", "new", '{"a":1,"b":2}')


def test_one_annotation_that_is_no_json_blocks_all_behind_it() -> None:
    patches = [{"annotations": {"k3": '{"b":2}'}, "patchPolicy": "MergePatchJson"}]
    cluster = pods(3)
    cluster[1]["metadata"]["annotations"]["k3"] = "notjson"
    made = rolled(sidecar_set("img:2", maxUnavailable=3, spec={"patchPodMetadata": patches}), cluster)
    assert batches(made) == [[2]]
    assert made.waiting == {"default/pod-001": "Blocked", "default/pod-000": "Blocked"}
    assert [(f.code, f.severity) for f in made.findings] == [("PLN004", "error")]
    assert made.final_pods[1] is cluster[1]


def test_a_condition_beyond_reading_ends_a_round() -> None:
    cluster = pods(3)
    garbled = {"type": "SidecarSetUpgradable", "status": "True", "message": "?"}
    cluster[2]["status"]["conditions"].append(garbled)
    made = rolled(sidecar_set("img:2", maxUnavailable=3), cluster)
    assert batches(made) == [[2], [1, 0]]
    assert made.final_pods[2]["status"]["conditions"][1] == garbled


def test_not_upgradable_pods_are_marked() -> None:
    target = sidecar_set("img:2", container={"env": [{"name": "NEW", "value": "1"}]})
    made = rolled(target, pods(10))
    assert made.rounds == ()
    assert counts(made.final_status) == (10, 0, 10, 0)
    for pod in made.final_pods:
        condition = _condition(pod)
        assert condition is not None
        assert (condition["status"], condition["reason"]) == ("False", "UpdateImmutableField")
        assert condition["message"] == '{"s1":false}'

    # Going back does not clear the condition, going on does.
    back = rolled(V1, made.final_pods)
    assert back.rounds == ()
    assert counts(back.final_status) == (10, 10, 10, 10)
    assert back.final_pods[0] is made.final_pods[0]
    on = rolled(sidecar_set("img:3"), made.final_pods)
    assert len(sequence(on)) == 10
    assert {json.dumps(_condition(pod)) for pod in on.final_pods} == {
        json.dumps(_condition(rolled(V2, pods(1)).final_pods[0]))
    }


def test_another_set_keeps_the_condition_false() -> None:
    cluster = pods(1)
    known = {"type": "SidecarSetUpgradable", "status": "False", "lastTransitionTime": "2024-01-05T00:00:00Z"}
    cluster[0]["status"]["conditions"].append({**known, "reason": "UpdateImmutableField", "message": '{"s0":false}'})
    condition = _condition(rolled(V2, cluster).final_pods[0])
    assert condition == {**known, "reason": "UpdateImmutableField", "message": '{"s0":false,"s1":true}'}


def test_a_pod_in_the_middle_of_its_restart_is_passed_over() -> None:
    cluster = pods(10)
    cluster[8:] = [_restarting(pod, V2) for pod in cluster[8:]]
    made = rolled(sidecar_set("img:3", maxUnavailable=2), cluster, max_rounds=1)
    assert batches(made) == [[7, 6]]
    assert counts(made.rounds[0].status) == (10, 0, 8, 0)
    assert [f.code for f in made.findings] == ["PLN005"]


def test_the_old_image_back_before_the_restart_is_consistent_at_once() -> None:
    restarting = _restarting(pods(1)[0], V2)
    assert counts(rolled(V1, [_restarting(restarting, V1)]).final_status) == (1, 1, 1, 1)


def test_an_image_that_reports_another_name_and_the_same_id_blocks() -> None:
    cluster = pods(2, sidecar_set("nginx:1"))
    half = _restarting(cluster[1], sidecar_set("nginx:2"))
    half["status"]["containerStatuses"][0]["image"] = "docker.io/library/nginx:2"
    made = rolled(sidecar_set("nginx:2"), [cluster[0], half])
    assert made.rounds == ()
    assert counts(made.final_status) == (2, 1, 1, 0)
    assert [f.code for f in made.findings] == ["PLN003", "WRN020"]


def test_images_that_are_there_already_need_no_restart() -> None:
    cluster = pods(1)
    cluster[0]["spec"]["containers"][0]["image"] = "img:2"
    after = rolled(V2, cluster, never_ready={"default/pod-000"}).final_pods[0]
    assert json.loads(_annotations(after)[IN_PLACE])["s1"]["lastContainerStatuses"] == {}
    assert after["status"]["containerStatuses"] == cluster[0]["status"]["containerStatuses"]


def test_an_init_container_of_the_same_name_is_written() -> None:
    cluster = pods(1)
    cluster[0]["spec"]["initContainers"] = [cluster[0]["spec"]["containers"].pop(0)]
    cluster[0]["status"]["containerStatuses"].pop(0)
    after = rolled(V2, cluster).final_pods[0]
    assert after["spec"]["initContainers"][0]["image"] == "img:2"
    assert json.loads(_annotations(after)[IN_PLACE])["s1"]["lastContainerStatuses"] == {"c1": {}}


def test_a_pod_that_fails_loses_its_readiness() -> None:
    after = rolled(V2, pods(1), never_ready={"default/pod-000"}).final_pods[0]
    assert [s["ready"] for s in after["status"]["containerStatuses"]] == [False, True]
    assert [c["status"] for c in after["status"]["conditions"] if c["type"] == "Ready"] == ["False"]


@pytest.mark.parametrize("image", ["repo/x@sha256:" + "c" * 64, "img:2"])
def test_what_was_pulled_is_what_was_wanted(image: str) -> None:
    assert counts(rolled(sidecar_set(image), pods(1)).final_status) == (1, 1, 1, 1)
