"""The proof finds what does not say what was meant."""

import pytest
from doors.yamledit import Document, Edit, Origin, Proof, Value, events_of, prove

from sidecarctl.finding import ConflictingEdits

TEXT = "a:\n- 1\nb: {x: 1}\n"
INSERT = [Edit("insert", ("a", 1), {"k": 2})]


@pytest.mark.parametrize("proof", ["full", "fast", "off"])
def test_lets_pass_what_is_right(proof: Proof) -> None:
    prove(Document(TEXT, Origin()), INSERT, "a:\n- 1\n- k: 2\nb: {x: 1}\n", proof)


@pytest.mark.parametrize("proof", ["full", "fast"])
@pytest.mark.parametrize(
    "output",
    [TEXT, "a:\n- 1 # - k: 2\nb: {x: 1}\n", "a:\n- 1\n  - k: 2\nb: {x: 1}\n", "a: |\n  - 1\n  - k: 2\nb: {x: 1}\n"],
    ids=["nothing done", "inside a comment", "inside a scalar", "inside a block scalar"],
)
def test_stops_what_landed_in_the_wrong_place(output: str, proof: Proof) -> None:
    with pytest.raises(ConflictingEdits, match="a bug of ours"):
        prove(Document(TEXT, Origin()), INSERT, output, proof)


@pytest.mark.parametrize("proof", ["full", "fast"])
@pytest.mark.parametrize(
    ("text", "place"),
    [("a:\n- |\n  x\n   \n", "a:\n- |\n  x\n"), ("a:\n- x\n  y\n", "a:\n- x\n")],
    ids=["blanks that a block scalar ends with", "a plain scalar's second line"],
)
def test_stops_a_line_that_moves_to_another_scalar(text: str, place: str, proof: Proof) -> None:
    at = len(place)
    with pytest.raises(ConflictingEdits):
        prove(Document(text, Origin()), [Edit("add", ("b",), "z")], f"{text[:at]}b: z\n{text[at:]}", proof, [at])


@pytest.mark.parametrize("proof", ["full", "fast"])
def test_stops_what_is_no_yaml(proof: Proof) -> None:
    with pytest.raises(ConflictingEdits):
        prove(Document(TEXT, Origin()), INSERT, "a: [", proof)


def test_stops_a_second_document() -> None:
    with pytest.raises(ConflictingEdits):
        prove(Document(TEXT, Origin()), [], TEXT + "---\n", "full")


@pytest.mark.parametrize("text", ["a: &x [1]\nb: *x\n", "a: [1]\n"])
def test_counts_only_where_counting_proves_something(text: str) -> None:
    with pytest.raises(ConflictingEdits):  # as many events, another value
        prove(Document(text, Origin()), [Edit("insert", ("a", 1), 2)], text.replace("1", "1, 3"), "fast")


@pytest.mark.parametrize(
    ("value", "events"), [(1, 1), (None, 1), ([], 2), ({}, 2), ({"a": [1, {"b": 2}]}, 10), ([[], "x"], 5)]
)
def test_counts_the_events_of_a_value(value: Value, events: int) -> None:
    assert events_of(value) == events
