"""What `check` says of SidecarSets and of the Pods that they meet (testdata/check)."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from casefolder import TESTDATA, Case, cases
from commandline import executed
from doors.api import code_meanings, codes_page

NEVER = {"LIF004", "CHK007"}  # the path of a hook has a default; the other needs two versions: in script/
OTHERS = ("KRM", "SEL00", "SEL010", "INJ", "INP", "LIV", "UNI", "YML", "PLN")  # not of this command
CODE = re.compile(r"^[a-z]{3}\d{3}-")
PAGE = Path(__file__).parent.parent.parent / "docs" / "codes.md"
FORMATS = ("text", "json", "sarif", "junit", "github", "markdown")


def said(case: Case, *flags: str) -> tuple[int, str]:
    """How `check` ended on a case, and what it printed."""
    cluster = ["--cluster", "cluster.yaml"] if (case.folder / "cluster.yaml").exists() else []
    ran = executed(["check", *case.inputs, *cluster, *case.flags, *flags])
    assert not ran.stderr, ran.stderr.decode()
    return ran.code, ran.stdout.decode()


@pytest.mark.parametrize("case", cases("check"))
def test_check(case: Case, monkeypatch: pytest.MonkeyPatch, *, update: bool) -> None:
    monkeypatch.chdir(case.folder)
    code, text = said(case)
    answer = f"{text}exit code {code}\n"
    expected = case.folder / "findings.txt"
    if update:
        expected.write_text(answer, encoding="utf-8")
    assert answer == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("case", cases("check"))
def test_finds_what_the_folder_is_named_for(case: Case) -> None:
    named = CODE.match(case.folder.name)
    if named is None or case.folder.name.endswith("-is-fine"):
        return
    assert f"[{named[0][:-1].upper()}]" in (case.folder / "findings.txt").read_text(encoding="utf-8")


def test_every_code_has_a_case() -> None:
    folders = {path.name[:6].upper() for path in (TESTDATA / "check").iterdir()}
    codes = [code for code in code_meanings() if not code.startswith(OTHERS)]
    assert sorted({*codes} - folders - NEVER) == []


def test_the_page_of_codes_is_current(*, update: bool) -> None:
    if update:
        PAGE.write_text(codes_page(), encoding="utf-8")
    assert codes_page() == PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", FORMATS)
def test_no_secret_value_is_told(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(TESTDATA / "check" / "secret-values")
    ran = executed(["check", "input.yaml", "--report", kind, "--upstream-messages"])
    assert b"hunter2" in Path("input.yaml").read_bytes()
    assert b"ENV001" in ran.stdout
    assert b"hunter2" not in ran.stdout + ran.stderr


@pytest.mark.parametrize("case", cases("check"))
def test_every_format_can_be_read(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(case.folder)
    code, text = said(case, "--report", "json")
    findings = json.loads(text)["findings"]
    quiet_code, quiet_text = said(case, "--quiet", "--report", "json")
    assert quiet_code == code
    shown = json.loads(quiet_text)["findings"] if quiet_text else []
    assert shown == [finding for finding in findings if finding["severity"] == "error"]
    results = json.loads(said(case, "--report", "sarif")[1])["runs"][0]["results"]
    assert [result["ruleId"] for result in results] == [finding["code"] for finding in findings]
    failures = ET.fromstring(said(case, "--report", "junit")[1]).iter("failure")  # noqa: S314 - our own
    assert bool(list(failures)) == any(finding["severity"] == "error" for finding in findings)
    assert len(said(case, "--report", "github")[1].splitlines()) == len(findings)


def test_json_too_deep_to_read_is_no_json(tmp_path: Path) -> None:
    patch = {"patchPolicy": "MergePatchJson", "annotations": {"deep": "[" * 100_000}}
    given = _sidecar_set([{"name": "agent", "image": "agent:1"}], patchPodMetadata=[patch])
    (tmp_path / "set.json").write_text(given)
    ran = executed(["check", str(tmp_path / "set.json")])
    assert ran.code == 0, ran.stderr.decode()
    assert b"deep must be a JSON object to be merged" in ran.stdout


@pytest.mark.parametrize(
    ("old", "new", "is_known"),
    [("2" * 5000, "1" * 5000, False), (f"1.{'2' * 5000}", f"1.{'1' * 5000}", False), ("2" * 100, "1" * 100, True)],
)
def test_tags_of_many_digits(tmp_path: Path, old: str, new: str, *, is_known: bool) -> None:
    for name, tag in (("old", old), ("new", new)):
        strategy = {"upgradeType": "HotUpgrade", "hotUpgradeEmptyImage": "empty:1"}
        container: dict[str, object] = {"name": "agent", "image": f"agent:{tag}", "upgradeStrategy": strategy}
        (tmp_path / f"{name}.json").write_text(_sidecar_set([container]))
    ran = executed(["check", "--old", str(tmp_path / "old.json"), str(tmp_path / "new.json")])
    assert not ran.stderr
    assert b"WRN026" in ran.stdout
    assert (b"was there before" in ran.stdout) is is_known


def _sidecar_set(containers: list[dict[str, object]], **spec: object) -> str:
    selector = {"matchLabels": {"app": "web"}}
    head = {"apiVersion": "apps.kruise.io/v1beta1", "kind": "SidecarSet", "metadata": {"name": "agents"}}
    return json.dumps({**head, "spec": {"selector": selector, "containers": containers, **spec}})
