"""The lines of plain block documents: keys and items found by indentation, without a parser.

# Strategy: indentation tells, and what is unusual is left alone.
In a block mapping whose keys stand at column c every line at column c is a key, a comment, or (at the same column) the
dash of an item: whatever is nested in it is indented deeper, inside scalars too. So a few searches find the way to a
field, each for a line break with so many blanks behind it, which is found at C speed. Anything that would need more
(aliases, tags, flow style on the way, tabs, other line breaks, quotes that span lines, complex keys) gets the answer
None, and the caller takes the long road through the parser. Edits made on this road are proven by the parser, piece by
piece (`stands_apart`). A text that is read so begins with a line break or `---`, and ends with a line break.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from sidecarctl.record import Record
from sidecarctl.yamledit.parse.events import YamlSyntaxError, events_counted
from sidecarctl.yamledit.parse.scalar import ScalarError, plain_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_NAME: Final = r"[A-Za-z0-9_][A-Za-z0-9_./-]*"


_CONTENT: Final = re.compile(r"^( *)([^ \n#])", re.MULTILINE)


_FIRST_CONTENT: Final = re.compile(r"(?: *(?:#.*)?\n)*?( *)(-(?=[ \n])|[^ \n#])")


_PADDED: Final = re.compile(r"^ +$", re.MULTILINE)  # a line of nothing but blanks


_COMMENTED_ITEM: Final = re.compile(r"# ?-(?:[ \t]|$)")


_QUOTED: Final = re.compile(r"""(?:"([^"\\]*)"|'([^']*)')(?: +#.*)?\Z""")


_INDICATORS: Final = frozenset("[]{}&*!|>%@`\"'#,?")


_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,17}")


_NO_VALUE: Final = re.compile(r"(?:&\S+)? *(?:#.*)?\Z")  # an anchor is harmless where there is no alias


_NEVER: Final = ("\t", "\r")


_NEVER_BEYOND_ASCII: Final = ("\x85", "\u2028", "\u2029", "\ufeff")


_SPECIAL: Final = tuple(  # rare signs, which are found fast, and what makes them special
    (sign, re.compile(pattern).search)
    for sign, pattern in (
        ("*", r"\*(?=[\w-])(?:(?<=\A.)|(?<=[\n\[{,].)|(?<=[ \n:?,\[{-] .))"),  # an alias, also between brackets
        ("!", r"!(?:(?<=\A.)|(?<=\n.)|(?<=[ \n:-] .))"),
        ("?", r"\?(?= )(?:(?<=\A.)|(?<=\n.)|(?<=[ \n] .))"),
        ("%", r"%(?:(?<=\A.)|(?<=\n.))"),
        ("<", r"<(?=<:)"),
        ("\\", r"\\(?=\")"),
    )
)


_OPEN_END: Final = re.compile(r"\n(?<=[,{\[+]\n)")


class Region(Record):
    """The lines of a block collection, and the column of its keys or dashes."""

    start: int
    end: int
    column: int
    is_sequence: bool


class Keys(Record):
    """The keys of a block mapping; each with its lines: those of its value, and the comments and blank lines behind."""

    text: str
    region: Region
    lines: dict[
        str, tuple[int, str, int, int]
    ]  # its first one, what stands there behind the key, the next one, the end

    def below(self, key: str) -> Region | None:
        """Return the block collection below a key."""
        _, inline, body, end = self.lines[key]
        if inline and not _NO_VALUE.match(inline):
            return None
        return _region(self.text, body, end, self.region.column)

    def heads(self) -> Iterator[tuple[int, int]]:
        """Where the content below each key begins, and its column; of keys with a value on their line nothing."""
        for _, inline, body, end in self.lines.values():
            if not inline or (inline[0] in "&#" and _NO_VALUE.match(inline)):
                first = _FIRST_CONTENT.match(self.text, body, end)
                if first is not None:
                    line, at = first.span(1)
                    yield at, at - line

    def value(self, key: str) -> str | None:
        """Return the value of a key where it is a text on one line."""
        _, inline, body, end = self.lines[key]
        return None if self._has_content(body, end) else text_value(inline)

    def is_empty(self, key: str) -> bool:
        """Whether the value of a key is an empty mapping in flow style."""
        return self.lines[key][1].partition(" #")[0].rstrip(" ") == "{}"

    def number(self, key: str) -> int | None:
        """Return the value of a key where it is a plain decimal number."""
        digits = self.lines[key][1].partition(" #")[0].rstrip(" ")
        return int(digits) if _NUMBER.fullmatch(digits) else None

    def texts(self) -> dict[str, str] | None:
        """Return all keys and values where they are texts on one line."""
        found: dict[str, str] = {}
        for key, (_, inline, body, end) in self.lines.items():
            value = text_value(inline)
            if value is None or text_value(key) is None or self._has_content(body, end):
                return None
            found[key] = value
        return found

    def _has_content(self, start: int, end: int) -> bool:
        return start < end and _CONTENT.search(self.text, start, end) is not None


