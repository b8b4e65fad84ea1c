"""The Pods that `plan` makes of workloads are those that `inject --as-pods` gives on the same flags."""

import json
from pathlib import Path
from typing import Any

import pytest
from casefolder import TESTDATA
from commandline import executed
from doors.shell import Crowd, StatusFlags, followed_release, gathered_rollout_input, own_objects, quick_parse, settled

FOLDER = TESTDATA / "workloads"
CASES = sorted(path for path in FOLDER.iterdir() if path.is_dir())


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_pods_of_workloads_are_those_of_inject(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    given = folder / "flags.txt"
    more = given.read_text(encoding="utf-8").split() if given.exists() else []
    injected, planned = _injected(more), _planned(more)
    assert [_kept(pod) for pod in planned] == [_kept(pod) for pod in injected]
    numbers = json.loads((folder / "containers.json").read_text(encoding="utf-8"))
    assert [len(pod["spec"]["containers"]) for pod in planned] == numbers


def _injected(more: list[str]) -> list[Any]:
    known = ["--sidecarset=sidecarsets.yaml", "--cluster=cluster.yaml"]
    ran = executed(["inject", *known, *more, "--as-pods", "--output=json", "workloads.yaml"])
    assert ran.code == 0, ran.stderr.decode()
    found: dict[str, list[Any]] = json.loads(ran.stdout)
    return found.get("items", [found])


def _planned(more: list[str]) -> list[Any]:
    known = ["--sidecarset=sidecarsets.yaml", "--from=sidecarsets.yaml", "--cluster=cluster.yaml"]
    parsed = quick_parse(["status", *known, *more, "workloads.yaml"])
    assert parsed is not None
    flags = settled(*parsed)
    assert isinstance(flags, StatusFlags)
    release = followed_release(flags.kruise_version)
    return list(Crowd(gathered_rollout_input(flags, own_objects(flags)), release, flags).pods())


def _kept(pod: dict[str, Any]) -> tuple[object, object, object]:
    return pod["metadata"].get("labels"), pod["metadata"].get("annotations"), pod["spec"]
