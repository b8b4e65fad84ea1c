"""Prove each output before it is handed back.

`full` reads the result again and compares its value with what was meant. `fast` lets the parser run over the result at
C speed and counts: each insertion adds just the events of its value, which it would not inside a scalar or a comment.
Counting cannot see that a line moved from one scalar to another. So there is no fast proof where an insertion stands
before the end of a scalar, as the parser sees it; nor where an alias or flow style is on the path.
"""

from collections.abc import Iterable, Sequence
from typing import Literal, TypeAlias

from sidecarctl.finding import ConflictingEdits, UnreadableDocument
from sidecarctl.yamledit.document import Document
from sidecarctl.yamledit.edit import Edit, applied
from sidecarctl.yamledit.parse.events import YamlSyntaxError, events_counted
from sidecarctl.yamledit.parse.nodes import Alias, Collection
from sidecarctl.yamledit.parse.values import start_of
from sidecarctl.yamledit.value import Value, same

Proof: TypeAlias = Literal["full", "fast", "off"]

_FAILED = "the edited document would not say what was meant; this is a bug of ours"


def prove(document: Document, edits: Sequence[Edit], output: str, proof: Proof, places: Iterable[int] = ()) -> None:
    """Check an edited text against the edits; `places` are the offsets in the document where the texts differ.

    Raises `ConflictingEdits` where the text does not say what was meant.
    """
    if proof == "fast" and _is_countable(document, edits) and not any(_is_in_scalar(document, at) for at in places):
        _prove_by_count(document, edits, output)
    elif proof != "off":
        _prove_by_value(document, edits, output)


def _is_countable(document: Document, edits: Sequence[Edit]) -> bool:
    if document.tree.aliases:
        return False
    parents = [document.node(path) for path in {edit.path[:-1] for edit in edits}]
    return not any(isinstance(parent, Collection) and parent.flow for parent in parents)


def _is_in_scalar(document: Document, offset: int) -> bool:
    """Return whether a scalar, with the blank lines behind it that the parser counts to it, goes on at an offset."""
    node = document.tree.root
    while isinstance(node, Collection):
        node = next((item for item in reversed(node.items) if start_of(item) < offset), None)
    return node is not None and not isinstance(node, Alias) and node.end_mark.index > offset


def _prove_by_value(document: Document, edits: Sequence[Edit], output: str) -> None:
    result = Document(output, document.origin)
    try:
        is_meant = same(result.value(), applied(document.value(), edits)) and result.tree.rest is None
    except UnreadableDocument:
        is_meant = False
    if not is_meant:
        raise ConflictingEdits(_FAILED)


def _prove_by_count(document: Document, edits: Sequence[Edit], output: str) -> None:
    expected = document.tree.events + sum(_events_added(document, edit) for edit in edits)
    try:
        counted = events_counted(output)
    except YamlSyntaxError:
        raise ConflictingEdits(_FAILED) from None
    if counted != expected:
        raise ConflictingEdits(_FAILED)


def _events_added(document: Document, edit: Edit) -> int:
    key = int(isinstance(edit.path[-1], str))
    match edit.op:
        case "add" | "insert":
            return key + events_of(edit.value)
        case "remove":
            return -key - events_of(document.value(edit.path))
        case "set":
            return events_of(edit.value) - events_of(document.value(edit.path))


def events_of(value: Value) -> int:
    """Count the events that a value is, written without aliases."""
    if isinstance(value, dict):
        return 2 + sum(1 + events_of(item) for item in value.values())
    if isinstance(value, list):
        return 2 + sum(map(events_of, value))
    return 1
