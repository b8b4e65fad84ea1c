"""A finding for each kind of error that the webhook knows, with the webhook's own sentence.

Upstream: FE
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from sidecarctl.finding import FieldPath, Finding, Severity, nearest, show_path
from sidecarctl.record import Record
from sidecarctl.sidecarset.validate.gosyntax import quoted


class Place(Record):
    """A field: where the user wrote it, and what the webhook calls it, which is not always the same."""

    path: FieldPath
    called: FieldPath

    def at(self, *parts: str | int, called: FieldPath | None = None) -> "Place":
        """The field below this one; the webhook may call it otherwise."""
        return Place((*self.path, *parts), (*self.called, *(parts if called is None else called)))


class Shown(str):
    """A bad value as the webhook prints it, which is not as a Go string."""

    __slots__ = ()


def place(*path: str | int, called: FieldPath | None = None) -> Place:
    """A field by its path from the top."""
    return Place(path, path if called is None else called)


SPEC: Final = place("spec")

_PULL_POLICIES: Final = ("Always", "IfNotPresent", "Never")

# Compiled when a finding is told: a short run has none, and would spend half a millisecond on them.
_EXAMPLES: Final = r" \(e\.g\. '([^']*)',.*?regex used for validation is '.*?'\)(?= |$)"
_KIND_OF_TEXT: Final = (
    "^a (?:lowercase RFC 1123 (?:label|subdomain)|valid [A-Za-z ]+?) must(?! not)|^sidecarset name must"
)
_WITHOUT_SUBJECT: Final = ("must ", "may not ", "can not ", "is ")


def required(code: str, where: Place, detail: str = "", *, message: str = "") -> Finding:
    """Something that must be there is not."""
    told = message or detail or f"{_name(where)} must not be empty"
    return _refused(code, where, ("Required value", detail), told)


def forbidden(code: str, where: Place, detail: str, *, message: str = "") -> Finding:
    """Something must not be set here."""
    return _refused(code, where, ("Forbidden", detail), message or detail)


def too_long(code: str, where: Place, detail: str) -> Finding:
    """More bytes than allowed."""
    return _refused(code, where, ("Too long", detail), detail)


def invalid(code: str, where: Place, bad: object, detail: str, message: str = "") -> Finding:
    """The value breaks a rule; it stands in the webhook's sentence, not in the message."""
    return _refused(code, where, (f"Invalid value: {shown(bad)}", detail), message or detail)


def all_invalid(code: str, where: Place, bad: object, details: Iterable[str]) -> list[Finding]:
    """The value breaks these rules."""
    return [invalid(code, where, bad, detail) for detail in details]


def duplicate(code: str, where: Place, bad: object, *, message: str = "") -> Finding:
    """The value stands there already."""
    told = message or f"{shown(bad)} is taken already: it must be unique"
    return _refused(code, where, (f"Duplicate value: {shown(bad)}",), told)


def not_found(code: str, where: Place, bad: object, detail: str = "", *, message: str) -> Finding:
    """The value names nothing."""
    return _refused(code, where, (f"Not found: {shown(bad)}", detail), message)


def unsupported(code: str, where: Place, bad: object, supported: Sequence[str]) -> Finding:
    """The value is none of those supported."""
    choices = ", ".join(quoted(choice) for choice in supported)
    parts = (f"Unsupported value: {shown(bad)}", f"supported values: {choices}")
    told = f"must be {'one of ' if len(supported) > 1 else ''}{choices}{did_you_mean(bad, supported)}"
    return _refused(code, where, parts, told)


def pull_policy_findings(policy: str, code: str, where: Place) -> Iterator[Finding]:
    """Check that an image, of a container or of a volume, is pulled by a known policy.

    Upstream: KV validatePullPolicy
    """
    if not policy:
        yield required(code, where)
    elif policy not in _PULL_POLICIES:
        yield unsupported(code, where, policy, _PULL_POLICIES)


def as_warning(finding: Finding) -> Finding:
    """The finding where nobody told what the rule needs to know: only the cluster can confirm it."""
    return finding._replace(severity=Severity.WARNING)


def shown(bad: object) -> str:
    """A bad value as the webhook prints it.

    Upstream: FE ErrorBody
    """
    match bad:
        case None:
            return '"null"'
        case Shown():
            return str(bad)
        case str():
            return quoted(bad)
        case bool():
            return str(bad).lower()
        case _:
            return str(bad)


def did_you_mean(given: object, known: Iterable[str]) -> str:
    """Return what was probably meant, as the end of a sentence; empty if nothing is near."""
    near = nearest(str(given), known)
    return f": did you mean {near}?" if near else ""


def _refused(code: str, where: Place, sentence: Sequence[str], message: str) -> Finding:
    parts = (show_path(where.called), *(part for part in sentence if part))
    return Finding(code, _plainly(message, where), where.path, upstream=": ".join(parts))


def _plainly(told: str, where: Place) -> str:
    """A sentence with its subject, and with an example in place of the regular expression: `upstream` has that."""
    told = re.sub(_KIND_OF_TEXT, "must", re.sub(_EXAMPLES, r", such as \1", told))
    return f"{_name(where)} {told}" if told.startswith(_WITHOUT_SUBJECT) else told


def _name(where: Place) -> str:
    return next((part for part in reversed(where.path) if isinstance(part, str)), "the object")
