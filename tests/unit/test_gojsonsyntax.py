import json

import pytest
from doors.upstream import syntax_complaint


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "unexpected end of JSON input"),
        (" \n", "unexpected end of JSON input"),
        ("a3f1", "invalid character 'a' looking for beginning of value"),
        ("{a: 1}", "invalid character 'a' looking for beginning of object key string"),
        ('{"a" 1}', "invalid character '1' after object key"),
        ('{"a": 1 "b": 2}', "invalid character '\"' after object key:value pair"),
        ('{"a": 1,}', "invalid character '}' looking for beginning of object key string"),
        ("[1 2]", "invalid character '2' after array element"),
        ("[1,]", "invalid character ']' looking for beginning of value"),
        ('{"a": [1}', "invalid character '}' after array element"),
        ("{} x", "invalid character 'x' after top-level value"),
        ("{'a': 1}", r"invalid character '\'' looking for beginning of object key string"),
        ('{"a": NaN}', "invalid character 'N' looking for beginning of value"),
        ("01", "invalid character '1' after top-level value"),
        ("-x", "invalid character 'x' in numeric literal"),
        ("1.", "invalid character ' ' after decimal point in numeric literal"),
        ("[1e+]", "invalid character ']' in exponent of numeric literal"),
        ("nul", "invalid character ' ' in literal null (expecting 'l')"),
        ("True", "invalid character 'T' looking for beginning of value"),
        ("tRue", "invalid character 'R' in literal true (expecting 'r')"),
        ('"\t"', r"invalid character '\t' in string literal"),
        ('"\x01"', r"invalid character '\x01' in string literal"),
        ('"half', "unexpected end of JSON input"),
        (r'"\q"', "invalid character 'q' in string escape code"),
        (r'"\u12g4"', r"invalid character 'g' in \u hexadecimal character escape"),
        ("\ufeff{}", "invalid character 'ï' looking for beginning of value"),
        ("\xa0{}", "invalid character 'Â' looking for beginning of value"),
        ("\\", r"invalid character '\\' looking for beginning of value"),
        ("[" * 5000, "unexpected end of JSON input"),
        ('{"a":' * 10_000, "unexpected end of JSON input"),
        ('{"a":' * 10_001, "invalid character '{' exceeded max depth"),
        ("[" * 10_001, "invalid character '[' exceeded max depth"),
        ("[" * 3_000_000, "invalid character '[' exceeded max depth"),
    ],
)
def test_says_in_gos_words_what_is_wrong(text: str, complaint: str) -> None:
    assert syntax_complaint(text) == complaint


@pytest.mark.parametrize(
    "value", [None, [], {}, [{}], {"a": [1, -2.5, 1e30, '\x7fé\n\\"/'], "": {"b": None}}, "\ud83d"]
)
def test_says_nothing_about_json(value: object) -> None:
    assert not syntax_complaint(json.dumps(value))
    assert not syntax_complaint(json.dumps(value, indent=1))
