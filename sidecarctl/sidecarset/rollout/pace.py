"""How long Pods take to be ready again once their containers restart."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zlib import crc32

from sidecarctl.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sidecarctl.upstream.selector import Requirement

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
