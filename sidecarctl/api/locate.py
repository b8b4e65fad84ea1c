"""Positions of findings in the text, and the redacted lines to show there."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from sidecarctl.record import Record
from sidecarctl.upstream.names import MERGE_PATCH_JSON
from sidecarctl.yamledit.document import child, entries, key_node
from sidecarctl.yamledit.parse.nodes import Alias, Collection
from sidecarctl.yamledit.parse.values import is_merge, key_of, start_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sidecarctl.api.targets import Known
    from sidecarctl.finding import FieldPath, Finding, Position
    from sidecarctl.yamledit.document import Document
    from sidecarctl.yamledit.parse.nodes import Node


_ABOUT_KEYS: Final = frozenset({"MET005", "PPM003", "SCH004"})


_IGNORE: Final = re.compile(r"#\s*sidecarctl:\s*ignore\[([^]]*)\]")


_LINE_BREAK: Final = re.compile("\r\n|\r|\n")


def placed(finding: Finding, document: Document, path: FieldPath) -> Finding:
    """Return a finding with its position; `path` leads from the document's root."""
    return finding._replace(position=caret(document, path, at_key=finding.code in _ABOUT_KEYS))


def placed_within(finding: Finding, known: Known) -> Finding:
    """Return a finding with its object and its position; its path leads from the object, which is of the input."""
    named = finding._replace(resource=known.found.resource)
    return placed(named, known.document, (*known.found.path, *finding.path))


def caret(document: Document, path: FieldPath, *, at_key: bool = False) -> Position:
    """Return the place that a person looks for: a scalar itself, a collection's key, the parent of what is missing."""
    node, key = document.tree.root, document.tree.root
    for part in path:
        below = child(node, part)
        if below is None:
            below = key_node(node, part)
            key = below or key
            node = None
            break
        node, key = below, key_node(_target(node), part) or below
    shown = key if at_key or node is None or isinstance(node, Collection) else node
    return document.position_at(start_of(shown) if shown is not None else 0)


def is_ignored(finding: Finding, document: Document) -> bool:
    """Whether a comment on the finding's line, or alone on the line above, says `sidecarctl: ignore[CODE]`."""
    if finding.position is None or not (lines := _lines_with_comments(document)):
        return False
    at = finding.position.line - document.origin.line - 1
    above = lines[at - 1] if at > 0 and lines[at - 1].lstrip().startswith("#") else ""
    codes = ",".join(_IGNORE.findall(lines[at]) + _IGNORE.findall(above))
    return finding.code in (code.strip() for code in codes.split(","))


@lru_cache(maxsize=1)  # there may be many findings of one document
def _lines_with_comments(document: Document) -> list[str]:
    """Return the lines of a document; none where no comment of it is for us."""
    return _LINE_BREAK.split(document.text) if "sidecarctl:" in document.text else []


def _target(node: Node | None) -> Node | None:
    return getattr(node, "target", node)


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
