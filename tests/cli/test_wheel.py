"""The wheel holds the program, its types and its licence, and runs from where it is put."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from flit_core import buildapi

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    before = Path.cwd()
    os.chdir(ROOT)
    try:
        return folder / str(buildapi.build_wheel(str(folder)))
    finally:
        os.chdir(before)


def test_holds_the_package_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()

    assert {name.partition("/")[0] for name in names} == {"sidecarctl", "sidecarctl-0.1.0.dist-info"}
    assert "sidecarctl/py.typed" in names
    assert any(name.endswith("/LICENSE") for name in names)


def test_runs_from_where_it_is_put(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    ran = subprocess.run(
        [sys.executable, "-m", "sidecarctl", "version"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert ran.stdout == "sidecarctl 0.1.0\n"


def test_both_commands_are_there(wheel: Path) -> None:
    entry_points = zipfile.ZipFile(wheel).read("sidecarctl-0.1.0.dist-info/entry_points.txt").decode()

    assert "sidecarctl=sidecarctl.shell.cli.main:main" in entry_points
    assert "kubectl-sidecarset=sidecarctl.shell.cli.main:main" in entry_points
