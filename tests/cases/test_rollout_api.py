"""`status` and `plan` of the Python API."""

import json
from typing import Any

import pytest
from casefolder import TESTDATA
from shortpods import Json, pods_of, value_of

import sidecarctl

FOLDER = TESTDATA / "rollout" / "manual-partition-50"


@pytest.fixture
def sidecar_set() -> Any:  # noqa: ANN401 - any JSON value
    return value_of(FOLDER / "sidecarset.yaml")


@pytest.fixture
def pods() -> list[Json]:
    return pods_of(FOLDER)


def test_a_plan(sidecar_set: Json, pods: list[Json]) -> None:
    made = sidecarctl.plan(sidecar_set, pods)
    assert [len(round_.pods) for round_ in made.rounds] == [10] * 5
    assert made.rounds[0].pods[:2] == ("default/web-99", "default/web-98")
    assert made.final_status.get("updatedPods") == 50
    assert set(made.waiting.values()) == {"Partition"}
    assert made.revision.startswith("log-agent-")
    assert sidecarctl.status(sidecar_set, made.final_pods) == made.final_status


def test_pods_that_do_not_count(sidecar_set: Json, pods: list[Json]) -> None:
    pods[0]["status"]["phase"] = "Failed"
    del pods[1]["metadata"]["labels"]
    made = sidecarctl.plan(sidecar_set, pods)
    assert [(one.obstacle, one.pods) for one in made.left_out] == [("NotSelected", 1), ("Ended", 1)]
    assert made.to_dict()["pods"]["counted"] == len(pods) - 2  # type: ignore[index]  # a JSON value


def test_the_order_of_the_input_does_not_matter(sidecar_set: Json, pods: list[Json]) -> None:
    assert sidecarctl.plan(sidecar_set, reversed(pods)).rounds == sidecarctl.plan(sidecar_set, pods).rounds


def test_a_plan_takes_an_admitted_set(sidecar_set: Json, pods: list[Json]) -> None:
    assert sidecarctl.plan(sidecarctl.admit(sidecar_set), pods) == sidecarctl.plan(sidecar_set, pods)


def test_what_is_given_stays_as_it_is(sidecar_set: Json, pods: list[Json]) -> None:
    before = json.dumps([sidecar_set, pods])
    assert sidecarctl.plan(sidecar_set, pods).final_pods
    assert json.dumps([sidecar_set, pods]) == before


def test_never_ready(sidecar_set: Json, pods: list[Json]) -> None:
    made = sidecarctl.plan(sidecar_set, pods, never_ready=["default/web-99"])
    assert made.unavailable == ("default/web-99",)
    assert len(made.rounds[1].pods) == 9


@pytest.mark.parametrize(
    ("twist", "message"),
    [
        ({"status": {"phase": 7}}, r"pod/web-00, the 1st given: status\.phase: json: cannot unmarshal"),
        ({"metadata": {"labels": []}}, "a Pod, the 1st given|metadata.labels"),
        ({"metadata": {}}, "a Pod without a name"),
        ({"metadata": {"name": "web-01", "namespace": "default"}}, "pod/web-01 -n default: metadata.name: given twice"),
    ],
)
def test_what_is_no_pod(twist: Json, message: str, sidecar_set: Json, pods: list[Json]) -> None:
    with pytest.raises(sidecarctl.UndecodableObject, match=message):
        sidecarctl.plan(sidecar_set, [{**pods[0], **twist}, *pods[1:]])
    with pytest.raises(sidecarctl.UndecodableObject, match=message):
        sidecarctl.status(sidecar_set, [{**pods[0], **twist}, *pods[1:]])


def test_an_unknown_release(sidecar_set: Json) -> None:
    with pytest.raises(ValueError, match=r"1\.5"):
        sidecarctl.plan(sidecar_set, [], kruise_version="0.1")


def test_sidecar_sets_that_upgrade_the_same_pods(sidecar_set: Json, pods: list[Json]) -> None:
    other = {**sidecar_set, "metadata": {**sidecar_set["metadata"], "name": "other"}}
    for pod in pods:
        annotations = pod["metadata"]["annotations"]
        for key in ("kruise.io/sidecarset-hash", "kruise.io/sidecarset-hash-without-image"):
            hashes = json.loads(annotations[key])
            hashes["other"] = {**hashes[sidecar_set["metadata"]["name"]], "sidecarSetName": "other"}
            annotations[key] = json.dumps(hashes)
        annotations["kruise.io/sidecarset-injected-list"] += ",other"
    alone = sidecarctl.plan(sidecar_set, pods, others=[sidecar_set])
    assert "PLN013" not in {finding.code for finding in alone.findings}
    made = sidecarctl.plan(sidecar_set, pods, others=[other])
    told = [finding.message for finding in made.findings if finding.code == "PLN013"]
    [sentence] = told
    assert sentence.startswith("other upgrades 50 Pods of these, too: ")
    assert sentence.endswith("together they let 20 Pods be out of service at once")
    assert made.rounds == alone.rounds
    for stage in sidecarctl.plan_stages(sidecar_set, pods, steps=["10%", "100%"], others=[other]):
        assert [one.message for one in stage.plan.findings if one.code == "PLN013"]


@pytest.mark.parametrize(("generation", "wanted"), [(None, [1, 1, 1]), (7, [8, 9, 9])])
def test_each_stage_raises_the_generation(
    sidecar_set: Json, pods: list[Json], generation: int | None, wanted: list[int]
) -> None:
    """A stage that changes nothing in the spec leaves it, as the API server does; where it is not known it stays 1."""
    if generation:
        sidecar_set["metadata"]["generation"] = generation
    made = sidecarctl.plan_stages(sidecar_set, pods, steps=["10%", "100%", "100%"])
    assert [stage.plan.final_status["observedGeneration"] for stage in made] == wanted
    assert made[0].sidecar_set["metadata"] == sidecar_set["metadata"]
