"""What can be wrong, and where: findings are returned, exceptions mean that no result is possible.

(Records, for `dataclasses` alone would cost a third of the start-up of a short run.)
"""

from collections.abc import Iterable
from enum import StrEnum

from sidecarctl.record import Record

FieldPath = tuple[str | int, ...]  # ("spec", "containers", 0, "image")


class Key(str):
    """An entry of a map rather than a field of a struct: printed in brackets, as upstream does."""

    __slots__ = ()


def show_path(path: FieldPath) -> str:
    """Print a path as k8s.io/apimachinery's field.Path does: `spec.containers[0].name`, `metadata.labels[app]`."""
    shown = "".join(f"[{part}]" if isinstance(part, Key | int) else f".{part}" for part in path)
    return shown.removeprefix(".")


def show_size(size: int) -> str:
    """Print a number of bytes as flags take it: 3Mi, 500Ki, or in bytes where it is no round number."""
    for unit, one in (("Gi", 1 << 30), ("Mi", 1 << 20), ("Ki", 1 << 10)):
        if size % one == 0:
            return f"{size // one}{unit}"
    return f"{size} bytes"


class Severity(StrEnum):
    """How bad a finding is; the order of the members is from worst to mildest."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Position(Record):
    """A place in a file: 1-based line and column, in characters."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Finding(Record):
    """One thing to tell the user, and the field it is about.

    code: stable, such as "SEL001"; message: one sentence; path: the field, as a tuple of keys and indexes; severity;
    position: None for a value that came from no file; resource: such as "deployment/web"; sidecar_set: its name;
    help: what to do; upstream: the webhook's own sentence. Texts are empty where there is nothing to say.
    """

    code: str
    message: str
    path: FieldPath = ()
    severity: Severity = Severity.ERROR
    position: Position | None = None  # the rules know paths; api/ looks the position up
    resource: str = ""  # "deployment/web"; filled in by api/
    sidecar_set: str = ""
    help: str = ""
    upstream: str = ""  # the webhook's own sentence, where it has one

    def to_dict(self) -> dict[str, object]:
        """Return the finding as reports in JSON have it; what is empty is left out."""
        position = self.position
        fields: dict[str, object] = {
            "code": self.code,
            "severity": self.severity.value,
            "message": self.message,
            "position": {"file": position.file, "line": position.line, "column": position.column} if position else "",
            "resource": self.resource,
            "path": show_path(self.path),
            "sidecarSet": self.sidecar_set,
            "help": self.help,
            "upstream": self.upstream,
        }
        return {name: value for name, value in fields.items() if value != ""}


class SidecarctlError(Exception):
    """Could not finish: the caller gets no result."""


class UnreadableDocument(SidecarctlError):
    """Not YAML, or over a limit; says where."""

    def __init__(self, message: str, position: Position) -> None:
        super().__init__(message, position)  # all of it, so that it travels between processes
        self.message = message
        self.position = position

    def __str__(self) -> str:
        return f"{self.position}: {self.message}"


_WANTED = (  # by the beginning of Go's name for a type
    ("string", "put it in quotes"),
    ("int", "write a whole number"),
    ("bool", "write true or false"),
    ("[]", "write a list, with a dash before each item"),
    ("map[", "write a mapping, `key: value` lines"),
)


class UndecodableObject(SidecarctlError):
    """YAML, but not this Kubernetes type; says which field, and once it is known, where that stands."""

    def __init__(
        self, message: str, path: FieldPath, place: str = "", position: Position | None = None, resource: str = ""
    ) -> None:
        super().__init__(message, path, place, position, resource)
        self.message = message
        self.path = path
        self.place = place or ": ".join(filter(None, (str(position or ""), resource)))  # "web.yaml:5:3: deployment/web"
        self.position = position
        self.resource = resource

    def __str__(self) -> str:
        advice = self._advice() if self.place else ""  # for people; a library gets the sentence as it is
        return ": ".join(filter(None, (self.place, show_path(self.path), self.message, advice)))

    def _advice(self) -> str:
        """What to write instead, where the decoder complains of a type."""
        wanted = self.message.rpartition(" of type ")[2] if self.message.startswith("json: ") else ""
        return next((advice for kind, advice in _WANTED if wanted.startswith(kind)), "") if wanted else ""


class ConflictingEdits(SidecarctlError):
    """Two edits claim the same bytes, or a proof failed: our bug."""


class InjectionRefused(SidecarctlError):
    """The webhook would reject this Pod; `sentence` is what it says, the message begins with the place once known."""

    def __init__(self, sentence: str, position: Position | None = None, resource: str = "") -> None:
        super().__init__(sentence, position, resource)
        self.sentence = sentence
        self.position = position
        self.resource = resource

    def __str__(self) -> str:
        if self.position is None:
            return self.sentence
        return f"{self.position}: {self.resource}: the webhook refuses this Pod: {self.sentence}"


class ClusterRefused(SidecarctlError):
    """The API server said no."""


def nearest(given: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """Return the known word that is spelled most like the given one, in whatever case; empty if none is close.

    `cutoff` is the least similarity, from 0 to 1.
    """
    from difflib import get_close_matches  # noqa: PLC0415 - only for what is misspelt

    by_lower = {word.lower(): word for word in known if word}
    near = get_close_matches(given.lower(), by_lower, 1, cutoff)
    return by_lower[near[0]] if near else ""
