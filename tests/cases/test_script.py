"""The command line, as its users meet it (testdata/script)."""

import os
from pathlib import Path

import pytest
from txtar import Script

SCRIPTS = sorted((Path(__file__).parent.parent.parent / "testdata" / "script").glob("*.txtar"))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_script(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, update: bool) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", *(name for name in os.environ if name.startswith("SIDECARCTL_"))):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(tmp_path)
    Script(path, monkeypatch, update=update).run()
