"""What block style the neighbours of a new value have, so that it can look like one of them."""

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from sidecarctl.yamledit.document import entries
from sidecarctl.yamledit.parse.nodes import Collection, Node
from sidecarctl.yamledit.parse.values import start_of
from sidecarctl.yamledit.write.emit import Style
from sidecarctl.yamledit.write.geometry import Geometry, UnsupportedEdit, is_block_collection

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
