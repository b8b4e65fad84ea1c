"""Injection into real manifests, from the command line (testdata/inject)."""

import json
from pathlib import Path

import pytest
from casefolder import Case, cases, check_answer, check_user_lines
from doors.shell import Exit

RECORD = b"kruise.io/sidecarset-hash"
NOT_COMING_BACK = {"INJ004", "INJ005", "INJ006", "YML001", "YML002"}  # injection says so
OTHER_THAN_DOCUMENTS = ("output", "as-pods", "only-changed", "drop-sidecarsets")


@pytest.mark.parametrize("case", cases("inject"))
def test_inject(case: Case, monkeypatch: pytest.MonkeyPatch, *, update: bool) -> None:
    monkeypatch.chdir(case.folder)
    check_answer(case, case.run("inject"), update=update)


@pytest.mark.parametrize("case", cases("inject"))
def test_the_rest_is_the_users_and_comes_back(
    case: Case, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, update: bool
) -> None:
    monkeypatch.chdir(case.folder)
    ran = case.run("inject", without=OTHER_THAN_DOCUMENTS)
    if ran.code != Exit.OK or not ran.stdout:
        return
    check_user_lines(case, ran.stdout, update=update)
    if RECORD in case.given:
        return  # what was before the first injection is not known here
    back = case.run("uninject", ran.stdout, without=(*OTHER_THAN_DOCUMENTS, "from"))
    if back.code == Exit.REFUSED:
        assert b"[UNI00" in back.stderr
        return
    uninjected = case.folder / "uninjected.yaml"
    if back.stdout != case.given:
        if update:
            uninjected.write_bytes(back.stdout)
        report = tmp_path / "report.json"
        case.run("inject", None, f"--report=json={report}", without=(*OTHER_THAN_DOCUMENTS, "report"))
        assert NOT_COMING_BACK & {finding["code"] for finding in json.loads(report.read_bytes())["findings"]}
    assert back.stdout == (uninjected.read_bytes() if uninjected.exists() else case.given)


@pytest.mark.parametrize("case", cases("inject"))
def test_twice_is_once(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(case.folder)
    once = case.run("inject", without=OTHER_THAN_DOCUMENTS)
    if once.code != Exit.OK or not once.stdout:
        return
    again = case.run("inject", once.stdout, without=(*OTHER_THAN_DOCUMENTS, "from"))
    assert again.code == Exit.OK
    assert again.stdout == once.stdout
