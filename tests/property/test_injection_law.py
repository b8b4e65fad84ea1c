"""Injection, from bytes to bytes: what it makes is what the rules say, it is done at once, and nothing else moves."""

from pathlib import Path
from typing import Any

import pytest
from chooser import Json
from comparing import has_all, has_empties
from doors.shell import Exit
from doors.yamledit import Value, same
from hypothesis import given
from manifests import KINDS, template_path
from scenes import FEWER, Scene, injected, scenes, values

import sidecarctl


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("law")


@FEWER
@given(scenes())
def test_the_output_says_what_the_rules_say_and_the_rest_stays(folder: Path, scene: Scene) -> None:
    output = injected(folder, scene).stdout
    before, after = values(scene.data), values(output)

    assert same(after, [expected(value, scene.sets) for value in before])
    if has_all(before, after) and not has_empties(before) and not scene.has_anchors and not scene.ends_open:
        assert is_within(scene.data, output)


@FEWER
@given(scenes())
def test_twice_is_once(folder: Path, scene: Scene) -> None:
    output = injected(folder, scene).stdout

    again = scene.run(folder, "inject", output)

    assert again.code == Exit.OK, again.stderr.decode()
    assert again.stdout == output


@FEWER
@given(scenes())
def test_all_roads_give_the_same_bytes(folder: Path, scene: Scene) -> None:
    output = injected(folder, scene).stdout

    assert scene.run(folder, "inject", scene.data, "--verify=fast").stdout == output
    assert b"".join(change.output for change in sidecarctl.inject_stream([scene.data], scene.sets)) == output


def is_within(data: bytes, output: bytes) -> bool:
    """Whether all that is not blank stands in the output, in its order."""
    left = iter(output)
    return all(byte in left for byte in data if not bytes([byte]).isspace())


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
