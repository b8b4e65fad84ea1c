"""Values of nodes: what is shared, what is refused, and that limits hold before memory is spent."""

import pytest
from doors.yamledit import Document, Origin

from sidecarctl.finding import UnreadableDocument


def read(text: str) -> object:
    return Document(text, Origin("f.yaml")).value()


def test_an_alias_shares_the_value_it_stands_for() -> None:
    value = Document("a: &x {b: 1}\nc: *x\n", Origin()).value()

    assert isinstance(value, dict)
    assert value["a"] is value["c"]


def test_values_are_built_once() -> None:
    document = Document("a: {b: 1}\n", Origin())

    assert document.value(("a",)) is document.value(("a",))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[" * 25_000, "f.yaml:1:101: nested deeper than 100 levels (the limit depth; no flag raises it)"),
        ("{a: " * 25_000, "f.yaml:1:401: nested deeper than 100 levels (the limit depth; no flag raises it)"),
        ("- " * 100_000, "f.yaml:1:201: nested deeper than 100 levels (the limit depth; no flag raises it)"),
        (
            "a: &a 1\n" + "b:\n" + "- *a\n" * 1001,
            "f.yaml:1003:3: more than 1,000 aliases (the limit aliases; no flag raises it)",
        ),
        ("[" + "1," * 1_200_000 + "]", "f.yaml:1:1: more than 400,000 nodes (the limit nodes; no flag raises it)"),
        ("[" * 1_000_000, "f.yaml:1:101: nested deeper than 100 levels (the limit depth; no flag raises it)"),
        ("? " * 1_500_000, "f.yaml:1:201: nested deeper than 100 levels (the limit depth; no flag raises it)"),
        (
            "".join(f"%TAG !a{number}! x\n" for number in range(150_000)) + "---\na: b\n",
            "f.yaml:1:1: more than 100 %TAG directives (the limit directives; no flag raises it)",
        ),
        ("a: " + "9" * 1001, "f.yaml:1:4: a number over 1000 digits (the limit digits; no flag raises it)"),
        ("a: &a [*a]", "f.yaml:1:8: an alias to a value that contains it"),
        ("a: &a\n  <<: *a\n", "f.yaml:2:7: an alias to a value that contains it"),
        ("? " * 16 + "a\n", "f.yaml:1:3: a key that is not a scalar"),
        ("é: a\0b", "f.yaml:1:5: control characters are not allowed, at byte 5 of the document"),
        ("é🚀: \x1b[2J", "f.yaml:1:5: control characters are not allowed, at byte 8 of the document"),
        ("a: .inf", "f.yaml:1:4: not a number that JSON knows (.inf or .nan)"),
        ("!x {a: 1}", "f.yaml:1:1: a tag outside YAML's core schema"),
        ("1: a\n'1': b", None),
    ],
    ids=lambda case: str(case)[:20],
)
def test_refuses_with_its_place(text: str, message: str | None) -> None:
    with pytest.raises(UnreadableDocument) as refused:
        read(text)
    wanted = message or (
        "f.yaml:2:1: a key that this mapping already has (Kubernetes would silently take the last one); "
        "it stands first at f.yaml:1:1"
    )
    assert str(refused.value) == wanted


def test_an_alias_bomb_is_measured_and_not_walked() -> None:
    lines = ["a0: &a0 [x,x,x,x,x,x,x,x,x]", *(f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30))]

    with pytest.raises(UnreadableDocument, match="after expanding its aliases"):
        read("\n".join(lines))


def test_a_ladder_of_aliases_is_deep() -> None:
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 200))]

    with pytest.raises(UnreadableDocument, match="nested deeper than 100 levels after expanding"):
        read("\n".join(lines))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: {b: c:d}", {"a": {"b": "c:d"}}),
        ("[http://x:1, e::f]", ["http://x:1", "e::f"]),
        ("{x: '1:2', \"y\":z, 中:文: e}\n# {a: b:c\n", {"x": "1:2", "y": "z", "中:文": "e"}),
    ],
)
def test_colons_inside_words_leave_no_trace(text: str, value: object) -> None:
    assert read(text) == value


def test_colons_inside_words_move_no_position() -> None:
    assert str(Document("a: {b: c:d, e: f:g}", Origin("f")).position(("a", "e"))) == "f:1:16"
