"""Pods of the input that a SidecarSet does not count, grouped by the reason."""

from __future__ import annotations

from bisect import insort
from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from sidecarctl.record import Record
from sidecarctl.sidecarset.rollout.pod_traits import full_name
from sidecarctl.upstream.fields import namespace_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sidecarctl.upstream.types import Pod

_MOST_EXAMPLES: Final = 3
_MOST_REASONS: Final = 8  # in a sentence
_MOST_GROUPS: Final = 1000


class Obstacle(StrEnum):
    """What keeps a Pod from being counted, in the order in which the controller looks; words for scripts."""

    NAMESPACE = "NamespaceNotReached"
    LABELS = "NotSelected"
    ENDED = "Ended"
    DELETED = "BeingDeleted"
    NOT_INJECTED = "NotInjected"
    OF_OTHERS = "InjectedByOthers"
    NO_WORKING_CONTAINER = "NoWorkingContainer"
    NO_CONTAINER = "ContainerMissing"


class WhyNot(Record):
    """What keeps one Pod from being counted."""

    obstacle: Obstacle
    sentence: str  # continues "3 Pods …"; of a namespace only what it lacks


class LeftOut(Record):
    """Pods that do not count for the same reason."""

    obstacle: Obstacle
    sentence: str
    pods: int
    examples: tuple[str, ...]  # the first by name, as "namespace/name"


class LeftOutPods:
    """Collects the Pods that do not count."""

    def __init__(self) -> None:
        self._numbers: Counter[WhyNot] = Counter()
        self._examples: dict[WhyNot, list[str]] = {}
        self._namespaces: dict[WhyNot, set[str]] = {}

    def note(self, pod: Pod, reason: WhyNot) -> None:
        """Take a Pod into account."""
        if reason not in self._numbers and len(self._numbers) >= _MOST_GROUPS:
            reason = WhyNot(reason.obstacle, "for one of many reasons")
        self._numbers[reason] += 1
        name, examples = full_name(pod), self._examples.setdefault(reason, [])
        if len(examples) < _MOST_EXAMPLES or name < examples[-1]:
            insort(examples, name)
            del examples[_MOST_EXAMPLES:]
        if reason.obstacle is Obstacle.NAMESPACE:
            self._namespaces.setdefault(reason, set()).add(namespace_of(pod))

    @property
    def groups(self) -> tuple[LeftOut, ...]:
        """The Pods by reason, the most frequent first."""
        order = list(Obstacle)
        found = [
            LeftOut(reason.obstacle, self._sentence(reason), number, tuple(self._examples[reason]))
            for reason, number in self._numbers.items()
        ]
        return tuple(sorted(found, key=lambda one: (-one.pods, order.index(one.obstacle), one.sentence)))

    def _sentence(self, reason: WhyNot) -> str:
        if reason.obstacle is not Obstacle.NAMESPACE:
            return reason.sentence
        first, *others = sorted(self._namespaces[reason])
        where = f"{len(others) + 1} namespaces that it does" if others else f"namespace {first}, which it does"
        return f"in {where} not reach{reason.sentence}"


def counts_sentence(counted: int, left_out: Iterable[tuple[int, str]]) -> str:
    """Return how many of the Pods given count, and why the others do not: each reason with its number."""
    groups = list(left_out)
    given = counted + sum(number for number, _ in groups)
    pods, count = "Pod" if given == 1 else "Pods", "counts" if counted == 1 else "count"
    return f"of {given} {pods} given {counted} {count}: {reasons_sentence(groups)}"


def reasons_sentence(left_out: Iterable[tuple[int, str]]) -> str:
    """Return why Pods do not count: each reason with its number, the rarest together."""
    groups = list(left_out)
    rest = sum(number for number, _ in groups[_MOST_REASONS:])
    said = [f"{number} {sentence}" for number, sentence in groups[:_MOST_REASONS]]
    return "; ".join([*said, *([f"{rest} for other reasons"] if rest else [])])
