"""Read plain block documents by their lines: where keys and items stand, without parsing what nobody asks for.

# Strategy: indentation tells, and what is unusual is left alone.
In a block mapping whose keys stand at column c every line at column c is a key, a comment, or (at the same column) the
dash of an item: whatever is nested in it is indented deeper, inside scalars too. So a few searches find the way to a
field. Anything that would need more (aliases, tags, flow style on the way, tabs, other line breaks, quotes that span
lines, complex keys) gets the answer None, and the caller takes the long road through the parser. Edits made on this
road are proven by the parser, piece by piece (`stands_apart`).
"""

import re
from functools import cache
from itertools import zip_longest
from typing import Final

from sidecarctl.record import Record
from sidecarctl.yamledit.events import YamlSyntaxError, events_counted
from sidecarctl.yamledit.scalar import ScalarError, plain_value

_KEY: Final = re.compile(r"([A-Za-z0-9_][A-Za-z0-9_./-]*):(?: +(.*))?\Z")
_CONTENT: Final = re.compile(r"^( *)([^ \n#].*)", re.MULTILINE)
_QUOTED: Final = re.compile(r"""(?:"([^"\\]*)"|'([^']*)')(?: +#.*)?\Z""")
_INDICATORS: Final = frozenset("[]{}&*!|>%@`\"'#,?")
_SPECIAL: Final = re.compile(r"[:\-] +[*!]|^ *[*!?%]|<<:", re.MULTILINE)
_MAYBE_SPECIAL: Final = (("*", " *"), ("!", " !"), ("?", "? "), ("%", "%"), ("<", "<<:"))  # a rare sign, and the mark
_ANCHOR: Final = re.compile(r"&\S+(?: +#.*)?\Z")  # harmless where there is no alias
_NEVER: Final = ("\t", "\r", "\x85", "\u2028", "\u2029", "\ufeff")
_OPEN_END: Final = re.compile(r"\n(?<=[,{\[+]\n)")


class Entry(Record):
    """A key of a block mapping: where its line begins, what follows it there, and the lines below that are its own."""

    start: int
    inline: str
    body: int
    end: int  # with the comments and blank lines behind it


class Region(Record):
    """The lines of a block collection, and the column of its keys or dashes."""

    start: int
    end: int
    column: int
    is_sequence: bool


def is_plain(text: str) -> bool:
    """Whether a document may be read by its lines."""
    for mark in _NEVER:
        if mark in text:
            return False
    for sign, mark in _MAYBE_SPECIAL:  # one character is found much faster than two
        if sign in text and mark in text and _SPECIAL.search(text):
            return False
    return not (_OPEN_END.search(text) or ("\\" in text and '\\"' in text) or _has_odd_quotes(text))


def root(text: str) -> Region | None:
    """Return the region of the document's root mapping."""
    start = 0
    if text.startswith("---"):
        start = text.find("\n") + 1
        if not start or text[3 : start - 1].strip().partition("#")[0]:
            return None
    return _region(text, start, len(text), 0)


def below(text: str, entry: Entry, column: int) -> Region | None:
    """Return the block collection below a key that stands at a column."""
    if entry.inline and not entry.inline.startswith("#") and not _ANCHOR.match(entry.inline):
        return None
    return _region(text, entry.body, entry.end, column)


def entries(text: str, region: Region) -> dict[str, Entry] | None:
    """Return the keys of a mapping's region, in their order."""
    found: dict[str, Entry] = {}
    name, inline, start, body = "", "", 0, 0
    for line, content, below in _lines(text, region):
        if content[0] == "#" or (content[0] == "-" and name and content[:2] in {"- ", "-"}):
            continue
        key = _KEY.match(content)
        if key is None:
            return None
        if name:
            found[name] = Entry(start, inline, body, line)
        name, inline, start, body = key[1], key[2] or "", line, below
        if name in found:
            return None
    if not name:
        return None
    found[name] = Entry(start, inline, min(body, region.end), region.end)
    return found


def items(text: str, region: Region) -> list[Entry] | None:
    """Return the items of a sequence's region that are mappings; `inline` is what stands behind the dash."""
    starts: list[tuple[int, str, int]] = []
    for start, content, body in _lines(text, region):
        if content[0] == "#":
            continue
        if not content.startswith("- "):
            return None
        starts.append((start, content, body))
    ends = [start for start, _, _ in starts[1:]] + [region.end]
    return [Entry(start, content, body, end) for (start, content, body), end in zip(starts, ends, strict=True)]


