"""Injection into pods that carry sidecars: twice is once, and a newer version takes the place of an older one."""

import json
from typing import Any

import pytest
from doors.sidecarset import Cluster, Injection, Options, Prepared, injected_again
from doors.upstream import HASH, HASH_WITHOUT_IMAGE, INJECTED_LIST, IS_INJECTED
from hypothesis import given
from hypothesis import strategies as st
from injecting import annotations, container, names, one, pod, sidecar_set

from sidecarctl.finding import InjectionRefused, Severity

MARK = {"name": IS_INJECTED, "value": "true"}
EMPTY_DIR = {"name": "v", "emptyDir": {}}
MOUNT = {"name": "v", "mountPath": "/v"}


def again(given: Any, *sets: Any, older: Any = (), options: Options | None = None) -> Injection:  # noqa: ANN401
    before = Prepared(Cluster(sidecar_sets=older))
    known = [before.effective(old["metadata"]["name"], "latest", "written") for old in older]
    return injected_again(given, Prepared(Cluster(sidecar_sets=sets)), options or Options(), known)


def codes(made: Injection) -> list[str]:
    return [finding.code for finding in made.findings]


def test_second_pass_is_the_identity() -> None:
    given = sidecar_set(containers=[container("a", volumeMounts=[MOUNT])], volumes=[EMPTY_DIR])
    once = again(pod(), given)
    twice = again(once.pod, given)
    assert twice.pod is once.pod
    assert twice.sidecar_sets == ()
    assert codes(twice) == ["INJ001"]


def test_timestamp_of_what_is_there_stays() -> None:
    given = sidecar_set(containers=[container("a")])
    once = again(pod(), given)
    later = again(once.pod, given, options=Options(timestamp="2024-01-01T00:00:00Z"))
    assert later.pod is once.pod


def test_both_forms_count_as_there() -> None:
    given = sidecar_set(containers=[container("a")])
    once = again(pod(), given, options=Options(form="defaults"))
    assert again(once.pod, given).pod is once.pod


def test_newer_version_takes_the_place_of_the_older() -> None:
    old = sidecar_set(containers=[container("a"), container("b", podInjectPolicy="AfterAppContainer")])
    new = sidecar_set(containers=[container("c"), container("a", image="a:2")])
    made = again(again(pod(), old).pod, new)
    assert names(made) == ["c", "a", "main"]
    assert made.pod == again(pod(), new).pod


def test_removed_container_is_put_back() -> None:
    given = sidecar_set(containers=[container("a"), container("b")])
    once = again(pod(), given)
    spec: Any = once.pod["spec"]
    damaged: Any = {**once.pod, "spec": {**spec, "containers": spec["containers"][1:]}}
    assert again(damaged, given).pod == once.pod


def test_container_that_lost_its_mark_is_none_of_ours() -> None:
    given = sidecar_set(containers=[container("a")])
    once = again(pod(), given)
    spec: Any = once.pod["spec"]
    stripped: Any = {**once.pod, "spec": {**spec, "containers": [container("a"), container("main")]}}
    assert one(again(stripped, given), "a")["env"] == [MARK]


def test_present_set_is_left_beside_a_new_one() -> None:
    first, second = sidecar_set("a", containers=[container("a")]), sidecar_set("b", containers=[container("b")])
    made = again(again(pod(), first).pod, first, second)
    assert names(made) == ["b", "a", "main"]
    assert made.sidecar_sets == ("b",)
    assert annotations(made)[INJECTED_LIST] == "a,b"


@pytest.mark.parametrize("upgrade", ["ColdUpgrade", "HotUpgrade"])
def test_present_set_is_no_target_of_a_new_one_s_resources_policy(upgrade: str) -> None:
    limits: Any = {"limits": {"cpu": "1"}}
    first = sidecar_set("a", containers=[container("a", resources=limits, upgradeStrategy={"upgradeType": upgrade})])
    policy = {"targetContainersMode": "sum", "resourcesExpr": {"limits": {"cpu": "cpu"}}}
    second = sidecar_set("b", containers=[container("b", resourcesPolicy=policy)])
    given = pod(container("main", resources=limits))
    made = again(again(given, first).pod, first, second)
    assert one(made, "b") == one(again(given, first, second), "b")


def test_set_that_selects_no_more_is_left_alone() -> None:
    given = sidecar_set(containers=[container("a")])
    once = again(pod(), given)
    elsewhere = {**given, "spec": {**given["spec"], "selector": {"matchLabels": {"no": "one"}}}}
    assert again(once.pod, elsewhere).pod is once.pod


