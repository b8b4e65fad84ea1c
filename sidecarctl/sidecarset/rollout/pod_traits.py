"""Traits of a Pod in a plan: name, owner, stage tags, restart time, siblings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from zlib import crc32

from sidecarctl.record import Record
from sidecarctl.upstream.fields import name_of, namespace_of
from sidecarctl.upstream.go.time import milliseconds
from sidecarctl.upstream.selector import parsed_selector

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

    from sidecarctl.upstream.selector import Requirement
    from sidecarctl.upstream.types import Pod


def full_name(pod: Pod) -> str:
    """What a Pod goes by in plans: "namespace/name"."""
    return f"{namespace_of(pod)}/{name_of(pod)}"


def some(pods: Sequence[str], most: int = 3) -> str:
    """The first few of many names, and how many more there are."""
    rest = len(pods) - most
    return ", ".join(pods[:most]) + (f" and {rest} more" if rest > 0 else "")


def counted_pods(number: int) -> str:
    """So many Pods, in words."""
    return "1 Pod" if number == 1 else f"{number} Pods"


class Mark(Record):
    """All that is kept of a Pod's labels and owner."""

    is_canary: bool = False
    group: str | Owner | None = None  # the value of a label, or whose it is


NO_MARK: Final = Mark()


_SECOND = 1000


class Span(Record):
    """The shortest and the longest time that a restart takes, in milliseconds."""

    shortest: int
    longest: int

    def of(self, pod: str) -> int:
        """The time that a Pod takes, always the same: told by its name, so that many Pods spread over the span."""
        unit = 1 if any(bound % _SECOND for bound in self) else _SECOND
        return self.shortest + crc32(pod.encode()) % ((self.longest - self.shortest) // unit + 1) * unit


AT_ONCE = Span(0, 0)


class Pace(Record):
    """Pods with certain labels, and the time that they take."""

    selector: Sequence[Requirement]
    span: Span

    def is_of(self, labels: Mapping[str, str]) -> bool:
        """Whether it holds for a Pod with these labels."""
        return all(requirement.holds_for(labels) for requirement in self.selector)


def span_of(paces: Sequence[Pace], labels: Mapping[str, str]) -> Span:
    """The time that Pods with these labels take; of several that hold, the first counts."""
    return next((pace.span for pace in paces if pace.is_of(labels)), AT_ONCE)


def parsed_paces(texts: Iterable[str], name: str) -> tuple[Pace, ...]:
    """Return paces in the order in which they are asked: those of certain labels as given, then that of the rest.

    `name` is what the user calls them. Raises ValueError for a text that is none, and where the rest is missing or said
    twice.
    """
    paces = [_pace(text, name) for text in texts]
    rest = [pace for pace in paces if not pace.selector]
    if len(rest) > 1:
        raise ValueError(f"{name} is given twice without labels: which of the two holds?")
    if paces and not rest:
        raise ValueError(f"{name} says nothing about the other Pods: add one without labels, as {name} 30s")
    return (*(pace for pace in paces if pace.selector), *rest)


def _pace(text: str, name: str) -> Pace:
    labels, _, span = text.rpartition(":")
    first, _, last = span.strip().partition("-")
    shortest, longest = milliseconds(first), milliseconds(last or first)
    if shortest is None or longest is None or shortest > longest:
        raise ValueError(f"{name} takes a duration as 30s, 20s-40s or app=web:1m; {span.strip() or 'nothing'} is none")
    return Pace(parsed_selector(labels), Span(shortest, longest))


class Own(Record):
    """What a Pod shares with none of its siblings."""

    name: str
    node: str | None
    created: str | None  # metadata.creationTimestamp
    deleted: str | None  # metadata.deletionTimestamp
    ready_since: str | None  # lastTransitionTime of its Ready condition


class Sibling(dict):  # type: ignore[type-arg]  # a Pod, with the keys of one
    """A Pod that, but for what is its `own`, is equal to every other of the same `kin`, of one input."""

    __slots__ = ("kin", "own", "place")
    kin: Hashable
    own: Own
    place: object  # where whoever read it finds the rest of it


class Owner(Record):
    """The workload of a Pod."""

    namespace: str
    kind: str
    name: str

    def __str__(self) -> str:
        namespace = "" if self.kind == "Node" else f" -n {self.namespace}"
        return f"{self.kind.lower()}/{self.name}{namespace}"
