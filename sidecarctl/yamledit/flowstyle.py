"""What flow style the neighbours of a new value have, so that it can look like one of them."""

from sidecarctl.yamledit.flow import FlowStyle
from sidecarctl.yamledit.parse.nodes import Alias, Collection, Node
from sidecarctl.yamledit.parse.values import start_of
from sidecarctl.yamledit.style import Chain
from sidecarctl.yamledit.write.geometry import Geometry


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
