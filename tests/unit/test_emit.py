"""New text: plain where that is safe, quoted where any reader might take it for something else."""

import pytest
from doors.yamledit import Style, Value, after_colon, block_lines, item_lines, json_string, quoted, scalar_text


@pytest.mark.parametrize(
    "text",
    [
        "app:v1",
        "registry.io/a/b@sha256:0a",
        "a b",
        "--port=80",
        "-v",
        "/bin/sh",
        "$(NAME)",
        "500m",
        "64Mi",
        "x-é",
        'it\'s "so"',
    ],
)
def test_stands_plain(text: str) -> None:
    assert scalar_text(text) == text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("", '""'),
        ("yes", '"yes"'),
        ("Null", '"Null"'),
        ("1", '"1"'),
        ("0x1", '"0x1"'),
        ("1e3", '"1e3"'),
        ("12:30", '"12:30"'),
        ("2026-01-01", '"2026-01-01"'),
        ("a: b", '"a: b"'),
        ("a #b", '"a #b"'),
        ("a:", '"a:"'),
        ("a ", '"a "'),
        ("- a", '"- a"'),
        ("-", '"-"'),
        ("*a", '"*a"'),
        ("@a", '"@a"'),
        ("{}", '"{}"'),
        ('{"a":1}', "'{\"a\":1}'"),
        ("a\tb", '"a\\tb"'),
        ("a\u2028b\x85\ufeff\0", '"a\\u2028b\\u0085\\ufeff\\u0000"'),
    ],
)
def test_is_quoted(text: str, written: str) -> None:
    assert scalar_text(text) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "null"),
        (True, "true"),
        (0, "0"),
        (1.5, "1.5"),
        (1e21, "1.0e+21"),
        (1.5e-7, "1.5e-07"),
        ([], "[]"),
        ({}, "{}"),
    ],
)
def test_values_that_are_no_text(value: Value, written: str) -> None:
    assert scalar_text(value) == written


def test_json_strings_are_json() -> None:
    assert json_string('é"\\\n\x7f🚀') == '"é\\"\\\\\\n\\u007f🚀"'
    assert quoted("\\d+") == "'\\d+'"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a\nb\n", [" |", "  a", "  b"]),
        ("a\nb", [" |-", "  a", "  b"]),
        ("a\n\nb\n", [" |", "  a", "", "  b"]),
        ("a\nb\n\n", [' "a\\nb\\n\\n"']),
        (" a\nb", [' " a\\nb"']),
        ("a \nb", [' "a \\nb"']),
        ("a\n\tb", [' "a\\n\\tb"']),
        ("a\x1b\nb", [' "a\\u001b\\nb"']),
        ("a\n", [' "a\\n"']),
    ],
)
def test_text_of_several_lines(text: str, lines: list[str]) -> None:
    assert after_colon(text, Style()) == lines


def test_no_block_scalar_where_none_may_stand() -> None:
    assert after_colon("a\nb\n", Style(literal=False)) == [' "a\\nb\\n"']


def test_the_style_of_the_neighbours() -> None:
    value: Value = {"a": {"b": [{"c": 1, "d": [2]}, [3], {}]}}

    assert block_lines(value, Style(step=3, dash=1, gap=4)) == [
        "a:",
        "   b:",
        "    -   c: 1",
        "        d:",
        "         -   2",
        "    -   -   3",
        "    -   {}",
    ]
    assert item_lines("x", Style(gap=3)) == ["-  x"]


def test_only_collections_have_block_lines() -> None:
    with pytest.raises(TypeError):
        block_lines("a", Style())
