import copy
from typing import Any

import pytest
from doors.sidecarset import Cluster, Options, Prepared, inject
from doors.upstream import release_for
from injecting import annotations, container, injected, names, one, pod, sidecar_set

from sidecarctl.finding import UndecodableObject

SORTED = {"EnableSortSidecarContainerByName": True}


def placed(name: str, policy: str | None = None, **fields: Any) -> Any:  # noqa: ANN401 - a SidecarContainer
    return container(name, **({} if policy is None else {"podInjectPolicy": policy}), **fields)


BEFORE, AFTER = "BeforeAppContainer", "AfterAppContainer"


def v1alpha1(given: Any) -> Any:  # noqa: ANN401 - a SidecarSet
    return {**given, "apiVersion": "apps.kruise.io/v1alpha1"}


def test_containers_go_around_the_pod_s_own() -> None:
    given = sidecar_set(containers=[placed("z"), placed("a2", AFTER), placed("b", BEFORE), placed("a1", AFTER)])
    assert names(injected(pod(), given)) == ["z", "b", "main", "a2", "a1"]
    assert names(injected(pod(), given, feature_gates=SORTED)) == ["b", "z", "main", "a1", "a2"]
    old = injected(pod(), v1alpha1(given), feature_gates=SORTED, release=release_for("1.8"))
    assert names(old) == ["z", "b", "main", "a2", "a1"]


def test_a_container_of_the_same_name_is_replaced_where_it_stands() -> None:
    given = pod(container("x"), container("side", image="old:1"), container("side", image="old:2"))
    made = injected(given, sidecar_set(containers=[placed("side", AFTER), placed("first")]))
    assert names(made) == ["first", "x", "side", "side"]
    assert [c["image"] for c in made.pod["spec"]["containers"][2:]] == ["old:1", "side:1"]


def test_two_sets_with_one_name() -> None:
    sets = [sidecar_set(name, containers=[placed("side", image=f"{name}:1")]) for name in "ab"]
    assert names(injected(pod(), *sets)) == ["side", "side", "main"]
    assert one(injected(pod(container("side")), *sets), "side")["image"] == "b:1"


def test_init_containers_are_sorted_by_their_bytes_over_all_sets() -> None:
    first = sidecar_set("a", initContainers=[placed("z"), placed("c", BEFORE), placed("b", restartPolicy="Always")])
    second = sidecar_set("b", initContainers=[placed("a", BEFORE), placed("B"), placed("m")])
    given = pod(initContainers=[container("m", image="old:1")])
    made = injected(given, first, second)
    assert names(made, "initContainers") == ["a", "c", "m", "B", "b", "z"]
    assert one(made, "m")["image"] == "m:1"


def test_releases_before_1_7_append_init_containers() -> None:
    given = v1alpha1(sidecar_set(initContainers=[placed("z"), placed("a", BEFORE), placed("m")]))
    made = injected(pod(initContainers=[container("m")]), given, release=release_for("1.6"))
    assert names(made, "initContainers") == ["m", "a", "m", "z"]


def test_an_unknown_inject_policy_goes_last_since_1_7_and_first_before() -> None:
    given = v1alpha1(sidecar_set(containers=[placed("odd", "Somewhere")]))
    assert names(injected(pod(), given)) == ["main", "odd"]
    assert names(injected(pod(), given, release=release_for("1.6"))) == ["odd", "main"]


def test_of_a_sidecar_only_what_a_container_may_hold_is_injected() -> None:
    given = placed("side", BEFORE, upgradeStrategy={}, shareVolumePolicy={}, imagePullPolicyy="Always")
    made = one(injected(pod(), sidecar_set(containers=[given])), "side")
    assert made == {"name": "side", "image": "side:1", "env": [{"name": "IS_INJECTED", "value": "true"}]}


