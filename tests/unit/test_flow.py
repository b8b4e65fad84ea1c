"""Flow style: what is new between brackets."""

import pytest
from doors.yamledit import FlowStyle, Value, flow_text, key_text_in_flow

VALUE: Value = {"name": "a", "image": "b:1", "args": ["-x", "c, d", True, None], "rest": {}}


@pytest.mark.parametrize(
    ("style", "text"),
    [
        (FlowStyle(), '{name: a, image: "b:1", args: [-x, "c, d", true, null], rest: {}}'),
        (FlowStyle(json=True), '{"name": "a", "image": "b:1", "args": ["-x", "c, d", true, null], "rest": {}}'),
        (
            FlowStyle(json=True, comma=",", colon=":"),
            '{"name":"a","image":"b:1","args":["-x","c, d",true,null],"rest":{}}',
        ),
    ],
)
def test_on_one_line(style: FlowStyle, text: str) -> None:
    assert flow_text(VALUE, style) == text


def test_over_lines() -> None:
    assert flow_text({"a": [1, {"b": []}]}, FlowStyle(indent="  "), "\r\n\t") == (
        "{\r\n\t  a: [\r\n\t    1,\r\n\t    {\r\n\t      b: []\r\n\t    }\r\n\t  ]\r\n\t}"
    )


@pytest.mark.parametrize("text", ["a,b", "[a", "a]", "{", "a}b", "a:b", "a?b"])
def test_what_would_end_a_word_is_quoted(text: str) -> None:
    assert key_text_in_flow(text, FlowStyle()) == f'"{text}"'
