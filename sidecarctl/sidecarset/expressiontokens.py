"""Cut a resource expression into tokens, as OpenKruise's calculator does: byte by byte.

Upstream: LEX
"""

from enum import StrEnum
from typing import Final

from sidecarctl.record import Record


class TokenKind(StrEnum):
    """What a token is; an operator, bracket or comma is its own text."""

    NUMBER = "number"
    QUANTITY = "quantity"
    NAME = "name"
    SYMBOL = "symbol"
    END = "end"


class Token(Record):
    """A token, and how many characters had been read when it ended."""

    kind: TokenKind
    text: str
    end: int


def token_after(text: str, start: int) -> Token:
    """The token that follows a position; a text is given as `latin_text` makes it."""
    while start < len(text) and text[start] in _BLANKS:
        start += 1
    if start == len(text) or text[start] == "\0":
        return Token(TokenKind.END, "", start)
    if text[start] in _DIGITS or text[start] == ".":
        return _number(text, start)
    if text[start].isalpha():
        end = _end_of_name(text, start)
        return Token(TokenKind.NAME, text[start:end], end)
    return Token(TokenKind.SYMBOL, text[start], start + 1)


def latin_text(expression: str) -> str:
    """The expression with each of its bytes as one character."""
    return expression.encode(errors="replace").decode("latin-1")


_DIGITS: Final = "0123456789"
_BLANKS: Final = "\t\n\v\f\r \x85\xa0"
_SUFFIXES: Final = frozenset({"m", "k", "M", "G", "T", "P", "Ki", "Mi", "Gi", "Ti", "Pi"})


def _end_of_name(text: str, end: int) -> int:
    while end < len(text) and (text[end].isalpha() or text[end] in _DIGITS or text[end] == "_"):
        end += 1
    return end


def _number(text: str, start: int) -> Token:
    end = _end_of_number(text, start)
    number = text[start:end]
    suffix = number.lstrip("0123456789.eE+-")
    kind = TokenKind.QUANTITY if suffix in _SUFFIXES and suffix != number else TokenKind.NUMBER
    return Token(kind, number, end)


def _end_of_number(text: str, start: int) -> int:
    """Where a number stops: it may have one point, one exponent and one percent sign, and ends with any letters."""
    seen: set[str] = set()
    end = start
    while end < len(text):
        part = _part_of_number(text[end])
        if part == "letter" or (part == "exponent" and not seen.isdisjoint({"exponent", "percent"})):
            return end if text[end - 1] in "eE" else _end_of_letters(text, end)
        if not _may_follow(part, seen):
            return end
        seen.add(part)
        end += 1
        if part == "exponent" and text[end : end + 1] in {"+", "-"}:
            end += 1
    return end


def _part_of_number(character: str) -> str:
    if character in _DIGITS:
        return "digit"
    if character in "eE":
        return "exponent"
    return {".": "point", "%": "percent"}.get(character, "letter" if character.isalpha() else "")


def _may_follow(part: str, seen: set[str]) -> bool:
    if part == "point":
        return seen.isdisjoint({"point", "exponent", "percent"})
    return part == "digit" or (bool(part) and part not in seen)


def _end_of_letters(text: str, end: int) -> int:
    while end < len(text) and text[end].isalpha():
        end += 1
    return end
