"""The line of a document that a finding is about, with every value blanked that may be secret."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from sidecarctl.record import Record
from sidecarctl.upstream.names import MERGE_PATCH_JSON
from sidecarctl.yamledit.document import entries
from sidecarctl.yamledit.parse.nodes import Alias, Collection
from sidecarctl.yamledit.parse.values import is_merge, key_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sidecarctl.finding import Position
    from sidecarctl.yamledit.document import Document
    from sidecarctl.yamledit.parse.nodes import Node

_LINE: Final = re.compile("[^\r\n]*(?:\r\n|\r|\n|$)")
_SECRET_MAPS: Final = ("data", "stringData")
_LAST_APPLIED: Final = "kubectl.kubernetes.io/last-applied-configuration"
_OPEN: Final = {  # lists of names and values, and what may be seen of their items
    "env": ("name", "valueFrom"),
    "envFrom": ("name", "prefix", "configMapRef", "secretRef"),
    "httpHeaders": ("name",),
}
_COMMANDS: Final = ("command", "args")  # of containers, probes and lifecycle hooks
_ATTRIBUTES: Final = ("volumeAttributes", "options")  # of CSI and flex volumes: keys may be seen, values may not
_PATCHES: Final = "patchPodMetadata"
_BLANK: Final = "…"


class Excerpt(Record):
    """A line, and the 0-based place in it that is meant."""

    line: str
    caret: int


def excerpt(document: Document, position: Position) -> Excerpt | None:
    """Return the line of a position in a document; None where it has no such line."""
    lines = _lines(document)
    number = position.line - document.origin.line - 1
    if number >= len(lines):
        return None
    start = lines[number]
    found = _LINE.match(document.text, start)
    end = start + len(found[0].rstrip("\r\n")) if found else start
    item = document.origin.item
    moved = item.columns if item is not None and start <= item.start <= end else 0
    at = min(start + position.column - 1 - moved, end)
    starts, ends = _secrets(document)
    reaching = slice(bisect_right(ends, start), bisect_left(starts, end))
    spans = list(zip(starts[reaching], ends[reaching], strict=True))
    return Excerpt(_blanked(document.text, (start, end), spans), len(_blanked(document.text, (start, at), spans)))


@lru_cache(maxsize=1)  # there may be many findings of one document
def _lines(document: Document) -> list[int]:
    """Return where each line begins."""
    return [0, *(found.end() for found in re.finditer(r"\r\n?|\n", document.text))]


@lru_cache(maxsize=1)
def _secrets(document: Document) -> tuple[list[int], list[int]]:
    """Return where secrets begin, and where they end, in their order."""
    spans = sorted(_secret_spans(document.tree.root))
    return [start for start, _ in spans], [end for _, end in spans]


def _blanked(text: str, line: tuple[int, int], spans: list[tuple[int, int]]) -> str:
    at, end = line
    shown = ""
    for first, last in spans:
        if first >= end:
            break
        shown += text[at : max(at, first)] + _BLANK
        at = max(at, min(last, end))
    return shown + text[at:end]


def _secret_spans(node: Node | None) -> Iterator[tuple[int, int]]:
    """Return where secrets may stand, in their order: in env, Secrets, headers, commands, attributes of volumes."""
    if not isinstance(node, Collection):
        return
    if not node.is_map:
        for item in node.items:
            yield from _secret_spans(item)
        return
    hidden = _SECRET_MAPS if _says(node, "kind", "Secret") else ()
    for key, value in entries(node):
        name = "" if is_merge(key) else key_of(key)
        if name in hidden or name in _COMMANDS or name == _LAST_APPLIED:
            yield _span(value)
        elif name in _ATTRIBUTES and isinstance(value, Collection) and value.is_map:
            yield from (_span(attribute) for _, attribute in entries(value))
        elif name in _OPEN:
            yield from _closed_spans(value, _OPEN[name])
        elif name == _PATCHES:
            yield from _patch_spans(value)
        else:
            yield from _secret_spans(value)


def _closed_spans(node: Node, is_open: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """Of a list of names and values all but the names and the references; all of what should be such a list."""
    if not isinstance(node, Collection) or node.is_map:
        yield _span(node)
        return
    for variable in node.items:
        if not isinstance(variable, Collection) or not variable.is_map:
            yield _span(variable)
            continue
        yield from (_span(value) for key, value in entries(variable) if is_merge(key) or key_of(key) not in is_open)


def _patch_spans(node: Node) -> Iterator[tuple[int, int]]:
    """The values of annotations that patchPodMetadata merges as JSON, in which anything may stand."""
    for patch in node.items if isinstance(node, Collection) and not node.is_map else ():
        if isinstance(patch, Collection) and patch.is_map and _says(patch, "patchPolicy", MERGE_PATCH_JSON):
            for key, value in entries(patch):
                if not is_merge(key) and key_of(key) == "annotations":
                    yield from map(_span, value.items[1::2] if isinstance(value, Collection) else [value])


def _says(node: Collection, name: str, text: str) -> bool:
    """Whether a mapping has just this text under a name."""
    return any(
        not is_merge(key) and key_of(key) == name and getattr(value, "value", None) == text
        for key, value in entries(node)
    )


def _span(node: Node) -> tuple[int, int]:
    if isinstance(node, Collection | Alias):
        return node.start, node.end
    return node.start_mark.index, node.end_mark.index
