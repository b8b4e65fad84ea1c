"""Why a Pod gets no sidecars: the true cause comes first (testdata/why)."""

import json
from typing import Any

import pytest
from casefolder import Case, cases
from commandline import Ran, executed
from doors.shell import Exit


def asked(case: Case, *flags: str) -> Ran:
    """Ask about the workloads of a case; without a name in its flags, about each of them."""
    cluster = ["--cluster", "cluster.yaml"] if (case.folder / "cluster.yaml").exists() else []
    return executed(["why", *case.inputs, *cluster, *case.flags, *flags])


@pytest.mark.parametrize("case", cases("why"))
def test_why(case: Case, monkeypatch: pytest.MonkeyPatch, *, update: bool) -> None:
    monkeypatch.chdir(case.folder)
    ran = asked(case)
    answer = f"{ran.stdout.decode()}{ran.stderr.decode()}exit code {ran.code}\n"
    expected = case.folder / "answer.txt"
    if update:
        expected.write_text(answer, encoding="utf-8")
    assert answer == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("case", cases("why"))
def test_the_true_cause_comes_first(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(case.folder)
    reasons = case.lines("reason.txt")
    if not reasons:
        return
    first = workloads(asked(case, "--output", "json"))[0]["sidecarSets"][0]
    assert [first["reason"]] == reasons
    assert first["selected"] == (first["reason"] in {"Selected", "Injected", "CreatedWithoutSidecars"})


@pytest.mark.parametrize("case", cases("why"))
def test_what_is_selected_is_what_inject_adds(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(case.folder)
    for one in workloads(asked(case, "--output", "json")):
        is_selected = any(answer["selected"] for answer in one["sidecarSets"])
        assert is_selected or not one["adds"]


def workloads(ran: Ran) -> list[Any]:
    """What the answer says of each workload."""
    if ran.code != Exit.OK:
        return []
    found: list[Any] = json.loads(ran.stdout)["workloads"]
    return found
