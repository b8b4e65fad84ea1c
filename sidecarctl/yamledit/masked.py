"""Texts that Kubernetes reads and our parser does not, in words that it does read.

# Strategy: as many characters as there were, so that every offset stays.
In flow style the parser stumbles over colons inside words: another character takes their place, and they come back into
the values. JSON escapes a character beyond the first 65,536 as two: the one escape that YAML knows takes their place,
with two characters behind it that are taken out of the values.
"""

import re
from functools import cache

from sidecarctl.record import Record


class Masked(Record):
    """A text of the same length that the parser reads, and what a character in its values stands for."""

    text: str
    mask: str
    stands_for: str


def masked_text(text: str, problem: object) -> Masked | None:
    """Return the text in other words, where there are such for what the parser complains of."""
    mask = _unused_character(text)
    if problem == "found unexpected ':'":
        hidden = _colons_in_a_word().sub(lambda found: found[0] if found[0][0] == "!" else mask * len(found[0]), text)
        masked = Masked(hidden, mask, ":")
    elif problem == "found invalid Unicode character escape code" and _is_json(text):
        masked = Masked(_pairs().sub(lambda found: _joined(found, mask), text), mask, "")
    else:
        return None
    return masked if masked.text != text else None


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
