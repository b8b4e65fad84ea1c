"""Text for each kind of output: hidden characters made visible, names escaped, counts, colours, column widths."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence


def aligned(rows: Sequence[Sequence[str]], gap: int = 2) -> list[str]:
    """Return rows of cells as lines; every column is as wide as its widest cell."""
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    lines = ("".join(padded(cell, size + gap) for cell, size in zip(row, widths, strict=True)) for row in rows)
    return [line.rstrip() for line in lines]


def padded(text: str, size: int) -> str:
    """Fill a text up with blanks."""
    return text + " " * (size - width(text))


def width(text: str) -> int:
    """Return how many cells of a terminal a text takes."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(c) else 1 + (east_asian_width(c) in "WF") for c in text)


def shortened(text: str, size: int) -> str:
    """Return a text without its middle where it takes more cells than that: names differ at their ends."""
    if width(text) <= size:
        return text
    kept = max(size - 1, 0)
    head, tail = _first_cells(text, kept - kept // 2), _first_cells(text[::-1], kept // 2)[::-1]
    return f"{head}…{tail}" if size else ""


def _first_cells(text: str, size: int) -> str:
    taken = 0
    for index, char in enumerate(text):
        taken += width(char)
        if taken > size:
            return text[:index]
    return text


_MARKDOWN: Final = r"[\\`*_{}\[\]<>#|~!&$]|(?<![A-Za-z0-9])@(?=\w)"


_NO_REFERENCE: Final = "&#8203;"  # an empty space: GitHub and GitLab see no `@team` and no `#12`


_MERMAID: Final = {'"': "#quot;", "#": "#35;", "&": "#amp;", "<": "#lt;", ">": "#gt;", "`": "#96;", "\\": "#92;"}


_NOT_IN_CHARTS: Final = r"[^A-Za-z0-9/._ -]"  # a chart's language knows no escapes that hold everywhere


_NOT_XML: Final = "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"


_IN_COMMANDS: Final = {"%": "%25", "\r": "%0D", "\n": "%0A"}


_IN_PROPERTIES: Final = {**_IN_COMMANDS, ":": "%3A", ",": "%2C"}


_QUOTED_BY_GIT: Final = r"[\x00-\x1f\x7f\"\\]"


def markdown_text(text: str) -> str:
    """Return a text in which Markdown sees nothing of its own, and GitHub neither a user nor an issue."""
    return re.sub(_MARKDOWN, _in_markdown, visible(text))


def _in_markdown(found: re.Match[str]) -> str:
    sign, follows = found[0], found.string[found.end() : found.end() + 1]
    if sign == "@":
        return f"@{_NO_REFERENCE}"
    return f"\\{sign}{_NO_REFERENCE if sign == '#' and follows.isdigit() else ''}"


def mermaid_label(text: str) -> str:
    """Return a text as the quoted label of a node in a Mermaid flowchart.

    Mermaid has no backslash escapes: it names characters, as HTML does, between `#` and `;`.
    """
    return f'"{"".join(_MERMAID.get(character, character) for character in visible(text))}"'


def mermaid_chart_name(text: str) -> str:
    """Return a text as the name of a task in a Mermaid Gantt chart, where nothing can be escaped."""
    return re.sub(_NOT_IN_CHARTS, "_", text)


def dot_label(text: str) -> str:
    """Return a text as a quoted string of Graphviz, which also reads HTML's names of characters."""
    escaped = visible(text).replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def xml_text(text: str) -> str:
    """Return a text between XML tags; what XML cannot hold is shown as an escape."""
    from xml.sax.saxutils import escape

    return escape(_xml_characters(text))


def xml_attribute(text: str) -> str:
    """Return a text as the value of an XML attribute, in quotes."""
    from xml.sax.saxutils import quoteattr

    return quoteattr(_xml_characters(text))


def _xml_characters(text: str) -> str:
    return re.sub(_NOT_XML, lambda found: f"\\u{ord(found[0]):04x}", visible(text))


def command_text(*lines: str) -> str:
    """Return lines as the message of a GitHub workflow command."""
    return _percent_encoded("\n".join(map(visible, lines)), _IN_COMMANDS)


def command_property(text: str) -> str:
    """Return a text as the value of a property of a GitHub workflow command."""
    return _percent_encoded(visible(text), _IN_PROPERTIES)


def _percent_encoded(text: str, codes: dict[str, str]) -> str:
    return "".join(codes.get(character, character) for character in text)


def sarif_text(text: str) -> str:
    """Return a text for a SARIF message, in which `[text](target)` would be a link."""
    return visible(text).replace("](", "\\](")


def json_text(text: str) -> str:
    """Return a JSON document with control and direction characters written as escapes; its values stay the same.

    Line breaks and tabs stay: in JSON they stand between values only.
    """
    return text if text.isascii() and "\x7f" not in text else re.sub(HIDDEN, _in_json, text)


def _in_json(found: re.Match[str]) -> str:
    character = found[0]
    if character in "\n\t\r":
        return character
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[place]:02x}{units[place + 1]:02x}" for place in range(0, len(units), 2))


def diff_name(name: str) -> str:
    """Return a file's name for the head of a diff: in quotes with octal escapes where git writes it so."""
    if name.isprintable() and not re.search(_QUOTED_BY_GIT, name):
        return name
    return f'"{"".join(map(_in_diff_name, name))}"'


def _in_diff_name(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if character.isprintable():
        return character
    return "".join(f"\\{byte:03o}" for byte in character.encode("utf-8", "surrogateescape"))


# Control, direction and invisible characters; lone surrogates are bytes of file names that are no UTF-8.
HIDDEN: Final = (
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f\ud800-\udfff]"
)


_COMMAND: Final = r"^(\s*):(?=:)|#(?=#\w*\[)"  # `::error::` begins a line, `##[error]` and `##vso[` stand anywhere


_COLOURS: Final = {"red": "31", "green": "32", "yellow": "33", "blue": "34", "grey": "90", "bold": "1"}


def visible(text: str) -> str:
    """Show control and direction characters as escapes, and break what a CI system takes for a command in its log."""
    if not text.isprintable():  # all that is hidden is not; the search would take long to compile
        text = re.sub(HIDDEN, _escape, text)
    if "::" in text or "##" in text:
        text = re.sub(_COMMAND, lambda found: f"{found[1] or ''}{_escape(found[0][-1:])}", text)
    return text


def _escape(found: re.Match[str] | str) -> str:
    code = ord(found[0])
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - as Python writes them


def counted(number: int, word: str = "Pod") -> str:
    """Return a number of things: "1 Pod", "2 Pods"."""
    return f"{number} {word}{'' if number == 1 else 's'}"


class Palette:
    """Colours, or none of them."""

    def __init__(self, *, on: bool) -> None:
        self.on = on

    def __call__(self, text: str, colour: str) -> str:
        """Colour a text."""
        return f"\x1b[{_COLOURS[colour]}m{text}\x1b[0m" if self.on else text
