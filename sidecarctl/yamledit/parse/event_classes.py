"""What the compiled parser makes its events and complaints of, in a process that is ours alone.

`_ruamel_yaml` asks the modules of ruamel.yaml for the classes that it fills. Loading those modules, of which it uses
next to nothing, is half of what a run on one small file costs; so the console script lets it have these
(shell/cli/yaml_parser.py). They take what the parser hands over, and hold what we read of it.
"""

__all__ = [
    "AliasEvent",
    "DocumentEndEvent",
    "DocumentStartEvent",
    "MappingEndEvent",
    "MappingStartEvent",
    "MarkedYAMLError",
    "ParserError",
    "ReaderError",
    "ScalarEvent",
    "ScannerError",
    "SequenceEndEvent",
    "SequenceStartEvent",
    "StreamEndEvent",
    "StreamStartEvent",
    "YAMLError",
]


class Event:
    """What begins or ends; of what else the parser says about it (encoding, explicit) nobody asks."""

    __slots__ = ("end_mark", "start_mark")

    def __init__(self, start_mark: object, end_mark: object, *_: object) -> None:
        self.start_mark = start_mark
        self.end_mark = end_mark


class StreamStartEvent(Event):
    __slots__ = ()


class StreamEndEvent(Event):
    __slots__ = ()


class DocumentStartEvent(Event):
    __slots__ = ("version",)

    def __init__(self, start_mark: object, end_mark: object, _explicit: object, version: object, _tags: object) -> None:
        self.start_mark = start_mark
        self.end_mark = end_mark
        self.version = version


class DocumentEndEvent(Event):
    __slots__ = ()


class SequenceEndEvent(Event):
    __slots__ = ()


class MappingEndEvent(Event):
    __slots__ = ()


class AliasEvent:
    __slots__ = ("anchor", "end_mark", "start_mark")

    def __init__(self, anchor: object, start_mark: object, end_mark: object) -> None:
        self.anchor = anchor
        self.start_mark = start_mark
        self.end_mark = end_mark


class ScalarEvent:
    __slots__ = ("anchor", "ctag", "end_mark", "implicit", "start_mark", "style", "value")

    def __init__(  # noqa: PLR0913, PLR0917 - the parser calls it so
        self,
        anchor: object,
        ctag: object,
        implicit: object,
        value: object,
        start_mark: object,
        end_mark: object,
        style: object,
    ) -> None:
        self.anchor = anchor
        self.ctag = ctag
        self.implicit = implicit
        self.value = value
        self.start_mark = start_mark
        self.end_mark = end_mark
        self.style = style

    @property
    def tag(self) -> object:
        return self.ctag


class MappingStartEvent:
    __slots__ = ("anchor", "ctag", "end_mark", "flow_style", "start_mark")

    def __init__(
        self,
        anchor: object,
        ctag: object,
        _implicit: object,
        start_mark: object,
        end_mark: object,
        flow_style: object,
    ) -> None:
        self.anchor = anchor
        self.ctag = ctag
        self.start_mark = start_mark
        self.end_mark = end_mark
        self.flow_style = flow_style

    @property
    def tag(self) -> object:
        return self.ctag


class SequenceStartEvent(MappingStartEvent):
    __slots__ = ()


class YAMLError(Exception):
    """Any complaint of the parser."""


class ReaderError(YAMLError):
    """Of a byte or character."""

    def __init__(self, _name: object, position: int, _character: object, _encoding: object, reason: str) -> None:
        super().__init__(reason)
        self.position = position  # in bytes
        self.reason = reason


class MarkedYAMLError(YAMLError):
    """Of something at a place."""

    def __init__(self, context: str | None, context_mark: object, problem: str | None, problem_mark: object) -> None:
        super().__init__(problem)
        self.context = context
        self.context_mark = context_mark
        self.problem = problem
        self.problem_mark = problem_mark


class ScannerError(MarkedYAMLError):
    """Of a token."""


class ParserError(MarkedYAMLError):
    """Of how tokens stand together."""


class _Unused(Exception):
    """A token, a node, or an error of writing."""


def __getattr__(name: str) -> type:
    """Return what stands for a class of composing or writing, which nobody asks the parser for."""
    if name.startswith("__"):
        raise AttributeError(name)
    return _Unused
