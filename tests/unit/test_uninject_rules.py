"""What is taken out of a pod: what injection added, and nothing of the user's own."""

from typing import Any

import pytest
from doors.sidecarset import (
    Cluster,
    Prepared,
    Stripped,
    doubtful_findings,
    lost_findings,
    without_recorded,
    without_sets,
)
from injecting import annotations, container, injected, pod, sidecar_set

from sidecarctl.finding import Severity

EMPTY_DIR = {"name": "v", "emptyDir": {}}
MOUNT = {"name": "v", "mountPath": "/v"}
HOT = {"upgradeType": "HotUpgrade", "hotUpgradeEmptyImage": "empty:1"}


def stripped(given: Any, *sets: Any) -> Stripped:  # noqa: ANN401 - a pod, and SidecarSets
    known = Prepared(Cluster(sidecar_sets=sets))
    return without_sets(given, [known.effective(one["metadata"]["name"], "latest", "written") for one in sets])


def lost(made: Stripped) -> list[str]:
    return [finding.code for finding in lost_findings(made, Severity.ERROR)]


ADDED = [
    sidecar_set(containers=[container("a"), container("b", podInjectPolicy="AfterAppContainer")]),
    sidecar_set(containers=[container("a", volumeMounts=[MOUNT])], volumes=[EMPTY_DIR]),
    sidecar_set(containers=[container("a", volumeDevices=[{"name": "v", "devicePath": "/d"}])], volumes=[EMPTY_DIR]),
    sidecar_set(initContainers=[container("i"), container("n", restartPolicy="Always")]),
    sidecar_set(containers=[container("a")], imagePullSecrets=[{"name": "s"}, {"name": "t"}]),
    sidecar_set(containers=[container("a")], patchPodMetadata=[{"annotations": {"k": "v"}}]),
    sidecar_set(containers=[container("a", upgradeStrategy=HOT)]),
    sidecar_set(containers=[], patchPodMetadata=[{"annotations": {"k": "v"}}]),
]
PODS = [
    pod(),
    pod(container("main"), container("second")),
    pod(metadata={"annotations": {"own": "1"}}),
    pod(volumes=[{"name": "own", "emptyDir": {}}], imagePullSecrets=[{"name": "own"}]),
    pod(initContainers=[container("own")]),
]


@pytest.mark.parametrize("given", PODS)
@pytest.mark.parametrize("added", ADDED)
def test_what_was_added_goes(given: Any, added: Any) -> None:  # noqa: ANN401
    made = stripped(injected(given, added).pod, added)
    assert made.pod == given
    assert lost(made) == []


@pytest.mark.parametrize("given", PODS)
def test_pod_without_sidecars_is_left_alone(given: Any) -> None:  # noqa: ANN401
    assert stripped(given, *ADDED[:-1]).pod is given
    assert without_recorded(given, "s").pod is given


def test_records_tell_of_containers() -> None:
    given = sidecar_set(containers=[container("a"), container("h", upgradeStrategy=HOT)])
    assert without_recorded(injected(pod(), given).pod, "s").pod == pod()


def test_other_sets_stay() -> None:
    mine, other = sidecar_set("a", containers=[container("a")]), sidecar_set("b", containers=[container("b")])
    both = injected(pod(), mine, other)
    assert stripped(both.pod, mine).pod == injected(pod(), other).pod


def test_map_of_working_containers_loses_only_ours() -> None:
    mine = sidecar_set("a", containers=[container("a", upgradeStrategy=HOT)])
    other = sidecar_set("b", containers=[container("b", upgradeStrategy=HOT)])
    assert stripped(injected(pod(), mine, other).pod, mine).pod == injected(pod(), other).pod


def test_replaced_container_is_lost() -> None:
    given = pod(container("x"), container("main"), container("y"))
    taken = sidecar_set(containers=[container("main", image="m:2")])
    made = stripped(injected(given, taken).pod, taken)
    assert [(place.name, place.at) for place in made.replaced] == [("main", 1)]
    assert lost(made) == ["UNI001"]


def test_container_on_the_wrong_side_has_replaced_one() -> None:
    given = pod(container("main"), container("last"))
    taken = sidecar_set(containers=[container("last", image="l:2")])  # goes in front, if it is new
    assert lost(stripped(injected(given, taken).pod, taken)) == ["UNI001"]