def is_plain(text: str) -> bool:
    """Whether a document may be read by its lines."""
    for mark in _NEVER if text.isascii() else (*_NEVER, *_NEVER_BEYOND_ASCII):
        if mark in text:
            return False
    for sign, search in _SPECIAL:
        if sign in text and search(text):
            return False
    return not (_OPEN_END.search(text) or _has_odd_quotes(text))


def root(text: str) -> Region | None:
    """Return the region of the document's root mapping."""
    start = text.find("\n") + 1
    if text.startswith("---") and text[3 : start - 1].strip().partition("#")[0]:
        return None
    return _region(text, start, len(text), 0)


def keys(text: str, region: Region) -> Keys | None:
    """Return the keys of a mapping's region, in their order."""
    if region.is_sequence:
        return None
    lines: dict[str, tuple[int, str, int, int]] = {}
    key, inline, start, body = "", "", 0, 0
    for line in _keys_at(region.column).finditer(text, region.start - 1, region.end):
        before, end = line.span()
        if key:
            lines[key] = (start, inline, body, before + 1)
        key, inline = line.groups("")
        if not key or key in lines:
            return None
        start, body = before + 1, end + 1
    if not key:
        return None
    lines[key] = (start, inline, body, region.end)
    return Keys(text, region, lines)


def items(text: str, region: Region, key: str) -> dict[int, str] | None:
    """Return where each item of a sequence's region begins, and its text at a key.

    None where one of them is no mapping that has the key with a text on one line.
    """
    if not region.is_sequence:
        return None
    heads = list(_items_at(region.column).finditer(text, region.start - 1, region.end))
    ends = [*[head.start() + 1 for head in heads[1:]], region.end]
    found: dict[int, str] = {}
    for head, end in zip(heads, ends, strict=True):
        value = _value_in_item(head, end, region.column, key)
        if value is None:
            return None
        found[head.start() + 1] = value
    return found


def _value_in_item(head: re.Match[str], end: int, column: int, key: str) -> str | None:
    gap, first, inline = head.groups("")
    if not gap:
        return None
    text, inner, body = head.string, column + 1 + len(gap), head.end() + 1
    line_start = f"\n{' ' * inner}{key}:"
    if first != key:
        start = text.find(line_start, body - 1, end)
        if start < 0:
            return None
        body = text.find("\n", start + 1) + 1
        inline = text[start + len(line_start) : body - 1]
        if inline[:1] != " ":
            return None
    if _deeper_than(inner).match(text, body, end) or text.find(line_start, body - 1, end) >= 0:
        return None
    return text_value(inline.lstrip(" "))


@lru_cache(4096)
def text_value(inline: str) -> str | None:
    """Return the value that a text on one line stands for; None for what is not plain, nor quoted without escapes."""
    if inline[:1] in {'"', "'"} and (quoted := _QUOTED.match(inline)) is not None:
        return quoted[1] if quoted[1] is not None else quoted[2]
    plain = inline.partition(" #")[0].rstrip(" ")
    if not plain or plain[0] in _INDICATORS or ": " in plain or plain.endswith(":"):
        return None
    try:
        value = plain_value(plain)
    except ScalarError:
        return None
    return value if isinstance(value, str) else None


def content_end(text: str, region: Region, within: Iterable[Region]) -> int | None:
    """Return where the content of a collection ends: before the blank lines and comments behind it, but for its own.

    Its own are those right below it that are indented deeper. None where one of them may be a scalar's last line: a
    comment is none where a list ends there, too, whose dashes are as deep, for each scalar in that is deeper; a line of
    blanks always may.
    """
    own = region.column + region.is_sequence
    end, behind = region.end, 0
    while end > region.start:
        start = text.rfind("\n", 0, end - 1) + 1
        line = text[start:end].rstrip("\n")
        stripped = line.lstrip(" ")
        if stripped and stripped[0] != "#":
            return behind or end
        if line and not stripped:
            return None
        column = len(line) - len(stripped)
        dashes = _dashes_at_end(region, within)
        if stripped and column >= own and column > dashes:
            return None
        if column == dashes == region.column and not region.is_sequence and _COMMENTED_ITEM.match(stripped):
            return None  # it stays with its list
        if stripped and column > region.column:
            behind = behind or end
        elif behind:
            return None
        end = start
    return None


def _dashes_at_end(region: Region, within: Iterable[Region]) -> int:
    """Return the column of the dashes of a list that ends where a region does; -1 where none does."""
    return max((one.column for one in within if one.is_sequence and one.end == region.end), default=-1)


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