def test_volume_of_the_older_version_stays_and_is_named() -> None:
    old = sidecar_set(containers=[container("a", volumeMounts=[MOUNT])], volumes=[EMPTY_DIR])
    new = sidecar_set(containers=[container("a", image="a:2")])
    made = again(again(pod(), old).pod, new)
    assert [volume["name"] for volume in made.pod["spec"]["volumes"]] == ["v"]
    assert codes(made) == ["INJ002"]
    assert made.findings[0].severity is Severity.WARNING
    assert "volume v (nothing uses it any more)" in made.findings[0].message


def test_volume_that_the_application_uses_is_not_named() -> None:
    old = sidecar_set(containers=[container("a", volumeMounts=[MOUNT])], volumes=[EMPTY_DIR])
    new = sidecar_set(containers=[container("a", image="a:2")])
    given = pod(container("main", volumeMounts=[MOUNT]), volumes=[EMPTY_DIR])
    assert codes(again(again(given, old).pod, new)) == []


def test_volume_that_the_newer_version_means_otherwise_is_named() -> None:
    old = sidecar_set(containers=[container("a", volumeMounts=[MOUNT])], volumes=[EMPTY_DIR])
    other = {"name": "v", "emptyDir": {"medium": "Memory"}}
    new = sidecar_set(containers=[container("a", image="a:2", volumeMounts=[MOUNT])], volumes=[other])
    made = again(again(pod(), old).pod, new)
    assert made.pod["spec"]["volumes"] == [EMPTY_DIR]
    assert "volume v (as it was)" in made.findings[0].message


def test_volume_that_is_only_written_otherwise_is_the_same() -> None:
    old = sidecar_set(containers=[container("a", volumeMounts=[MOUNT])], volumes=[EMPTY_DIR])
    new = sidecar_set(containers=[container("a", image="a:2", volumeMounts=[MOUNT])], volumes=[{"name": "v"}])
    assert codes(again(again(pod(), old).pod, new)) == []


def test_plain_init_container_takes_its_turn_among_those_that_change() -> None:
    native = container("a", restartPolicy="Always")
    old = sidecar_set(initContainers=[native, container("b")])
    new = sidecar_set(initContainers=[{**native, "image": "a:2"}, container("b", image="b:2")])
    made = again(again(pod(), old).pod, new)
    assert made.pod == again(pod(), new).pod
    assert codes(made) == []


def test_init_container_that_another_set_brings_too_stays_where_it_is() -> None:
    other = sidecar_set("other", initContainers=[container("b")], containers=[container("o")])
    old = sidecar_set("set", initContainers=[container("b")], containers=[container("a")])
    new = sidecar_set("set", initContainers=[container("b")], containers=[container("a", image="a:2")])
    once = again(pod(), other, old).pod
    made = again(once, other, new)
    assert made.pod["spec"]["initContainers"] == once["spec"]["initContainers"]


def test_plain_init_container_of_the_older_version_is_named() -> None:
    old = sidecar_set(initContainers=[container("i")], containers=[container("a")])
    made = again(again(pod(), old).pod, sidecar_set(containers=[container("a", image="a:2")]))
    assert "init container i" in made.findings[0].message


def test_other_things_that_may_have_come_along_are_only_mentioned() -> None:
    old = sidecar_set(containers=[container("a")], imagePullSecrets=[{"name": "s"}])
    made = again(again(pod(metadata={"annotations": {"k": "v"}}), old).pod, sidecar_set(containers=[container("b")]))
    assert codes(made) == ["INJ003"]
    assert made.findings[0].severity is Severity.INFO
    assert made.findings[0].message.endswith("imagePullSecret s; annotation k")


def test_older_version_in_hand_goes_whole() -> None:
    old = sidecar_set(
        initContainers=[container("i")],
        containers=[container("a", volumeMounts=[MOUNT])],
        volumes=[EMPTY_DIR],
        imagePullSecrets=[{"name": "s"}],
        patchPodMetadata=[{"annotations": {"k": "v"}}],
    )
    new = sidecar_set(containers=[container("a", image="a:2")])
    made = again(again(pod(), old).pod, new, older=[old])
    assert made.pod == again(pod(), new).pod
    assert codes(made) == []


UNHASHED: Any = {
    "image of an init container": (
        {"initContainers": [container("i")]},
        {"initContainers": [container("i", tty=True)]},
    ),
    "volume": ({"volumes": [EMPTY_DIR]}, {"volumes": [{"name": "v", "hostPath": {"path": "/v"}}]}),
    "pull secret": ({"imagePullSecrets": [{"name": "old"}]}, {"imagePullSecrets": [{"name": "new"}]}),
    "annotation": (
        {"patchPodMetadata": [{"annotations": {"k": "old"}}]},
        {"patchPodMetadata": [{"annotations": {"k": "new"}}]},
    ),
}


