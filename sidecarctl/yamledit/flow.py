"""New values in flow style: JSON as it stands around them, or YAML's braces and brackets."""

import re
from typing import Final

from sidecarctl.record import Record
from sidecarctl.yamledit.value import Value
from sidecarctl.yamledit.write.emit import is_plain, json_string, quoted, scalar_text

_FLOW_INDICATOR: Final = re.compile(r"[,\[\]{}:?]")


class FlowStyle(Record):
    """How flow style looks around here."""

    json: bool = False  # keys and texts are always quoted
    comma: str = ", "
    colon: str = ": "
    indent: str = ""  # one step of a layout over several lines; empty: all on one line
    width: int = 0  # columns: what is no wider stays on one line; 0: nothing does


def flow_text(value: Value, style: FlowStyle, newline: str = "\n") -> str:
    """Write a value in flow style. `newline` is the line break, with the indentation of the line it begins on."""
    if style.width and style.indent:
        line = flow_text(value, style._replace(indent=""))
        if len(newline) + len(line) <= style.width:
            return line
    if isinstance(value, dict):
        parts = [
            f"{_scalar(key, style)}{style.colon}{flow_text(item, style, newline + style.indent)}"
            for key, item in value.items()
        ]
        return _wrapped("{", parts, "}", style, newline)
    if isinstance(value, list):
        return _wrapped("[", [flow_text(item, style, newline + style.indent) for item in value], "]", style, newline)
    return _scalar(value, style)


def key_text_in_flow(key: str, style: FlowStyle) -> str:
    """Write the key of a flow mapping."""
    return _scalar(key, style)


def _wrapped(opening: str, parts: list[str], closing: str, style: FlowStyle, newline: str) -> str:
    if not parts or not style.indent:
        return f"{opening}{style.comma.join(parts)}{closing}"
    inner = newline + style.indent
    return f"{opening}{inner}{f',{inner}'.join(parts)}{newline}{closing}"


def _scalar(value: Value, style: FlowStyle) -> str:
    if not isinstance(value, str):
        return scalar_text(value)
    if style.json:
        return json_string(value)
    return value if is_plain(value) and not _FLOW_INDICATOR.search(value) else quoted(value)
