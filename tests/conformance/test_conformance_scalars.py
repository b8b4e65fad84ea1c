"""Scalars are read as sigs.k8s.io/yaml reads them: all its answers, and by name where we are stricter."""

import json
from typing import Any

import pytest
from conformance import cases
from doors.yamledit import Document, Origin, same

from sidecarctl.finding import UnreadableDocument

_TAG = "a tag outside YAML's core schema is never constructed; Go ignores it"
_KEY = "a key that is no scalar; go-yaml 2 takes the key for the whole document"
_TWICE = "a duplicate key; Go silently takes the last one"
STRICTER = {
    "!: v\n": _TAG,
    "k: !a\n": _TAG,
    "!a: v\n": _TAG,
    "- !a\n": _TAG,
    "!!str: v\n": _TAG,
    "!!int: v\n": _TAG,
    "!!float: v\n": _TAG,
    "!!bool: v\n": _TAG,
    "!!null: v\n": _TAG,
    "!!binary: v\n": _TAG,
    "a: !foo 1\n": _TAG,
    "a: !!python/object x\n": _TAG,
    "[]: v\n": _KEY,
    "{}: v\n": _KEY,
    "a: 1\na: 2\n": _TWICE,
    '1: a\n"1": b\n': _TWICE,
    "true: a\nyes: b\n": _TWICE,
}


@pytest.mark.parametrize("case", cases("scalars"), ids=lambda case: case["yaml"][:40])
def test_reads_what_go_reads(case: dict[str, Any]) -> None:
    document = Document(case["yaml"].removeprefix("\ufeff"), Origin())
    if "error" in case or case["yaml"] in STRICTER:
        with pytest.raises(UnreadableDocument):
            document.value()
    else:
        assert same(document.value(), json.loads(case["json"]))
