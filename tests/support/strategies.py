"""Documents as people write them, and changes as programs make them."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from doors.yamledit import Value, json_number
from hypothesis import strategies as st

T = TypeVar("T")


class Draw(Protocol):
    """Draws a value of what a strategy makes."""

    def __call__(self, strategy: st.SearchStrategy[T], /) -> T: ...


_WORDS = (
    "app",
    "web",
    "a",
    "b",
    "name",
    "image",
    "x y",
    "中文",
    "🚀",
    "it's",
    "1",
    "on",
    "",
    "~",
    "0x1F",
    "a: b",
    "# no",
)
_LINES = ("one", "two words", "# no comment", "中 🎈", "  deeper", "k: v", "- x", "", "", "end")
_COMMENTS = ("# why", "#", "# a: b - c", "# 注释 🎉", "# {[")
KEYS = ("name", "image", "env", "args", "spec", "metadata", "a b", "é", "on", "7", "x/y", "labels", "ports", "v")

texts = st.sampled_from(_WORDS) | st.text(max_size=8)
scalars: st.SearchStrategy[Value] = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | texts
    | st.floats(allow_nan=False, allow_infinity=False).map(json_number)
)
values: st.SearchStrategy[Value] = st.recursive(
    scalars | st.just("two\nlines\n"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


class _Writer:
    """Writes one document, asking at each turn how it is to look."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        self.step = draw(st.integers(1, 4))
        self.dash = draw(st.integers(0, 3))
        self.gap = draw(st.integers(1, 3)) + 1
        self.with_aliases = draw(st.booleans())
        self.anchors: list[str] = []
        self.map_anchors: list[str] = []

    def one_of(self, *choices: T) -> T:
        return self.draw(st.sampled_from(choices))

    def or_not(self) -> bool:
        return bool(self.draw(st.booleans()))

    def at_times(self) -> bool:
        return bool(self.draw(st.integers(0, 4)) == 4)

    def block_map(self, depth: int) -> list[str]:
        keys = self.draw(st.lists(st.sampled_from(KEYS), min_size=1, max_size=4, unique=True))
        lines: list[str] = []
        if self.map_anchors and self.at_times():
            lines.append(f"<<: *{self.one_of(*self.map_anchors)}")
        for key in keys:
            lines += self.above()
            head = f"? {self.key(key)}\n:" if self.at_times() and self.at_times() else f"{self.key(key)}:"
            lines += self.entry(head, depth)
        return lines

    def block_list(self, depth: int) -> list[str]:
        lines: list[str] = []
        for _ in range(self.draw(st.integers(1, 3))):
            lines += self.above()
            if depth and self.at_times():
                lines += ["-" + self.behind(), *_indented(self.block_map(depth - 1), self.gap)]
            elif depth and self.at_times():
                rest = [line for line in self.block_map(depth - 1) if "name" not in line]
                lines += _hung([f"name: c{self.draw(st.integers(0, 50))}", *rest], self.gap)
            elif depth and self.or_not():
                inner = self.block_map(depth - 1) if self.or_not() else self.block_list(depth - 1)
                lines += _hung(inner, self.gap)
            else:
                lines += self.entry("-", 0)
        return lines

    def entry(self, head: str, depth: int) -> list[str]:
        """A key with its colon, or a dash, and the value behind it."""
        kind = self.one_of("map", "list", "flow", "alias", "literal", *["scalar"] * 3)
        *early, head = head.split("\n")
        if kind == "map" and depth:
            anchor = self.anchor(is_map=True)
            lines = [f"{head}{anchor}{self.behind()}", *_indented(self.block_map(depth - 1), self.step)]
        elif kind == "list" and depth and head != "-":
            anchor = self.anchor()
            lines = [f"{head}{anchor}{self.behind()}", *_indented(self.block_list(depth - 1), self.dash)]
        elif kind == "literal":
            lines = self.literal(head)
        elif kind == "alias" and self.anchors:
            lines = [f"{head} *{self.one_of(*self.anchors)}{self.behind()}"]
        elif kind == "flow":
            lines = self.flow_lines(head, depth)
        else:
            lines = [f"{head}{self.anchor()} {self.scalar()}".rstrip(" ") + self.behind()]
        return early + self.finished(lines)

    def finished(self, lines: list[str]) -> list[str]:
        """Note the anchor of an entry, now that it has ended."""
        for word in lines[0].split(" "):
            if word.startswith("&m"):
                self.map_anchors.append(word[1:])
            if word.startswith(("&m", "&n")):
                self.anchors.append(word[1:])
        return lines

    def anchor(self, *, is_map: bool = False) -> str:
        if not self.with_aliases or not self.at_times():
            return ""
        return f" &{'m' if is_map else 'n'}{self.draw(st.integers(0, 3))}"

    def key(self, key: str) -> str:
        return self.one_of(key, key, f"'{key}'", f'"{key}"')

    def above(self) -> list[str]:
        """Comments and blank lines before an entry."""
        if not self.at_times():
            return []
        comment = self.one_of("", " ", "   ") + self.one_of(*_COMMENTS)
        return self.one_of([comment], [""], ["", comment], [comment, ""], [comment, comment])

    def behind(self) -> str:
        if not self.at_times():
            return ""
        return self.one_of("  ", "\t", " ", "\t ") + self.one_of("", *_COMMENTS)

    def literal(self, head: str) -> list[str]:
        body = self.draw(st.lists(st.sampled_from(_LINES), min_size=1, max_size=3))
        header = self.one_of("|", "|-", "|+", ">", ">-", ">+") + "2"
        indent = self.one_of(2)
        return [f"{head} {header}{self.one_of('', '  # why')}", *_indented(body, indent)]

    def scalar(self) -> str:
        return self.one_of(
            "app", "1", "v1.2", "a b", "'it''s'", '"a\\tb"', "", "~", "true", '"中\\u0001"', "'two\n    lines'"
        )

    def flow(self, depth: int) -> str:
        kind = self.one_of("list", "map", "scalar", "scalar")
        comma, end = self.one_of(", ", ",", " , "), self.one_of("", "", " ", ",", " ,")
        if kind == "scalar" or not depth:
            return self.one_of("app", "1", "'x, y'", '"z"', "http://x:1", "no")
        size = self.draw(st.integers(0, 3))
        if kind == "list":
            items = [self.flow(depth - 1) for _ in range(size)]
            return f"[{comma.join(items)}{end if items else self.blank()}]"
        keys = self.draw(st.lists(st.sampled_from(KEYS), min_size=size, max_size=size, unique=True))
        items = [f"{self.key(key)}: {self.flow(depth - 1)}" for key in keys]
        return f"{{{comma.join(items)}{end if items else self.blank()}}}"

    def blank(self) -> str:
        """What stands between brackets that hold nothing."""
        return self.one_of("", "", " ", "  ")

    def flow_lines(self, head: str, depth: int) -> list[str]:
        """A flow collection, on one line or over several."""
        if not self.at_times():
            return [f"{head} {self.flow(depth + 1)}{self.behind()}"]
        opening, closing = self.one_of(("[", "]"), ("{", "}"))
        size = self.draw(st.integers(0, 3))
        keys = self.draw(st.lists(st.sampled_from(KEYS), min_size=size, max_size=size, unique=True))
        items = [self.flow(depth) if opening == "[" else f"{self.key(key)}: {self.flow(depth)}" for key in keys]
        lines = []
        for place, item in enumerate(items):
            lines += [f"    {comment}" for comment in self.above() if comment]
            comma = "," if place + 1 < len(items) or self.or_not() else ""
            lines.append(f"    {item}{comma}{self.behind()}")
        if lines and self.at_times():
            lines[-1] += self.one_of(f" {closing}", closing) if "#" not in lines[-1] else f"\n    {closing}"
            return [f"{head} {opening}{self.behind()}", *lines]
        return [f"{head} {opening}{self.behind()}", *lines, f"    {closing}" + self.behind()]


