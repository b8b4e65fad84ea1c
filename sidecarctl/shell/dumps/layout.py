"""Cut a List in JSON, as `kubectl get -o json` prints it, into runs of whole items without reading them."""

# Strategy: the layout of the first item tells the borders. Where items begin on lines of their own, the line break and
# the indent before them is a border, for no JSON string holds a line break. In compact text it is `},{"apiVersion":`
# and the like, which no string can hold either, though a nested list may; so a cut is a guess that reading proves: text
# that begins with an item and reads as items ends with one. Who cannot read it joins what follows (packedlist.py).

import re
from collections.abc import Iterable, Iterator
from json import loads
from typing import Final

from sidecarctl.record import Record

PIECE: Final = 64 * 1024  # larger ones leave the processor's cache
TAIL: Final = 64 * 1024  # what may follow the items of a List, and what may come before them
_MOST_TRIED: Final = 64

_BLANK: Final = rb"[ \t\r\n]*"
_HEAD: Final = re.compile(
    rb'(?P<head>%b\{[^\[\]]*?"items"%b:%b\[)(?P<blank>%b)\{%b"(?P<key>[a-zA-Z]*)"' % ((_BLANK,) * 5)
)
_KUBECTLS_HEAD: Final = b'{\n    "apiVersion": "v1",\n    "items": [\n        {\n'
_KINDS: Final = frozenset({"", "List", "PodList"})  # items of other Lists may be of the List's type, not of their own
_FIRST_KEYS: Final = frozenset({b"apiVersion", b"kind", b"metadata"})
_COMPACT_BORDER: Final = re.compile(
    rb'\}%b,%b(?=\{%b(?:"(?:apiVersion|kind)"%b:%b"[^"]*"%b,%b){0,2}"metadata"%b:)'.replace(b"%b", _BLANK)
)


class Layout(Record):
    """How a List is laid out."""

    start: int  # in bytes: where its first item begins
    blank: bytes  # what stands between the comma and the next item
    kind: str  # empty where it comes after the items

    @property
    def is_in_lines(self) -> bool:
        """Whether each item begins on a line of its own."""
        return b"\n" in self.blank


def layout_of(blocks: Iterable[bytes], *, is_long: bool = True) -> Layout | None:
    """Return the layout of a source; None where it is no List in JSON.

    A short one counts only if kubectl laid it out: as a document, others have positions to tell.
    """
    head = b""
    for block in blocks:
        head += block
        if len(head) >= TAIL:
            break
    found = _HEAD.match(head)
    if found is None or not (head.startswith(_KUBECTLS_HEAD) or (is_long and found["key"] in _FIRST_KEYS)):
        return None
    around = _json_object(found["head"] + b"]}")
    if around is None or around.get("items") != []:
        return None
    kind = str(around.get("kind", ""))
    return Layout(found.end("blank"), found["blank"], kind) if kind in _KINDS else None


def cut(blocks: Iterable[bytes], layout: Layout, size: int) -> Iterator[bytes]:
    """Return runs of whole items of about this size, each up to where the next begins; joined, they are the blocks.

    The blocks begin with an item. What follows the last item is part of the last run.
    """
    rest, pending, held = b"", list[bytes](), 0
    for block in blocks:
        pending.append(block)
        held += len(block)
        if held >= size:
            text = b"".join([rest, *pending])
            border = last_border(text, layout)
            if border > 0:
                yield text[:border]
            rest, pending, held = text[max(0, border) :], [], 0
    if rest or pending:
        yield b"".join([rest, *pending])


def last_border(text: bytes, layout: Layout) -> int:
    """Return where the last item begins that another one comes before; -1 where there seems to be none."""
    if layout.is_in_lines:
        border = layout.blank + b"}," + layout.blank + b"{"
        place = text.rfind(border)
        return place + len(border) - 1 if place >= 0 else -1
    for start in (max(0, len(text) - TAIL), 0):
        places = [found.end() for found in _COMPACT_BORDER.finditer(text, start)]
        if places:
            return places[-1]
    return -1


class End(Record):
    """The end of a List."""

    place: int  # after its last item
    kind: str


def end_of_items(text: bytes, layout: Layout) -> End | None:
    """Return where in the last text of a List its items end; None where it is cut off."""
    bracket = len(text)
    for _ in range(_MOST_TRIED):
        bracket = text.rfind(b"]", 0, bracket)
        if bracket < 0:
            return None
        rest = text[bracket + 1 :].strip()
        around = _json_object(b"{" + rest.removeprefix(b","))
        kind = str(around.get("kind", layout.kind)) if around is not None else ""
        before = text[:bracket].rstrip()
        if kind.endswith("List") and before.endswith(b"}"):
            return End(len(before), kind)
    return None


def _json_object(text: bytes) -> dict[str, object] | None:
    try:
        found = loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
