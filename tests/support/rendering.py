"""Values as people write them: every style of YAML, with comments, blank lines, anchors, and any line break."""

import json
import re
from typing import Any, Final

from chooser import Chooser, Json

DIRECTIVE: Final = "%YAML 1.1\n---\n"
Scalar = str | int | float | bool | None

_COMMENTS: Final = ("# why", "#", "# a: b - c", "# 注释 🎉", "# {[", "#\ttab", '# it\'s "so"')
_PLAIN: Final = re.compile(r"[A-Za-z_/\u4e2d-\u9fff][\w./@:-]*[\w/](?: [A-Za-z]+)*")
_NO_TEXT: Final = re.compile(r"y|n|yes|no|on|off|true|false|null|nan|inf", re.IGNORECASE)
_UNPRINTABLE: Final = re.compile("[\x00-\x1f\x7f-\xa0\u2028\u2029\ufeff]")
_FOLDING: Final = re.compile(r"\S+(?: \S+)+")
_FAR_LEFT: Final = "\0"  # begins a line that stands at column 0, wherever its neighbours stand


def rendered(choose: Chooser, value: Json) -> str:
    """The text of one document."""
    if choose.chance(12):
        separators = choose.one_of((",", ": "), (", ", ": "), (",", ":"))
        indent = choose.one_of(2, 4, None, "\t", 1)
        ascii_text = json.dumps(value, indent=indent, separators=separators)
        return choose.one_of(as_json(value, indent, separators), ascii_text)
    return _Rendering(choose).document(value)


def as_json(value: Json, indent: int | str | None = None, separators: tuple[str, str] = (", ", ": ")) -> str:
    """The text of a value in JSON; what a reader of YAML takes for a line break is escaped."""
    text = json.dumps(value, indent=indent, separators=separators, ensure_ascii=False)
    return _UNPRINTABLE.sub(lambda found: found[0] if found[0] in "\n\t" else _escaped(found[0]), text)


