"""What injection would change, as a unified diff (testdata/diff)."""

import subprocess
from pathlib import Path
from shutil import copytree, which

import pytest
from casefolder import Case, cases, check_answer


@pytest.mark.parametrize("case", cases("diff"))
def test_diff(case: Case, monkeypatch: pytest.MonkeyPatch, *, update: bool) -> None:
    monkeypatch.chdir(case.folder)
    check_answer(case, case.run("diff"), update=update)


@pytest.mark.skipif(which("patch") is None, reason="there is no patch(1) here")
@pytest.mark.parametrize("case", cases("diff"))
def test_patch_takes_it(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(copytree(case.folder, tmp_path / "case"))
    copied = case._replace(folder=tmp_path / "case")
    shown = copied.run("diff").stdout
    wanted = [copied.run("inject", path.read_bytes()).stdout for path in inputs(copied)]
    subprocess.run(["patch", "--quiet", "--strip=1"], input=shown, check=True)  # noqa: S607 - whichever is installed
    assert [path.read_bytes() for path in inputs(copied)] == wanted


def inputs(case: Case) -> list[Path]:
    return [case.folder / name for name in case.inputs]
