from typing import Any

import pytest
from doors.sidecarset import Options
from doors.upstream import release_for
from injecting import container, injected, names, one, pod, sidecar_set

from sidecarctl.finding import InjectionRefused

SHARE = {"type": "enabled"}
MARK = {"name": "IS_INJECTED", "value": "true"}


def mount(path: str, name: str = "v", **fields: Any) -> Any:  # noqa: ANN401 - a mount
    return {"name": name, "mountPath": path, **fields}


def device(path: str) -> Any:  # noqa: ANN401 - a device
    return {"name": "d", "devicePath": path}


def app(*mounts: Any, name: str = "main", **fields: Any) -> Any:  # noqa: ANN401 - a container
    return container(name, volumeMounts=list(mounts), **fields)


def shared(given: Any, policy: Any = SHARE, **side: Any) -> Any:  # noqa: ANN401 - a container
    entry = container("side", shareVolumePolicy=policy, **side)
    return one(injected(given, sidecar_set(containers=[entry])), "side")


def paths(container: Any) -> list[str]:  # noqa: ANN401 - a container
    return [one["mountPath"] for one in container.get("volumeMounts", ())]


def test_own_mounts_first_then_the_apps_each_path_once() -> None:
    given = pod(app(mount("/c/"), mount("/own")), app(mount("/c"), mount("/c/"), name="second"))
    assert paths(shared(given, volumeMounts=[mount("/own", "mine")])) == ["/own", "/c/", "/c"]


def test_mounts_are_taken_whole() -> None:
    whole = mount("/c", readOnly=True, mountPropagation="HostToContainer", subPath="x")
    assert shared(pod(app(whole)))["volumeMounts"] == [whole]


@pytest.mark.parametrize("policy", [{"type": "Enabled"}, {"type": "disabled"}, {}])
def test_only_the_exact_word_shares(policy: Any) -> None:  # noqa: ANN401 - any policy
    assert paths(shared(pod(app(mount("/c"))), policy)) == []


@pytest.mark.parametrize(("value", "is_source"), [("true", False), ("True", True), ("", True)])
def test_marked_containers_and_init_containers_are_no_source(value: str, is_source: bool) -> None:  # noqa: FBT001 - a column
    env = [{"name": "IS_INJECTED", "value": value}, MARK]
    given = pod(app(mount("/c"), env=env), initContainers=[app(mount("/init"), name="init")])
    assert paths(shared(given)) == (["/c"] if is_source else [])


def test_init_containers_share_too_and_the_app_of_the_same_name_is_a_source() -> None:
    init = sidecar_set(initContainers=[container("init", shareVolumePolicy=SHARE)])
    assert paths(one(injected(pod(app(mount("/c"))), init), "init")) == ["/c"]
    assert paths(shared(pod(app(mount("/c"), name="side")))) == ["/c"]


def test_env_of_sub_path_expressions_comes_along_even_where_the_mount_does_not() -> None:
    env = [{"name": "POD", "value": "1"}, {"name": "POD", "value": "2"}, {"name": "N.x", "value": "3"}]
    expression = "$(POD)/$(N.x)/$(MISSING)/$$(POD)/$(1)"
    given = pod(app(mount("/own", subPathExpr=expression), env=env))
    made = shared(given, volumeMounts=[mount("/own", "mine")])
    assert made["env"] == [MARK, {"name": "POD", "value": "1"}, {"name": "N.x", "value": "3"}]
    assert paths(made) == ["/own"]


