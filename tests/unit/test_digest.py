import hashlib
import sys
from importlib import reload

import pytest
from doors.sidecarset import hash_module as digest

TEXT = b"log-agent"


def test_is_sha256() -> None:
    assert digest.sha256(TEXT).hexdigest() == hashlib.sha256(TEXT).hexdigest()


def test_does_without_the_modules_that_a_python_may_lack(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_sha2", "_sha256"):
        monkeypatch.setitem(sys.modules, name, None)

    assert reload(digest).sha256(TEXT).hexdigest() == hashlib.sha256(TEXT).hexdigest()
