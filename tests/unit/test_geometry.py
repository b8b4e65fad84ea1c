"""Lines and columns, whatever breaks the lines."""

import pytest
from doors.yamledit import Collection, Document, Geometry, Node, Origin, UnsupportedEdit, child


def node(text: str, *path: str | int) -> Node:
    found = Document(text, Origin()).node(path)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("newline", "written"),
    [("\n", "\n"), ("\r\n", "\r\n"), ("\r", "\r"), ("\x85", "\n"), ("\u2028", "\n")],
)
def test_lines_begin_behind_any_break(newline: str, written: str) -> None:
    text = newline.join(["ab", "", "  cd", ""])
    geometry = Geometry(text)
    second, third = 2 + len(newline), 2 + 2 * len(newline)

    assert [geometry.line_start(0), geometry.line_start(2), geometry.line_start(third + 3)] == [0, 0, third]
    assert [geometry.next_line(0), geometry.next_line(second), geometry.next_line(third)] == [second, third, len(text)]
    assert [geometry.line_above(third), geometry.line_above(second), geometry.line_above(0)] == [second, 0, -1]
    assert geometry.line(third + 1) == "  cd"
    assert geometry.column(third + 2) == 2
    assert geometry.newline == written
    assert not geometry.is_last_line_open()


def test_two_kinds_of_break_in_one_text() -> None:
    geometry = Geometry("a\rb\r\nc\nd")

    assert [geometry.line_start(index) for index in (0, 2, 3, 5, 7)] == [0, 2, 2, 5, 7]
    assert [geometry.next_line(index) for index in (0, 2, 5, 7)] == [2, 5, 7, 8]
    assert geometry.is_last_line_open()


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("a: 1 # c\nb: 2\n", 9),
        ("a: |\n  x\n\nb: 2\n", 9),
        ("a: |+\n  x\n\nb: 2\n", 11),
        ("a: >-\n  x\n\n\n# c\nb: 2\n", 10),
        ("a: &x !!str |\n  x\n\nb: 2\n", 18),
        ("a: [1,\n 2]\nb: 2\n", 11),
        ("a:\n  - 'x\n\n    y'\n\nb: 2\n", 18),
        ("a:\nb: 2\n", 3),
        ("? a\n? b\n", 4),
    ],
)
def test_the_line_after_a_value(text: str, after: int) -> None:
    assert Geometry(text).line_after(node(text, "a")) == after


@pytest.mark.parametrize(
    ("text", "path", "dash"),
    [
        ("- 1\n", (0,), 0),
        ("a:\n  -   # c\n\n    # d\n    x\n", ("a", 0), 5),
        ("- - 1\n  - 2\n", (0, 1), 8),
        ("- - 1\n", (0, 0), 2),
        ("- &x !!map\n  a: 1\n", (0,), 0),
        ("-\n- 1\n", (0,), 0),
    ],
)
def test_finds_the_dash(text: str, path: tuple[str | int, ...], dash: int) -> None:
    assert Geometry(text).dash(node(text, *path)) == dash


def test_an_item_between_brackets_has_no_dash() -> None:
    text = "[1, 2]"

    with pytest.raises(UnsupportedEdit, match="dash"):
        Geometry(text).dash(node(text, 1))


def test_finds_question_marks_and_colons() -> None:
    text = "? a # x: y\n# z: z\n: 1\n?\n  b\n: 2\n? c\nd : 3\n"
    geometry, root = Geometry(text), node(text)
    assert isinstance(root, Collection)

    assert [geometry.entry_start(key) for key in root.items[::2]] == [0, 22, 32, 36]
    assert [geometry.colon(root.items[n], root.items[n + 1]) for n in (0, 2, 6)] == [18, 28, 38]
    with pytest.raises(UnsupportedEdit, match="a key without a colon"):
        geometry.colon(root.items[4], root.items[5])


def test_comments_belong_to_what_stands_below_them() -> None:
    text = "a:\n# 1\n\n# 2\n # 3\n- b\n   # 4\n# 5\nc: 1\n"
    geometry = Geometry(text)

    assert geometry.above_own_comments(17, 0, 0) == 17
    assert geometry.above_own_comments(17, 1, 0) == 8
    assert geometry.above_own_comments(17, 1, 12) == 12
    assert geometry.after_own_comments(21, 1) == 28
    assert geometry.is_set_apart(child(node(text), "a") or node(text), 32) is False
