"""Stages as `plan --steps` makes them (testdata/rollout/steps-*): each can be applied, and does what the plan says."""

import json
from pathlib import Path
from typing import Any

import pytest
from casefolder import TESTDATA
from commandline import executed
from shortpods import cluster_dump, pods_of, value_of
from test_rollout import FOLDERS, arguments, lines

import sidecarctl
from sidecarctl import Severity

CASES = [folder for folder in FOLDERS if folder.name.startswith("steps-") and (folder / "plan.txt").exists()]

Json = dict[str, Any]


def command_line(folder: Path, dump: Path) -> list[str]:
    """Return the arguments of a case, without its form of output."""
    flags = [flag for flag in lines(folder / "flags.txt") if not flag.startswith("--output")]
    return [*arguments(folder, dump, "plan"), *flags]


def document_of(command: list[str]) -> Json:
    """Return the stages as a document."""
    ran = executed([*command, "--output=json"])
    assert ran.code == 0, ran.stderr.decode()
    made: Json = json.loads(ran.stdout)
    return made


def merged(value: Any, patch: Any) -> Any:  # noqa: ANN401 - any JSON
    """Apply a JSON merge patch as RFC 7386 spells it."""
    if not isinstance(patch, dict):
        return patch
    result = dict(value) if isinstance(value, dict) else {}
    for key, change in patch.items():
        if change is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), change)
    return result


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_patches(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The webhook takes each, and none depends on what stood there before."""
    monkeypatch.chdir(folder)
    stages = document_of(command_line(folder, tmp_path / "pods.json"))["stages"]
    written = value_of(folder / "sidecarset.yaml")
    staged = [merged(written, stage["patch"]) for stage in stages]
    for stage, wanted in zip(stages, staged, strict=True):
        found = sidecarctl.validate(wanted, old=value_of(folder / "before.yaml"))
        assert [finding.message for finding in found if finding.severity is Severity.ERROR] == []
        assert all(merged(other, stage["patch"]) == wanted for other in staged)


@pytest.mark.parametrize(
    "folder", [one for one in CASES if (one / "pods.yaml").exists()], ids=lambda folder: folder.name
)
def test_simulation(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever applies the patches one after the other gets the Pods and the status that were promised."""
    monkeypatch.chdir(folder)
    command = [flag for flag in command_line(folder, tmp_path / "pods.json") if not flag.startswith("--rounds")]
    never_ready = [f"default/{flag.partition('=')[2]}" for flag in command if flag.startswith("--never-ready")]
    pods: Any = pods_of(folder)
    for stage in document_of(command)["stages"]:
        made = sidecarctl.plan(
            merged(value_of(folder / "sidecarset.yaml"), stage["patch"]), pods, never_ready=never_ready
        )
        assert [pod for round_ in made.rounds for pod in round_.pods] == stage["pods"]
        assert (made.final_status, len(made.rounds)) == (stage["status"], stage["rounds"])
        pods = made.final_pods


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_written_in_place(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stage after stage in one file: the plan stays the same, and so does all but the updateStrategy."""
    monkeypatch.chdir(folder)
    original = (folder / "sidecarset.yaml").read_text()
    file = tmp_path / "set.yaml"
    file.write_text(original)
    command = [
        str(file) if word == "sidecarset.yaml" else word for word in command_line(folder, tmp_path / "pods.json")
    ]
    planned = document_of(command)
    for number, stage in enumerate(planned["stages"], 1):
        assert executed([*command, "-i", f"--step={number}"]).code == 0
        text = file.read_text()
        assert value_of(file) == merged(value_of(folder / "sidecarset.yaml"), stage["patch"])
        assert around_strategy(text) == around_strategy(original)
        assert document_of(command) == planned
        assert executed([*command, "-i", f"--step={number}"]).code == 0
        assert file.read_text() == text


def test_more_groups_than_anybody_writes_one_by_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder := TESTDATA / "rollout" / "steps-group-by-label")
    (tmp_path / "before.yaml").write_text((folder / "before.yaml").read_text())
    (tmp_path / "pods.yaml").write_text("".join(f"- pods: web-{n}\n  labels: {{zone: z{n}}}\n" for n in range(101)))
    dump = tmp_path / "pods.json"
    dump.write_bytes(cluster_dump(tmp_path))
    command = ["plan", "--sidecarset=sidecarset.yaml", f"--cluster={dump}", "--group-by=zone"]
    refused = executed(command)
    assert (refused.code, b"--group-by would make 101 stages" in refused.stderr) == (2, True)
    taken_together = executed([*command, "--steps=10%,100%"])
    assert b"selector zone in (z0,z1,z2,z3,z4,z5 and 5 more)" in taken_together.stdout


def around_strategy(text: str) -> list[str]:
    """Return the lines outside the updateStrategy."""
    kept, is_inside = [], False
    for line in text.splitlines():
        is_inside = line.startswith("  updateStrategy:") or (is_inside and line.startswith("   "))
        kept += [] if is_inside else [line]
    return kept
