"""The lines that findings are about: the input is gone through once more, and only what holds them is read."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from sidecarctl.api.excerpt import Excerpt, excerpt
from sidecarctl.finding import SidecarctlError
from sidecarctl.yamledit.stream.documents import documents

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sidecarctl.finding import Position
    from sidecarctl.shell.input.sources import Input
    from sidecarctl.yamledit.stream.documents import Chunk

Excerpts = dict["Position", Excerpt]


def excerpts(given: Input, positions: Iterable[Position]) -> Excerpts:
    """Return the line of each position; none for what cannot be read any more."""
    wanted: dict[str, list[Position]] = {}
    for position in sorted(set(positions)):
        wanted.setdefault(position.file, []).append(position)
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


def _in_chunk(chunk: Chunk, wanted: Sequence[Position]) -> Excerpts:
    """The lines of those positions, which are in their order, that stand in a piece of the input."""
    start, end = chunk.extent
    first = bisect_left(wanted, start, key=_place)
    here = wanted[first : bisect_left(wanted, end, first, key=_place)]
    if not here:
        return {}
    found: Excerpts = {}
    for document in documents(chunk, here[0].file):
        for position in here:
            shown = excerpt(document, position) if position.line > document.origin.line else None
            if shown is not None:
                found[position] = shown
    return found


def _place(position: Position) -> tuple[int, int]:
    return position.line - 1, position.column - 1
