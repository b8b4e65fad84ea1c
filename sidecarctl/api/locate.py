"""Where a finding points in the user's text: at a value, the key of what is misspelt, the parent of what is missing."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from sidecarctl.yamledit.document import child, key_node
from sidecarctl.yamledit.parse.nodes import Collection
from sidecarctl.yamledit.parse.values import start_of

if TYPE_CHECKING:
    from sidecarctl.api.knowledge import Known
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
