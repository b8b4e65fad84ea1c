"""The line that a finding is about, with nothing in it that may be secret."""

import pytest
from doors.api import caret, excerpt, is_ignored
from doors.yamledit import Document, Origin

from sidecarctl.finding import FieldPath, Finding, Position

SECRETS = """
kind: Pod
metadata: {annotations: {kubectl.kubernetes.io/last-applied-configuration: '{"env": "hunter2"}'}}
spec:
  containers:
  - env: [{name: A, value: hunter2}, {name: B, value: "hunter2"}]
    image: a # after
  - env:
    - name: C
      value: |
        hunter2
        more of hunter2
    livenessProbe: {httpGet: {httpHeaders: [{name: Authorization, value: hunter2}]}}
  - {command: [sh, -c, hunter2], args: [--password=hunter2], image: a}
  - {startupProbe: {exec: {command: [curl, hunter2]}}, lifecycle: {preStop: {exec: {command: ["hunter2"]}}}}
  - args:
    - --token
    - hunter2
  volumes:
  - {name: a, csi: {driver: d, volumeAttributes: {share: hunter2, key: "hunter2"}, nodePublishSecretRef: {name: s}}}
  - {name: b, flexVolume: {driver: d, options: {password: hunter2}}}
---
kind: Secret
data: {a: hunter2}
stringData:
  b: hunter2
"""


def document(text: str, line: int = 0) -> Document:
    return Document(text, Origin("in.yaml", line))


def test_nothing_secret_is_shown() -> None:
    for text in SECRETS.split("---\n"):
        assert "hunter2" in text
        lines = [excerpt(document(text), Position("in.yaml", line, 1)) for line in range(1, text.count("\n") + 1)]
        assert all(shown is not None and "hunter2" not in shown.line for shown in lines)


def test_the_caret_stays_where_it_was_meant() -> None:
    text = "spec: {env: [{name: A, value: hunter2}], image: a}\n"
    shown = excerpt(document(text), Position("in.yaml", 1, text.index("image") + 1))
    assert shown is not None
    assert shown.line == "spec: {env: [{name: A, value: …}], image: a}"
    assert shown.line[shown.caret :] == "image: a}"


def test_what_is_no_secret_is_shown() -> None:
    text = (
        "spec: {csi: {driver: d, volumeAttributes: {a: b}}, exec: {command: [c]}, dnsConfig: {options: [{name: n}]}}\n"
    )
    shown = excerpt(document(text), Position("in.yaml", 1, 1))
    assert shown is not None
    assert shown.line == (
        "spec: {csi: {driver: d, volumeAttributes: {a: …}}, exec: {command: …}, dnsConfig: {options: [{name: n}]}}"
    )


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_lines_are_counted_as_positions_are(line_break: str) -> None:
    one = document(line_break.join(["a: 1", "b:", "  c: 名", ""]), 10)
    place = caret(one, ("b", "c"))
    assert place == Position("in.yaml", 13, 6)
    assert excerpt(one, place) == ("  c: 名", 5)
    assert excerpt(one, Position("in.yaml", 99, 1)) is None


@pytest.mark.parametrize(
    ("path", "at"),
    [
        (("a",), "1"),  # a scalar itself
        (("b",), "b:"),  # a collection's key
        (("b", "no"), "b:"),  # the parent of what is missing
        (("b", "c", 0), "d: 2"),  # an item's first key
        (("b", "c", 0, "no"), "d: 2"),
        (("b", "c", 0, "d"), "2"),
        (("no",), "a: 1"),
        ((), "a: 1"),
    ],
)
def test_the_caret_is_where_a_person_looks(path: FieldPath, at: str) -> None:
    text = "a: 1\nb:\n  c:\n  - d: 2\n"
    place = caret(document(text), path)
    assert "\n".join(text.splitlines()[place.line - 1 :])[place.column - 1 :].startswith(at)


@pytest.mark.parametrize(
    ("text", "is_silenced"),
    [
        ("a: 1 # sidecarctl: ignore[WRN001]\n", True),
        ("# sidecarctl: ignore[WRN002, WRN001]\na: 1\n", True),
        ("# sidecarctl: ignore[WRN001]\n\na: 1\n", False),
        ("b: 2 # sidecarctl: ignore[WRN001]\na: 1\n", False),
        ("a: 1 # sidecarctl: ignore[WRN002]\n", False),
        ("a: 1 # sidecarctl: ignore[]\n", False),
    ],
)
def test_a_comment_silences_its_line_or_the_next(text: str, *, is_silenced: bool) -> None:
    one = document(text)
    assert is_ignored(Finding("WRN001", "", ("a",), position=caret(one, ("a",))), one) is is_silenced
