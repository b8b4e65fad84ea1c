"""One fault has one code and one sentence, whichever command meets it."""

import json
from pathlib import Path
from typing import Any

import pytest
from casefolder import TESTDATA, Case
from commandline import executed

WORKLOAD = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: the-workload}
spec:
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: main, image: "web:1"}]
"""
_OTHER_SUBJECTS = ("CHK", "POD", "PSS", "WRN", "INP")  # Pods, and advice that only check gives


def faults(command: str, arguments: list[str]) -> set[tuple[str, str]]:
    """The codes and sentences of the errors that a command reports about SidecarSets."""
    report = Path("report.json")
    report.unlink(missing_ok=True)
    executed([command, *arguments, f"--report=json={report}"])
    found: list[Any] = json.loads(report.read_text(encoding="utf-8"))["findings"] if report.exists() else []
    return {
        (one["code"], one["message"])
        for one in found
        if one["severity"] == "error" and not one["code"].startswith(_OTHER_SUBJECTS)
    }


def refused(case: Case) -> bool:
    """Whether `check` refuses a SidecarSet of a case that only the input tells about."""
    text = (case.folder / "findings.txt").read_text(encoding="utf-8")
    is_plain = case.inputs == ["input.yaml"] and not case.flags and not (case.folder / "cluster.yaml").exists()
    return is_plain and ": error: sidecarset/" in text


FOLDERS = sorted((TESTDATA / "check").iterdir())
REFUSED = [case for case in map(Case, FOLDERS) if refused(case)]


def test_there_are_invalid_sets() -> None:
    assert len(REFUSED) > 50


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.folder.name)
def test_the_same_code_and_sentence(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    given = str(TESTDATA / "check" / case.folder.name / "input.yaml")
    Path("workload.yaml").write_text(WORKLOAD, encoding="utf-8")
    said = faults("check", [given])
    assert said
    assert faults("admit", [given]) == said
    assert faults("inject", [given]) == said
    told = executed(["why", "--sidecarset", given, "workload.yaml", "--output=json"])
    answers = [one for each in json.loads(told.stdout)["workloads"] for one in each["sidecarSets"]]
    of_refusals = [f"{one['message']} {one.get('refusal', '')}" for one in answers]
    assert any(f"{message} [{code}]" in text for code, message in said for text in of_refusals)
