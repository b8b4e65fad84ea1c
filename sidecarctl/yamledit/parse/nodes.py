"""The tree of one document: where each of its values lies.

# Strategy: one pass over the parser's events, with the limits inside.
A scalar stays the parser's own event; only collections become nodes of ours, so a document costs little more than its
events. The walk keeps its own stack: depth is a number that is compared with a limit, not the interpreter's recursion.
Aliases are nodes that point at their target; what they would expand to is measured before anybody walks through them.
"""

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from sidecarctl.record import Record
from sidecarctl.yamledit.parse.events import (
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    Scalar,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    YamlSyntaxError,
    event_reader,
    other_reader,
    syntax_error,
)

MAX_DEPTH: Final = 100
MAX_ALIASES: Final = 1_000
MAX_NODES: Final = 1_000_000
MAX_NODES_USUALLY: Final = 400_000  # in a text that --max-document allows by default: one has 0.6 kB, and takes 3 µs
MAX_DIRECTIVES: Final = 100
_BETWEEN_NODES: Final = ":?,-[{"  # a document has at least one of them for each node, or pair of them
_DENSE: Final = 8  # characters for each node, in longer texts
_MARK: Final = "\ufeff"
_LINE_BREAKS: Final = "\n\r\x85\u2028\u2029"


class Collection:
    """A mapping (`items`: key, value, key, value, …) or a sequence (`items`: its items)."""

    __slots__ = ("anchor", "end", "flow", "is_map", "items", "start", "tag", "value")

    def __init__(self, event: Any, *, is_map: bool) -> None:  # noqa: ANN401 - the parser has no types
        self.is_map = is_map
        self.start: int = event.start_mark.index  # at the anchor or tag, where there is one
        self.end = -1  # behind the closing bracket; of a block collection: where the next token begins
        self.flow: bool = event.flow_style
        self.anchor: str | None = event.anchor
        self.tag: str | None = event.tag if event.ctag is not None else None
        self.items: list[Node] = []
        self.value: Any = None  # kept by reading.py once it was built


class Alias:
    """A `*name`, and the node that it stands for."""

    __slots__ = ("end", "start", "target")

    def __init__(self, start: int, end: int, target: "Collection | Scalar") -> None:
        self.start = start
        self.end = end
        self.target = target


Node: TypeAlias = Collection | Alias | Scalar
NextEvent: TypeAlias = Callable[[], Any]


class Tree(Record):
    """What a text holds: its first document's root (None: nothing but comments), and where the next one begins."""

    root: Node | None
    events: int  # how many the parser gave, for the fast proof
    aliases: tuple[Alias, ...]
    rest: int | None  # where another document begins that the cut by lines did not see


class LimitError(YamlSyntaxError):
    """Over a limit; the message names it."""


def compose(text: str) -> Tree:
    """Read the first document of a text into a tree.

    Raises `YamlSyntaxError` where it is no YAML, `LimitError` where it is too deep, too large or has too many aliases.
    """
    _check_marks(text)
    _check_directives(text)
    return _composed(text, _limited(text, event_reader(text)), other_reader)


