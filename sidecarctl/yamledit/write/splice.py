"""Edits -> splices -> text: where each change lands, and joining it all in one pass.

# Strategy: all edits are resolved against the first tree, sorted, and joined once; what no splice covers is copied.
Block and flow style have rooms of their own; here they meet. Splices at one place are ordered by depth: what belongs to
an inner collection that ends there comes before what belongs to the outer one.
"""

from collections.abc import Iterable, Iterator

from sidecarctl.finding import ConflictingEdits, FieldPath
from sidecarctl.yamledit.document import Document, child, is_merged
from sidecarctl.yamledit.edit import Edit, Splice
from sidecarctl.yamledit.parse.nodes import MAX_DEPTH, Collection, Node
from sidecarctl.yamledit.parse.values import start_of
from sidecarctl.yamledit.write.block import BlockRoom
from sidecarctl.yamledit.write.geometry import MERGED_IN, Geometry, UnsupportedEdit, content_end, is_block_scalar


def resolved(
    document: Document, edits: Iterable[Edit], claims: Iterable[FieldPath] = ()
) -> tuple[list[Splice], tuple[FieldPath, ...]]:
    """Return the splices that make these edits in a document, in order, and the aliases that are written out for them.

    `claims` are items that are to look like their author's, whatever the edits make of them (authorship.py).
    Raises `UnsupportedEdit` where an edit cannot be made without guessing, `ConflictingEdits` where two claim the same
    bytes.
    """
    settled_edits, expanded = _settled(document, list(edits))
    if any(not edit.path for edit in settled_edits):
        raise UnsupportedEdit("a change of the whole document at once", 0)
    geometry = Geometry(document.text)
    block = BlockRoom(geometry)
    found: list[Splice] = []
    for parent_path, group in _by_parent(settled_edits).items():
        chain = _chain(document, parent_path)
        _check_there(chain[-1], group)
        found += _flow_splices(geometry, chain, group) if chain[-1].flow else block.splices(chain, group)
    found += _claimed(document, geometry, settled_edits, claims)
    found += _block_scalar_closed(document, geometry, found)
    ordered = sorted(found, key=lambda splice: (splice.start, splice.end > splice.start, -splice.depth))
    joined = _with_removals_joined(ordered)
    clear = [_clear_of_block_scalars(splice, geometry, document.tree.root) for splice in joined]
    joined = _with_open_end(_with_removals_split(clear), geometry, document.tree.root)
    _check_apart(joined)
    return joined, expanded


def spliced(text: str, splices: Iterable[Splice]) -> str:
    """Join a text and its splices."""
    pieces: list[str] = []
    position = 0
    for splice in splices:
        pieces += (text[position : splice.start], splice.text)
        position = splice.end
    return "".join((*pieces, text[position:]))


def _claimed(
    document: Document, geometry: Geometry, edits: list[Edit], claims: Iterable[FieldPath]
) -> Iterator[Splice]:
    for path in claims:
        from sidecarctl.yamledit.write.authorship import claimed  # noqa: PLC0415 - few items are claimed

        if not any(edit.op in {"set", "remove"} and edit.path == path[: len(edit.path)] for edit in edits):
            yield from claimed(document, geometry, path)


def _settled(document: Document, edits: list[Edit]) -> tuple[list[Edit], tuple[FieldPath, ...]]:
    if not document.tree.aliases:
        return edits, ()
    from sidecarctl.yamledit.write.aliases import settled  # noqa: PLC0415 - few documents have any

    return settled(document, edits)


def _flow_splices(geometry: Geometry, chain: list[Collection], edits: list[Edit]) -> list[Splice]:
    from sidecarctl.yamledit.write.flow import flow_splices  # noqa: PLC0415 - few documents are edited between brackets

    return flow_splices(geometry, chain, edits)


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


def _check_there(parent: Collection, edits: list[Edit]) -> None:
    for edit in edits:
        part = edit.path[-1]
        last = len(parent.items) if edit.op == "insert" else len(parent.items) - 1
        if isinstance(part, int) == parent.is_map or (isinstance(part, int) and not 0 <= part <= last):
            raise UnsupportedEdit("an edit of an item that is not there", parent.start)
        if edit.op == "remove" and isinstance(part, str) and is_merged(parent, part):
            raise UnsupportedEdit(MERGED_IN, parent.start)