@pytest.mark.parametrize(("before", "after"), UNHASHED.values(), ids=UNHASHED)
def test_older_version_in_hand_tells_what_its_hash_does_not(before: Any, after: Any) -> None:  # noqa: ANN401 - fields of a spec
    old, new = (sidecar_set(containers=[container("a", volumeMounts=[MOUNT])], **spec) for spec in (before, after))
    once = again(pod(), old)
    twice = again(once.pod, new, older=[old])
    assert twice.pod == again(pod(), new).pod
    assert again(twice.pod, new, older=[old]).pod == twice.pod
    assert again(once.pod, old, older=[old]).pod is once.pod


def test_older_versions_of_two_sets_go_together() -> None:
    old, new = (
        [
            sidecar_set(name, containers=[container(name, image=image)], imagePullSecrets=[{"name": secret}])
            for name, secret in (("a", "s"), ("b", "t"))
        ]
        for image in ("i:1", "i:2")
    )
    given = pod(imagePullSecrets=[{"name": "own"}])
    assert again(again(given, *old).pod, *new, older=[*reversed(old)]).pod == again(given, *new).pod


def test_replaced_container_is_replaced_again() -> None:
    given = pod(container("x"), container("main"), container("y"))
    old, new = (sidecar_set(containers=[container("main", image=image)]) for image in ("a:1", "a:2"))
    made = again(again(given, old).pod, new)
    assert names(made) == ["x", "main", "y"]
    assert made.pod == again(given, new).pod


def test_place_of_a_replaced_container_is_lost_with_its_sidecar() -> None:
    given = pod(container("x"), container("main"), container("y"))
    made = again(again(given, sidecar_set(containers=[container("main", image="a:1")])).pod, sidecar_set(containers=[]))
    assert codes(made) == ["UNI001"]
    assert made.findings[0].severity is Severity.WARNING
    assert made.findings[0].path == ("spec", "containers", 1)


def test_hot_upgrade_again() -> None:
    hot = {"upgradeType": "HotUpgrade", "hotUpgradeEmptyImage": "empty:1"}
    old, new = (sidecar_set(containers=[container("a", image=image, upgradeStrategy=hot)]) for image in ("a:1", "a:2"))
    made = again(again(pod(), old).pod, new)
    assert names(made) == ["a-1", "a-2", "main"]
    assert made.pod == again(pod(), new).pod
    assert again(made.pod, new).pod is made.pod


def test_unreadable_record_is_refused_as_the_webhook_does() -> None:
    given = pod(metadata={"annotations": {HASH: "junk"}})
    with pytest.raises(InjectionRefused, match=r"pod\(n/p\) invalid annotations"):
        again(given, sidecar_set(containers=[container("a")]))


MERGE = "MergePatchJson"


@pytest.mark.parametrize(
    ("first", "patches"),
    [
        ({}, [("s", MERGE, '{ "b": 1, "a": null }')]),
        ({"k": '{"u": 0}'}, [("s", MERGE, '{ "b": 1, "a": null }')]),
        ({}, [("s", MERGE, '{"x": 1}'), ("t", MERGE, '{"x": 2}')]),
        ({}, [("s", "Overwrite", "1"), ("t", "Overwrite", "2")]),
        ({"k": "0"}, [("s", "Retain", "1")]),
    ],
)
@pytest.mark.parametrize("with_containers", [(), ("s",), ("t",), ("s", "t")])
def test_patches_settle(first: Any, patches: Any, with_containers: Any) -> None:  # noqa: ANN401
    sets = [
        sidecar_set(
            name,
            containers=[container(f"c-{name}")] if name in with_containers else [],
            patchPodMetadata=[{"annotations": {"k": text}, "patchPolicy": policy}],
        )
        for name, policy, text in patches
    ]
    once = again(pod(metadata={"annotations": first}), *sets)
    assert again(once.pod, *sets).pod is once.pod


def test_changed_patch_of_a_set_without_containers_is_applied() -> None:
    old, new = (
        sidecar_set(containers=[], patchPodMetadata=[{"annotations": {"k": value}, "patchPolicy": "Overwrite"}])
        for value in "12"
    )
    assert annotations(again(again(pod(), old).pod, new)) == {"k": "2"}


def test_first_merge_is_the_webhooks_to_the_letter() -> None:
    patch = '{ "b": 1 }'
    given = sidecar_set(
        containers=[container("a")],
        patchPodMetadata=[{"annotations": {"k": patch}, "patchPolicy": MERGE}],
    )
    assert annotations(again(pod(metadata={"annotations": {"k": patch}}), given))["k"] == '{"b":1}'


VERSIONS = st.fixed_dictionaries(
    {
        "tag": st.integers(1, 2),
        "policy": st.sampled_from(["BeforeAppContainer", "AfterAppContainer"]),
        "has_volume": st.booleans(),
        "is_sorted_first": st.booleans(),
    }
)