def test_with_defaults_it_is_what_go_encodes() -> None:
    given = placed("side", ports=[{"containerPort": 80}], stdin=False, resources={"limits": {"cpu": 0.5}})
    made = one(injected(pod(), sidecar_set(containers=[given]), options=Options(form="defaults")), "side")
    assert made == {
        "name": "side",
        "image": "side:1",
        "ports": [{"containerPort": 80, "protocol": "TCP"}],
        "resources": {"limits": {"cpu": "500m"}},
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
        "imagePullPolicy": "IfNotPresent",
        "env": [{"name": "IS_INJECTED", "value": "true"}],
    }


def test_nothing_given_is_changed_and_what_is_not_touched_is_shared() -> None:
    given = pod(container("main", env=[{"name": "A"}]), volumes=[{"name": "v"}], metadata={"labels": {"a": "b"}})
    before = copy.deepcopy(given)
    made: Any = injected(given, sidecar_set(containers=[placed("side")])).pod
    assert given == before
    assert made["spec"]["containers"][1] is given["spec"]["containers"][0]
    assert made["spec"]["volumes"] is given["spec"]["volumes"]
    assert made["metadata"]["labels"] is given["metadata"]["labels"]


def test_what_does_not_depend_on_the_pod_is_the_same_value_in_every_pod() -> None:
    side = placed("side", volumeMounts=[{"name": "v", "mountPath": "/v"}])
    given = sidecar_set(containers=[side], volumes=[{"name": "v", "emptyDir": {}}])
    prepared = Prepared(Cluster(sidecar_sets=[given]))
    first, second = (inject(pod(metadata={"name": name}), prepared, Options()) for name in "ab")
    assert one(first, "side") is one(second, "side")
    volumes: Any = [made.pod["spec"]["volumes"][0] for made in (first, second)]
    assert volumes[0] is volumes[1]


def test_sets_read_the_pod_as_it_was() -> None:
    share = {"type": "enabled"}
    mounts = [{"name": "v", "mountPath": "/v"}]
    sets = [sidecar_set(name, containers=[placed(name, shareVolumePolicy=share, volumeMounts=mounts)]) for name in "ab"]
    second = one(injected(pod(), *sets), "b")
    assert second["volumeMounts"] == mounts


@pytest.mark.parametrize(
    "given",
    [{}, {"spec": None}, {"metadata": None, "spec": {"containers": None, "volumes": None, "initContainers": []}}],
)
def test_what_is_missing_is_added(given: Any) -> None:  # noqa: ANN401 - a pod
    side = placed("side", volumeMounts=[{"name": "v", "mountPath": "/v"}])
    full = sidecar_set(containers=[side], volumes=[{"name": "v"}], imagePullSecrets=[{"name": "x"}])
    made = injected(given, full)
    assert names(made) == ["side"]
    assert made.pod["spec"]["imagePullSecrets"] == [{"name": "x"}]
    assert made.pod["spec"]["volumes"] == [{"name": "v", "emptyDir": {}}]
    assert len(annotations(made)) == 3


@pytest.mark.parametrize(
    "given",
    [{"spec": []}, {"spec": {"containers": {}}}, {"metadata": {"annotations": {"a": 1}}}, {"status": "Running"}],
)
def test_what_is_no_pod_is_refused(given: Any) -> None:  # noqa: ANN401 - no pod
    with pytest.raises(UndecodableObject):
        injected(given, sidecar_set(containers=[placed("side")]))


def test_an_annotation_that_is_null_stays_as_it_is() -> None:
    given = pod(metadata={"annotations": {"a": None}})
    assert annotations(injected(given, sidecar_set(containers=[placed("side")])))["a"] is None


def test_of_sets_with_one_name_the_last_counts() -> None:
    sets = [sidecar_set("s", containers=[placed(name)]) for name in ("first", "last")]
    assert names(injected(pod(), *sets)) == ["last", "main"]


def test_an_unadmitted_and_an_admitted_set_inject_the_same() -> None:
    from doors.sidecarset import admit  # noqa: PLC0415 - only here

    given = sidecar_set(containers=[placed("side")])
    options = Options(form="defaults")
    assert injected(pod(), given, options=options).pod == injected(pod(), admit(given), options=options).pod