def _indented(lines: Sequence[str], columns: int) -> list[str]:
    return ["\n".join(" " * columns + part if part else part for part in line.split("\n")) for line in lines]


def _hung(lines: Sequence[str], gap: int) -> list[str]:
    """Hang lines on a dash; what stands above their first entry is left out."""
    first = next((n for n, line in enumerate(lines) if line.strip() and not line.strip().startswith("#")), 0)
    head, *rest = _indented(lines[first:], gap)
    return [f"-{head[1:]}", *rest]


@st.composite
def documents(draw: Draw) -> str:
    """A document with comments, blank lines, all styles of collection and scalar, anchors, and any line break."""
    writer = _Writer(draw)
    start = draw(st.sampled_from(["", "", "# head\n", "---\n", "--- # x\n", "\n# a\n\n"]))
    body = writer.block_map(3) if draw(st.integers(0, 3)) else writer.block_list(3)
    end = draw(st.sampled_from(["", "", "\n# end", "\n...", "  # end"]))
    text = start + "\n".join(body) + "\n" + end
    text = text if draw(st.booleans()) else text.rstrip("\n")
    newline = draw(st.sampled_from(["\n", "\n", "\n", "\r\n", "\r", "\x85", "mixed"]))
    if newline != "mixed":
        return text.replace("\n", newline)
    return "".join(draw(st.sampled_from(["\n", "\r\n", "\r"])) if char == "\n" else char for char in text)


