"""Whatever is written reads as the same value: by us, and text and numbers by readers of YAML 1.1 and 1.2, too."""

from typing import Final

import pytest
from doors.yamledit import Document, FlowStyle, Origin, Style, Value, block_lines, flow_text, json_number, same
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from strategies import values

styles = st.builds(Style, st.integers(1, 4), st.integers(0, 3), st.integers(2, 4), st.booleans())
flows = st.builds(
    FlowStyle,
    st.booleans(),
    st.sampled_from([", ", ","]),
    st.just(": "),
    st.sampled_from(["", "  ", "\t"]),
)
_numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False).map(json_number)
_OTHERS: Final = """
    y n Y N yes No ON off TRUE Null ~ .inf .NaN 0x1F 0o7 0b1 1_000 1:30 12:30:45 1e3 2026-01-01 = << - ? : --- ...
"""
_words = st.sampled_from(_OTHERS.split())
_signs = st.text(alphabet="-?:#,[]{}&*!|>'\"%@`~= \n\t01eExXn._", max_size=6)
texts = st.text() | _words | _signs


@given(values, styles)
def test_block_style_says_what_was_meant(value: Value, style: Style) -> None:
    wanted: Value = {"k": value, "l": [value]}

    assert same(Document("\n".join(block_lines(wanted, style)) + "\n", Origin()).value(), wanted)


@given(values, flows)
def test_flow_style_says_what_was_meant(value: Value, style: FlowStyle) -> None:
    wanted: Value = {"k": value, "l": [value]}

    assert same(Document(flow_text(wanted, style), Origin()).value(), wanted)


@pytest.mark.parametrize("version", [(1, 1), (1, 2)])
@given(texts | _numbers, st.sampled_from(["block", "flow"]))
def test_readers_of_both_versions_agree(version: tuple[int, int], scalar: str | float, style: str) -> None:
    wanted: Value = {"k": scalar, "l": [scalar]}
    reader = YAML(typ="safe", pure=True)
    reader.version = version
    text = flow_text(wanted, FlowStyle()) if style == "flow" else "\n".join(block_lines(wanted, Style())) + "\n"

    read = reader.load(text)

    assert read == wanted
    if isinstance(scalar, str):
        assert type(read["k"]) is str