def _block_scalar_closed(document: Document, geometry: Geometry, splices: list[Splice]) -> list[Splice]:
    """Keep the value of a block scalar at the open end of the text, which a line break behind it would lengthen."""
    end = len(geometry.text)
    if document.tree.root is None or not any(splice.start == end and splice.text for splice in splices):
        return []
    content, leaf = content_end(document.tree.root)
    if not is_block_scalar(leaf) or content < end or not geometry.is_last_line_open():
        return []
    header = geometry.block_scalar_header(leaf)
    if any(splice.start < header.end() <= splice.end for splice in splices):
        return []
    return [Splice(header.start(3), header.end(3), header[3].strip("+-") + "-", MAX_DEPTH + 1)]  # before all else there


def _with_removals_joined(splices: list[Splice]) -> list[Splice]:
    joined: list[Splice] = []
    for splice in splices:
        if joined and _removes(splice) and _removes(joined[-1]) and joined[-1].end >= splice.start:
            joined[-1] = joined[-1]._replace(end=max(joined[-1].end, splice.end))
        else:
            joined.append(splice)
    return joined


def _clear_of_block_scalars(splice: Splice, geometry: Geometry, root: Node | None) -> Splice:
    """Remove what is left below removed lines and would lengthen the block scalar above them: blanks and comments."""
    if not _removes(splice) or geometry.column(splice.start):
        return splice
    scalar = _block_scalar_above(root, splice.start)
    if scalar is None:
        return splice
    lines = geometry.text[splice.start : splice.end].splitlines()
    column = min(len(line) - len(line.lstrip(" ")) for line in lines if line.strip())
    blanks, end = geometry.after_blank_lines(splice.end), len(geometry.text)
    if blanks == end and geometry.is_last_line_open() and geometry.column(end) <= geometry.content_column(scalar):
        blanks = max(splice.end, geometry.line_start(end))  # a line that has no break adds nothing to the value
    comments = geometry.after_own_comments(blanks, column + 1)
    return splice._replace(end=comments) if comments > blanks or geometry.keeps_line_breaks(scalar) else splice


def _with_removals_split(splices: list[Splice]) -> list[Splice]:
    """Let lines be inserted among the blank lines that are removed."""
    split: list[Splice] = []
    for splice in splices:
        if split and _removes(split[-1]) and splice.start == splice.end < split[-1].end:
            removal = split.pop()
            split += [removal._replace(end=splice.start), splice, removal._replace(start=splice.start)]
        else:
            split.append(splice)
    return split


def _with_open_end(splices: list[Splice], geometry: Geometry, root: Node | None) -> list[Splice]:
    """Where lines up to an open end of the text are removed, leave the line open that is the last one now."""
    end, newline = len(geometry.text), geometry.newline
    place = next((n for n, splice in enumerate(splices) if _removes(splice) and splice.end == end), None)
    if place is None or not geometry.is_last_line_open() or geometry.column(splices[place].start):
        return splices
    *before, removal = splices[: place + 1]
    after = splices[place + 1 :]
    if after:  # it opens a line of its own
        after[0] = after[0]._replace(text=after[0].text.removeprefix(newline))
    elif before and before[-1].end == removal.start:
        before[-1] = before[-1]._replace(text=before[-1].text.removesuffix(newline))
    elif removal.start and _block_scalar_above(root, removal.start) is None:
        removal = removal._replace(start=removal.start - (2 if geometry.text[: removal.start].endswith("\r\n") else 1))
    return [*before, removal, *after]


def _block_scalar_above(node: Node | None, offset: int) -> Node | None:
    """Return the block scalar whose last line ends at an offset, or blank lines above it."""
    while isinstance(node, Collection) and not node.flow:
        node = next((item for item in reversed(node.items) if start_of(item) < offset), None)
    return node if node is not None and is_block_scalar(node) and content_end(node)[0] >= offset else None


def _removes(splice: Splice) -> bool:
    return splice.end > splice.start and not splice.text


def _check_apart(splices: list[Splice]) -> None:
    end = 0
    for splice in splices:
        if splice.start < end:
            raise ConflictingEdits("two edits claim the same text")
        end = max(end, splice.end)
