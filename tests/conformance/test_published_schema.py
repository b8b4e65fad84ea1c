"""What sidecarctl prints for programs is what `sidecarctl schema` says."""

import json
import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from casefolder import TESTDATA, Case, cases
from commandline import executed
from doors.shell import COMMANDS
from jsonschema import Draft202012Validator
from shortpods import kubectl_list, pods_of
from test_rollout import FOLDERS, arguments, lines

Json = Any
NAMES = (
    "RolloutPlan",
    "RolloutStages",
    "SidecarSetStatus",
    "Explanation",
    "InjectionReport",
    "CheckReport",
    "Settings",
)


@cache
def validator(name: str = "") -> Draft202012Validator:
    """Return what holds a document against a published schema, or against that of all outputs."""
    ran = executed(["schema", *([name] if name else [])])
    assert ran.code == 0, ran.stderr.decode()
    return Draft202012Validator(json.loads(ran.stdout))


def check(document: Json, name: str) -> None:
    """Demand that a document, or each of a List, is what its schema says."""
    validator().validate(document)
    for one in document["items"] if document["kind"] == "List" else [document]:
        assert one["kind"] in {name, "SidecarSet"}
        validator(name).validate(one)


def test_help_names_every_schema() -> None:
    assert [name for name in NAMES if name not in COMMANDS["schema"].takes_help] == []