def test_transferred_env_wins_over_that_of_sub_path_expressions() -> None:
    apps = pod(app(mount("/c", subPathExpr="$(A)"), env=[{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]))
    transfer = [{"sourceContainerName": "main", "envName": "A"}]
    assert shared(apps, transferEnv=transfer)["env"] == [MARK, {"name": "A", "value": "2"}]


def test_own_devices_block_shared_mounts_since_1_9() -> None:
    given = pod(app(mount("/x"), mount("/y")))
    side = container("side", shareVolumePolicy=SHARE, volumeDevices=[device("/x")])
    assert paths(one(injected(given, sidecar_set(containers=[side])), "side")) == ["/y"]
    old = {**sidecar_set(containers=[side]), "apiVersion": "apps.kruise.io/v1alpha1"}
    assert paths(one(injected(given, old, release=release_for("1.8")), "side")) == ["/x", "/y"]


def test_devices_are_shared_where_no_mount_took_their_path() -> None:
    given = pod(app(mount("/x"), volumeDevices=[device("/x"), device("/y"), device("/own")]))
    side = container("side", shareVolumePolicy=SHARE, shareVolumeDevicePolicy=SHARE, volumeDevices=[device("/own")])
    made = one(injected(given, sidecar_set(containers=[side])), "side")
    assert [one["devicePath"] for one in made["volumeDevices"]] == ["/own", "/y"]
    alone = one(injected(given, sidecar_set(containers=[container("side", shareVolumeDevicePolicy=SHARE)])), "side")
    assert [one["devicePath"] for one in alone["volumeDevices"]] == ["/x", "/y", "/own"]
    assert "volumeMounts" not in alone


@pytest.mark.parametrize("form", ["written", "defaults"])
def test_where_nothing_is_shared_in_the_end_no_empty_list_is_left(form: Any) -> None:  # noqa: ANN401 - a form
    own: Any = {"volumeMounts": [mount("/x", "own")], "shareVolumeDevicePolicy": SHARE}
    given = pod(app(mount("/y"), volumeDevices=[device("/x")]))
    made = injected(given, sidecar_set(containers=[container("side", **own)]), options=Options(form=form))
    assert "volumeDevices" not in one(made, "side")
    blocked = container("side", shareVolumePolicy=SHARE, volumeDevices=[device("/y")])
    made = injected(given, sidecar_set(containers=[blocked]), options=Options(form=form))
    assert "volumeMounts" not in one(made, "side")


def volume(name: str, **source: Any) -> Any:  # noqa: ANN401 - a volume
    return {"name": name, **(source or {"emptyDir": {}})}


def volumes(given: Any, *sets: Any, **cluster: Any) -> Any:  # noqa: ANN401 - volumes
    return injected(given, *sets, **cluster).pod["spec"].get("volumes", [])


def test_only_volumes_that_are_used_are_injected_in_order_of_use() -> None:
    containers = [container("c", volumeMounts=[mount("/a", "b"), mount("/b", "pod")], volumeDevices=[device("/d")])]
    inits = [container("i", volumeMounts=[mount("/a", "init")])]
    pool = [volume(name) for name in ("unused", "init", "d", "b", "pod")]
    given = pod(volumes=[volume("pod", configMap={"name": "x"})])
    found = volumes(given, sidecar_set(containers=containers, initContainers=inits, volumes=pool))
    assert [one["name"] for one in found] == ["pod", "init", "b", "d"]
    assert found[0] is given["spec"]["volumes"][0]


def test_the_last_of_a_set_s_volumes_and_the_first_set_win() -> None:
    side = [container("c", volumeMounts=[mount("/a")])]
    first = sidecar_set("a", containers=side, volumes=[volume("v"), volume("v", hostPath={"path": "/1"})])
    second = sidecar_set("b", containers=side, volumes=[volume("v", hostPath={"path": "/2"})])
    assert volumes(pod(), first, second) == [volume("v", hostPath={"path": "/1"})]


def test_a_volume_without_a_source_that_we_know_is_said_to_be_an_empty_dir() -> None:
    side = [container("c", volumeMounts=[mount("/a")])]
    assert volumes(pod(), sidecar_set(containers=side, volumes=[{"name": "v", "emptyDirr": {}}])) == [volume("v")]


def test_a_volume_that_only_the_pod_has_crashes_releases_up_to_1_8() -> None:
    given = {
        **sidecar_set(containers=[container("c", volumeMounts=[mount("/a", "pod")])]),
        "apiVersion": "apps.kruise.io/v1alpha1",
    }
    assert names(injected(pod(volumes=[volume("pod")]), given)) == ["c", "main"]
    with pytest.raises(InjectionRefused, match="nil pointer"):
        injected(pod(volumes=[volume("pod")]), given, release=release_for("1.8"))


def test_pull_secrets_each_name_once() -> None:
    secrets = [{"name": "b"}, {"name": "b"}, {"name": "c"}, {}]
    given = pod(imagePullSecrets=secrets)
    side = [container("c")]
    made = injected(given, sidecar_set(containers=side, imagePullSecrets=[{"name": "a"}, {"name": "b"}, {"name": ""}]))
    assert made.pod["spec"]["imagePullSecrets"] == [{"name": "b"}, {"name": "c"}, {}, {"name": "a"}]
    assert injected(given, sidecar_set(containers=side)).pod["spec"]["imagePullSecrets"] == [*secrets[1:]]
    only_patches = sidecar_set(patchPodMetadata=[{"annotations": {"a": "b"}}])
    assert injected(given, only_patches).pod["spec"] is given["spec"]
