import json
from typing import Any

import pytest
from doors.sidecarset import Options
from doors.upstream import HASH, WORKING_HOT_UPGRADE_CONTAINER, release_for
from injecting import annotations, container, injected, names, one, pod, sidecar_set

from sidecarctl.finding import InjectionRefused


def hot(name: str, empty: str = "empty:1", **fields: Any) -> Any:  # noqa: ANN401 - a SidecarContainer
    return container(name, upgradeStrategy={"upgradeType": "HotUpgrade", "hotUpgradeEmptyImage": empty}, **fields)


def working(text: str) -> Any:  # noqa: ANN401 - a pod
    return pod(metadata={"annotations": {WORKING_HOT_UPGRADE_CONTAINER: text}})


def test_a_pair_of_containers_that_know_their_versions() -> None:
    made = injected(pod(), sidecar_set(containers=[hot("mesh", env=[{"name": "A", "value": "1"}])]))
    assert names(made) == ["mesh-1", "mesh-2", "main"]
    assert [one(made, name)["image"] for name in ("mesh-1", "mesh-2")] == ["mesh:1", "empty:1"]
    assert [env["name"] for env in one(made, "mesh-2")["env"]] == [
        "A",
        "IS_INJECTED",
        "SIDECARSET_VERSION",
        "SIDECARSET_VERSION_ALT",
    ]
    path = one(made, "mesh-2")["env"][-1]["valueFrom"]["fieldRef"]
    assert path == {"fieldPath": "metadata.annotations['versionalt.sidecarset.kruise.io/mesh-2']"}


def test_annotations_of_a_pair() -> None:
    written = annotations(injected(pod(), sidecar_set(containers=[hot("mesh")])))
    assert json.loads(written[HASH])["s"]["sidecarList"] == ["mesh"]
    assert {key: value for key, value in written.items() if "hotupgrade" in key or "version" in key} == {
        WORKING_HOT_UPGRADE_CONTAINER: '{"mesh":"mesh-1"}',
        "version.sidecarset.kruise.io/mesh-1": "1",
        "versionalt.sidecarset.kruise.io/mesh-1": "0",
        "version.sidecarset.kruise.io/mesh-2": "0",
        "versionalt.sidecarset.kruise.io/mesh-2": "1",
    }


def test_the_empty_container_keeps_the_pull_policy_of_the_sidecar_s_image() -> None:
    made = injected(pod(), sidecar_set(containers=[hot("mesh", image="mesh:latest")]))
    assert one(made, "mesh-2")["imagePullPolicy"] == "Always"
    assert "imagePullPolicy" not in one(made, "mesh-1")
    explicit = injected(pod(), sidecar_set(containers=[hot("mesh", imagePullPolicy="Never")]))
    assert [one(explicit, f"mesh-{n}")["imagePullPolicy"] for n in (1, 2)] == ["Never", "Never"]


def test_without_an_empty_image_there_is_no_key() -> None:
    made = injected(pod(), sidecar_set(containers=[hot("mesh", empty="")]), options=Options(form="defaults"))
    assert "image" not in one(made, "mesh-2")


def test_of_init_containers_only_native_sidecars_become_pairs() -> None:
    given = sidecar_set(initContainers=[hot("plain"), hot("native", restartPolicy="Always")])
    assert names(injected(pod(), given), "initContainers") == ["native-1", "native-2", "plain"]
    v1alpha1 = {**given, "apiVersion": "apps.kruise.io/v1alpha1"}
    old = injected(pod(), v1alpha1, release=release_for("1.6"))
    assert names(old, "initContainers") == ["native", "plain"]


def test_names_of_the_pair_are_what_is_replaced() -> None:
    given = pod(container("mesh"), container("mesh-2"))
    assert names(injected(given, sidecar_set(containers=[hot("mesh")]))) == ["mesh-1", "mesh", "mesh-2"]


def test_working_containers_add_up_over_sets_and_over_what_is_there() -> None:
    sets = [sidecar_set("b", containers=[hot("mesh")]), sidecar_set("a", containers=[hot("envoy")])]
    made = injected(working('{"stale":"stale-2","mesh":"mesh-2"}'), *sets)
    expected = '{"envoy":"envoy-1","mesh":"mesh-1","stale":"stale-2"}'
    assert annotations(made)[WORKING_HOT_UPGRADE_CONTAINER] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("garbage", {}), ("[]", {}), ('{"a":1,"b":"b-2"}', {"a": "", "b": "b-2"}), ("", {})],
)
def test_what_cannot_be_read_is_forgotten(text: str, expected: dict[str, str]) -> None:
    made = injected(working(text), sidecar_set(containers=[hot("mesh")]))
    assert json.loads(annotations(made)[WORKING_HOT_UPGRADE_CONTAINER]) == {**expected, "mesh": "mesh-1"}


def test_null_refuses_the_pod_where_a_pair_is_injected() -> None:
    assert injected(working("null"), sidecar_set(containers=[container("cold")])).sidecar_sets == ("s",)
    with pytest.raises(InjectionRefused):
        injected(working("null"), sidecar_set(containers=[hot("mesh")]))


def test_null_is_stumbled_over_where_the_pair_is_made() -> None:
    without_targets = {"targetContainersMode": "sum", "targetContainersNameRegex": "none", "resourcesExpr": {}}
    aimless = container("aimless", resourcesPolicy=without_targets)
    with pytest.raises(InjectionRefused, match="nil map"):
        injected(working("null"), sidecar_set(containers=[hot("mesh"), aimless]))
    with pytest.raises(InjectionRefused, match="no containers match"):
        injected(working("null"), sidecar_set(containers=[aimless, hot("mesh")]))
