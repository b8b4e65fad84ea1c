import pytest
from doors.yamledit import is_plain, stands_apart

TEXT = """---
spec:
  containers:
  - name: a
    command: [sh]
  - name: b
    text: |
      one
      two
"""


def cut(line: str, *columns: int) -> tuple[int, tuple[int, ...]]:
    return TEXT.index(line), columns


def test_pieces_between_lines_stand_apart() -> None:
    assert stands_apart(TEXT, [])
    assert stands_apart(TEXT, [cut("  containers", 0)])
    assert stands_apart(TEXT, [cut("  - name: a", 0, 2), cut("  - name: b", 0, 2)])
    assert stands_apart(TEXT, [(len(TEXT), (0, 2))])


@pytest.mark.parametrize(
    "text",
    [
        'a: "one\n  b: two\n  c: three"\nd: 4\n',  # lines of one scalar that look like keys
        "a: {one: 1,\n  b: 2,\n  c: 3}\nd: 4\n",
        "a: [one,\n  b: 2,\n  c: 3]\nd: 4\n",
        "a: 'one\n  b: two\n  c: three'\nd: 4\n",
    ],
)
def test_a_piece_that_begins_inside_something_does_not(text: str) -> None:
    assert not stands_apart(text, [(text.index("  c: "), (0,))])
    assert not stands_apart(text, [(text.index("  b: "), (0,)), (text.index("  c: "), (0,))])


@pytest.mark.parametrize(
    "text",
    [
        "a:\tb\n",
        "a: b\r\n",
        'a: "b\\"c"\n',
        "a: [b,\n  c]\n",
        "a: {\n  b: c}\n",
        "a: [\n  b]\n",
        "a: |+\n  b\n",
        "a: &x 1\nb: *x\n",
        "a: &x 1\nb: [*x]\n",
        "a: &x 1\nb: [c,*x]\n",
        "a: &x 1\nb: [c, *x]\n",
        "a: &x 1\nb: {c: *x}\n",
        "a: &x 1\nb: {*x : c}\n",
        "- &x 1\n- *x\n",
        "*x\n",
        "a:\n  *x\n",
        "a: !t b\n",
        "? a\n: b\n",
        "%YAML 1.1\n",
        "a: {<<: *x}\n",
        'a: "b\n  c"\n',
        "a: it's\nb: it's\n",
    ],
)
def test_what_lines_cannot_tell_is_not_plain(text: str) -> None:
    assert not is_plain(text)


@pytest.mark.parametrize(
    "text",
    [
        'a: "b, c"\n',
        "a: {b: [c, d]}\n",
        "a: b*c!d?e%f<g\\+h\n",
        "a: '* * * * *'\n",
        "a: 0 */5 * * *\n",
        "a: |\n  * b\n  [ ! -f c ]\n",
        "a: |\n  b\n",
        "# what? it is\na: 1\n",
    ],
)
def test_what_lines_can_tell_is_plain(text: str) -> None:
    assert is_plain(text)
