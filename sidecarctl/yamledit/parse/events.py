r"""The YAML parser: text in, parse events out. The only module that reads with one (ownparser.py may load it first).

# Strategy: libyaml's events, and nothing above them.
The C parser of `ruamel.yaml.clib` is libyaml, whose grammar is that of Kubernetes' own go-yaml. We take its events
(not its nodes, which cost more, refuse an anchor that is defined twice, and recurse in C) and never let it construct
a value.
Where the compiled parser is missing, ruamel.yaml's Python parser gives the same events ten times slower.

The libyaml in that package is an old one: it refuses `{image: app:v1}` and `[http://x]`, which go-yaml reads, and in
JSON a character that is escaped as two, and `\'`. When it complains of these, the text is read again in other words
(masked.py).
"""

import re
from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import Any, Final, Protocol

from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

try:
    from _ruamel_yaml import CParser
except ImportError:  # no wheel for this platform
    CParser = None

__all__ = [
    "IS_FAST",
    "AliasEvent",
    "DocumentEndEvent",
    "DocumentStartEvent",
    "MappingEndEvent",
    "MappingStartEvent",
    "Scalar",
    "ScalarEvent",
    "SequenceEndEvent",
    "SequenceStartEvent",
    "StreamEndEvent",
    "YamlSyntaxError",
    "event_reader",
    "events_counted",
    "other_reader",
    "syntax_error",
]

IS_FAST: Final = CParser is not None
_OPEN_QUOTE: Final = "while scanning a quoted scalar"
_END_OF_TEXT: Final = "found unexpected end of stream"
COUNTED_DEPTH: Final = 200  # levels: more than a document may have, with the keys above a piece of it
_DEEP_LINE: Final = rb"[-?]{%d}" % COUNTED_DEPTH
_NO_SIGNS: Final = bytes(set(range(256)) - set(b"[]{}-?\n"))
_STEPS: Final = {**dict.fromkeys(b"[{", 1), **dict.fromkeys(b"]}", -1), **dict.fromkeys(b"-?\n", 0)}
_DEPTHS: Final = {MappingStartEvent: 1, SequenceStartEvent: 1, MappingEndEvent: -1, SequenceEndEvent: -1}


class Mark(Protocol):
    """A place in a text; `index` counts characters and leaves a byte order mark out."""

    index: int
    line: int
    column: int


class Scalar(Protocol):
    """A scalar as the parser saw it."""

    value: str
    implicit: tuple[bool, bool]
    style: str | None
    anchor: str | None
    tag: str | None  # made anew at each call; ask ctag first
    ctag: object
    start_mark: Mark
    end_mark: Mark


class YamlSyntaxError(ValueError):
    """The parser's complaint, and the character it complains about."""

    def __init__(self, message: str, index: int) -> None:
        super().__init__(message)
        self.message = message
        self.index = index


def event_reader(text: str) -> Callable[[], Any]:
    """Return a function that gives the next event of the text each time it is called.

    The function raises whatever the parser raises: callers translate it with `syntax_error`.
    """
    if CParser is not None:
        reader: Callable[[], Any] = CParser(text.encode()).get_event
        return reader
    return _python_events(text).__next__


def other_reader(text: str, error: Exception) -> Callable[[], Any] | None:
    """Return what `event_reader` does, for a text of which the parser complains although Kubernetes reads it.

    None where the complaint is right.
    """
    from sidecarctl.yamledit.parse.masked import masked_text  # noqa: PLC0415 - few documents need it

    masked = masked_text(text, error, _complaint)
    if masked is None:
        return None
    next_event = event_reader(masked.text)

    def unmasked() -> Any:  # noqa: ANN401 - the parser has no types
        event = next_event()
        if event.__class__ is ScalarEvent:
            event.value = masked.value(event.value, event.style)
        return event

    return unmasked


def events_counted(text: str) -> int:
    """Count the events of a text at the parser's full speed; building none of them.

    Raises `YamlSyntaxError` where the text is no YAML.
    """
    try:
        return _count(text)
    except Exception as error:  # noqa: BLE001 - the parsers let all kinds of exceptions out for bad input
        from sidecarctl.yamledit.parse.masked import masked_text  # noqa: PLC0415 - few documents need it

        masked = masked_text(text, error, _complaint)
        if masked is None:
            raise syntax_error(error, text) from None
    try:
        return _count(masked.text)
    except Exception as error:  # noqa: BLE001 - likewise
        raise syntax_error(error, text) from None


def _complaint(text: str) -> Exception | None:
    try:
        _count(text)
    except Exception as error:  # noqa: BLE001 - as above
        return error
    return None


def syntax_error(error: Exception, text: str) -> YamlSyntaxError:
    """Say what a parser's exception about a text says, and where; never with a piece of the text in it."""
    if isinstance(error, YamlSyntaxError):
        return error
    if isinstance(error, MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        if error.context == _OPEN_QUOTE and error.problem == _END_OF_TEXT:
            mark = error.context_mark  # where the quote is, not where the text ends
        said = [part for part in (error.context, error.problem) if part]
        return YamlSyntaxError(", ".join(said) or "not YAML", getattr(mark, "index", 0))
    if isinstance(error, YAMLError):  # of a character: the compiled parser counts bytes, the other one characters
        reason, position = str(getattr(error, "reason", None) or "not YAML"), int(getattr(error, "position", 0) or 0)
        index = len(text.encode()[:position].decode(errors="ignore")) if IS_FAST else position
        return YamlSyntaxError(f"{reason}, at byte {len(text[:index].encode())} of the document", index)
    return YamlSyntaxError("not YAML", 0)


def _count(text: str) -> int:
    data = text.encode()
    if CParser is None or _may_be_deep(data):
        return _count_to_a_depth(text)
    return int(CParser(data).raw_parse())


def _may_be_deep(data: bytes) -> bool:
    """Return whether brackets, or dashes and question marks on one line, stand within each other so often.

    The parser takes quadratic time for the ones, and much memory for the others. Those in scalars and comments are
    counted as well.
    """
    signs = data.translate(None, _NO_SIGNS)
    if re.search(_DEEP_LINE, signs):
        return True
    if signs.count(b"[") + signs.count(b"{") <= COUNTED_DEPTH:
        return False
    steps = map(_STEPS.__getitem__, signs)
    return any(depth > COUNTED_DEPTH for depth in accumulate(steps))


def _count_to_a_depth(text: str) -> int:
    """Count event by event. Raises `YamlSyntaxError` where the text is too deep for `raw_parse`."""
    next_event = event_reader(text)
    events = depth = 0
    while True:
        event = next_event()
        events += 1
        depth += _DEPTHS.get(event.__class__, 0)
        if depth > COUNTED_DEPTH:
            raise YamlSyntaxError(f"nested deeper than {COUNTED_DEPTH} levels", event.start_mark.index)
        if event.__class__ is StreamEndEvent:
            return events


def _python_events(text: str) -> Iterator[Any]:
    from ruamel.yaml import YAML  # noqa: PLC0415 - the slow road loads the whole package

    yield from YAML(typ="safe", pure=True).parse(text)