class _Rendering:
    """One document, asking at each turn how it is to look."""

    def __init__(self, choose: Chooser) -> None:
        self.choose = choose
        self.step = choose.one_of(2, 2, 4, 3, 1)
        self.dash = choose.one_of(0, 2, 1, 4)
        self.gap = choose.one_of(2, 2, 4, 3)
        self.has_comments = choose.chance(2)
        self.is_odd = choose.chance(2)
        self.has_anchors = choose.chance(6)
        self.has_flow = choose.chance(3)
        self.named = 0
        self.anchors: list[tuple[str, object]] = []
        self.literal = ""  # the header of the block scalar that the last line ends, if it ends one

    def document(self, value: Json) -> str:
        is_flow = self.has_flow and self.choose.chance(6)
        lines = self.flow_lines("", value) if is_flow else self.block_map(value)
        start = self.choose.one_of("", "", "---\n", "# head\n", "--- # x\n", "\n# a\n\n", DIRECTIVE)
        end = self.ending()
        text = start + "\n".join(
            line.lstrip(" ").removeprefix(_FAR_LEFT) if _FAR_LEFT in line else line for line in lines
        )
        return text + end

    def ending(self) -> str:
        """What stands behind everything."""
        if "+" in self.literal:
            return "\n"
        return self.choose.one_of("\n", "\n", "\n", "", "\n# end\n", "\n# end", "\n\n# end\n\n", "\n...\n", "\n\n")

    def block_map(self, value: Json) -> list[str]:
        lines: list[str] = []
        merged = self.merged(value)
        if merged:
            name, brought = merged
            lines += self.plainly([f"<<: *{name}{self.behind()}"])
            value = {key: item for key, item in value.items() if key not in brought}
        for key, item in value.items():
            lines += self.above()
            if self.is_odd and self.choose.chance(25):
                lines += [f"? {self.key(key)}{self.behind()}", *self.entry(":", item)]
            else:
                lines += self.entry(f"{self.key(key)}:", item)
        return lines + self.below()

    def block_list(self, items: list[Any]) -> list[str]:
        lines: list[str] = []
        for item in items:
            lines += self.above()
            if isinstance(item, dict) and item and not self.wants_flow() and not self.known_as(item):
                lines += self.hung(item)
            else:
                lines += self.entry("-", item)
        return lines + self.below()

    def hung(self, item: Json) -> list[str]:
        """A mapping on a dash: on its line, or below it."""
        anchor, name = self.anchor()
        inner = self.block_map(item)
        self.note(name, item)
        if (
            anchor
            or inner[0].lstrip().startswith(("#", _FAR_LEFT))
            or not inner[0]
            or (self.is_odd and self.choose.chance(9))
        ):
            return [f"-{anchor}{self.behind('-')}", *_indented(inner, self.gap)]
        first, *rest = _indented(inner, self.gap)
        return [f"-{first[1:]}", *rest]

    def entry(self, head: str, value: Any) -> list[str]:  # noqa: ANN401 - any value
        """A key with its colon, or a dash, and the value behind it."""
        if (name := self.known_as(value)) is not None:
            return self.plainly([f"{head} *{name}{self.behind()}"])
        if not isinstance(value, dict | list):
            return self.scalar_entry(head, value)
        anchor, name = self.anchor()
        if not value:
            lines = self.empty(head + anchor, "{}" if isinstance(value, dict) else "[]")
        elif self.wants_flow() or (isinstance(value, list) and head == "-"):
            lines = self.flow_lines(head + anchor, value)
        elif isinstance(value, dict):
            behind = self.behind(head)
            lines = [f"{head}{anchor}{behind}", *_indented(self.block_map(value), self.step)]
        else:
            behind = self.behind(head)
            lines = [f"{head}{anchor}{behind}", *_indented(self.block_list(value), self.dash)]
        self.note(name, value)
        return lines

    def empty(self, head: str, text: str) -> list[str]:
        """An empty collection: behind its key, or below it, as Helm charts have it; blanks and comments in it."""
        if self.choose.chance(6):
            text = f"{text[0]} {text[1]}"
        elif self.has_comments and self.choose.chance(8):
            return self.plainly([f"{head} {text[0]} # none", f"{' ' * self.step}{text[1]}{self.behind()}"])
        if self.choose.chance(4):
            return self.plainly([f"{head}{self.behind(head)}", " " * self.step + text + self.behind()])
        return self.plainly([f"{head} {text}{self.behind()}"])

    def scalar_entry(self, head: str, value: Scalar) -> list[str]:
        anchor, name = self.anchor()
        self.note(name, value)
        if isinstance(value, str) and (lines := self.block_scalar(head + anchor, value)) is not None:
            return lines
        text = self.scalar(value)
        if not text and not anchor and self.choose.chance(2):
            return self.plainly([head + self.behind(head)])
        first, *rest = text.split("\n")
        lines = [f"{head}{anchor} {first}".rstrip(" "), *(" " * (self.step + 1) + line for line in rest)]
        lines[-1] += self.behind("" if text else head)
        return self.plainly(lines)

    def block_scalar(self, head: str, text: str) -> list[str] | None:
        """A text as a literal or folded block scalar, where it can be one and is to be one."""
        if (
            not text.strip()
            or _UNPRINTABLE.search(text.replace("\n", ""))
            or not self.choose.chance(3 if "\n" in text else 12)
        ):
            return None
        body = text.rstrip("\n")
        breaks = len(text) - len(body)
        lines = body.split("\n")
        is_folded = len(lines) == 1 and self.choose.chance(2)
        if is_folded and _FOLDING.fullmatch(body):
            lines = body.split(" ", 1)
        columns = self.choose.one_of(2, 4, 1) if lines[0][:1] == " " or self.choose.chance(4) else 0
        chomping = "-" if breaks == 0 else "" if breaks == 1 else "+"
        indicators = f"{columns or ''}{chomping}"
        self.literal = f"{'>' if is_folded else '|'}{indicators}"
        behind = self.choose.one_of("", "", " # why") if self.has_comments else ""
        return [f"{head} {self.literal}{behind}", *_indented([*lines, *[""] * (breaks - 1)], columns or self.step)]

    def scalar(self, value: Scalar) -> str:
        if isinstance(value, str):
            return self.text(value, folds=True)
        if value is None:
            return self.choose.one_of("", "null", "~", "Null")
        return json.dumps(value)

    def text(self, text: str, *, folds: bool = False) -> str:
        """A text in one of the styles that can hold it."""
        styles = [f'"{_UNPRINTABLE.sub(lambda found: _escaped(found[0]), _backslashed(text))}"']
        if not _UNPRINTABLE.search(text):
            styles.append("'" + text.replace("'", "''") + "'")
        if _PLAIN.fullmatch(text) and not _NO_TEXT.fullmatch(text):
            styles = [text] * 5 + styles
        shown = self.choose.one_of(*styles)
        is_folded = folds and self.is_odd and _FOLDING.fullmatch(text) and self.choose.chance(4)
        return shown.replace(" ", "\n", 1) if is_folded else shown

    def key(self, key: str) -> str:
        return self.text(key)

    def flow(self, value: Any) -> str:  # noqa: ANN401 - any value
        if isinstance(value, dict):
            comma, end = self.choose.one_of(", ", ",", " , "), self.choose.one_of("", "", " ", ",", " ,")
            items = [f"{self.key(key)}: {self.flow(item)}" for key, item in value.items()]
            return f"{{{comma.join(items)}{end if items else ''}}}"
        if isinstance(value, list):
            comma, end = self.choose.one_of(", ", ",", " , "), self.choose.one_of("", "", " ", ",", " ,")
            items = [self.flow(item) for item in value]
            return f"[{comma.join(items)}{end if items else ''}]"
        return self.text(value) if isinstance(value, str) else json.dumps(value)

    def flow_lines(self, head: str, value: Any) -> list[str]:  # noqa: ANN401 - any value
        """A flow collection, on one line or over several."""
        space = " " if head else ""
        if not self.choose.chance(3) or not value:
            return self.plainly([f"{head}{space}{self.flow(value)}{self.behind()}"])
        if isinstance(value, dict):
            opening, closing = "{", "}"
            items = [f"{self.key(key)}: {self.flow(item)}" for key, item in value.items()]
        else:
            assert isinstance(value, list)
            opening, closing = "[", "]"
            items = [self.flow(item) for item in value]
        lines = [f"{head}{space}{opening}{self.behind()}"]
        for place, item in enumerate(items):
            lines += _indented([comment for comment in self.above() if comment], self.step)
            comma = "," if place + 1 < len(items) or self.choose.chance(2) else ""
            lines.append(" " * self.step + item + comma + self.behind())
        column = self.choose.one_of(0, self.step) if head or self.step else 0
        return self.plainly([*lines, " " * column + closing + self.behind()])

    def plainly(self, lines: list[str]) -> list[str]:
        """These lines, of which the last ends no block scalar."""
        self.literal = ""
        return lines

    def above(self) -> list[str]:
        """Comments and blank lines before an entry."""
        if not self.has_comments or not self.choose.chance(6):
            return []
        comment = self.comment()
        if "+" in self.literal:
            return self.plainly([comment])
        return self.plainly(self.choose.one_of([comment], [""], ["", comment], [comment, ""], [comment, comment]))

    def below(self) -> list[str]:
        """A comment at the end of a collection."""
        if not self.has_comments or self.literal or not self.choose.chance(12):
            return []
        return [self.comment()]

    def comment(self) -> str:
        places = ["", _FAR_LEFT] if self.literal else ["", _FAR_LEFT, " ", "   "]
        return self.choose.one_of(*places) + self.choose.one_of(*_COMMENTS)

    def behind(self, head: str = "") -> str:
        if not self.has_comments or not self.choose.chance(8):
            return ""
        blanks: tuple[str, ...] = (" ", "  ") if head in {":", "-"} else ("  ", " ", "\t", "\t ")
        return self.choose.one_of(*blanks) + self.choose.one_of("", *_COMMENTS)

    def wants_flow(self) -> bool:
        return self.has_flow and self.choose.chance(5)

    def anchor(self) -> tuple[str, str]:
        if not self.has_anchors or not self.choose.chance(4):
            return "", ""
        self.named += 1
        return f" &n{self.named}", f"n{self.named}"

    def note(self, name: str, value: object) -> None:
        """An anchored value has ended: from here on, aliases may stand for it."""
        if name:
            self.anchors.append((name, value))

    def known_as(self, value: object) -> str | None:
        same = [name for name, known in self.anchors if known == value and type(known) is type(value)]
        return same[-1] if same and not self.choose.chance(3) else None

    def merged(self, value: Json) -> tuple[str, Json] | None:
        """An anchored mapping all of whose entries stand in this one, too."""
        for name, known in self.anchors:
            if isinstance(known, dict) and known and _holds(value, known) and self.choose.chance(2):
                return name, known
        return None


def _holds(value: Json, known: Json) -> bool:
    return all(key in value and value[key] == item for key, item in known.items())


def _indented(lines: list[str], columns: int) -> list[str]:
    return [" " * columns + line if line else line for line in lines]


def _backslashed(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _escaped(char: str) -> str:
    return {"\n": "\\n", "\t": "\\t"}.get(char, f"\\u{ord(char):04x}")
