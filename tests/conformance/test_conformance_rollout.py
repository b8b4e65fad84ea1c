"""Rollouts against OpenKruise's own, round by round."""

from typing import Any

import pytest
from conformance import cases, normalised
from doors.sidecarset import RolloutContext, RolloutPlan, rollout_plan, status
from doors.upstream import release_for

PLAYED_BY_THE_CLUSTER = ("resourceVersion", "lastState", "imageID")


def _planned(case: Any, version: str | None = None) -> RolloutPlan:  # noqa: ANN401 - any case
    return rollout_plan(case["sidecarSets"][0], case["pods"], _context(case, version))


def _context(case: Any, version: str | None = None) -> RolloutContext:  # noqa: ANN401 - any case
    return RolloutContext(
        namespaces=case["namespaces"],
        never_ready=frozenset(case["broken"]),
        release=release_for(version),
    )


def _rounds(answer: Any) -> list[Any]:  # noqa: ANN401 - any answer
    """The rounds in which Pods change, and the status after them; the same of an answer as of a plan."""
    changing = [r for r in answer["rounds"] if r["changed"]]
    return [*((r["status"], set(r["changed"])) for r in changing), answer["rounds"][-1]["status"]]


def _rounds_of(made: RolloutPlan) -> list[Any]:
    return [*((r.status, {*r.pods, *r.resets}) for r in made.rounds), made.final_status]


def _without(value: Any, keys: tuple[str, ...]) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, list):
        return [_without(item, keys) for item in value]
    if isinstance(value, dict):
        return {key: _without(item, keys) for key, item in value.items() if key not in keys}
    return value


@pytest.mark.parametrize("line", [pytest.param(line, id=line["case"]["id"]) for line in cases("rollout")])
def test_a_plan_is_what_openkruise_does(line: Any) -> None:  # noqa: ANN401 - any line
    case, answer = line["case"], line["answer"]
    made = _planned(case)
    assert _rounds_of(made) == _rounds(answer)
    assert made.revision == answer["revisions"][0]["metadata"]["name"]
    assert sorted(made.not_upgradable) == answer["rounds"][-1].get("notUpgradable", [])
    for round_ in made.rounds:
        assert sorted(round_.not_upgradable) == answer["rounds"][round_.number - 1].get("notUpgradable", [])
    assert status(case["sidecarSets"][0], case["pods"], _context(case)) == answer["rounds"][0]["status"]


@pytest.mark.parametrize(
    "line", [pytest.param(line, id=line["case"]["id"]) for line in cases("rollout") if "pods" in line["answer"]]
)
def test_the_pods_end_as_openkruise_leaves_them(line: Any) -> None:  # noqa: ANN401 - any line
    left = _without(normalised(_planned(line["case"]).final_pods), PLAYED_BY_THE_CLUSTER)
    assert left == _without(line["answer"]["pods"], PLAYED_BY_THE_CLUSTER)


@pytest.mark.parametrize(
    ("version", "case", "answer"),
    [
        pytest.param(version, line["case"], told["answer"], id=f"{line['case']['id']}-{version}")
        for line in cases("versions/rollout")
        for told in line["answers"]
        for version in told["versions"]
    ],
)
def test_each_release_rolls_in_its_own_way(version: str, case: Any, answer: Any) -> None:  # noqa: ANN401 - any case
    made = _planned(case, version)
    assert _rounds_of(made) == _rounds(answer)
    assert [made.revision] == answer["revisions"]
    assert sorted(made.not_upgradable) == answer["rounds"][-1].get("notUpgradable", [])
