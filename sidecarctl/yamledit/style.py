"""What style the neighbours of a new value have, so that it can look like one of them."""

from collections.abc import Iterator, Sequence

from sidecarctl.yamledit.document import entries
from sidecarctl.yamledit.emit import Style
from sidecarctl.yamledit.flow import FlowStyle
from sidecarctl.yamledit.geometry import Geometry, UnsupportedEdit, is_block_collection
from sidecarctl.yamledit.nodes import Alias, Collection, Node
from sidecarctl.yamledit.reading import start_of

Chain = Sequence[Node]  # from the root down to the collection that an edit changes


def key_column(geometry: Geometry, mapping: Collection) -> int:
    """Return the column at which the keys of a block mapping stand."""
    first = start_of(mapping.items[0])
    if geometry.text[max(0, first - 2) : first] == "? ":
        first -= 2
    return geometry.column(first)


def block_style(geometry: Geometry, chain: Chain) -> Style:
    """Return the block style around a collection: the nearest example of each measure counts."""
    measured: dict[str, int] = {}
    for parent in reversed(chain):
        for name, columns in _examples(geometry, parent):
            if columns is not None:
                measured.setdefault(name, columns)
        if len(measured) == len(Style._fields) - 1:
            break
    literal = not geometry.is_last_line_open()  # a block scalar at an open end would gain a line break
    return Style(**measured, literal=literal)


def _examples(geometry: Geometry, parent: Node) -> Iterator[tuple[str, int | None]]:
    if not is_block_collection(parent):
        return
    if not parent.is_map:
        yield "gap", _gap(geometry, parent)
        return
    column = key_column(geometry, parent)
    for _, value in entries(parent):
        if not is_block_collection(value):
            continue
        if value.is_map:
            yield "step", _positive(key_column(geometry, value) - column)
        else:
            yield "dash", _dash_offset(geometry, value, column)
            yield "gap", _gap(geometry, value)


def _positive(columns: int) -> int | None:
    return columns if columns > 0 else None


def _dash_offset(geometry: Geometry, sequence: Collection, column: int) -> int | None:
    try:
        return max(0, geometry.column(geometry.dash(sequence.items[0])) - column)
    except UnsupportedEdit:
        return None


def _gap(geometry: Geometry, sequence: Collection) -> int | None:
    item = sequence.items[0]
    if not is_block_collection(item) or not item.is_map:
        return None
    try:
        dash = geometry.dash(item)
    except UnsupportedEdit:
        return None
    first = start_of(item.items[0])
    return first - dash if geometry.line_start(first) == geometry.line_start(dash) else None


def flow_style(geometry: Geometry, chain: Chain) -> FlowStyle:
    """Return the flow style around the last collection of a chain, which is in flow style itself."""
    collection = chain[-1]
    assert isinstance(collection, Collection)  # noqa: S101 - an edit's parent is a collection
    json = any(_is_json(node) for node in reversed(chain))
    colon = _colon(geometry, chain)
    indent = ""
    if is_on_lines(geometry, collection):
        outer, inner = lead(geometry, collection.start), lead(geometry, start_of(collection.items[0]))
        indent = inner.removeprefix(outer) or "  "
    return FlowStyle(json, "," if colon == ":" else ", ", colon, indent)


def is_on_lines(geometry: Geometry, collection: Collection) -> bool:
    """Whether the items of a flow collection begin on lines of their own."""
    if not collection.items:
        return False
    between = geometry.text[collection.start : start_of(collection.items[0])]
    return "\n" in between or "\r" in between


def lead(geometry: Geometry, index: int) -> str:
    """Return the white space that the line of an offset begins with."""
    line = geometry.line(index)
    return line[: len(line) - len(line.lstrip(" \t"))]


def _is_json(node: Node) -> bool:
    """Whether the first key in a flow collection is quoted as JSON's are."""
    if not isinstance(node, Collection) or not node.flow:
        return False
    if not node.is_map:
        return any(_is_json(item) for item in node.items[:1])
    return any(not isinstance(key, Collection | Alias) and key.style == '"' for key in node.items[:1])


def _colon(geometry: Geometry, chain: Chain) -> str:
    for node in reversed(chain):
        if isinstance(node, Collection) and node.flow and node.is_map and node.items:
            key, value = node.items[0], node.items[1]
            if not isinstance(key, Collection | Alias):
                between = geometry.text[key.end_mark.index : start_of(value)]
                return ":" if between == ":" and key.style == '"' else ": "
    return ": "