@st.composite
def changed(draw: Draw, value: Value) -> Value:
    """A value that differs here and there."""
    if isinstance(value, dict) and value and draw(st.integers(0, 11)):
        return _changed_map(draw, value)
    if isinstance(value, list) and value and draw(st.integers(0, 7)):
        return _changed_list(draw, value)
    return draw(values) if draw(st.integers(0, 2)) else value


def _changed_map(draw: Draw, value: dict[str, Value]) -> dict[str, Value]:
    kept = {
        key: draw(changed(item)) if draw(st.booleans()) else item
        for key, item in value.items()
        if draw(st.integers(0, 5))
    }
    return {**kept, **draw(st.dictionaries(texts, values, max_size=2))}


def _changed_list(draw: Draw, value: list[Value]) -> list[Value]:
    built: list[Value] = []
    for item in value:
        built += draw(st.lists(values, max_size=1)) if not draw(st.integers(0, 2)) else []
        if draw(st.integers(0, 5)):
            built.append(draw(changed(item)) if draw(st.integers(0, 3)) == 0 else item)
    return built + (draw(st.lists(values, max_size=2)) if draw(st.booleans()) else [])


@st.composite
def changed_inside(draw: Draw, value: Value) -> Value:
    """A value that differs, but not as a whole."""
    if isinstance(value, dict) and value:
        first = next(iter(value))
        other = _changed_map(draw, value)
        return {first: value[first], **other}
    if isinstance(value, list) and value:
        return [value[0], *_changed_list(draw, value[1:])]
    return value


@st.composite
def filled(draw: Draw, value: Value) -> Value:
    """A value with something in some of the collections that hold nothing, and below some keys without a value."""
    entries, items = st.dictionaries(texts, values, max_size=2), st.lists(values, max_size=2)
    if isinstance(value, dict):
        if not value:
            return draw(entries)
        return {key: draw(st.none() | entries | items if item is None else filled(item)) for key, item in value.items()}
    if isinstance(value, list):
        return [draw(filled(item)) for item in value] if value else draw(items)
    return value


@st.composite
def grown(draw: Draw, value: Value) -> Value:
    """A value with more in it: keys and items inserted into collections that are not empty."""
    if isinstance(value, dict) and value:
        inner = {key: draw(grown(item)) for key, item in value.items()}
        more = draw(st.dictionaries(texts, values, max_size=1))
        return {**inner, **{key: item for key, item in more.items() if key not in inner}}
    if isinstance(value, list) and value:
        built: list[Value] = []
        for item in value:
            built += draw(st.lists(values, max_size=1)) if not draw(st.integers(0, 3)) else []
            built.append(draw(grown(item)))
        return built + draw(st.lists(values, max_size=1))
    return value
