"""Sidecars taken out of manifests, from the command line (testdata/uninject; testdata/inject has more)."""

import pytest
from casefolder import Case, cases, check_answer


@pytest.mark.parametrize("case", cases("uninject"))
def test_uninject(case: Case, monkeypatch: pytest.MonkeyPatch, *, update: bool) -> None:
    monkeypatch.chdir(case.folder)
    check_answer(case, case.run("uninject"), update=update)
