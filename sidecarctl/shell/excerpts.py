"""The lines that findings are about: the input is gone through once more, and only what holds them is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.api.excerpt import Excerpt, excerpt
from sidecarctl.finding import SidecarctlError
from sidecarctl.yamledit.stream import documents, lines_in

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from sidecarctl.finding import Position
    from sidecarctl.shell.gather import Input
    from sidecarctl.yamledit.stream import Chunk

Excerpts = dict["Position", Excerpt]


def excerpts(given: Input, positions: Iterable[Position]) -> Excerpts:
    """Return the line of each position; none for what cannot be read any more."""
    wanted: dict[str, set[Position]] = {}
    for position in positions:
        wanted.setdefault(position.file, set()).add(position)
    found: Excerpts = {}
    for source in given.sources:
        if source.shown not in wanted:
            continue
        try:
            for chunk in given.chunks(source):
                found.update(_in_chunk(chunk, wanted[source.shown]))
        except SidecarctlError:
            continue
    return found


def _in_chunk(chunk: Chunk, wanted: Collection[Position]) -> Excerpts:
    last = chunk.line + lines_in(chunk.data) + 1
    here = [position for position in wanted if chunk.line < position.line <= last]
    if not here:
        return {}
    found: Excerpts = {}
    for document in documents(chunk, here[0].file):
        for position in here:
            shown = excerpt(document, position) if position.line > document.place.line else None
            if shown is not None:
                found[position] = shown
    return found
