"""Rollouts as `plan` and `status` show them (testdata/rollout)."""

import re
from pathlib import Path

import pytest
from casefolder import TESTDATA
from commandline import Ran, executed
from shortpods import cluster_dump

FOLDERS = sorted(path for path in (TESTDATA / "rollout").iterdir() if path.is_dir())


def arguments(folder: Path, dump: Path, command: str) -> list[str]:
    """Return the arguments of a command on the Pods of a case."""
    cluster = ["--cluster", "cluster.yaml"] if (folder / "cluster.yaml").exists() else []
    before = ["--from", "before.yaml"] if (folder / "before.yaml").exists() else []
    workloads = ["workloads.yaml"] if (folder / "workloads.yaml").exists() else []
    if (folder / "pods.yaml").exists():
        dump.write_bytes(cluster_dump(folder))
        cluster = ["--cluster", str(dump), *cluster]
    return [command, "--sidecarset", "sidecarset.yaml", *before, *cluster, *workloads]


def lines(path: Path) -> list[str]:
    """Return the lines of a file; none where it is not there."""
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def check(folder: Path, ran: Ran, *, update: bool) -> None:
    """Compare a plan with plan.txt, and how it ended with errors.txt."""
    code, *patterns = lines(folder / "errors.txt") or ["0"]
    said = ran.stderr.decode()
    assert ran.code == int(code), said
    for pattern in patterns:
        assert re.search(pattern, said, re.MULTILINE), said
    expected = folder / "plan.txt"
    if update and ran.stdout:
        expected.write_bytes(ran.stdout)
    assert ran.stdout.decode() == (expected.read_text(encoding="utf-8") if expected.exists() else "")


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_plan(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, update: bool) -> None:
    monkeypatch.chdir(folder)
    check(
        folder,
        executed([*arguments(folder, tmp_path / "pods.json", "plan"), *lines(folder / "flags.txt")]),
        update=update,
    )


@pytest.mark.parametrize(
    "folder", [folder for folder in FOLDERS if (folder / "status.txt").exists()], ids=lambda folder: folder.name
)
def test_status(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, update: bool) -> None:
    monkeypatch.chdir(folder)
    ran = executed([*arguments(folder, tmp_path / "pods.json", "status"), "--output", "describe"])
    assert ran.code == 0, ran.stderr.decode()
    if update:
        (folder / "status.txt").write_bytes(ran.stdout)
    assert ran.stdout.decode() == (folder / "status.txt").read_text(encoding="utf-8")
