"""Read what `kubectl get -o json` prints, item by item, however long it is."""

# Strategy: kubectl's layout tells the borders. It indents by four, so an item ends with a line of eight blanks and a
# brace, and no JSON string holds a line break: a plain search finds every border. Some items at a time go to a decoder
# in C; memory is theirs. What is laid out otherwise is read as any other document (roster.py).

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final, cast

from sidecarctl.finding import Position, UnreadableDocument
from sidecarctl.record import Record
from sidecarctl.yamledit.value import Value

_HEAD: Final = b'{\n    "apiVersion": "v1",\n    "items": [\n        {\n'
_ITEM_END: Final = b"\n        }"
_BORDER: Final = _ITEM_END + b",\n        {"
_LAST: Final = _ITEM_END + b"\n    ],\n"
_KIND: Final = b'\n            "kind": "'
_PIECE: Final = 512 * 1024  # larger ones leave the processor's cache


class Items(Record):
    """Some items of a dump as JSON text, and the 0-based line that they begin at."""

    text: bytes
    line: int


def is_dump(blocks: Iterable[bytes]) -> bool:
    """Whether a source is laid out as kubectl does it."""
    head = b""
    for block in blocks:
        head += block
        if len(head) >= len(_HEAD):
            break
    return head.startswith(_HEAD)


def item_texts(blocks: Iterable[bytes], file: str) -> Iterator[Items]:
    """Return the items of a dump, some at a time.

    Raises `UnreadableDocument` where the dump ends before its list does.
    """
    rest, line = b"", _HEAD.count(b"\n") - 1
    pending: list[bytes] = []
    size = 0
    first = True
    for block in chain(blocks, [b""]):
        pending.append(block)
        size += len(block)
        if size < _PIECE and block:
            continue
        rest += b"".join(pending)
        pending, size = [], 0
        if first:
            rest, first = rest[len(_HEAD) - len(b"        {\n") :], False
        cut = rest.rfind(_BORDER)
        if cut >= 0:
            yield Items(rest[: cut + len(_ITEM_END)], line)
            line += rest.count(b"\n", 0, cut + len(_ITEM_END)) + 1
            rest = rest[cut + len(_ITEM_END) + len(b",\n") :]
    yield Items(_last_items(rest, line, file), line)


def decoded_items(items: Items, file: str) -> list[dict[str, Value]]:
    """Return the values of some items.

    Raises `UnreadableDocument` where they are no JSON.
    """
    from pydantic_core import from_json

    try:
        found = from_json(b"[" + items.text + b"]", allow_inf_nan=False)
    except ValueError as error:
        raise UnreadableDocument(f"no JSON: {error} from here on", Position(file, items.line + 1, 1)) from None
    for value in found:
        if not isinstance(value, dict):
            raise UnreadableDocument("an item that is no object", Position(file, items.line + 1, 1))
    return cast("list[dict[str, Value]]", found)


def holds_only_pods(items: Items) -> bool:
    """Whether none of some items is anything else than a Pod; told by their layout, without reading them."""
    return items.text.count(_KIND) == items.text.count(_KIND + b'Pod",\n')


def _last_items(rest: bytes, line: int, file: str) -> bytes:
    end = rest.rfind(_LAST)
    if end < 0 or not _closes(b"{" + rest[end + len(_LAST) :]):
        place = Position(file, line + rest.count(b"\n") + 1, 1)
        raise UnreadableDocument("the dump is cut off here: its list of items is not closed", place)
    return rest[: end + len(_ITEM_END)]


def _closes(tail: bytes) -> bool:
    """Whether what follows the items is the rest of a List."""
    from pydantic_core import from_json

    try:
        found = from_json(tail)
    except ValueError:
        return False
    return isinstance(found, dict) and str(found.get("kind", "")).endswith("List")
