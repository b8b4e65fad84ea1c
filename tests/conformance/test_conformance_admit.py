"""What `admit` stores is what OpenKruise stores, in every release, and so are the names of its revisions."""

from typing import Any

import pytest
from conformance import cases, normalised
from doors.sidecarset import admit, controller_revision, revision_name
from doors.upstream import release_for

CASES = list(cases("admit"))
ROLLOUTS = list(cases("rollout"))


def by_version(name: str) -> list[Any]:
    return [
        pytest.param(case["case"], answer["answer"], version, id=f"{case['case']['id']}-{version}")
        for case in cases(name)
        for answer in case["answers"]
        for version in answer["versions"]
    ]


@pytest.mark.parametrize("case", CASES, ids=[case["case"]["id"] for case in CASES])
def test_stores_what_the_newest_release_stores(case: Any) -> None:  # noqa: ANN401 - any JSON value
    stored = admit(case["case"]["sidecarSets"][0])
    assert normalised(stored) == case["answer"]["sidecarSets"][0]


@pytest.mark.parametrize(("case", "answer", "version"), by_version("versions/admit"))
def test_stores_what_each_release_stores(case: Any, answer: Any, version: str) -> None:  # noqa: ANN401 - any JSON value
    stored = admit(case["sidecarSets"][0], release_for(version))
    assert normalised(stored) == answer["sidecarSets"][0]


@pytest.mark.parametrize("case", CASES, ids=[case["case"]["id"] for case in CASES])
def test_admitting_twice_changes_nothing(case: Any) -> None:  # noqa: ANN401 - any JSON value
    stored = admit(case["case"]["sidecarSets"][0])
    assert admit(stored) == stored


@pytest.mark.parametrize("case", ROLLOUTS, ids=[case["case"]["id"] for case in ROLLOUTS])
def test_names_and_fills_a_revision_as_the_newest_release_does(case: Any) -> None:  # noqa: ANN401 - any JSON value
    made = normalised(controller_revision(admit(case["case"]["sidecarSets"][0])))
    answered = case["answer"]["revisions"][-1]
    assert made["data"] == answered["data"]
    assert [made["metadata"][key] for key in ("name", "labels", "annotations")] == [
        answered["metadata"][key] for key in ("name", "labels", "annotations")
    ]


@pytest.mark.parametrize(("case", "answer", "version"), by_version("versions/rollout"))
def test_names_a_revision_as_each_release_does(case: Any, answer: Any, version: str) -> None:  # noqa: ANN401 - any JSON value
    release = release_for(version)
    assert revision_name(admit(case["sidecarSets"][0], release), release) == answer["revisions"][-1]
