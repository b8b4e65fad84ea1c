"""Go through the input: what cannot concern us is passed on as it is, the rest becomes changes.

# Strategy: one order, any number of processes.
The parent cuts the stream and filters it; what is left is handed to a function that turns a piece into bytes and a
report, here or in worker processes (pool.py). Results come back in the order of the input: the same bytes, whatever N.
"""

from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

from sidecarctl.api.change import Change, Outcome
from sidecarctl.finding import Finding, Position, SidecarctlError, UnreadableDocument
from sidecarctl.record import Record
from sidecarctl.shell.files import template_mark
from sidecarctl.yamledit.parse.values import SAID_TWICE
from sidecarctl.yamledit.stream.documents import Chunk
from sidecarctl.yamledit.value import Value


class Touched(Record):
    """Lines of a piece that a splice touches, 0-based; `old_end` and `new_end` are behind the last of them."""

    old: int  # as they were
    old_end: int
    new: int  # as they are now
    new_end: int


_LEAVE_OUT: Final = "--exclude, .sidecarctlignore and --skip-foreign leave files out"
Show: TypeAlias = Callable[[Change], tuple[Value, ...]]  # what an output format prints of a document
Trace: TypeAlias = Callable[[Chunk, Iterable[Change]], Iterable[Touched]]  # what a diff wants to know of splices


class Result(Record):
    """What became of one piece of the input, small enough to travel between processes."""

    original: bytes
    output: bytes
    is_changed: bool = False
    outcomes: tuple[Outcome, ...] = ()
    findings: tuple[Finding, ...] = ()
    objects: tuple[Value, ...] = ()  # what other formats than the document's own print of it
    error: SidecarctlError | None = None
    errors: tuple[SidecarctlError, ...] = ()  # of objects that were passed over
    passed_over: bytes = b""  # documents that nobody had to read: nothing in them that a SidecarSet could select
    touched: tuple[Touched, ...] = ()  # in order; two may share a line


class Piece(Record):
    """One piece of the input; `file` is what messages call its source."""

    chunk: Chunk
    file: str
    may_concern: bool


def passed_over(piece: Piece) -> Result:
    """Pass a piece on as it came; a List counts once, however many items it was cut into."""
    chunk = piece.chunk
    original = chunk.original
    return Result(original, original, passed_over=original if chunk.cut is None or chunk.cut.number == 0 else b"")


def result_of(
    piece: Piece,
    changes: Callable[[Chunk, str], Iterable[Change]],
    show: Show | None,
    trace: Trace | None = None,
) -> Result:
    """Work on one piece; an error is returned, with the piece as it came."""
    chunk, file, may_concern = piece
    if not may_concern:
        return passed_over(piece)
    try:
        made = list(changes(chunk, file))
        output = chunk.in_stream(b"".join(one.output for one in made))
    except UnreadableDocument as error:
        return Result(chunk.original, chunk.original, error=_hinted(error, chunk))
    except SidecarctlError as error:
        return Result(chunk.original, chunk.original, error=error)
    return Result(
        chunk.original,
        output,
        output != chunk.original,
        tuple(outcome for one in made for outcome in one.outcomes),
        tuple(
            finding._replace(path=one.document.path_in_file(finding.path)) for one in made for finding in one.findings
        ),
        tuple(value for one in made for value in show(one)) if show else (),
        errors=tuple(error for one in made for error in one.errors),
        touched=tuple(trace(chunk, made)) if trace else (),
    )


def _hinted(error: UnreadableDocument, chunk: Chunk) -> UnreadableDocument:
    """Say what a text that is no YAML looks like, and where."""
    mark = template_mark(chunk.data, error.position.line - chunk.line)
    if mark is None or error.message.startswith(SAID_TWICE):
        return error
    line, column, is_jinja = mark
    position = Position(error.position.file, chunk.line + line, column)
    name = "a Jinja" if is_jinja else "a Helm or Go"
    message = f"looks like {name} template, which is no YAML until it is rendered ({error.message}); {_LEAVE_OUT}"
    return UnreadableDocument(message, position)