def plan_flags(folder: Path) -> list[str]:
    """Return the flags of a case but for its output."""
    given = lines(folder / "flags.txt")
    return [flag for flag in given if not flag.startswith(("--output", "-o")) and flag not in {"json", "yaml"}]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_plans(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    ran = executed([*arguments(folder, tmp_path / "pods.json", "plan"), *plan_flags(folder), "-o", "json"])
    if ran.code:
        return  # a case of what is refused

    document = json.loads(ran.stdout)
    first = document["items"][0] if document["kind"] == "List" else document
    check(document, first["kind"])
    saved = tmp_path / "saved.json"
    saved.write_bytes(ran.stdout)
    assert executed(["plan", str(saved), "-o", "json"]).stdout == ran.stdout
    again = executed(["plan", str(saved), "-o", "yaml"])
    (tmp_path / "saved.yaml").write_bytes(again.stdout)
    assert executed(["plan", str(tmp_path / "saved.yaml"), "-o", "json"]).stdout == ran.stdout


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_order_of_the_pods_changes_no_byte(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not (folder / "pods.yaml").exists():
        return
    monkeypatch.chdir(folder)
    command = [*arguments(folder, tmp_path / "pods.json", "plan"), *plan_flags(folder), "-o", "json"]
    before = executed(command)
    pods = pods_of(folder)
    random.Random(7).shuffle(pods)  # noqa: S311 - the same shuffle each time
    (tmp_path / "pods.json").write_bytes(kubectl_list(pods))

    assert executed(command).stdout == before.stdout


@pytest.mark.parametrize("folder", FOLDERS[::5], ids=lambda folder: folder.name)
def test_statuses(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    ran = executed([*arguments(folder, tmp_path / "pods.json", "status"), "-o", "json"])
    if not ran.code:
        check(json.loads(ran.stdout), "SidecarSetStatus")


@pytest.mark.parametrize("case", cases("why"))
def test_explanations(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(case.folder)
    ran = case.run("why")
    printed = executed([*case.arguments("why"), *case.inputs, "-o", "json"])
    if not ran.code:
        check(json.loads(printed.stdout), "Explanation")


@pytest.mark.parametrize("case", cases("check"))
def test_check_reports(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(case.folder)
    sets = case.arguments("check") if (case.folder / "sidecarsets.yaml").exists() else ["check"]
    ran = executed([*sets, *case.inputs, "--report", "json", "--upstream-messages"])
    if ran.stdout:
        check(json.loads(ran.stdout), "CheckReport")


@pytest.mark.parametrize("case", cases("inject"))
def test_injection_reports(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(case.folder)
    report = tmp_path / "report.json"
    executed([*case.arguments("inject"), *case.inputs, "--report", f"json={report}"])
    if report.exists():
        check(json.loads(report.read_text(encoding="utf-8")), "InjectionReport")


@pytest.mark.parametrize("case", cases("inject"))
def test_reports_of_admit(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(case.folder)
    report = tmp_path / "report.json"
    ran = executed(["admit", "sidecarsets.yaml", "-q", "--report", f"json={report}"])
    assert report.exists() == (b"no SidecarSet in the input" not in ran.stderr)  # that is a mistake in the command line
    if report.exists():
        check(json.loads(report.read_text(encoding="utf-8")), "InjectionReport")


def test_enough_is_held_against_the_schemas() -> None:
    held = [name for name in ("rollout", "why", "check", "inject") for _ in (TESTDATA / name).iterdir()]
    assert len(held) > 150


SAVED = TESTDATA / "saved"


@pytest.mark.parametrize("path", sorted(SAVED.glob("*.json")), ids=lambda path: path.stem)
def test_saved_plans(path: Path) -> None:
    check(json.loads(path.read_text(encoding="utf-8")), "RolloutPlan")


ALTERED = {
    "a field that nobody knows": lambda plan: plan.update(round=[]),
    "a field that is missing": lambda plan: plan["final"].pop("status"),
    "another type": lambda plan: plan["rounds"][0].update(pods="shop/web-0"),
    "a number below zero": lambda plan: plan["rounds"][0].update(unavailable=-1),
    "a word that there is not": lambda plan: plan["final"]["waiting"].update({"shop/web-0": "Tired"}),
    "no duration": lambda plan: plan["rounds"][0].update(at="soon"),
    "another version": lambda plan: plan.update(apiVersion="sidecarctl.dev/v9"),
    "true for a number": lambda plan: plan["rounds"][0].update(round=True),
}


@pytest.mark.parametrize("name", ALTERED)
def test_an_altered_plan_is_none(name: str, tmp_path: Path) -> None:
    document = json.loads((SAVED / "timed.json").read_text(encoding="utf-8"))
    ALTERED[name](document)

    assert not validator("RolloutPlan").is_valid(document)
    (tmp_path / "altered.json").write_text(json.dumps(document, indent=2))
    ran = executed(["plan", str(tmp_path / "altered.json")])
    assert ran.code != 0
    if name != "another version":  # which is no plan of ours at all
        assert ran.code == 3
        assert b"a RolloutPlan that sidecarctl has not written like this" in ran.stderr


def test_only_known_names_are_taken() -> None:
    ran = executed(["schema", "RolloutPlans"])
    assert ran.code == 2
    assert all(name.encode() in ran.stderr for name in NAMES)
    assert executed(["schema", "RolloutPlan", "CheckReport"]).code == 2


@pytest.mark.parametrize("name", ["", *NAMES])
def test_schemas_are_schemas_and_say_what_everything_is(name: str) -> None:
    schema = validator(name).schema
    Draft202012Validator.check_schema(schema)
    assert schema["title"]
    assert schema["description"]
    assert not [path for path, field in fields(schema) if "description" not in field and "$ref" not in field]


def fields(schema: Json, path: str = "") -> Iterator[tuple[str, Json]]:
    """Return the fields of all objects in a schema, but for those of a List's envelope."""
    if isinstance(schema, dict):
        properties = schema.get("properties", {})
        if isinstance(properties, dict) and properties.get("kind") != {"const": "List"}:
            yield from ((f"{path}.{name}", field) for name, field in properties.items())
        for key, value in schema.items():
            yield from fields(value, f"{path}.{key}")
    elif isinstance(schema, list):
        for index, value in enumerate(schema):
            yield from fields(value, f"{path}[{index}]")


SETTINGS: dict[str, tuple[Json, bool]] = {
    "names as the flags are": ({"sidecarset": ["set.yaml"], "keep-going": True}, True),
    "camelCase": ({"keepGoing": True, "maxDocument": "5Mi", "requiredVersion": "0.1.0"}, True),
    "a version that looks like a number": ({"kruiseVersion": 1.9}, True),
    "a mapping of gates": ({"featureGates": {"A": True}}, True),
    "a setting that there is not": ({"keep-on-going": True}, False),
    "a word for a switch": ({"keepGoing": "yes"}, False),
    "a word that there is not": ({"systemNamespaces": "sometimes"}, False),
    "what writes files": ({"inPlace": True}, False),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_settings(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings, is_valid = SETTINGS[name]
    assert validator("Settings").is_valid(settings) is is_valid
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".sidecarctl.yaml").write_text(json.dumps(settings))
    (tmp_path / "set.yaml").write_text("{}")
    said = executed(["inject", "--allow-empty", "set.yaml"]).stderr.decode()
    assert (".sidecarctl.yaml" in said or "system-namespaces is" in said) is not is_valid
