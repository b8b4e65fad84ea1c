"""Edits -> splices -> text: where each change lands, and joining it all in one pass.

# Strategy: all edits are resolved against the first tree, sorted, and joined once; what no splice covers is copied.
Block and flow style have rooms of their own; here they meet. Splices at one place are ordered by depth: what belongs to
an inner collection that ends there comes before what belongs to the outer one.
"""

from collections.abc import Iterable

from sidecarctl.finding import ConflictingEdits, FieldPath
from sidecarctl.yamledit.aliases import Settled, settled
from sidecarctl.yamledit.blocksplice import BlockRoom
from sidecarctl.yamledit.document import Document, child
from sidecarctl.yamledit.edit import Edit
from sidecarctl.yamledit.flowsplice import FlowRoom
from sidecarctl.yamledit.geometry import Geometry, UnsupportedEdit
from sidecarctl.yamledit.nodes import Collection, Node
from sidecarctl.yamledit.place import Splice


def resolved(document: Document, edits: Iterable[Edit]) -> tuple[list[Splice], Settled]:
    """Return the splices that make these edits in a document, in order, and what had to be rewritten for them.

    Raises `UnsupportedEdit` where an edit cannot be made without guessing, `ConflictingEdits` where two claim the same
    bytes.
    """
    settlement = settled(document, list(edits))
    geometry = Geometry(document.text)
    block, flow = BlockRoom(geometry), FlowRoom(geometry)
    found: list[Splice] = []
    for parent_path, group in _by_parent(settlement.edits).items():
        chain = _chain(document, parent_path)
        found += (flow if chain[-1].flow else block).splices(chain, group)
    ordered = sorted(dict.fromkeys(found), key=lambda splice: (splice.start, splice.end > splice.start, -splice.depth))
    joined = _with_removals_joined(ordered, geometry)
    _check_apart(joined)
    return joined, settlement


def spliced(text: str, splices: Iterable[Splice]) -> str:
    """Join a text and its splices."""
    pieces: list[str] = []
    position = 0
    for splice in splices:
        pieces += (text[position : splice.start], splice.text)
        position = splice.end
    return "".join((*pieces, text[position:]))


def _by_parent(edits: Iterable[Edit]) -> dict[FieldPath, list[Edit]]:
    groups: dict[FieldPath, list[Edit]] = {}
    for edit in edits:
        groups.setdefault(edit.path[:-1], []).append(edit)
    return groups


def _chain(document: Document, path: FieldPath) -> list[Collection]:
    node: Node | None = document.tree.root
    chain: list[Collection] = []
    for part in (*path, None):
        if not isinstance(node, Collection):
            raise UnsupportedEdit("an edit below something that is no collection", 0)
        chain.append(node)
        node = child(node, part) if part is not None else None
    return chain


def _with_removals_joined(splices: list[Splice], geometry: Geometry) -> list[Splice]:
    """Join removals of neighbouring lines; where they reach an open end of the text, its last line stays open."""
    joined: list[Splice] = []
    for splice in splices:
        if joined and _removes(splice) and _removes(joined[-1]) and joined[-1].end == splice.start:
            joined[-1] = joined[-1]._replace(end=splice.end)
        else:
            joined.append(splice)
    if joined and geometry.is_last_line_open() and _removes(joined[-1]) and joined[-1].end == len(geometry.text):
        start = joined[-1].start
        if start and geometry.line_start(start) == start:
            joined[-1] = joined[-1]._replace(start=start - len(geometry.newline))
    return joined


def _removes(splice: Splice) -> bool:
    return splice.end > splice.start and not splice.text


def _check_apart(splices: list[Splice]) -> None:
    end = 0
    for splice in splices:
        if splice.start < end:
            raise ConflictingEdits("two edits claim the same text")
        end = max(end, splice.end)
