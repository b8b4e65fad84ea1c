"""SidecarSets beside the one that is judged: conflicts, bases of canaries, the one that is replaced."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from doors.sidecarset import selectors_overlap
from refusals import ALPHA, CONTAINER, config, refusals, sidecar_set

HEAD = "spec.containers: Invalid value: "
TAKEN = f'{HEAD}"c1": container c1 already exist in s2'
EVERYTHING = config('{"rules":[{"allowedAnnotationKeyExprs":["."]}]}')


def named(name: str, spec: Mapping[str, Any] | None = None, **metadata: Any) -> dict[str, Any]:  # noqa: ANN401 - any metadata
    return sidecar_set(spec, name=name, **metadata)


def canary_of(base: str, name: str = "can", kind: str = "NotUpdate") -> dict[str, Any]:
    marks = {"apps.kruise.io/sidecarset-canary": "true", "apps.kruise.io/sidecarset-base": base}
    return named(name, {"updateStrategy": {"type": kind}}, annotations=marks)


def details(told: Sequence[str]) -> list[str]:
    return [sentence.rpartition("}: ")[2] for sentence in told]


def labels(**wanted: str) -> dict[str, Any]:
    return {"matchLabels": wanted}


def asking(key: str, operator: str, *values: str) -> dict[str, Any]:
    return {"matchExpressions": [{"key": key, "operator": operator, "values": [*values]}]}


def patching(policy: str) -> dict[str, Any]:
    return {"patchPodMetadata": [{"annotations": {"k": "v"}, "patchPolicy": policy}]}


def test_containers_and_volumes_may_not_meet() -> None:
    brought = {
        "initContainers": [{"name": "i1", "image": "i"}],
        "volumes": [{"name": "v", "emptyDir": {}}],
        "updateStrategy": {"type": "NotUpdate"},
    }
    other = named("s2", {**brought, "volumes": [{"name": "v", "hostPath": {"path": "/v"}}]})
    assert refusals(sidecar_set(brought), others=[other]) == [
        f'{HEAD}"i1": container i1 already exist in s2',
        TAKEN,
        'spec.volumes: Invalid value: "v": volume v is in conflict with sidecarset s2',
    ]
    assert refusals(sidecar_set(brought), others=[named("s2", brought)]) == [
        f'{HEAD}"i1": container i1 already exist in s2',
        TAKEN,
    ]


def test_a_set_never_meets_itself() -> None:
    assert refusals(sidecar_set(), others=[sidecar_set()]) == []


def test_what_is_wrong_already_hides_conflicts() -> None:
    assert refusals(sidecar_set(labels={"a": "-"}), others=[named("s2")])[1:] == []


def test_of_two_rivals_the_last_is_named() -> None:
    assert refusals(sidecar_set(), others=[named("s3"), named("s2")]) == [
        f'{HEAD}"c1": container c1 already exist in s3'
    ]


def test_what_no_cluster_could_hold_is_no_rival() -> None:
    assert refusals(sidecar_set(), others=[{**named("s2"), "spec": {"containers": 1}}]) == []


@pytest.mark.parametrize(
    ("scope", "other_scope", "version", "told"),
    [
        ({"namespaceSelector": labels(n="1")}, {"namespaceSelector": labels(n="2")}, None, []),
        ({"namespaceSelector": labels(n="1")}, {}, None, [TAKEN]),
        ({"namespace": "n1"}, {"namespace": "n2"}, None, []),
        ({"namespace": "n1"}, {"namespaceSelector": labels(team="x")}, None, [TAKEN]),
        ({"namespace": "n1"}, {"namespace": "n2"}, "1.8", []),
        ({"namespace": "n1"}, {"namespace": "n1"}, "1.8", [TAKEN]),
        ({"namespace": "n1"}, {"namespaceSelector": labels(team="x")}, "1.8", [TAKEN]),
        ({"namespace": "n1"}, {"namespaceSelector": labels(team="y")}, "1.8", []),
        ({"namespace": "n2"}, {"namespaceSelector": labels(team="x")}, "1.8", []),
        ({"namespaceSelector": labels(team="x")}, {"namespace": "n1"}, "1.8", []),
        ({"namespaceSelector": labels(team="x")}, {"namespaceSelector": labels(team="x")}, "1.8", [TAKEN]),
        ({}, {"namespace": "n1"}, "1.8", [TAKEN]),
    ],
)
def test_namespaces_keep_sets_apart(
    scope: Mapping[str, Any], other_scope: Mapping[str, Any], version: str | None, told: Sequence[str]
) -> None:
    other = sidecar_set(other_scope, ALPHA, name="s2")
    namespaces = [{"metadata": {"name": "n1", "labels": {"team": "x"}}}]
    assert refusals(sidecar_set(scope, ALPHA), version, others=[other], namespaces=namespaces) == told


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        (labels(x="y"), asking("z", "Exists"), False),
        (labels(x="y"), labels(z="y"), True),
        (asking("z", "Exists"), asking("z", "NotIn", "q"), False),
        (asking("z", "Exists"), asking("z", "Exists"), True),
        (labels(a="h"), labels(a="h"), True),
        (labels(a="h"), labels(a="i"), False),
        (labels(a="h", b="i", c="j"), labels(a="h", b="x", c="j"), False),
        (labels(a="h"), asking("a", "In", "h", "i", "j"), True),
        (labels(a="h"), asking("a", "In", "i", "j"), False),
        (asking("a", "NotIn", "h", "i"), labels(a="h"), False),
        (labels(a="h"), asking("a", "Exists"), True),
        (asking("a", "DoesNotExist"), labels(a="h"), False),
        (asking("a", "NotIn", "h"), asking("a", "NotIn", "h"), True),
        (asking("a", "Like", "h"), labels(a="i"), True),
    ],
)
def test_selectors_overlap_as_openkruise_sees_it(
    one: Mapping[str, Any], other: Mapping[str, Any], *, overlap: bool
) -> None:
    assert selectors_overlap(one, other) is overlap
    assert selectors_overlap(other, one) is overlap


@pytest.mark.parametrize(
    ("policy", "other_policy", "conflict"),
    [
        ("Overwrite", "MergePatchJson", True),
        ("MergePatchJson", "Overwrite", True),
        ("Retain", "Overwrite", False),
        ("Overwrite", "Retain", False),
        ("MergePatchJson", "MergePatchJson", False),
    ],
)
def test_annotations_are_overwritten_by_one_set(policy: str, other_policy: str, *, conflict: bool) -> None:
    other = named("s2", {**patching(other_policy), "containers": [{"name": "c2", "image": "i"}]})
    told = refusals(sidecar_set(patching(policy)), others=[other], kruise_config=EVERYTHING)
    sentence = 'spec.patchPodMetadata: Invalid value: "k": annotation k is in conflict with sidecarset s2'
    assert told == [sentence] * conflict


def test_a_canary_needs_a_base_and_patience() -> None:
    assert details(refusals(canary_of("can", kind="RollingUpdate"))) == [
        "base sidecarSet cannot be itself",
        'fetch base sidecarSet[can] failed: sidecarsets.apps.kruise.io "can" not found',
        "RollingUpdate is not supported for canary sidecarSet",
    ]
    assert refusals(canary_of("can", kind="RollingUpdate"), "1.9") == []


def test_a_canary_may_be_like_its_base_but_not_the_other_way_round() -> None:
    assert refusals(canary_of("s1"), others=[sidecar_set()]) == []
    assert refusals(sidecar_set(), others=[canary_of("s1")]) == [f'{HEAD}"c1": container c1 already exist in can']
    assert details(refusals(canary_of("can", "can2"), others=[canary_of("s1")])) == ["base sidecarSet cannot be canary"]


def test_a_canary_keeps_its_base() -> None:
    bases = [named("b1"), named("b2")]
    others = [*bases, canary_of("b1")]
    assert refusals(canary_of("b1"), old=canary_of("b1"), others=others[:1]) == []
    told = refusals(canary_of("b2"), old=canary_of("b1"), others=bases)
    assert details(told) == ["annotations[apps.kruise.io/sidecarset-base] is immutable"]


@pytest.mark.parametrize(
    ("containers", "told"),
    [
        ([CONTAINER], []),
        ([{"name": "c0", "image": "other"}, {**CONTAINER, "image": "new"}], []),
        (
            [CONTAINER, {"name": "c2", "image": "i"}],
            ['spec.containers.name: Invalid value: "c2": container c2 is not found'],
        ),
        (
            [{**CONTAINER, "upgradeStrategy": {"upgradeType": "HotUpgrade"}}],
            ['spec.containers.upgradeStrategy.upgradeType: Invalid value: "c1": container c1 upgradeType is immutable'],
        ),
    ],
)
def test_an_update_may_take_containers_away(containers: Sequence[Mapping[str, Any]], told: Sequence[str]) -> None:
    old = sidecar_set({"containers": [CONTAINER, {"name": "c0", "image": "i"}]})
    assert refusals(sidecar_set({"containers": containers}), old=old) == told
