"""The YAML parser: text in, parse events out. The only module that imports one.

# Strategy: libyaml's events, and nothing above them.
The C parser of `ruamel.yaml.clib` is libyaml, whose grammar is that of Kubernetes' own go-yaml. We take its events
(not its nodes, which cost more, refuse an anchor that is defined twice, and recurse in C) and never let it construct
a value.
Where the compiled parser is missing, ruamel.yaml's Python parser gives the same events ten times slower.
"""

from collections.abc import Callable, Iterator
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
]

IS_FAST: Final = CParser is not None


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


def events_counted(text: str) -> int:
    """Count the events of a text at the parser's full speed; building none of them.

    Raises `YamlSyntaxError` where the text is no YAML.
    """
    try:
        if CParser is not None:
            return int(CParser(text.encode()).raw_parse())
        return sum(1 for _ in _python_events(text))
    except Exception as error:  # noqa: BLE001 - the parsers let all kinds of exceptions out for bad input
        raise syntax_error(error) from None


def syntax_error(error: Exception) -> YamlSyntaxError:
    """Say what a parser's exception says, and where; never with a piece of the text in it."""
    if isinstance(error, YamlSyntaxError):
        return error
    if isinstance(error, MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        said = [part for part in (error.context, error.problem) if part]
        return YamlSyntaxError(", ".join(said) or "not YAML", getattr(mark, "index", 0))
    if isinstance(error, YAMLError):
        reason = getattr(error, "reason", None)
        return YamlSyntaxError(str(reason or "not YAML"), int(getattr(error, "position", 0) or 0))
    return YamlSyntaxError("not YAML", 0)


def _python_events(text: str) -> Iterator[Any]:
    from ruamel.yaml import YAML  # noqa: PLC0415 - the slow road loads the whole package

    yield from YAML(typ="safe", pure=True).parse(text)
