"""Injection, from bytes to bytes: what it makes is what the rules say, it is done at once, and nothing else moves."""

from pathlib import Path
from typing import Any

import pytest
from chooser import Json
from hypothesis import assume, given
from manifests import KINDS, template_path
from scenes import Scene, scenes, values

import sidecarctl
from sidecarctl.shell.exits import Exit
from sidecarctl.yamledit.value import Value, same

REFUSED_BY_WEBHOOK = b"the webhook refuses this Pod"  # no JSON to merge, nothing to reckon resources with


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("law")


@given(scenes())
def test_the_output_says_what_the_rules_say(folder: Path, scene: Scene) -> None:
    output = injected(folder, scene)

    assert same(values(output), [expected(value, scene.sets) for value in values(scene.data)])


@given(scenes())
def test_twice_is_once(folder: Path, scene: Scene) -> None:
    output = injected(folder, scene)

    again = scene.run(folder, "inject", output)

    assert again.code == Exit.OK, again.stderr.decode()
    assert again.stdout == output


@given(scenes())
def test_the_python_api_gives_the_same_bytes(folder: Path, scene: Scene) -> None:
    output = injected(folder, scene)

    assert b"".join(change.output for change in sidecarctl.inject_stream([scene.data], scene.sets)) == output


@given(scenes())
def test_the_short_road_gives_the_same_bytes(folder: Path, scene: Scene) -> None:
    output = injected(folder, scene)

    assert scene.run(folder, "inject", scene.data, "--verify=fast").stdout == output


def injected(folder: Path, scene: Scene) -> bytes:
    """What the command makes of a scene that the webhook would let in."""
    ran = scene.run(folder, "inject", scene.data)
    assume(not (ran.code == Exit.REFUSED and REFUSED_BY_WEBHOOK in ran.stderr))
    assert ran.code == Exit.OK, ran.stderr.decode()
    return ran.stdout


def expected(value: Value, sets: list[Json]) -> Any:  # noqa: ANN401 - any value
    """What the Python API makes of the Pods in one document."""
    if not isinstance(value, dict):
        return value
    if value.get("kind") == "List":
        items = value["items"]
        assert isinstance(items, list)
        return {**value, "items": [expected(item, sets) for item in items]}
    return _at(value, template_path(str(value["kind"])), value, sets) if value.get("kind") in KINDS else value


def _at(value: Any, path: tuple[str, ...], owner: Any, sets: list[Json]) -> Any:  # noqa: ANN401 - likewise
    if path:
        return {**value, path[0]: _at(value[path[0]], path[1:], owner, sets)}
    metadata = value.get("metadata") or {}
    named = {**metadata, "namespace": owner["metadata"].get("namespace") or "default"}
    pod: Any = sidecarctl.inject({**value, "metadata": named}, sets).pod
    annotations = pod["metadata"].get("annotations")
    changed = {} if annotations is None else {"metadata": {**metadata, "annotations": annotations}}
    return {**value, **changed, "spec": pod["spec"]}
