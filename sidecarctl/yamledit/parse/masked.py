r"""Texts that Kubernetes reads and libyaml does not, rewritten so that offsets stay; and hints for errors.

# Strategy: as many characters as there were, so that every offset stays.
In flow style the parser stumbles over colons inside words: another character takes their place, and they come back into
the values. Most are found at once; of those that a pattern cannot tell, the parser itself says where they are.
JSON escapes a character beyond the first 65,536 as two: the one escape that YAML knows takes their place, with two
characters behind it that are taken out of the values. So does one take the place of the backslash in `\'`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Final

from sidecarctl.record import Record

_COLON: Final = "found unexpected ':'"


_PAIR: Final = "found invalid Unicode character escape code"


_ESCAPE: Final = "found unknown escape character"


_TRIES: Final = 100  # each reads the text once more:


_READ: Final = 8_000_000  # so many characters are read for it


Complaint = Callable[[str], Exception | None]  # what the parser says of a text


class Mask(Record):
    """A character that a text did not have, and what it stands for between double quotes, and elsewhere."""

    character: str
    between_quotes: str
    elsewhere: str


class Masked(Record):
    """A text of the same length that the parser reads, and what stands for something else in it."""

    text: str
    masks: tuple[Mask, ...]

    def value(self, value: str, style: str | None) -> str:
        """Return the value of a scalar as the text that was given has it."""
        for mask in self.masks:
            value = value.replace(mask.character, mask.between_quotes if style == '"' else mask.elsewhere)
        return value


def masked_text(text: str, error: Exception, complaint: Complaint) -> Masked | None:
    """Return the text in other words, as far as there are such for what the parser complains of, first of `error`."""
    masked = Masked(text, ())
    said: Exception | None = error
    known: dict[object, Mask] = {}
    for _ in range(min(_TRIES, 2 + _READ // len(text))):
        problem = getattr(said, "problem", None)
        mask = known.get(problem) or _mask_for(problem, masked.text, is_json=problem == _PAIR and _is_json(text))
        if mask is None:
            break
        changed = _hidden(problem, masked.text, mask) if problem not in known else masked.text
        if changed == masked.text and problem == _COLON:
            changed = _with_colon_hidden(masked.text, said, mask)
        if changed == masked.text:
            break
        known[problem] = mask
        masked, said = Masked(changed, tuple(known.values())), complaint(changed)
    return masked if masked.masks else None


def _mask_for(problem: object, text: str, *, is_json: bool) -> Mask | None:
    if problem not in {_COLON, _PAIR, _ESCAPE} or (problem == _PAIR and not is_json):
        return None
    between_quotes, elsewhere = {_COLON: (":", ":"), _PAIR: ("", ""), _ESCAPE: ("", "\\")}[str(problem)]
    return Mask(_unused_character(text), between_quotes, elsewhere)


def _hidden(problem: object, text: str, mask: Mask) -> str:
    """Hide all that can be told by its looks."""
    character = mask.character
    if problem == _COLON:
        return _colons_in_a_word().sub(
            lambda found: found[0] if found[0][0] == "!" else character * len(found[0]), text
        )
    if problem == _PAIR:
        return _pairs().sub(lambda found: _joined(found, character), text)
    return _escaped_quotes().sub(rf"\1{character}'", text)


def _with_colon_hidden(text: str, error: Exception | None, mask: Mask) -> str:
    """Hide the colon that the parser stands at: the word goes on behind it, whatever comes before."""
    index = getattr(getattr(error, "problem_mark", None), "index", -1)
    return f"{text[:index]}{mask.character}{text[index + 1 :]}" if text[index : index + 1] == ":" else text


def _unused_character(text: str) -> str:
    """Return a character for private use that the text does not use."""
    return next(char for char in map(chr, range(0xE000, 0xF900)) if char not in text)


def _is_json(text: str) -> bool:
    """Whether a text is JSON: one document behind its marker, or several."""
    from json import JSONDecoder  # noqa: PLC0415 - rare

    decoder, rest = JSONDecoder(strict=False), text.strip().removeprefix("---").lstrip()
    try:
        while rest:
            rest = rest[decoder.raw_decode(rest)[1] :].lstrip()
    except (ValueError, RecursionError):
        return False
    return True


def _joined(found: re.Match[str], mask: str) -> str:
    """The one escape of a character that JSON writes as two, as long as these; what is escaped itself stays."""
    if found[1] is None:
        return found[0]
    high, low = int(found[1], 16), int(found[2], 16)
    return f"\\U{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):08x}{mask * 2}"


@cache
def _pairs() -> re.Pattern[str]:
    """Find the two escapes of one character; an escaped backslash begins none."""
    return re.compile(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|\\\\")


@cache
def _colons_in_a_word() -> re.Pattern[str]:
    """Find the colons that end no key; those of `!<tag:…>` stay. Made when first needed, for it takes 4 ms."""
    # Behind a quote or a bracket a colon ends a key, even with no blank behind it.
    return re.compile(r"""!<[^>\s]*>|(?<![ \t\r\n\x85\u2028\u2029"'\[\]{},:])(?<!^):+(?=[^ \t\r\n\x85\u2028\u2029])""")


@cache
def _escaped_quotes() -> re.Pattern[str]:
    r"""Find `\'`, whose backslash is not escaped itself; what stands before it comes first."""
    return re.compile(r"((?<!\\)(?:\\\\)*)\\'")


_INDENTATION: Final = "is this line indented as its neighbours are?"


_HINTS: Final = (
    ("found a tab character", "indent with blanks, never with tabs"),
    (
        "found character that cannot start any token",
        "indent with blanks, never with tabs; quote what begins with @ or %",
    ),
    (
        "mapping values are not allowed",
        "put a text with `: ` in it in quotes, or indent this line as its neighbours are",
    ),
    (
        "could not find expected ':'",
        "each key needs a colon and a blank behind it; or a text goes on too far to the left",
    ),
    ("while scanning a quoted scalar, found unexpected", "this quote is not closed"),
    ("while parsing a block mapping, did not find expected key", _INDENTATION),
    ("while parsing a block collection, did not find expected '-' indicator", _INDENTATION),
    ("while parsing a flow", "look for a bracket, brace or comma that is missing, or one too many"),
)


def hinted(complaint: str) -> str:
    """Return a complaint of the parser, with what a person may do about it."""
    return next((f"{complaint}: {hint}" for sign, hint in _HINTS if sign in complaint), complaint)
