from pathlib import Path

import pytest
from doors.shell import INJECT, UsageError, settled


@pytest.mark.parametrize(
    "text",
    [
        "[tool.sidecarctl]\nnamespace = 'shop'\n",
        '[ tool . "sidecarctl" ]\nnamespace = "shop"\n',
        "[tool]\nsidecarctl.namespace = 'shop'\n",
        "tool.sidecarctl.namespace = 'shop'\n",
        "tool = {sidecarctl = {namespace = 'shop'}}\n",
    ],
)
def test_every_way_to_write_the_table_is_seen(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("pyproject.toml").write_text(text, encoding="utf-8")
    assert vars(settled(INJECT, {}))["namespace"] == "shop"


@pytest.mark.parametrize("text", ["[project]\nname = 'sidecarctl'\n[tool.ruff\n", "dependencies = ['sidecarctl'\n"])
def test_a_project_that_only_names_us_is_not_read(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("pyproject.toml").write_text(text, encoding="utf-8")
    assert vars(settled(INJECT, {}))["namespace"] == "default"


def test_a_table_that_is_no_mapping_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("pyproject.toml").write_text("[[tool.sidecarctl]]\nnamespace = 'shop'\n", encoding="utf-8")
    with pytest.raises(UsageError, match="settings are a mapping"):
        settled(INJECT, {})


@pytest.mark.parametrize("digits", ["1025", "9" * 20])
@pytest.mark.parametrize("form", ["jobs: {}", "[tool.sidecarctl]\njobs = {}"])
def test_a_number_that_nobody_means_is_refused(
    form: str, digits: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    name = "settings.toml" if "=" in form else "settings.yaml"
    Path(name).write_text(form.format(digits), encoding="utf-8")
    with pytest.raises(UsageError, match=f"^{name}: jobs is a number from 0 to 1024$"):
        settled(INJECT, {"config": name})


def test_a_number_that_python_does_not_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("pyproject.toml").write_text(f"[tool.sidecarctl]\njobs = {'9' * 5_000}\n", encoding="utf-8")
    with pytest.raises(UsageError, match="a number with more digits"):
        settled(INJECT, {})
    Path("pyproject.toml").unlink()
    monkeypatch.setenv("SIDECARCTL_JOBS", "9" * 5_000)
    with pytest.raises(UsageError, match="SIDECARCTL_JOBS is a number"):
        settled(INJECT, {})


def test_lists_too_deep_to_read_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("pyproject.toml").write_text(f"[tool.sidecarctl]\nkind = {'[' * 100_000}\n", encoding="utf-8")
    with pytest.raises(UsageError, match="lists deeper"):
        settled(INJECT, {})
