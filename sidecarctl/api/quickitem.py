"""The short road for an item that was cut out of a List: without its dash it is a plain document, two columns in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sidecarctl.yamledit.document import BOM, Document, Origin
from sidecarctl.yamledit.stream.documents import decoded

if TYPE_CHECKING:
    from collections.abc import Callable

    from sidecarctl.api.change import Change
    from sidecarctl.yamledit.stream.documents import Chunk

_DASH: Final = re.compile(r"(?: *(?:#[^\n]*)?\n)* *-(?= )")


def quick_change(chunk: Chunk, file: str, quick: Callable[[str, Origin], Change | None]) -> Change | None:
    """Return what the short road makes of a piece of a stream; None where that is for the long road to say."""
    text = decoded(chunk, file)
    if chunk.cut is None:
        return quick(text, Origin(file, chunk.line))
    origin = chunk.origin(file)
    start = (origin.item.start if origin.item else 0) + text.startswith(BOM)
    end = len(text) - len(chunk.data[len(chunk.data) - chunk.cut.tail :].decode())
    dash = _DASH.match(text, start, end)
    if dash is None:
        return None
    before = text[start : dash.end() - 1]
    change = quick(f"{before} {text[dash.end() : end]}", origin)
    if change is None:
        return None
    output = change.output.decode().removeprefix(f"{before} ")
    edits = tuple(edit._replace(path=("items", 0, *edit.path)) for edit in change.edits)
    document = Document(text.removeprefix(BOM), origin, BOM if text.startswith(BOM) else "")
    shift = start - text.startswith(BOM)
    splices = tuple(one._replace(start=one.start + shift, end=one.end + shift) for one in change.splices)
    whole = f"{text[: dash.end()]}{output}{text[end:]}".encode()
    return change._replace(document=document, edits=edits, output=whole, splices=splices)
