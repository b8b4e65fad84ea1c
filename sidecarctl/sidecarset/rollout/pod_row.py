"""PodRow, the facts about a Pod that a rollout needs, and the Pods that do not count."""

from __future__ import annotations

from bisect import insort
from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from sidecarctl.record import Record
from sidecarctl.sidecarset.rollout.pod_traits import AT_ONCE, NO_MARK, Mark, Span, full_name
from sidecarctl.upstream.fields import namespace_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sidecarctl.sidecarset.rollout.order import Standpoint
    from sidecarctl.sidecarset.rollout.pod_state import State
    from sidecarctl.sidecarset.rollout.unreadiness import Complaint
    from sidecarctl.upstream.selector import Requirement
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


class Row(Record):
    """A Pod that a SidecarSet counts."""

    namespace: str
    name: str
    state: State
    is_selected: bool  # by updateStrategy.selector
    standpoint: Standpoint  # in the order of upgrade
    cannot_be_patched: bool  # its annotations refuse what the SidecarSet merges into them
    cannot_be_marked: bool  # the message of its SidecarSetUpgradable condition is beyond reading
    span: Span = AT_ONCE  # how long a restart of it takes
    mark: Mark = NO_MARK  # what stages tell it by
    complaints: tuple[Complaint, ...] = ()  # why it is not ready, as far as its status says

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"

    @property
    def takes(self) -> int:
        """Milliseconds from the change of an image until it is ready."""
        return self.span.shortest if self.span.shortest == self.span.longest else self.span.of(str(self))


class Counted(Record):
    """The Pods that a SidecarSet counts, and what was noticed in finding them."""

    rows: Sequence[Row]  # by namespace and name
    examples: Mapping[str, Pod]  # a Pod for each hash without image that is not the SidecarSet's
    assumed: Mapping[str, Requirement]  # namespaces whose labels nobody gave, and what these would have decided
    left_out: Sequence[LeftOut] = ()  # the Pods that do not count, by reason
