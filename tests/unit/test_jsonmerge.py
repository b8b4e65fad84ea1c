import json

import pytest
from doors.sidecarset import InvalidMerge, merged_json
from hypothesis import given
from hypothesis import strategies as st

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.text(max_size=2), VALUES, max_size=4)


@pytest.mark.parametrize(
    ("document", "patch", "merged"),
    [
        ('{"a":1}', '{"b":2}', '{"a":1,"b":2}'),
        ('{"b":1,"a":2}', "{}", '{"a":2,"b":1}'),
        ('{"a":1,"b":2}', '{"a":null}', '{"b":2}'),
        ('{"a":null}', '{"b":1}', '{"a":null,"b":1}'),
        ('{"a":null}', '{"a":{"x":null,"y":1}}', '{"a":{"y":1}}'),
        ('{"a":1}', '{"a":{"x":null,"y":[{"z":null},null]}}', '{"a":{"y":[{},null]}}'),
        ('{"a":{}}', '{"a":[{"x":null}]}', '{"a":[{"x":null}]}'),
        ('{"a":{"z":1,"b":{"y":1,"x":2}}}', '{"a":{"c":0}}', '{"a":{"b":{"y":1,"x":2},"c":0,"z":1}}'),
        ("[1]", '{"b":1,"a":null}', '{"b":1}'),
        ('"x"', '{"a":1}', '{"a":1}'),
        ('{"a":1}', '[{"b":null,"a":1},null]', '[{"a":1},null]'),
        ('{"a":1,"a":2}', '{"b":1,"b":3}', '{"a":2,"b":3}'),
        (
            '{"a": 1e3, "b" :2.0,"c":0.1000,"d":12345678901234567890}',
            "{}",
            '{"a":1e3,"b":2.0,"c":0.1000,"d":12345678901234567890}',
        ),
        (r'{"a":"\u0041\/<&>"}', r'{"\u0062":"<"}', r'{"a":"\u0041\/\u003c\u0026\u003e","b":"\u003c"}'),
        ('{"<":1}', "{}", r'{"\u003c":1}'),
        (
            '{"z": {"y":{"r":1, "q":2.0}, "x":2}, "a":1e3}',
            '{"z":{"w":1},"n":{"c":1,"b":{"z":null,"y":1,"a":[{"d":null,"c":1}, null]}}}',
            '{"a":1e3,"n":{"b":{"a":[{"c":1},null],"y":1},"c":1},"z":{"w":1,"x":2,"y":{"r":1,"q":2.0}}}',
        ),
    ],
)
def test_merges_byte_for_byte(document: str, patch: str, merged: str) -> None:
    assert merged_json(document, patch) == merged


@pytest.mark.parametrize(
    "document", ["null", "", "nul", "{", '{"a"}', '{"a":1,}', "[1,]", "01", "NaN", '"\x01"', "{} x"]
)
def test_refuses_documents(document: str) -> None:
    with pytest.raises(InvalidMerge, match="Invalid JSON Document"):
        merged_json(document, "{}")


@pytest.mark.parametrize("patch", ["null", "", "1", '"x"', "true", "{", "[1,]", r'"\x"'])
def test_refuses_patches(patch: str) -> None:
    with pytest.raises(InvalidMerge, match="Invalid JSON Patch"):
        merged_json("{}", patch)


def test_refuses_what_is_nested_beyond_reason() -> None:
    with pytest.raises(InvalidMerge, match="nested"):
        merged_json("[" * 1000 + "]" * 1000, "{}")


@given(OBJECTS, OBJECTS)
def test_agrees_with_rfc_7396_where_upstream_does(document: dict[str, object], patch: dict[str, object]) -> None:
    merged = json.loads(merged_json(json.dumps(document), json.dumps(patch)))
    assert set(merged) == {key for key in {**document, **patch} if patch.get(key, 0) is not None}
    assert all(merged[key] == document[key] for key in document if key not in patch)


@given(OBJECTS)
def test_an_empty_patch_changes_no_value(document: dict[str, object]) -> None:
    assert json.loads(merged_json(json.dumps(document), "{}")) == document