def _limited(text: str, next_event: NextEvent) -> NextEvent:
    """Return a reader that ends with `LimitError` after too many events."""
    most = min(max(MAX_NODES_USUALLY, len(text) // _DENSE), MAX_NODES)
    if len(text) <= most or 2 * sum(map(text.count, _BETWEEN_NODES)) < most:  # of a pair, both are nodes
        return next_event
    left = most

    def counted() -> Any:  # noqa: ANN401 - the parser has no types
        nonlocal left
        left -= 1
        if left < 0:
            raise LimitError(f"more than {most:,} nodes (the limit nodes; no flag raises it)", 0)
        return next_event()

    return counted


def _check_marks(text: str) -> None:
    """Refuse a byte order mark that begins a line: the parser takes it for nothing, Kubernetes for a letter."""
    index = text.find(_MARK)
    while index >= 0:
        if index == 0 or text[index - 1] in _LINE_BREAKS:
            raise YamlSyntaxError("a byte order mark in the middle of a text: Kubernetes takes it for a letter", index)
        index = text.find(_MARK, index + 1)


def _check_directives(text: str) -> None:
    """Refuse very many %TAG directives: the parser compares each with all others."""
    if sum(map(text.count, ("\n%TAG", "\r%TAG"))) + text.startswith("%TAG") > MAX_DIRECTIVES:
        raise LimitError(f"more than {MAX_DIRECTIVES} %TAG directives (the limit directives; no flag raises it)", 0)


def _composed(text: str, next_event: NextEvent, other: Callable[[str, Exception], NextEvent | None] | None) -> Tree:
    """Compose from one reader; where it complains of what Kubernetes reads, from the other."""
    walk = _Walk(next_event)
    try:
        return walk.tree()
    except YamlSyntaxError:
        raise
    except Exception as error:  # noqa: BLE001 - the parsers let all kinds of exceptions out for bad input
        if other is not None and (second := other(text, error)) is not None:
            return _composed(text, _limited(text, second), None)
        if (rest := walk.start_of_next_json(text)) is not None:
            return walk.tree_before(rest)
        raise syntax_error(error, text) from None


class _Walk:
    def __init__(self, next_event: NextEvent) -> None:
        self.next_event = next_event
        self.root: Node | None = None
        self.events = 5  # start and end of stream and document, and the root
        self.anchors: dict[str, Collection | Scalar] = {}
        self.anchored: list[Collection] = []
        self.aliases: list[Alias] = []

    def tree(self) -> Tree:
        self.next_event()  # the stream's start
        start = self.next_event()
        if start.__class__ is StreamEndEvent:
            return Tree(None, 2, (), None)
        if start.version is not None and tuple(start.version) != (1, 1):
            raise YamlSyntaxError("a %YAML directive other than 1.1, which Kubernetes refuses", start.start_mark.index)
        self.root = self._content()
        self.next_event()  # the document's end
        following = self.next_event()
        if self.aliases:
            self._check_expansion()
        return self.tree_before(following.start_mark.index if following.__class__ is DocumentStartEvent else None)

    def tree_before(self, rest: int | None) -> Tree:
        return Tree(self.root, self.events, tuple(self.aliases), rest)

    def start_of_next_json(self, text: str) -> int | None:
        """Where the next of several JSON documents begins that nothing but white space divides."""
        if not isinstance(self.root, Collection) or not self.root.flow:
            return None
        rest = text[self.root.end :]
        return self.root.end if rest.lstrip().startswith(("{", "[")) else None

    def _content(self) -> Node:
        next_event = self.next_event
        items: list[Node] = []
        top = items
        stack: list[Collection] = []
        while True:
            event = next_event()
            kind = event.__class__
            if kind is ScalarEvent:
                items.append(event)
                if event.anchor is not None:
                    self.anchors[event.anchor] = event
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                node = Collection(event, is_map=kind is MappingStartEvent)
                if node.anchor is not None:
                    self.anchors[node.anchor] = node
                items.append(node)
                items = node.items
                stack.append(node)
                if len(stack) > MAX_DEPTH:
                    raise LimitError(
                        f"nested deeper than {MAX_DEPTH} levels (the limit depth; no flag raises it)", node.start
                    )
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                node = stack.pop()
                node.end = event.end_mark.index
                self.events += 1 + len(items)
                if node.anchor is not None:
                    self.anchored.append(node)
                items = stack[-1].items if stack else top
            else:
                items.append(self._alias(event))
            if not stack:
                return top[0]

    def _alias(self, event: Any) -> Alias:  # noqa: ANN401 - the parser has no types
        target = self.anchors.get(event.anchor)
        where = event.start_mark.index
        if target is None:
            raise YamlSyntaxError("an alias to an anchor that is not defined before it", where)
        if isinstance(target, Collection) and target.end < 0:
            raise YamlSyntaxError("an alias to a value that contains it", where)
        alias = Alias(where, event.end_mark.index, target)
        self.aliases.append(alias)
        if len(self.aliases) > MAX_ALIASES:
            raise LimitError(f"more than {MAX_ALIASES:,} aliases (the limit aliases; no flag raises it)", where)
        return alias

    def _check_expansion(self) -> None:
        """Measure what the aliases expand to, without walking through any of them twice.

        Anchored nodes closed in this order, so a target is measured before any node that holds its alias.
        """
        measured: dict[int, tuple[int, int]] = {}
        for node in (*self.anchored, self.root):
            _measure(node, measured)


def _measure(node: Node | None, measured: dict[int, tuple[int, int]]) -> tuple[int, int]:
    """Return how many nodes a node expands to, and how deep."""
    if isinstance(node, Alias):
        return _measure(node.target, measured)
    if not isinstance(node, Collection):
        return 1, 0
    if (known := measured.get(id(node))) is not None:
        return known
    sizes = [_measure(item, measured) for item in node.items]
    size = 1 + sum(size for size, _ in sizes)
    depth = 1 + max((depth for _, depth in sizes), default=0)
    if size > MAX_NODES:
        raise LimitError(
            f"more than {MAX_NODES:,} nodes after expanding its aliases (the limit nodes; no flag raises it)",
            node.start,
        )
    if depth > MAX_DEPTH:
        raise LimitError(
            f"nested deeper than {MAX_DEPTH} levels after expanding its aliases (the limit depth; no flag raises it)",
            node.start,
        )
    measured[id(node)] = size, depth
    return size, depth
