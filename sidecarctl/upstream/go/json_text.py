"""Strict JSON reading, with Go's error sentences.

Upstream: encoding/json scanner.go
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final, NoReturn


class InvalidJson(ValueError):
    """The text is no JSON."""


def read_json(text: str) -> object:
    """The value that a text holds; InvalidJson, in Go's words, where it holds none."""
    from json import loads  # noqa: PLC0415 - most pods carry none

    try:
        value: object = loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise InvalidJson(syntax_complaint(text) or str(error)) from error
    return _with_whole_characters(value) if "\\u" in text else value


def whole_characters(text: str) -> str:
    """The text, half a surrogate pair being the replacement character, as in Go."""
    return "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in text)


def go_kind(value: object) -> str:
    """What encoding/json calls such a value in its errors."""
    for python_type, kind in ((bool, "bool"), (str, "string"), (list, "array"), (dict, "object")):
        if isinstance(value, python_type):
            return kind
    return "null" if value is None else "number"


def _with_whole_characters(value: object) -> object:
    if isinstance(value, str):
        return whole_characters(value)
    if isinstance(value, dict):
        return {whole_characters(key): _with_whole_characters(item) for key, item in value.items()}
    return [_with_whole_characters(item) for item in value] if isinstance(value, list) else value


def _refuse(constant: str) -> NoReturn:
    raise InvalidJson(f"{constant} is no JSON")


_BLANKS: Final = r"[ \t\r\n]*"


_IN_STRING: Final = "in string literal"


_IN_NUMBER: Final = "numeric literal"


_LITERALS: Final = {"t": "true", "f": "false", "n": "null"}


_AFTER: Final = {"{": "after object key:value pair", "[": "after array element", "": "after top-level value"}


_DEEPEST: Final = 10_000  # brackets within each other


_CLOSING: Final = {"{": "}", "[": "]"}


def syntax_complaint(text: str) -> str:
    """The first thing that is wrong with a text as JSON, in Go's words; "" where nothing is.

    Go reads bytes: of a character beyond ASCII the message shows the first byte.
    """
    reader = _Reader(text.encode(errors="replace").decode("latin-1"))
    try:
        reader.read()
    except _Complaint as complaint:
        return str(complaint)
    return ""


class _Complaint(Exception):
    """The message is Go's."""


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0
        self._open: list[str] = []  # the brackets that are not closed yet

    def read(self) -> None:
        self._begin_value()
        while self._open or self._rest_is_not_blank():
            kind = self._open[-1] if self._open else ""
            if kind and self._taken(_CLOSING[kind]):
                self._open.pop()
            elif kind:
                self._demand(",", _AFTER[kind])
                self._begin_member(kind)
            else:
                raise self._complaint(_AFTER[kind])

    def _begin_member(self, kind: str) -> None:
        if kind == "{":
            self._key()
        self._begin_value()

    def _key(self) -> None:
        self._demand('"', "looking for beginning of object key string")
        self._string()
        self._demand(":", "after object key")

    def _begin_value(self) -> None:
        """Read up to the end of a scalar, or of the first member's beginning, however deep it stands."""
        while kind := self._taken(r"[\[{]"):
            if len(self._open) >= _DEEPEST:
                raise _Complaint(f"invalid character {_quoted(kind)} exceeded max depth")
            if self._taken(re.escape(_CLOSING[kind])):
                return
            self._open.append(kind)
            if kind == "{":
                self._key()
        if self._taken('"'):
            self._string()
        elif letter := self._taken("[tfn]"):
            for expected in _LITERALS[letter][1:]:
                self._demand(expected, f"in literal {_LITERALS[letter]} (expecting '{expected}')", blanks="")
        elif self._is_at("[-0-9]"):
            self._number()
        else:
            raise self._complaint("looking for beginning of value")

    def _string(self) -> None:
        while not self._taken('"', blanks=""):
            if not self._taken(r"\\", blanks=""):
                self._demand(r'[^"\\\x00-\x1f]+', _IN_STRING, blanks="")
            elif self._taken("u", blanks=""):
                for _ in range(4):
                    self._demand("[0-9a-fA-F]", "in \\u hexadecimal character escape", blanks="")
            else:
                self._demand(r'[bfnrt\\/"]', "in string escape code", blanks="")

    def _number(self) -> None:
        self._taken("-?")
        self._demand("0|[1-9][0-9]*", f"in {_IN_NUMBER}", blanks="")
        if self._taken(r"\.", blanks=""):
            self._demand("[0-9]+", f"after decimal point in {_IN_NUMBER}", blanks="")
        if self._taken("[eE]", blanks=""):
            self._taken("[-+]", blanks="")
            self._demand("[0-9]+", f"in exponent of {_IN_NUMBER}", blanks="")

    def _taken(self, pattern: str, *, blanks: str = _BLANKS) -> str:
        """What matches here, behind blanks where they may stand, and is then read; "" where nothing does."""
        found = _compiled(pattern, blanks).match(self._text, self._position)
        if found is None:
            return ""
        self._position = found.end()
        return found[1]

    def _demand(self, pattern: str, context: str, *, blanks: str = _BLANKS) -> None:
        if not self._taken(pattern, blanks=blanks):
            raise self._complaint(context, blanks)

    def _is_at(self, pattern: str) -> bool:
        return re.compile(f"{_BLANKS}{pattern}").match(self._text, self._position) is not None

    def _rest_is_not_blank(self) -> bool:
        return self._is_at("[^ \t\r\n]")

    def _complaint(self, context: str, blanks: str = _BLANKS) -> _Complaint:
        """At the end of the text Go tries a blank, and says so where none may stand."""
        unread = self._text[self._position :].lstrip(" \t\r\n" if blanks else "")
        if not unread and (blanks or context == _IN_STRING):
            return _Complaint("unexpected end of JSON input")
        return _Complaint(f"invalid character {_quoted(unread[:1] or ' ')} {context}")


@cache
def _compiled(pattern: str, blanks: str) -> re.Pattern[str]:
    return re.compile(f"{blanks}({pattern})")


def _quoted(character: str) -> str:
    """Upstream: encoding/json quoteChar, strconv Quote."""
    return {"'": r"'\''", '"': "'\"'", "\\": r"'\\'"}.get(character) or f"'{_shown(character)}'"


def _shown(character: str) -> str:
    short = {"\a": r"\a", "\b": r"\b", "\f": r"\f", "\n": r"\n", "\r": r"\r", "\t": r"\t", "\v": r"\v"}.get(character)
    if short or (character.isprintable() and character != "\xa0"):
        return short or character
    return f"\\x{ord(character):02x}" if character.isascii() else f"\\u{ord(character):04x}"