def follows_blank_line(text: str, start: int, column: int) -> bool | None:
    """Whether a blank line stands above the line at an offset, or above the comments over it.

    None where one of them is indented deeper than a column: it may be a scalar's last line.
    """
    while start:
        above = text.rfind("\n", 0, start - 1) + 1
        line = text[above:start]
        stripped = line.strip()
        if not stripped or stripped[0] != "#":
            return not stripped
        if len(line.rstrip()) - len(stripped) > column:
            return None
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
        first = _FIRST_CONTENT.match(text, position, end)
        if position and _PADDED.search(text, position, end if first is None else first.start(1)):
            return False  # a line of blanks behind a cut may be the last of a block scalar before it
        if first is not None:
            parents = _parents(columns, len(first[1]) + (first[2] == "-"))
            pieces += (parents, text[position:end], "---\n")  # a marker that ends every scalar, or makes it an error
        position, columns = end, following
    try:
        events_counted("".join(pieces))
    except YamlSyntaxError:
        return False
    return True


@lru_cache
def _parents(columns: tuple[int, ...], deepest: int) -> str:
    """Return keys at those of the columns that are above something so deep."""
    return "".join(f"{' ' * column}x:\n" for column in columns if column < deepest)


def _has_odd_quotes(text: str) -> bool:
    """Whether what stands between quotes spans lines: of a scalar that does, or of a quote that is none."""
    return any("\n" in "".join(text.split(quote)[1::2]) for quote in "\"'" if quote in text)


@cache
def _keys_at(column: int) -> re.Pattern[str]:
    """Find each line at a column, but comments and items; its groups are a plain key, and the rest."""
    return re.compile(rf"\n{' ' * column}(?=[^ \n#])(?!-[ \n])(?:({_NAME}):(?: +|(?=\n))(.*)|)")


@cache
def _items_at(column: int) -> re.Pattern[str]:
    """Find each line at a column, but comments; its groups are all that it holds, if that is an item with a key."""
    return re.compile(rf"\n{' ' * column}(?=[^ \n#])(?:-( +)({_NAME}):(?: +|(?=\n))(.*)|)")


@cache
def _deeper_than(column: int) -> re.Pattern[str]:
    """Match content that is indented deeper, below nothing but blank lines and comments."""
    return re.compile(rf"(?: *(?:#.*)?\n)*? {{{column + 1},}}[^ \n#]")


def _region(text: str, start: int, end: int, column: int) -> Region | None:
    first = _FIRST_CONTENT.match(text, start, end)
    if first is None:
        return None
    found, is_sequence = first.end(1) - first.start(1), first[2] == "-"
    if found < column or (found == column and column and not is_sequence):
        return None
    return Region(start, end, found, is_sequence)


_DASH: Final = re.compile(r"-(?=[ \n])")


_ITEM: Final = re.compile(r"- +([^ \n].*)")


_KEY: Final = re.compile(r"""(?:[A-Za-z0-9_][A-Za-z0-9_./-]*|"[^"\n]*"|'[^'\n]*'):(?= |\n)""")


def measured_around(text: str, chain: Iterable[Keys], *, has_lists: bool) -> dict[str, int] | None:
    """Return the measures of the block style around a mapping, in columns: the nearest example of each counts.

    `chain` leads from it to the root. The step is measured, and for what `has_lists` the dash and the gap as well. None
    where one of them is not to be seen by lines.
    """
    wanted = 3 if has_lists else 1
    found: dict[str, int] = {}
    for mapping in chain:
        for at, column in mapping.heads():
            deeper = column - mapping.region.column
            if not _DASH.match(text, at):
                is_told = _is_told_by_mapping(text, at, deeper, found)
            else:
                is_told = not has_lists or "gap" in found or _is_told_by_list(text, at, deeper, found)
            if not is_told:
                return None
            if len(found) == wanted:
                return found
    return found


def _is_told_by_mapping(text: str, at: int, deeper: int, found: dict[str, int]) -> bool:
    """Note what a mapping shows and nothing nearer has shown; return whether it is one, and no scalar's first line."""
    is_told = "step" in found or _KEY.match(text, at) is not None
    found.setdefault("step", deeper)
    return is_told


def _is_told_by_list(text: str, dash: int, deeper: int, found: dict[str, int]) -> bool:
    """Note what a list shows and nothing nearer has shown; return whether its first line tells."""
    found.setdefault("dash", deeper)
    gap = _gap(text, dash)
    if gap:
        found["gap"] = gap
    return gap is not None


def _gap(text: str, dash: int) -> int | None:
    """Return the columns from a dash to the mapping that is its item; 0 where it is none.

    None where that is not to be seen by its line.
    """
    item = _ITEM.match(text, dash)
    if item is None:
        return 0
    if _KEY.match(text, item.start(1)):
        return item.start(1) - dash
    return 0 if item[1][0] in "{[" or text_value(item[1]) is not None else None
