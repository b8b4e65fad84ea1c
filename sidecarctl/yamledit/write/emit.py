"""New values as YAML text, in the style of their neighbours."""

import re
from functools import cache
from typing import Final

from sidecarctl.record import Record
from sidecarctl.yamledit.parse.scalar import ScalarError, plain_value
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
