"""Go's way to print values, which the webhook's sentences quote."""

import pytest
from doors.sidecarset import dumped, quoted, selector_text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", '""'),
        ('a"b\\c', '"a\\"b\\\\c"'),
        ("\n\t\r\a\b\f\v", '"\\n\\t\\r\\a\\b\\f\\v"'),
        ("\0\x1b\x7f", '"\\x00\\x1b\\x7f"'),
        ("né 日本 ✓", '"né 日本 ✓"'),
        ("\u2028\xa0\U000e0001", '"\\u2028\\u00a0\\U000e0001"'),
    ],
)
def test_strings_are_quoted(text: str, shown: str) -> None:
    assert quoted(text) == shown


def test_maps_are_dumped_in_the_order_of_their_keys() -> None:
    assert dumped({"b": "1", "a": "2"}, "map[string]string") == 'map[string]string{"a":"2", "b":"1"}'
    assert dumped(None, "map[string]string") == "map[string]string(nil)"
    assert dumped({}, "map[string]string") == "map[string]string{}"


def test_a_selector_prints_itself() -> None:
    expression = {"key": "k", "operator": "In", "values": ["p", "q"]}
    assert selector_text({"matchLabels": {"x": "y"}, "matchExpressions": [expression, {"key": "z"}]}) == (
        "&LabelSelector{MatchLabels:map[string]string{x: y,},MatchExpressions:[]LabelSelectorRequirement{"
        "LabelSelectorRequirement{Key:k,Operator:In,Values:[p q],},"
        "LabelSelectorRequirement{Key:z,Operator:,Values:[],},},}"
    )
