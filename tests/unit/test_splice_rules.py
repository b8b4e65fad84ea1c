"""What case files cannot show: refusals, conflicts, and edits that meet at one place."""

import pytest
from doors.yamledit import Document, Edit, Origin, Splice, UnsupportedEdit, prove, resolved, spliced

from sidecarctl.finding import ConflictingEdits, FieldPath


def output_of(text: str, *edits: Edit) -> str:
    document = Document(text, Origin())
    output = spliced(text, resolved(document, edits)[0])
    prove(document, edits, output, "full")
    return output


@pytest.mark.parametrize(
    ("text", "edit", "message"),
    [
        ("a: 1\n", Edit("set", (), {}), "a change of the whole document at once"),
        ("a: 1\n", Edit("set", ("a", "b"), 1), "an edit below something that is no collection"),
        ("a: 1\n", Edit("remove", ("a",)), "taking everything out of a collection piece by piece"),
        ("[1]\n", Edit("remove", (0,)), "taking everything out of a collection piece by piece"),
        ("- a: 1\n", Edit("remove", (0, "a")), "taking everything out of a collection piece by piece"),
        ("? a\n? b\n", Edit("set", ("a",), 1), "a key without a colon"),
        ("a: 1\n", Edit("set", ("b",), 1), "a change of a key that is not there"),
        ("{a: 1}\n", Edit("set", ("b",), 1), "a change of a key that is not there"),
        ("- 1\n", Edit("set", (1,), 1), "an edit of an item that is not there"),
        ("[1]\n", Edit("insert", (2,), 1), "an edit of an item that is not there"),
        ("[1]\n", Edit("insert", (-1,), 1), "an edit of an item that is not there"),
        ("a: 1\n", Edit("set", (0,), 1), "an edit of an item that is not there"),
        ("- 1\n", Edit("add", ("a",), 1), "an edit of an item that is not there"),
    ],
)
def test_refuses_what_would_be_guessing(text: str, edit: Edit, message: str) -> None:
    with pytest.raises(UnsupportedEdit) as refused:
        output_of(text, edit)
    assert refused.value.message == message


def test_refuses_two_edits_of_the_same_bytes() -> None:
    document = Document("a: {b: 1}\n", Origin())

    with pytest.raises(ConflictingEdits, match="two edits claim the same text"):
        resolved(document, [Edit("set", ("a",), 1), Edit("set", ("a", "b"), 2)])


def test_without_edits_there_is_nothing_to_splice() -> None:
    assert resolved(Document("a: 1\n", Origin()), []) == ([], ())


def test_splices_replace_insert_and_remove() -> None:
    assert spliced("abcdef", [Splice(0, 0, "<"), Splice(1, 2, "B"), Splice(3, 5, ""), Splice(6, 6, ">")]) == "<aBcf>"


def test_the_same_item_twice_is_two_items() -> None:
    edits = [Edit("insert", ("a", 1), "x"), Edit("insert", ("a", 1), "x")]

    assert output_of("a:\n- 1\n", *edits) == "a:\n- 1\n- x\n- x\n"
    assert output_of("a: [1]\n", *edits) == "a: [1, x, x]\n"


@pytest.mark.parametrize(
    ("text", "path", "output"),
    [
        ("a: []\n", ("a", 0), "a: [1]\n"),
        ("a: [ ]\n", ("a", 0), "a: [ 1]\n"),
        ("a: {}\n", ("a", "b"), "a: {b: 1}\n"),
        ('{"a":{}}', ("a", "b"), '{"a":{"b":1}}'),
    ],
)
def test_brackets_with_nothing_between_them(text: str, path: FieldPath, output: str) -> None:
    assert output_of(text, Edit("insert" if path[-1] == 0 else "add", path, 1)) == output


def test_each_of_many_edits_lands_in_its_place() -> None:
    count = 2_000
    text = "a:\n" + "".join(f"- name: n{number}\n" for number in range(count))

    output = output_of(text, *(Edit("add", ("a", number, "v"), number) for number in range(count)))

    assert output == "a:\n" + "".join(f"- name: n{number}\n  v: {number}\n" for number in range(count))