def test_only_container_cannot_have_been_added() -> None:
    taken = sidecar_set(containers=[container("main", image="m:2")])
    assert lost(stripped(injected(pod(), taken).pod, taken)) == ["UNI001"]


def test_replaced_init_container_is_lost() -> None:
    given = pod(initContainers=[container("x"), container("i"), container("y")])
    taken = sidecar_set(initContainers=[container("i", image="i:2")])
    assert lost(stripped(injected(given, taken).pod, taken)) == ["UNI001"]


def test_another_sets_sidecar_between_is_no_sign() -> None:
    first, second = sidecar_set("a", containers=[container("a")]), sidecar_set("b", containers=[container("b")])
    assert lost(stripped(injected(pod(), first, second).pod, second)) == []


@pytest.mark.parametrize("policy", ["Overwrite", "MergePatchJson"])
def test_overwritten_annotation_is_lost(policy: str) -> None:
    given = sidecar_set(
        containers=[container("a")], patchPodMetadata=[{"annotations": {"k": "{}"}, "patchPolicy": policy}]
    )
    made = stripped(injected(pod(metadata={"annotations": {"k": '{"own":1}'}}), given).pod, given)
    assert made.overwritten == (("s", "k"),)
    assert lost(made) == ["UNI002"]


def test_annotation_that_was_there_stays() -> None:
    given = sidecar_set(containers=[container("a")], patchPodMetadata=[{"annotations": {"k": "v"}}])
    own = pod(metadata={"annotations": {"k": "v", "z": "own"}})
    assert stripped(injected(own, given).pod, given).pod == own
    other = pod(metadata={"annotations": {"k": "other"}})
    assert stripped(injected(other, given).pod, given).pod == other


def test_sorted_annotations_tell_nothing_of_their_order() -> None:
    given = sidecar_set(containers=[container("a")], patchPodMetadata=[{"annotations": {"k": "v"}}])
    made: Any = injected(pod(metadata={"annotations": {"z": "own"}}), given)
    dumped: Any = {
        **made.pod,
        "metadata": {**made.pod["metadata"], "annotations": dict(sorted(annotations(made).items()))},
    }
    assert stripped(dumped, given).pod["metadata"]["annotations"] == {"z": "own"}


def test_pull_secret_that_was_there_stays() -> None:
    given = sidecar_set(containers=[container("a")], imagePullSecrets=[{"name": "s"}, {"name": "own"}])
    own = pod(imagePullSecrets=[{"name": "own"}])
    assert stripped(injected(own, given).pod, given).pod == own


def test_pull_secrets_that_unknown_sets_may_need_stay() -> None:
    mine = sidecar_set("a", containers=[container("a")], imagePullSecrets=[{"name": "s"}])
    other = sidecar_set("b", containers=[container("b")], imagePullSecrets=[{"name": "s"}])
    made = stripped(injected(pod(), mine, other).pod, mine)
    assert made.pod["spec"]["imagePullSecrets"] == [{"name": "s"}]
    assert [finding.code for finding in doubtful_findings(made)] == ["UNI004"]


def test_volume_that_the_application_uses_stays() -> None:
    given = sidecar_set(containers=[container("a", volumeMounts=[MOUNT])], volumes=[EMPTY_DIR])
    own = pod(container("main", volumeMounts=[MOUNT]), volumes=[EMPTY_DIR])
    made = stripped(injected(own, given).pod, given)
    assert made.pod == own
    assert [finding.code for finding in doubtful_findings(made)] == ["UNI005"]


def test_other_volume_of_the_name_stays() -> None:
    given = sidecar_set(containers=[container("a", volumeMounts=[MOUNT])], volumes=[EMPTY_DIR])
    own = pod(volumes=[{"name": "v", "emptyDir": {"medium": "Memory"}}])
    assert stripped(injected(own, given).pod, given).pod == own


def test_names_alone_do_not_make_a_sidecar() -> None:
    given = sidecar_set(containers=[container("a")])
    own = pod(container("main"), container("a"), metadata=injected(pod(), given).pod["metadata"])
    assert [one["name"] for one in stripped(own, given).pod["spec"]["containers"]] == ["main", "a"]


def test_pod_without_metadata_gets_it_back_so() -> None:
    bare: Any = {"spec": {"containers": [container("main")]}}
    given = sidecar_set(containers=[container("a")])
    assert stripped(injected(bare, given).pod, given).pod == bare
