"""Hot upgrades: two containers take turns."""

from typing import Any

import pytest
from doors.sidecarset import RolloutPlan
from doors.upstream import release_for
from rolloutcluster import Json, counts, hot_set, numbers, pods, rolled, sidecar_set

V1, V2, V3 = (hot_set(f"img:{version}") for version in (1, 2, 3))
WORKING = "kruise.io/sidecarset-working-hotupgrade-container"


def _numbered(target: Json, resource_version: str) -> Json:
    return {**target, "metadata": {**target["metadata"], "resourceVersion": resource_version}}


def _images(pod: Any, *containers: str) -> list[str]:  # noqa: ANN401 - a Pod
    images = {c["name"]: c["image"] for c in pod["spec"]["containers"]}
    return [images[name] for name in containers or ("c1-1", "c1-2")]


def _versions(pod: Any) -> list[str]:  # noqa: ANN401 - a Pod
    """Version and alternate version of either side."""
    annotations = pod["metadata"]["annotations"]
    keys = [f"{prefix}.sidecarset.kruise.io/c1-{side}" for side in (1, 2) for prefix in ("version", "versionalt")]
    return [annotations[key] for key in keys]


def _rounds(made: RolloutPlan) -> list[tuple[list[int], list[int]]]:
    return [(numbers(round_.pods), numbers(round_.resets)) for round_ in made.rounds]


def test_upgrade_reset_upgrade_reset() -> None:
    made = rolled(_numbered(V2, "22"), pods(2, V1))
    assert _rounds(made) == [([1], []), ([], [1]), ([0], []), ([], [0])]
    statuses = [*(round_.status for round_ in made.rounds), made.final_status]
    assert list(map(counts, statuses)) == [(2, 0, 2, 0), (2, 1, 1, 0), (2, 1, 2, 1), (2, 2, 1, 1), (2, 2, 2, 2)]
    for pod, version in zip(made.final_pods, ("24", "22"), strict=True):
        assert _images(pod) == ["empty:1", "img:2"]
        assert _versions(pod) == ["0", version, version, "0"]
        assert pod["metadata"]["annotations"][WORKING] == '{"c1":"c1-2"}'


def test_between_upgrade_and_reset() -> None:
    pod = rolled(_numbered(V2, "22"), pods(1, V1), max_rounds=1).final_pods[0]
    assert _images(pod) == ["img:1", "img:2"]
    assert _versions(pod) == ["1", "22", "22", "1"]


def test_the_next_upgrade_goes_to_the_other_side() -> None:
    second = rolled(_numbered(V2, "22"), pods(1, V1)).final_pods
    third = rolled(_numbered(V3, "30"), second)
    assert _rounds(third) == [([0], []), ([], [0])]
    assert _images(third.final_pods[0]) == ["img:3", "empty:1"]
    assert _versions(third.final_pods[0]) == ["30", "0", "0", "30"]


def _two(a: str, b: str) -> Json:
    upgrade = {"upgradeType": "HotUpgrade", "hotUpgradeEmptyImage": "e"}
    containers = [{"name": name, "image": image, "upgradeStrategy": upgrade} for name, image in (("a", a), ("b", b))]
    return sidecar_set(spec={"containers": containers})


@pytest.mark.parametrize(
    ("target", "images"),
    [(("x:2", "y:1"), ["e", "x:2", "y:1", "e"]), (("x:2", "y:2"), ["e", "x:2", "e", "y:2"])],
)
def test_each_pair_moves_on_its_own(target: tuple[str, str], images: list[str]) -> None:
    made = rolled(_two(*target), pods(1, _two("x:1", "y:1")))
    assert _rounds(made) == [([0], []), ([], [0])]
    assert _images(made.final_pods[0], "a-1", "a-2", "b-1", "b-2") == images


def test_a_version_that_does_not_get_ready_is_never_emptied_out() -> None:
    stuck = rolled(V2, pods(2, V1), never_ready={"default/pod-001"})
    assert _rounds(stuck) == [([1], [])]
    assert counts(stuck.final_status) == (2, 1, 1, 0)
    assert _images(stuck.final_pods[1]) == ["img:1", "img:2"]

    # Going back changes no image: what serves is never looked at, only what stands beside it.
    back = rolled(V1, stuck.final_pods)
    assert _rounds(back) == [([1], [])]
    assert _images(back.final_pods[1]) == ["img:1", "img:2"]
    assert counts(back.final_status) == (2, 2, 1, 1)

    # Should it get ready after all, the set's own image is thrown out, and all seems well.
    late: Any = back.final_pods[1]
    late["status"]["conditions"][1]["status"] = "True"
    for status in late["status"]["containerStatuses"]:
        status["ready"] = True
    over = rolled(V1, back.final_pods)
    assert _rounds(over) == [([], [1])]
    assert _images(over.final_pods[1]) == ["empty:1", "img:2"]
    assert counts(over.final_status) == (2, 2, 2, 2)


def test_what_failed_is_overwritten_for_free() -> None:
    stuck = rolled(V2, pods(2, V1), never_ready={"default/pod-001"})
    on = rolled(V3, stuck.final_pods)
    assert numbers(on.rounds[0].pods) == [1, 0]
    assert _images(on.final_pods[1]) == ["empty:1", "img:3"]


def test_another_empty_image_reaches_all_pods_at_once() -> None:
    target = hot_set("img:1", "empty:2", partition="100%")
    made = rolled(target, pods(4, V1))
    assert _rounds(made) == [([], [0, 1, 2, 3])]
    assert counts(made.rounds[0].status) == (4, 0, 0, 0)
    assert counts(made.final_status) == (4, 0, 4, 0)
    assert set(made.not_upgradable.values()) == {("spec", "containers", 0, "upgradeStrategy", "hotUpgradeEmptyImage")}
    assert made.rounds[0].waiting == {}


def test_but_not_while_paused() -> None:
    made = rolled(hot_set("img:1", "empty:2", paused=True), pods(4, V1))
    assert made.rounds == ()
    assert counts(made.final_status) == (4, 0, 0, 0)


@pytest.mark.parametrize("strategy", [{"paused": True}, {"type": "NotUpdate"}])
def test_before_1_9_a_pause_did_not_stop_resets(strategy: Json) -> None:
    half = rolled(V2, pods(1, V1), max_rounds=1).final_pods
    stopped = {**hot_set("img:2", **strategy), "apiVersion": "apps.kruise.io/v1alpha1"}
    assert rolled(stopped, half).rounds == ()
    assert _rounds(rolled(stopped, half, release=release_for("1.8"))) == [([], [0])]


def test_before_1_9_upgrades_did_not_wait_for_resets() -> None:
    target = {**V2, "apiVersion": "apps.kruise.io/v1alpha1"}
    made = rolled(target, pods(2, V1), release=release_for("1.8"))
    assert _rounds(made) == [([1], []), ([], [1]), ([0], []), ([], [0])]
    wide = {**hot_set("img:2", maxUnavailable=2), "apiVersion": "apps.kruise.io/v1alpha1"}
    half = rolled(target, pods(2, V1), release=release_for("1.8"), max_rounds=1).final_pods
    assert _rounds(rolled(wide, half, release=release_for("1.8"))) == [([0], [1]), ([], [0])]


def test_a_container_cannot_be_left_without_an_image() -> None:
    made = rolled(hot_set("img:1", ""), pods(2, V1))
    assert made.rounds == ()
    assert [f.code for f in made.findings] == ["PLN004"]
    assert set(made.waiting.values()) == set()
