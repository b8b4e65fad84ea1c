"""Injection into real manifests, from the command line (testdata/inject)."""

import pytest
from casefolder import Case, cases, check_answer, check_user_lines

from sidecarctl.shell.exits import Exit
from sidecarctl.yamledit.stream import chunks, documents
from sidecarctl.yamledit.value import Value, same

RECORD = b"kruise.io/sidecarset-hash"
OTHER_THAN_DOCUMENTS = ("output", "as-pods", "only-changed", "drop-sidecarsets")


@pytest.mark.parametrize("case", cases("inject"))
def test_inject(case: Case, monkeypatch: pytest.MonkeyPatch, *, update: bool) -> None:
    monkeypatch.chdir(case.folder)
    check_answer(case, case.run("inject"), update=update)


@pytest.mark.parametrize("case", cases("inject"))
def test_the_rest_is_the_users_and_comes_back(case: Case, monkeypatch: pytest.MonkeyPatch, *, update: bool) -> None:
    monkeypatch.chdir(case.folder)
    ran = case.run("inject", without=OTHER_THAN_DOCUMENTS)
    if ran.code != Exit.OK or not ran.stdout:
        return
    is_whole = check_user_lines(case, ran.stdout, update=update)
    if RECORD in case.given:
        return  # what was before the first injection is not known here
    back = case.run("uninject", ran.stdout, without=(*OTHER_THAN_DOCUMENTS, "from"))
    if back.code == Exit.REFUSED:
        assert b"[UNI00" in back.stderr
        return
    # What was there and said nothing (null, `[]`, a name twice) does not come back.
    uninjected = case.folder / "uninjected.yaml"
    if update and not same(values(back.stdout), values(case.given)):
        uninjected.write_bytes(back.stdout)
    if is_whole or uninjected.exists():
        assert back.stdout == (uninjected.read_bytes() if uninjected.exists() else case.given)
    else:
        assert same(values(back.stdout), values(case.given))


@pytest.mark.parametrize("case", cases("inject"))
def test_twice_is_once(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(case.folder)
    once = case.run("inject", without=OTHER_THAN_DOCUMENTS)
    if once.code != Exit.OK or not once.stdout:
        return
    again = case.run("inject", once.stdout, without=(*OTHER_THAN_DOCUMENTS, "from"))
    assert again.code == Exit.OK
    assert again.stdout == once.stdout


def values(data: bytes) -> list[Value]:
    """Return what the documents of a stream say."""
    return [document.value() for chunk in chunks([data], "out") for document in documents(chunk, "out")]
