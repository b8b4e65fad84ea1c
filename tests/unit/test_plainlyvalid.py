"""What is plainly valid, the webhook lets in; and the SidecarSets that people write first are plain."""

import copy
from typing import Any

import pytest
from conformance import cases
from hypothesis import given
from hypothesis import strategies as st

from sidecarctl.sidecarset.plainlyvalid import are_plainly_valid, is_plainly_valid
from sidecarctl.sidecarset.validate.context import ValidationContext
from sidecarctl.sidecarset.validate.webhook import validate
from sidecarctl.upstream.release import release_for

BASIC: dict[str, Any] = {
    "apiVersion": "apps.kruise.io/v1alpha1",
    "kind": "SidecarSet",
    "metadata": {"name": "test-sidecarset"},
    "spec": {
        "selector": {
            "matchLabels": {"app": "nginx", "app.kubernetes.io/name": "web"},
            "matchExpressions": [
                {"key": "example.com/tier", "operator": "In", "values": ["a", "b"]},
                {"key": "legacy", "operator": "DoesNotExist"},
            ],
        },
        "namespace": "ns-1",
        "updateStrategy": {"type": "RollingUpdate", "maxUnavailable": 1},
        "containers": [
            {
                "name": "sidecar1",
                "image": "centos:6.7",
                "command": ["sleep", "999d"],
                "env": [{"name": "LEVEL", "value": "info"}],
                "resources": {"limits": {"cpu": "200m", "memory": "64Mi"}, "requests": {"cpu": "100m"}},
                "volumeMounts": [{"name": "log-volume", "mountPath": "/var/log"}],
                "shareVolumePolicy": {"type": "enabled"},
                "podInjectPolicy": "AfterAppContainer",
            }
        ],
        "volumes": [{"name": "log-volume", "emptyDir": {}}],
        "imagePullSecrets": [{"name": "my-secret"}],
    },
}
OTHER: dict[str, Any] = {
    **BASIC,
    "metadata": {"name": "other"},
    "spec": {
        **BASIC["spec"],
        "containers": [{"name": "sidecar2", "image": "centos:6.7"}],
        "volumes": [{"name": "another-volume", "emptyDir": {}}],
    },
}
STRANGE = ["", " ", "A b", "x" * 300, "/..", "-", "a.b", "Ümlaut", None, 0, -1, True, [], {}, [""], {"name": ""}, 2**40]
STRANGE += [
    "300m",
    "1",
    "1Gi",
    "1.5",
    "a/b",
    "A/b",
    "a/",
    "x.y/z",
    "Exists",
    "In",
    ["a"],
    {"a/b": "c"},
    {"cpu": "300m"},
]


def test_what_people_write_first_is_plain() -> None:
    assert is_plainly_valid(BASIC)


@pytest.mark.parametrize("version", ["1.5", "1.6", "1.7", "1.8", "1.9", "next"])
def test_what_is_plain_is_valid_in_every_release(version: str) -> None:
    assert validate(BASIC, ValidationContext(others=(), release=release_for(version))) == []


@pytest.mark.parametrize("version", ["1.5", "1.6", "1.7", "1.8", "1.9", "next"])
def test_what_is_plain_together_is_valid_in_every_release(version: str) -> None:
    assert are_plainly_valid([BASIC, OTHER])
    assert validate(BASIC, ValidationContext(others=(OTHER,), release=release_for(version))) == []
    assert validate(OTHER, ValidationContext(others=(BASIC,), release=release_for(version))) == []


@pytest.mark.parametrize(("part", "name"), [("containers", "sidecar1"), ("volumes", "log-volume")])
def test_what_brings_the_same_is_not_plain_together(part: str, name: str) -> None:
    other = copy.deepcopy(OTHER)
    other["spec"][part][0]["name"] = name

    assert is_plainly_valid(other)
    assert not are_plainly_valid([BASIC, other])


def test_two_of_one_name_are_not_plain_together() -> None:
    assert not are_plainly_valid([BASIC, {**OTHER, "metadata": BASIC["metadata"]}])


def test_no_refused_case_is_plain() -> None:
    refused = [case["case"]["sidecarSets"][0] for case in cases("validate") if case["answer"].get("invalid")]

    assert refused
    assert not [one["metadata"]["name"] for one in refused if is_plainly_valid(one) and validate(one)]


def _paths(value: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, item in inner for found in _paths(item, (*path, key)))]


BENDS = st.lists(st.tuples(st.sampled_from(_paths(BASIC)[1:]), st.sampled_from(STRANGE)), max_size=2)


@given(BENDS)
def test_what_is_plain_is_valid_however_it_is_bent(changes: list[tuple[tuple[Any, ...], Any]]) -> None:
    bent = _bent(BASIC, changes)
    if is_plainly_valid(bent):
        assert validate(bent) == []


@given(BENDS, st.lists(st.tuples(st.sampled_from(_paths(OTHER)[1:]), st.sampled_from([*STRANGE, "sidecar1"]))))
def test_what_is_plain_together_is_valid_however_it_is_bent(
    changes: list[tuple[tuple[Any, ...], Any]], others: list[tuple[tuple[Any, ...], Any]]
) -> None:
    one, other = _bent(BASIC, changes), _bent(OTHER, others)
    if are_plainly_valid([one, other]):
        assert validate(one, ValidationContext(others=(other,))) == []
        assert validate(other, ValidationContext(others=(one,))) == []


def _bent(sidecar_set: dict[str, Any], changes: list[tuple[tuple[Any, ...], Any]]) -> dict[str, Any]:
    bent = copy.deepcopy(sidecar_set)
    for path, strange in changes:
        parent: Any = bent
        try:
            for part in path[:-1]:
                parent = parent[part]
            parent[path[-1]] = strange
        except (KeyError, IndexError, TypeError):
            continue
    return bent
