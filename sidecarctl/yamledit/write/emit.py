"""New values as YAML text in the style of their neighbours."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Final, TypeAlias

from sidecarctl.record import Record
from sidecarctl.yamledit.document import entries
from sidecarctl.yamledit.parse.nodes import Collection, Node
from sidecarctl.yamledit.parse.scalar import ScalarError, plain_value
from sidecarctl.yamledit.parse.values import start_of
from sidecarctl.yamledit.write.geometry import Geometry, UnsupportedEdit, is_block_collection

if TYPE_CHECKING:
    from sidecarctl.yamledit.value import Value

_PLAIN: Final = re.compile(
    r"[A-Za-z_/$(]\S*(?: \S+)*"
    r"|--?[A-Za-z]\S*"  # --port=80
    r"|[0-9]+(?:[mkMGTPshd]|[KMGTP]i|ms)"  # 500m, 64Mi, 999d
)


_NO_TEXT: Final = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf", "none"})


_WORDS: Final = {None: "null", True: "true", False: "false"}


_TAGS: Final = range(0xE0000, 0xE0080)  # letters that are not shown, and have no escape in JSON


_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


class Style(Record):
    """How block style looks around here; all figures are columns."""

    step: int = 2  # a mapping below a key
    dash: int = 0  # the dash below the key of its list
    gap: int = 2  # from the dash to what the item holds
    literal: bool = True  # whether text of several lines may be a block scalar


def block_lines(value: Value, style: Style) -> list[str]:
    """Return the lines of a block mapping or block sequence that is not empty, its first column being 0."""
    if isinstance(value, dict):
        return [line for key, item in value.items() for line in _entry_lines(key, item, style)]
    if isinstance(value, list):
        return [line for item in value for line in item_lines(item, style)]
    raise TypeError("only collections have block lines")


def item_lines(value: Value, style: Style) -> list[str]:
    """Return the lines of one item of a block sequence, dash included."""
    lead = "-" + " " * (style.gap - 1)
    if value and isinstance(value, dict | list):
        first, *rest = block_lines(value, style)
        return [lead + first, *(f"{' ' * style.gap}{line}" if line else line for line in rest)]
    first, *rest = _scalar_lines(value, style)
    return [lead + first, *(f"{' ' * style.gap}{line}" if line else line for line in rest)]


def after_colon(value: Value, style: Style) -> list[str]:
    """Return what follows `key:`: the rest of its line, then further lines as seen from the key's column."""
    if isinstance(value, dict) and value:
        return ["", *_indented(block_lines(value, style), style.step)]
    if isinstance(value, list) and value:
        return ["", *_indented(block_lines(value, style), style.dash)]
    first, *rest = _scalar_lines(value, style)
    return [f" {first}", *_indented(rest, style.step)]


def _entry_lines(key: str, value: Value, style: Style) -> list[str]:
    first, *rest = after_colon(value, style)
    return [f"{scalar_text(key)}:{first}", *rest]


def _indented(lines: list[str], columns: int) -> list[str]:
    return [" " * columns + line if line else line for line in lines]


def _scalar_lines(value: Value, style: Style) -> list[str]:
    """Write a scalar (or an empty collection): one line, or a literal block scalar of several."""
    if isinstance(value, str) and style.literal and _reads_well_as_literal(value):
        return ["|" if value.endswith("\n") else "|-", *value.removesuffix("\n").split("\n")]
    return [scalar_text(value)]


def _reads_well_as_literal(text: str) -> bool:
    lines = text.removesuffix("\n").split("\n")
    return (
        len(lines) > 1
        and all(_is_printable(line.replace("\t", " ")) for line in lines)
        and not text[0].isspace()
        and lines[-1] != ""
        and not any(line != line.rstrip() or line.startswith("\t") for line in lines)
    )


def scalar_text(value: Value) -> str:
    """Write a scalar or an empty collection on one line; no reader of any YAML takes text for something else."""
    if isinstance(value, str):
        return value if is_plain(value) else quoted(value)
    if isinstance(value, list | dict):
        return "[]" if isinstance(value, list) else "{}"
    if value is None or isinstance(value, bool):
        return _WORDS[value]
    text = repr(value)
    return text if "." in text else text.replace("e", ".0e")  # readers of YAML 1.1 want the point


def is_plain(text: str) -> bool:
    """Whether a text may stand without quotes in block style."""
    if not _PLAIN.fullmatch(text) or not _is_printable(text):
        return False
    if text.casefold() in _NO_TEXT or ": " in text or " #" in text or text.endswith(":"):
        return False
    try:
        return plain_value(text) == text
    except ScalarError:
        return False


