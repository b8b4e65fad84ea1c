"""From nodes to plain values: what Kubernetes reads where the user wrote YAML."""

from functools import lru_cache
from typing import Final

from sidecarctl.yamledit.parse.events import Scalar, YamlSyntaxError
from sidecarctl.yamledit.parse.nodes import Alias, Collection, Node
from sidecarctl.yamledit.parse.scalar import CORE, ScalarError, json_number, key_text, plain_value, tagged_value
from sidecarctl.yamledit.value import Value

_COLLECTION_TAGS: Final = {True: f"{CORE}map", False: f"{CORE}seq"}
SAID_TWICE: Final = "a key that this mapping already has"


class DuplicateKey(YamlSyntaxError):
    """A key that stands twice in one mapping; `first` is where it stood before."""

    def __init__(self, index: int, first: int) -> None:
        super().__init__(f"{SAID_TWICE} (Kubernetes would silently take the last one)", index)
        self.first = first


def value_of(node: Node) -> Value:
    """Return the value of a node; a collection's is built once and shared from then on.

    Raises `YamlSyntaxError` (with the place, never the value) for what has no value in JSON's shape.
    """
    if isinstance(node, Collection):
        if node.value is None:
            if node.tag not in {None, "!", _COLLECTION_TAGS[node.is_map]}:
                raise YamlSyntaxError("a tag outside YAML's core schema", node.start)
            node.value = _map_value(node) if node.is_map else [value_of(item) for item in node.items]
        built: Value = node.value
        return built
    return value_of(node.target) if isinstance(node, Alias) else _scalar_value(node)


def key_of(node: Node) -> str:
    """Return the text that a key has once it is JSON's.

    Raises `YamlSyntaxError` for keys that are no scalars, or have no text.
    """
    if isinstance(node, Alias):
        return key_of(node.target)
    if isinstance(node, Collection):
        raise YamlSyntaxError("a key that is not a scalar", node.start)
    try:
        if node.ctag is not None:
            return key_text(tagged_value(node.value, str(node.tag)))
        return _plain_key(node.value) if node.implicit[0] else node.value
    except ScalarError as error:
        raise YamlSyntaxError(str(error), node.start_mark.index) from None


@lru_cache(maxsize=4096)  # the same few keys stand everywhere
def _plain_key(text: str) -> str:
    return key_text(plain_value(text))


def is_merge(key: Node) -> bool:
    """Whether a key is the plain `<<` that merges other mappings into this one."""
    return not isinstance(key, Collection | Alias) and key.value == "<<" and key.ctag is None and key.implicit[0]


def _scalar_value(node: Scalar) -> Value:
    if node.ctag is None and not node.implicit[0]:
        return node.value
    try:
        value = plain_value(node.value) if node.ctag is None else tagged_value(node.value, str(node.tag))
        return json_number(value) if isinstance(value, float) else value
    except ScalarError as error:
        raise YamlSyntaxError(str(error), node.start_mark.index) from None


def _map_value(node: Collection) -> dict[str, Value]:
    built: dict[str, Value] = {}
    nodes = iter(node.items)
    for key_node, value_node in zip(nodes, nodes, strict=True):
        key = key_of(key_node)
        if key in built:
            if any(map(is_merge, node.items[::2])):
                return _merged_value(node)
            raise _duplicate(node, key, key_node)
        built[key] = value_of(value_node)
    return _merged_value(node) if "<<" in built and any(map(is_merge, node.items[::2])) else built


def _merged_value(node: Collection) -> dict[str, Value]:
    """Build a mapping that merges others: go-yaml takes the entries in their order, and the last word counts."""
    built: dict[str, Value] = {}
    own: set[str] = set()
    for key_node, value_node in zip(node.items[::2], node.items[1::2], strict=True):
        key = key_of(key_node)
        if is_merge(key_node):
            built.update(_merge(value_node))
            continue
        if key in own:
            raise _duplicate(node, key, key_node)
        own.add(key)
        built[key] = value_of(value_node)
    return built


def _merge(node: Node) -> dict[str, Value]:
    value = value_of(node)
    if isinstance(value, dict):
        return value
    if isinstance(value, list) and not isinstance(node, Alias):
        merged: dict[str, Value] = {}
        for item in reversed(value):  # of several, the earlier ones win
            if not isinstance(item, dict):
                break
            merged.update(item)
        else:
            return merged
    raise YamlSyntaxError("a merge (<<) of something that is no mapping", start_of(node))


def start_of(node: Node) -> int:
    """Where a node begins, as an offset in characters."""
    return node.start if isinstance(node, Collection | Alias) else node.start_mark.index


def _duplicate(node: Collection, key: str, second: Node) -> DuplicateKey:
    first = next(other for other in node.items[::2] if not is_merge(other) and key_of(other) == key)
    return DuplicateKey(start_of(second), start_of(first))
