"""What style the neighbours of a new value have, so that it can look like one of them."""

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from sidecarctl.yamledit.document import entries
from sidecarctl.yamledit.emit import Style
from sidecarctl.yamledit.flow import FlowStyle
from sidecarctl.yamledit.geometry import Geometry, UnsupportedEdit, is_block_collection
from sidecarctl.yamledit.nodes import Alias, Collection, Node
from sidecarctl.yamledit.reading import start_of

Chain: TypeAlias = Sequence[Node]  # from the root down to the collection that an edit changes
Measures: TypeAlias = dict[str, Callable[[Geometry, Collection, int], int | None]]


def key_column(geometry: Geometry, mapping: Collection) -> int:
    """Return the column at which the keys of a block mapping stand."""
    return geometry.column(geometry.entry_start(mapping.items[0]))


def block_style(geometry: Geometry, chain: Chain) -> Style:
    """Return the block style around a collection: the nearest example of each measure counts."""
    measured: dict[str, int] = {}
    for parent in reversed(chain):
        if len(measured) < len(Style._fields) - 1:
            _measure(geometry, parent, measured)
    literal = not geometry.is_last_line_open()  # a block scalar at an open end would gain a line break
    return Style(**measured, literal=literal)


def _measure(geometry: Geometry, parent: Node, measured: dict[str, int]) -> None:
    """Note the measures that a collection shows and that nothing nearer has shown."""
    if not is_block_collection(parent):
        return
    column, shown = 0, [(parent, _OF_ITEMS)]
    if parent.is_map:
        column = key_column(geometry, parent)
        values = [value for _, value in entries(parent) if is_block_collection(value)]
        shown = [(value, _OF_A_MAPPING if value.is_map else _OF_A_SEQUENCE) for value in values]
    for value, measures in shown:
        for name, measure in measures.items():
            if name not in measured and (columns := measure(geometry, value, column)) is not None:
                measured[name] = columns


def _step(geometry: Geometry, mapping: Collection, column: int) -> int | None:
    """Return how much deeper a mapping is than the keys that it stands below."""
    return max(0, key_column(geometry, mapping) - column) or None


def _dash(geometry: Geometry, sequence: Collection, column: int) -> int | None:
    dash = _visible_dash(geometry, sequence)
    return max(0, geometry.column(dash) - column) if dash is not None and geometry.begins_line(dash) else None


def _gap(geometry: Geometry, sequence: Collection, _column: int) -> int | None:
    item = sequence.items[0]
    if not is_block_collection(item) or not item.is_map:
        return None
    dash, first = _visible_dash(geometry, sequence), start_of(item.items[0])
    if dash is None or geometry.line_start(first) != geometry.line_start(dash):
        return None
    return first - dash


def _visible_dash(geometry: Geometry, sequence: Collection) -> int | None:
    try:
        return geometry.dash(sequence.items[0])
    except UnsupportedEdit:
        return None


_OF_A_MAPPING: Final[Measures] = {"step": _step}
_OF_A_SEQUENCE: Final[Measures] = {"dash": _dash, "gap": _gap}
_OF_ITEMS: Final[Measures] = {"gap": _gap}


def flow_style(geometry: Geometry, chain: Chain) -> FlowStyle:
    """Return the flow style around the last collection of a chain, which is in flow style itself."""
    collection = chain[-1]
    assert isinstance(collection, Collection)  # noqa: S101 - an edit's parent is a collection
    json = any(_is_json(node) for node in reversed(chain))
    colon = _colon(geometry, chain)
    return FlowStyle(json, "," if colon == ":" else ", ", colon, _flow_indent(geometry, collection))


def _flow_indent(geometry: Geometry, collection: Collection) -> str:
    """Return one step of the layout of a new item: none where all others keep to one line each."""
    others = [item for item in collection.items if isinstance(item, Collection) and item.items]
    if not is_on_lines(geometry, collection) or (others and not any(is_on_lines(geometry, item) for item in others)):
        return ""
    outer, inner = lead(geometry, collection.start), lead(geometry, start_of(collection.items[0]))
    return inner.removeprefix(outer) or "  "


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