def key_of_item(text: str, item: Entry, column: int, key: str) -> Entry | None:
    """Return the entry of a key in an item whose dash stands at a column; None where it cannot be seen."""
    content = item.inline[1:].lstrip(" ")
    first = _KEY.match(content)
    if first is None:
        return None
    inner = column + len(item.inline) - len(content)
    if first[1] == key:
        next_line = _CONTENT.match(text, item.body, item.end)
        is_alone = next_line is None or len(next_line[1]) <= inner
        return Entry(item.start, first[2] or "", item.body, item.body if is_alone else item.end)
    below = Region(item.body, item.end, inner, is_sequence=False)
    lines = [line for line in _lines(text, below) if line[1][0] not in "#-"]
    for (start, found_text, body), following in zip_longest(lines, lines[1:]):
        found = _KEY.match(found_text)
        if found is not None and found[1] == key:
            return Entry(start, found[2] or "", body, following[0] if following else item.end)
    return None


def text_of(text: str, entry: Entry) -> str | None:
    """Return the value of an entry where it is a text on one line."""
    _, inline, body, end = entry
    if not inline or (body < end and _CONTENT.search(text, body, end)):
        return None
    if inline[0] in "\"'" and (quoted := _QUOTED.match(inline)) is not None:
        return quoted[1] if quoted[1] is not None else quoted[2]
    plain = (inline.partition(" #")[0] if "#" in inline else inline).rstrip(" ")
    if not plain or plain[0] in _INDICATORS or ": " in plain or plain.endswith(":"):
        return None
    try:
        value = plain_value(plain)
    except ScalarError:
        return None
    return value if isinstance(value, str) else None


def content_end(text: str, region: Region) -> int | None:
    """Return where the content of a collection ends, before the blank lines and the comments behind it.

    None where a comment is indented like a key, or deeper: it belongs to the content, or a scalar ends like that.
    """
    own = region.column + region.is_sequence
    end = region.end
    while end > region.start:
        start = text.rfind("\n", 0, end - 1) + 1
        line = text[start:end].rstrip("\n")
        stripped = line.lstrip(" ")
        if stripped and stripped[0] != "#":
            return end
        if stripped and len(line) - len(stripped) >= own:
            return None
        end = start
    return None


def above_comments(text: str, start: int, region: Region) -> int | None:
    """Go up from the line of an item over the comments right above it; None where one of them is indented deeper."""
    while start > region.start:
        above = text.rfind("\n", 0, start - 1) + 1
        line = text[above:start]
        stripped = line.lstrip(" ")
        if stripped[0] != "#":
            break
        if len(line) - len(stripped) > region.column:
            return None
        start = above
    return start


def follows_blank_line(text: str, start: int) -> bool:
    """Whether a blank line stands above the line at an offset, or above the comments over it."""
    while start:
        above = text.rfind("\n", 0, start - 1) + 1
        stripped = text[above:start].strip()
        if not stripped or stripped[0] != "#":
            return not stripped
        start = above
    return False


def stands_apart(text: str, cuts: list[tuple[int, tuple[int, ...]]]) -> bool:
    """Prove that no cut goes through a scalar: each piece parses below keys that stand for its ancestors.

    A cut is an offset, and the columns of the keys that are open there.
    """
    position = 0
    columns: tuple[int, ...] = ()
    pieces: list[str] = []
    for end, following in [*cuts, (len(text), ())]:
        first = _CONTENT.search(text, position, end)
        if first is not None:
            deepest = len(first[1]) + (first[2][0] == "-")
            pieces += (f"{' ' * column}x:\n" for column in columns if column < deepest)
            pieces += (text[position:end], "---\n")  # a marker that ends every scalar, or makes it an error
        position, columns = end, following
    try:
        events_counted("".join(pieces))
    except YamlSyntaxError:
        return False
    return True


def _has_odd_quotes(text: str) -> bool:
    """Whether what stands between quotes spans lines: of a scalar that does, or of a quote that is none."""
    return any("\n" in "".join(text.split(quote)[1::2]) for quote in "\"'" if quote in text)


def _lines(text: str, region: Region) -> list[tuple[int, str, int]]:
    """The lines of a region that begin at its column: where each begins, what it holds, where the next one begins."""
    found = _lines_at(region.column).finditer(text, max(0, region.start - 1), region.end)
    lines = [(line.start() + 1, line[1], line.end() + 1) for line in found]
    if region.start == 0 and text[0] not in " \n":  # no line break announces it
        end = text.find("\n") + 1
        lines.insert(0, (0, text[: end - 1], end))
    return lines


@cache
def _lines_at(column: int) -> re.Pattern[str]:
    return re.compile(rf"\n{' ' * column}([^ \n].*)")  # a literal beginning, which is found at C speed


def _region(text: str, start: int, end: int, column: int) -> Region | None:
    first = _CONTENT.search(text, start, end)
    if first is None or len(first[1]) < column:
        return None
    is_sequence = first[2][:2] in {"- ", "-"}
    if not is_sequence and len(first[1]) == column and column:
        return None
    return Region(start, end, len(first[1]), is_sequence)
