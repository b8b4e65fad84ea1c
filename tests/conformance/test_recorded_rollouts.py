"""Plans against what a live controller did (testdata/recorded)."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from casefolder import TESTDATA
from commandline import executed

FOLDERS = sorted(path for path in (TESTDATA / "recorded").iterdir() if path.is_dir())


def recorded(folder: Path) -> tuple[list[set[str]], Any]:
    """Return the Pods of each batch, and the final status."""
    text = (folder / "rounds.txt").read_text(encoding="utf-8")
    batches = [set(pods.split(", ")) for pods in re.findall(r"^\d+: (.*)$", text, re.MULTILINE)]
    final = re.search(r"^final status: (.*)$", text, re.MULTILINE)
    assert final is not None
    return batches, json.loads(final[1])


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_plan_is_what_a_live_controller_did(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    ran = executed(["plan", "--sidecarset", "new.json", "--cluster", "dump.json", "-o", "json"])
    assert ran.code == 0, ran.stderr.decode()
    made = json.loads(ran.stdout)
    batches, final = recorded(folder)
    assert [set(round_["pods"]) for round_ in made["rounds"]] == batches
    assert made["final"]["status"] == final
