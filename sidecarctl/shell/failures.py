"""What a run failed at, as findings; most runs never need it."""

from collections.abc import Sequence

from sidecarctl.finding import Finding, InjectionRefused, SidecarctlError, UndecodableObject, UnreadableDocument
from sidecarctl.shell.errors import Refused


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
