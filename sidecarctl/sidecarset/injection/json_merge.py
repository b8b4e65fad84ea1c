# Strategy: Go's json-patch keeps what it does not open as the bytes it came in, and that shows: order of members,
# spelling of numbers, escapes. So a document is read into nodes that remember their own text, and only an object that
# the merge opens is written anew, its members sorted.
"""JSON merge patch on text, byte for byte as OpenKruise's library does it.

Upstream: JP MergePatch
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from json import loads
from typing import Final

from sidecarctl.record import Record
from sidecarctl.upstream.encode import encode_plain
from sidecarctl.upstream.go.json_text import whole_characters


class InvalidMerge(ValueError):
    """One of the texts cannot take part; the message is the library's."""


def merged_json(document: str, patch: str) -> str:
    """The document changed by a JSON merge patch; InvalidMerge where either text is unsuitable."""
    before, change = _read(document), _read(patch)
    if before is None or (before.is_null and change is not None):
        raise InvalidMerge("Invalid JSON Document")
    if change is None or (change.members is None and change.items is None):
        raise InvalidMerge("Invalid JSON Patch")
    if before.members is None or change.members is None:
        return _shown(_without_nulls(change))
    return _shown(_merged(before.members, change.members))


class _Node(Record):
    """A JSON value: its compact text and, of an object or array, what stands in it."""

    text: str
    members: Mapping[str, "_Node"] | None = None
    items: tuple["_Node", ...] | None = None

    @property
    def is_null(self) -> bool:
        return self.text == "null"


def _merged(before: Mapping[str, _Node], change: Mapping[str, _Node]) -> _Node:
    """Upstream: JP mergeDocs."""
    after = dict(before)
    for key, value in change.items():
        if value.is_null:
            after.pop(key, None)
        else:
            after[key] = _replacement(after.get(key), value)
    return _opened(after)


def _replacement(current: _Node | None, value: _Node) -> _Node:
    """Upstream: JP merge."""
    if current is None or current.members is None:
        return _without_nulls(value)
    if value.members is None:
        return value  # onto an object: raw, with its nulls
    return _merged(current.members, value.members)


def _without_nulls(node: _Node) -> _Node:
    """Upstream: JP pruneNils."""
    if node.members is not None:
        kept = {key: _without_nulls(value) for key, value in node.members.items() if not value.is_null}
        return _opened(kept)
    if node.items is not None:
        items = [_without_nulls(item) for item in node.items]  # a null element stays
        return _Node(f"[{','.join(item.text for item in items)}]", items=tuple(items))
    return node


def _opened(members: Mapping[str, _Node]) -> _Node:
    shown = ",".join(f"{encode_plain(key)}:{members[key].text}" for key in sorted(members))
    return _Node(f"{{{shown}}}", members)


def _shown(node: _Node) -> str:
    return node.text.translate(_ESCAPED)


_ESCAPED: Final = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}
_DEEPEST: Final = 200  # keeps the recursion within Python's own limit


@cache
def _token_pattern() -> re.Pattern[str]:
    string = r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"'
    number = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"
    return re.compile(rf"[ \t\n\r]*({string}|{number}|true|false|null|[\[\]{{}},:])[ \t\n\r]*")


class _SyntaxError(Exception):
    """Not JSON."""


def _read(text: str) -> _Node | None:
    """The JSON value that a text holds, None where it is not JSON."""
    tokens = _Tokens(text)
    try:
        node = _value(tokens, next(tokens), 0)
    except _SyntaxError:
        return None
    return node if tokens.are_used_up else None


class _Tokens(Iterator[str]):
    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0

    @property
    def are_used_up(self) -> bool:
        return self._position == len(self._text)

    def __next__(self) -> str:
        token = _token_pattern().match(self._text, self._position)
        if token is None:
            raise _SyntaxError
        self._position = token.end()
        return token[1]


def _value(tokens: _Tokens, first: str, depth: int) -> _Node:
    if depth > _DEEPEST:
        raise InvalidMerge("JSON nested too deeply")
    if first == "{":
        return _object(tokens, depth + 1)
    if first == "[":
        return _array(tokens, depth + 1)
    if first in {"}", "]", ",", ":"}:
        raise _SyntaxError
    return _Node(first)


def _object(tokens: _Tokens, depth: int) -> _Node:
    shown: list[str] = []
    members: dict[str, _Node] = {}
    mark = next(tokens)
    while mark != "}":
        key = next(tokens) if shown else mark
        if key[0] != '"' or next(tokens) != ":":
            raise _SyntaxError
        value = _value(tokens, next(tokens), depth)
        shown.append(f"{key}:{value.text}")
        members[whole_characters(loads(key))] = value
        mark = _separator(tokens, "}")
    return _Node(f"{{{','.join(shown)}}}", members)


def _array(tokens: _Tokens, depth: int) -> _Node:
    items: list[_Node] = []
    mark = next(tokens)
    while mark != "]":
        items.append(_value(tokens, next(tokens) if items else mark, depth))
        mark = _separator(tokens, "]")
    return _Node(f"[{','.join(item.text for item in items)}]", items=tuple(items))


def _separator(tokens: _Tokens, closing: str) -> str:
    """The comma before another member, or the end."""
    mark = next(tokens)
    if mark not in {",", closing}:
        raise _SyntaxError
    return mark
