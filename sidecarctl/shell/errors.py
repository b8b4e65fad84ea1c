"""Exit codes, error classes, and the finding that an error becomes."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Final

from sidecarctl.finding import (
    ClusterRefused,
    Finding,
    InjectionRefused,
    SidecarctlError,
    UndecodableObject,
    UnreadableDocument,
)

if TYPE_CHECKING:
    from collections.abc import Sequence


class Exit(IntEnum):
    """How a command ended; the README holds the same table."""

    OK = 0
    FOUND = 1  # differences, or findings at --fail-on or above
    USAGE = 2
    UNREADABLE = 3
    REFUSED = 4
    IO = 5
    CLUSTER = 6
    PARTIAL = 7
    BUG = 70
    INTERRUPTED = 130
    BROKEN_PIPE = 141
    TERMINATED = 143


class UsageError(SidecarctlError):
    """The command line cannot mean anything."""


class InputError(SidecarctlError):
    """Something cannot be read or written; the message names the file."""


class ReportNotWritten(InputError):
    """A report could not be written to its file; the message names it."""


class PartlyWritten(InputError):
    """Some files were written, and others were not; the message names both, and a second run finishes."""


class Refused(SidecarctlError):
    """A SidecarSet that its webhook would refuse, or a removal that cannot be made whole; the findings say why."""

    def __init__(self, message: str, findings: Sequence[Finding] = ()) -> None:
        super().__init__(message, findings)  # all of it, so that it travels between processes
        self.message = message
        self.findings = findings

    def __str__(self) -> str:
        return self.message


_CODES: dict[type[SidecarctlError], Exit] = {
    UsageError: Exit.USAGE,
    PartlyWritten: Exit.PARTIAL,  # before InputError, which it is as well
    InputError: Exit.IO,
    Refused: Exit.REFUSED,
    UnreadableDocument: Exit.UNREADABLE,
    UndecodableObject: Exit.UNREADABLE,
    InjectionRefused: Exit.REFUSED,
    ClusterRefused: Exit.CLUSTER,
}


def exit_code(error: SidecarctlError) -> Exit:
    """Return the exit code that an error stands for; our bugs are 70."""
    return next((code for kind, code in _CODES.items() if isinstance(error, kind)), Exit.BUG)


class RunState:
    """What a run has printed and written so far: one that fails must not say that it was nothing."""

    def __init__(self) -> None:
        self.is_printed_in_part = False  # output went out, and more was to follow
        self.written: list[str] = []  # files, as the user calls them

    def reset(self) -> None:
        """Begin another run."""
        self.is_printed_in_part, self.written = False, []

    def told(self) -> str:
        """Return what is true of the output of a run that failed."""
        if self.written:
            return f"these files were written: {', '.join(self.written)}"
        return "the output is incomplete" if self.is_printed_in_part else "nothing was written"


STATE: Final = RunState()


def tidy_when_terminated() -> None:
    """Let SIGTERM leave through all that tidies up; without it, it ends us on the spot."""
    import sys
    from signal import SIGTERM, signal

    signal(SIGTERM, lambda *_: sys.exit(Exit.TERMINATED))


def findings_of(error: SidecarctlError) -> Sequence[Finding]:
    """Return an error as findings."""
    match error:
        case Refused():
            return error.findings
        case InjectionRefused():
            told = f"the webhook would refuse this Pod: {error.sentence}"
            return [Finding("CHK004", told, position=error.position, resource=error.resource, upstream=error.sentence)]
        case UndecodableObject():
            return [Finding("INP002", error.message, error.path, position=error.position, resource=error.resource)]
        case UnreadableDocument():
            return [Finding("INP001", error.message, position=error.position)]
        case _:
            return []