def quoted(text: str) -> str:
    """Quote a text: in single quotes where that spares backslashes, else in double quotes."""
    if ('"' in text or "\\" in text) and "'" not in text and _is_printable(text):
        return f"'{text}'"
    written = json_string(text)
    if written.isascii():
        return written
    return "".join(f"\\U{ord(char):08x}" if ord(char) in _TAGS else char for char in written)


def json_string(text: str) -> str:
    """Quote a text in double quotes, as both JSON and YAML read it."""
    if _is_printable(text):
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    is_short = ord(char) <= 0xFFFF  # noqa: PLR2004 - a longer one has no escape that both JSON and YAML read
    return f"\\u{ord(char):04x}" if is_short and not _is_printable(char) else char


def _is_printable(text: str) -> bool:
    """Whether a text may stand in a line of YAML as it is.

    Python's own idea of what is printable changes with its releases, save for ASCII.
    """
    return text.isprintable() if text.isascii() else _unprintable().search(text) is None


@cache
def _unprintable() -> re.Pattern[str]:
    """What must be escaped, or would not be seen on a terminal; made when first needed, for it takes 10 ms."""
    return re.compile(
        r"[^\x20-\x7e\xa1-\xac\xae-\u061b\u061d-\u180d\u180f-\u200a\u2010-\u2027\u202f-\u205f\u2070-\ud7ff"
        r"\ue000-\ufefe\uff00-\ufff8\ufffc\ufffd\U00010000-\U000dffff\U000e0080-\U0010ffff]"
    )


Chain: TypeAlias = Sequence[Node]  # from the root down to the collection that an edit changes


Measures: TypeAlias = dict[str, Callable[[Geometry, Collection, int], int | None]]


def key_column(geometry: Geometry, mapping: Collection) -> int:
    """Return the column at which the keys of a block mapping stand."""
    return geometry.column(geometry.entry_start(mapping.items[0]))


def block_style(geometry: Geometry, chain: Chain) -> Style:
    """Return the block style around a collection: the nearest example of each measure counts."""
    measured: dict[str, int] = {}
    for parent in reversed(chain):
        if len(measured) < len(Style._fields) - 1:
            _measure(geometry, parent, measured)
    literal = not geometry.is_last_line_open()  # a block scalar at an open end would gain a line break
    return Style(**measured, literal=literal)


def _measure(geometry: Geometry, parent: Node, measured: dict[str, int]) -> None:
    """Note the measures that a collection shows and that nothing nearer has shown."""
    if not is_block_collection(parent):
        return
    column, shown = 0, [(parent, _OF_ITEMS)]
    if parent.is_map:
        column = key_column(geometry, parent)
        values = [value for _, value in entries(parent) if is_block_collection(value)]
        shown = [(value, _OF_A_MAPPING if value.is_map else _OF_A_SEQUENCE) for value in values]
    for value, measures in shown:
        for name, measure in measures.items():
            if name not in measured and (columns := measure(geometry, value, column)) is not None:
                measured[name] = columns


def _step(geometry: Geometry, mapping: Collection, column: int) -> int | None:
    """Return how much deeper a mapping is than the keys that it stands below."""
    return max(0, key_column(geometry, mapping) - column) or None


def _dash(geometry: Geometry, sequence: Collection, column: int) -> int | None:
    dash = _visible_dash(geometry, sequence)
    return max(0, geometry.column(dash) - column) if dash is not None and geometry.begins_line(dash) else None


def _gap(geometry: Geometry, sequence: Collection, _column: int) -> int | None:
    item = sequence.items[0]
    if not is_block_collection(item) or not item.is_map:
        return None
    dash, first = _visible_dash(geometry, sequence), start_of(item.items[0])
    if dash is None or geometry.line_start(first) != geometry.line_start(dash):
        return None
    return first - dash


def _visible_dash(geometry: Geometry, sequence: Collection) -> int | None:
    try:
        return geometry.dash(sequence.items[0])
    except UnsupportedEdit:
        return None


_OF_A_MAPPING: Final[Measures] = {"step": _step}


_OF_A_SEQUENCE: Final[Measures] = {"dash": _dash, "gap": _gap}


_OF_ITEMS: Final[Measures] = {"gap": _gap}


def yaml_stream(values: Sequence[Value]) -> str:
    """Return objects as a YAML stream, without a line break at its end."""
    return "\n---\n".join("\n".join(block_lines(value, Style())) for value in values)