def version(name: str, drawn: dict[str, Any]) -> Any:  # noqa: ANN401 - as `sidecar_set` gives it
    volume = {"name": f"v-{name}", "emptyDir": {}}
    mounts = [{"name": volume["name"], "mountPath": f"/{name}"}] if drawn["has_volume"] else []
    made = container(name, image=f"{name}:{drawn['tag']}", podInjectPolicy=drawn["policy"], volumeMounts=mounts)
    init = container(f"{'a' if drawn['is_sorted_first'] else 'z'}-{name}")
    return sidecar_set(name, containers=[made], initContainers=[init], volumes=[volume] if mounts else [])


@given(st.lists(st.tuples(VERSIONS, VERSIONS), min_size=1, max_size=3))
def test_with_the_older_versions_known_it_is_as_if_injected_for_the_first_time(drawn: list[tuple[Any, Any]]) -> None:
    pairs = [(version(name, old), version(name, new)) for name, (old, new) in zip("abc", drawn, strict=False)]
    older, newer = [old for old, _ in pairs], [new for _, new in pairs]
    first, fresh = again(pod(), *older).pod, again(pod(), *newer).pod

    made = again(first, *newer, older=[old for old, new in pairs if old != new])

    assert made.pod == fresh
    assert again(first, *newer, older=older).pod == fresh
    assert again(made.pod, *newer).pod is made.pod


@pytest.mark.parametrize("known", [True, False])
def test_what_does_not_change_keeps_its_timestamp(*, known: bool) -> None:
    old, new = (sidecar_set("a", containers=[container("a", image=f"a:{tag}")]) for tag in (1, 2))
    beside = sidecar_set("b", containers=[container("b")])
    first = again(pod(), old, beside, options=Options(timestamp="2024-01-01T00:00:00Z")).pod
    older = [old] if known else []

    untimed, timed = (
        again(first, new, beside, older=older, options=Options(timestamp=time))
        for time in (None, "2025-01-01T00:00:00Z")
    )

    assert times(untimed, HASH) == {"a": "1970-01-01T00:00:00Z", "b": "2024-01-01T00:00:00Z"}
    assert times(untimed, HASH_WITHOUT_IMAGE) == {"a": "2024-01-01T00:00:00Z", "b": "2024-01-01T00:00:00Z"}
    assert times(timed, HASH) == {"a": "2025-01-01T00:00:00Z", "b": "2024-01-01T00:00:00Z"}
    assert times(timed, HASH_WITHOUT_IMAGE) == times(timed, HASH)


def times(made: Injection, key: str) -> dict[str, str]:
    entries = json.loads(annotations(made)[key])
    return {name: entry["updateTimestamp"] for name, entry in entries.items()}


SECRET = {"name": "pull"}
RETAINED: Any = [{"patchPolicy": "Retain", "annotations": {"team": "a"}}]


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        ({"initContainers": [container("i")]}, {"initContainers": [container("i", image="i:2")]}, "init container i"),
        ({"initContainers": [container("i", args=["a"])]}, {"initContainers": [container("i")]}, "init container i"),
        ({}, {"imagePullSecrets": [SECRET]}, "imagePullSecret pull"),
        ({}, {"patchPodMetadata": RETAINED}, "annotation team"),
        ({}, {"volumes": [EMPTY_DIR]}, "volume v"),
    ],
)
def test_what_no_hash_speaks_of_is_named_where_it_is_another(before: Any, after: Any, named: str) -> None:  # noqa: ANN401 - fields of a spec
    sidecars: Any = {"containers": [container("a", volumeMounts=[MOUNT])]}
    once = again(pod(), sidecar_set(**sidecars, **before)).pod
    made = again(once, sidecar_set(**sidecars, **after))
    assert made.pod is once
    assert codes(made) == ["INJ001", "INJ007"]
    assert made.findings[1].message.startswith(f"{named}: ")


def test_what_a_cluster_adds_is_no_other_version() -> None:
    given = sidecar_set(
        initContainers=[container("i", env=[{"name": "A", "value": "1"}])],
        containers=[container("a")],
        volumes=[EMPTY_DIR],
    )
    once: Any = again(pod(), given).pod
    (first,) = once["spec"]["initContainers"]
    token = {"name": "token", "mountPath": "/var/run/secrets"}
    grown = {**first, "imagePullPolicy": "IfNotPresent", "volumeMounts": [token], "resources": {"limits": {"cpu": "1"}}}
    live = {**once, "spec": {**once["spec"], "initContainers": [grown], "volumes": [{"name": "token", "emptyDir": {}}]}}
    assert codes(again(live, given)) == ["INJ001"]


def test_volume_of_the_pod_s_own_is_no_older_version() -> None:
    given = sidecar_set(
        containers=[container("a", volumeMounts=[MOUNT])], volumes=[{"name": "v", "emptyDir": {"medium": "Memory"}}]
    )
    once = again(pod(volumes=[EMPTY_DIR]), given).pod
    assert codes(again(once, given)) == ["INJ001"]
