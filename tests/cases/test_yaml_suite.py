"""YAML is read as Kubernetes reads it, or refused with its place (testdata/yaml; the JSON is sigs.k8s.io/yaml's)."""

import json
import re
from pathlib import Path
from typing import Final

import pytest
from doors.yamledit import Value, chunks, documents, same
from visible import as_bytes_say

from sidecarctl.finding import UnreadableDocument

FILES = sorted((Path(__file__).parent.parent.parent / "testdata" / "yaml").glob("*.txt"))
_CASE: Final = re.compile(r"^## (.*)\n", re.MULTILINE)
_BLOCK: Final = re.compile(r"^\+\+\+ (\w+)\n", re.MULTILINE)


def cases() -> list[object]:
    """Every case of every file: its text, and its blocks by their names."""
    found: list[object] = []
    for file in FILES:
        _, *parts = _CASE.split(file.read_text(encoding="utf-8"))
        for title, body in zip(parts[::2], parts[1::2], strict=True):
            text, *blocks = _BLOCK.split(body)
            answers = dict(zip(blocks[::2], blocks[1::2], strict=True))
            found.append(pytest.param(as_bytes_say(text), answers, id=f"{file.stem}: {title}"))
    return found


@pytest.mark.parametrize(("text", "answers"), cases())
def test_reads_or_refuses(text: str, answers: dict[str, str]) -> None:
    if "refused" in answers:
        with pytest.raises(UnreadableDocument) as refused:
            _value(text)
        assert str(refused.value).replace("-:", "") == answers["refused"].strip()
    else:
        assert same(_value(text), json.loads(answers["json"]))


def _value(text: str) -> Value:
    found = [document for chunk in chunks([text.encode()], "-") for document in documents(chunk, "-")]
    assert len(found) <= 1
    return found[0].value() if found else None
