"""One document: its bytes, its value, and where each of its fields lies."""

import re
from collections.abc import Iterator
from typing import Final

from sidecarctl.finding import FieldPath, Position, UndecodableObject, UnreadableDocument
from sidecarctl.record import Record
from sidecarctl.yamledit.parse.events import YamlSyntaxError
from sidecarctl.yamledit.parse.nodes import Alias, Collection, Node, Tree, compose
from sidecarctl.yamledit.parse.values import DuplicateKey, is_merge, key_of, start_of, value_of
from sidecarctl.yamledit.value import Value

BOM: Final = "\ufeff"


class Item(Record):
    """Of a text that is a List of one: which item of the List in the file it holds."""

    number: int  # 0-based
    start: int  # in the text
    columns: int  # how much further right its first line stands in the file


class Origin(Record):
    """Where a piece of text comes from: a file, and the 0-based line of it that the text begins at."""

    file: str = "-"
    line: int = 0
    item: Item | None = None


class Document:
    """One YAML (or JSON) document. Reading it costs nothing until somebody asks for a value.

    `text` is the decoded document without a byte order mark; every offset counts its characters.
    """

    __slots__ = ("_line_starts", "_tree", "bom", "origin", "text")

    def __init__(self, text: str, origin: Origin, bom: str = "") -> None:
        self.text = text
        self.origin = origin
        self.bom = bom
        self._tree: Tree | None = None
        self._line_starts: list[int] | None = None  # found once, for there may be many to ask about

    @property
    def tree(self) -> Tree:
        """The nodes of the document; parsed when first asked for.

        Raises `UnreadableDocument`.
        """
        if self._tree is None:
            try:
                self._tree = compose(self.text)
            except YamlSyntaxError as error:
                raise self.unreadable(error) from None
        return self._tree

    @property
    def data(self) -> bytes:
        """The bytes of the document as they came."""
        return (self.bom + self.text).encode()

    def value(self, path: FieldPath = ()) -> Value:
        """Return the value at a path; null where nothing stands there.

        Raises `UnreadableDocument` for what has no value in JSON's shape.
        """
        node = self.node(path)
        if node is None:
            return None
        try:
            return value_of(node)
        except YamlSyntaxError as error:
            raise self.unreadable(error) from None

    def node(self, path: FieldPath) -> Node | None:
        """Return the node at a path, through aliases and merges; None where nothing stands there."""
        node = self.tree.root
        try:
            for part in path:
                node = child(node, part)
        except YamlSyntaxError as error:
            raise self.unreadable(error) from None
        return node

    def position(self, path: FieldPath) -> Position:
        """Return where a field stands: its value, or the nearest part of its path that is there."""
        nearest, holder = self.tree.root, None
        try:
            for part in path:
                found = child(nearest, part)
                if found is None:
                    break
                nearest, holder = found, nearest
        except YamlSyntaxError as error:
            raise self.unreadable(error) from None
        return self.position_at(self._begin(nearest, holder) if nearest is not None else 0)

    def _begin(self, node: Node, holder: Node | None) -> int:
        """Where a value begins: one that is not there, behind a `? key` alone, where its key does."""
        start = start_of(node)
        if isinstance(holder, Collection) and holder.is_map and self.text[start - 1] in " \t\r\n":
            is_nothing = not isinstance(node, Collection | Alias) and node.end_mark.index == start
            keys = [key for key, value in entries(holder) if value is node] if is_nothing else []
            return start_of(keys[0]) if keys else start
        return start

    def position_at(self, index: int) -> Position:
        """Return the position of an offset: line breaks are LF, CRLF and a lone CR."""
        from bisect import bisect_right  # noqa: PLC0415 - a run that has nothing to say needs no positions

        lines = self._line_starts
        if lines is None:
            lines = self._line_starts = [0, *(found.end() for found in re.finditer(r"\r\n?|\n", self.text))]
        line = bisect_right(lines, index)
        column, item = index - lines[line - 1] + 1, self.origin.item
        if item is not None and item.columns and lines[line - 1] <= item.start:
            column += item.columns
        return Position(self.origin.file, self.origin.line + line, column)

    def path_in_file(self, path: FieldPath) -> FieldPath:
        """Return the path that a field has in the file's own document."""
        item = self.origin.item
        return path if item is None or path[:1] != ("items",) else ("items", item.number, *path[2:])

    def undecodable(self, message: str, path: FieldPath, resource: str) -> UndecodableObject:
        """Say where in the file the field stands that is wrong."""
        return UndecodableObject(message, self.path_in_file(path), position=self.position(path), resource=resource)

    def unreadable(self, error: YamlSyntaxError) -> UnreadableDocument:
        """Say where in the file a complaint of the parser belongs."""
        from sidecarctl.yamledit.parse.masked import hinted  # noqa: PLC0415 - most runs never need it

        message = hinted(error.message)
        if isinstance(error, DuplicateKey):
            message = f"{message}; it stands first at {self.position_at(error.first)}"
        return UnreadableDocument(message, self.position_at(error.index))


def child(node: Node | None, part: str | int) -> Node | None:
    """Return what stands in a collection under a key or index; a later key wins over a merged one, as in go-yaml."""
    if isinstance(node, Alias):
        return child(node.target, part)
    if not isinstance(node, Collection) or node.is_map != isinstance(part, str):
        return None
    if isinstance(part, int):
        return node.items[part] if part < len(node.items) else None
    found: Node | None = None
    for key, value in entries(node):
        if is_merge(key):
            found = _merged_child(value, part) or found
        elif key_of(key) == part:
            found = value
    return found


def is_merged(node: Collection, part: str) -> bool:
    """Whether a merge brings a key into a mapping, be it there itself or not."""
    return any(is_merge(key) and _merged_child(value, part) is not None for key, value in entries(node))


def key_node(node: Node | None, part: str | int) -> Node | None:
    """Return the node of a mapping's own key."""
    if isinstance(node, Alias):
        return key_node(node.target, part)
    if not isinstance(node, Collection) or not node.is_map:
        return None
    return next((key for key, _ in entries(node) if not is_merge(key) and key_of(key) == part), None)


def entries(node: Collection) -> Iterator[tuple[Node, Node]]:
    """The keys and values of a mapping's nodes."""
    return zip(node.items[::2], node.items[1::2], strict=True)


def _merged_child(node: Node, part: str) -> Node | None:
    target = node.target if isinstance(node, Alias) else node
    if isinstance(target, Collection) and not target.is_map:
        return next((found for item in target.items if (found := child(item, part)) is not None), None)
    return child(target, part)
