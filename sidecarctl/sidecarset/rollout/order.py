"""The order of upgrades: ranks of Pods, and the scatter strategy.

# Strategy: a reconcile upgrades the first few Pods of an order that it works out anew for all that wait. So nothing
here makes a list: each term is a generator over the order before it, pulled only as far as the batch reaches. That
is possible because what deals the Pods out is counts, which the caller keeps, and not positions.
"""

from __future__ import annotations

from collections import Counter, deque
from itertools import chain, repeat
from struct import pack, unpack
from typing import TYPE_CHECKING, Final, TypeVar, cast

from sidecarctl.finding import UndecodableObject
from sidecarctl.record import Record
from sidecarctl.sidecarset.rollout.records import ready_condition
from sidecarctl.upstream.fields import struct, structs, text
from sidecarctl.upstream.go.numbers import int64
from sidecarctl.upstream.go.time import ZERO_TIME, in_utc
from sidecarctl.upstream.selector import InvalidSelector, matches

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    Values = tuple[str | None, ...]  # of the scatter keys on one Pod, in the order of `scatter_keys`
    from sidecarctl.finding import FieldPath
    from sidecarctl.sidecarset.rollout.pod_traits import Own
    from sidecarctl.upstream.fields import Value
    from sidecarctl.upstream.release import Release
    from sidecarctl.upstream.types import ContainerStatus, LabelSelector, Pod, PodSpec, PodStatus

    Rank = tuple[int, ...]  # the smaller goes first
    Standpoint = tuple[Rank, Rank, Values]
    Labels = Mapping[str, str]


Item = TypeVar("Item")


ANY_VALUE: Final = "*"


MOST_STAGES: Final = 50  # that pull from one another: a longer chain would meet the recursion limit


class Term(Record):
    """One label whose Pods are kept apart: the position of its key in `scatter_keys`, and its value."""

    key: int
    value: str


class Census:
    """How many Pods there are, and how many carry which value of which scatter key."""

    __slots__ = ("_carriers", "size")

    def __init__(self, pods: Iterable[Values]) -> None:
        self._carriers: Counter[tuple[int, str]] = Counter()
        self.size = 0
        for values in pods:
            self.count(values, 1)

    def count(self, values: Values, change: int) -> None:
        """Add (or, with -1, take away) a Pod that carries these values."""
        self.size += change
        for key, value in enumerate(values):
            self._carriers[key, value or ""] += change

    def carriers(self, term: Term) -> int:
        """The number of Pods that carry the label of this term; one that is missing counts as empty."""
        return self._carriers[term]


def scatter_keys(strategy: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    """The label keys of a scatterStrategy, each once."""
    return tuple(dict.fromkeys(term["key"] for term in strategy))


def keys_of_any_value(strategy: Sequence[Mapping[str, str]]) -> frozenset[int]:
    """The positions, in `scatter_keys`, of the keys that come with `*`: the cluster takes their values in any order."""
    keys = scatter_keys(strategy)
    return frozenset(keys.index(term["key"]) for term in strategy if term["value"] == ANY_VALUE)


def is_left_to_chance(terms: Sequence[Term], waiting: Census, any_value: Collection[int]) -> bool:
    """Whether values that `*` stands for are equally common: then only their order decides which is spread first."""
    numbers = Counter(
        (term.key, waiting.carriers(term)) for term in _divisible(terms, waiting) if term.key in any_value
    )
    return max(numbers.values(), default=0) > 1


def scatter_terms(strategy: Sequence[Mapping[str, str]], pods: Sequence[Values]) -> tuple[Term, ...]:
    """The terms of a scatterStrategy, `*` replaced by each value that one of the Pods has, in their order.

    Upstream: STRAT parseUpdateScatterTerms
    """
    keys = {key: position for position, key in enumerate(scatter_keys(strategy))}
    terms: dict[Term, None] = {}
    for term in strategy:
        key = keys[term["key"]]
        named = [term["value"]] if term["value"] != ANY_VALUE else [pod[key] for pod in pods]
        terms.update((Term(key, value), None) for value in named if value is not None)
    return tuple(terms)


def scattered(
    order: Iterable[Item],
    values: Callable[[Item], Values],
    terms: Sequence[Term],
    waiting: Census,
    matched: Census,
) -> Iterable[Item]:
    """The waiting Pods, given in their order so far, with those of each term spread among the others.

    `waiting` has counted just these Pods, `matched` all that the SidecarSet counts: how dense the label is there
    decides how dense it shall be here. The term with the most Pods comes first; each disturbs those before it.
    Upstream: SC Sort
    """
    for stage, term in enumerate(sorted(_divisible(terms, waiting), key=waiting.carriers, reverse=True), start=1):
        order = _spread(order, _carries(values, term), _shares(term, waiting, matched))
        if stage % MOST_STAGES == 0:
            order = list(order)
    return order


def _divisible(terms: Sequence[Term], waiting: Census) -> list[Term]:
    return [t for t in terms if waiting.carriers(t) > 1 and waiting.size - waiting.carriers(t) > 1]


class _Shares(Record):
    """How the Pods of a label (but the last of them) and the others are dealt out."""

    labelled: int
    others: int
    others_first: int
    times: int  # that the next two are taken in turn
    labelled_each: int
    others_each: int


def _carries(values: Callable[[Item], Values], term: Term) -> Callable[[Item], bool]:
    return lambda pod: (values(pod)[term.key] or "") == term.value


def _shares(term: Term, waiting: Census, matched: Census) -> _Shares:
    """Upstream: SC calculateGroupByNum."""
    labelled, others = waiting.carriers(term) - 1, waiting.size - waiting.carriers(term)
    all_labelled, all_others = matched.carriers(term) - 1, matched.size - matched.carriers(term)
    if _float32(all_others / all_labelled) >= _float32(others / labelled):
        times, labelled_each, others_each = _group(labelled, others)
        return _Shares(labelled, others, 0, times, labelled_each, others_each)
    _, labelled_each, others_each = _group(all_labelled, all_others)
    times = min(labelled // labelled_each, others // others_each)
    return _Shares(labelled, others, others - times * others_each, times, labelled_each, others_each)


def _group(labelled: int, others: int) -> tuple[int, int, int]:
    """The number of groups, and how many of each kind are in one; a half is rounded up."""
    groups = min(labelled, others)
    return groups, (2 * labelled + groups) // (2 * groups), (2 * others + groups) // (2 * groups)


def _float32(number: float) -> float:
    """Upstream compares in single precision, where close ratios are equal."""
    rounded: float = unpack("f", pack("f", number))[0]
    return rounded


def _spread(order: Iterable[Item], is_labelled: Callable[[Item], bool], shares: _Shares) -> Iterator[Item]:
    """Upstream: SC scatterPodsByRule."""
    source = iter(order)
    queues: dict[bool, deque[Item]] = {True: deque(), False: deque()}
    left = {True: shares.labelled, False: shares.others}

    def following(*, labelled: bool) -> Item:
        while not queues[labelled]:
            pod = next(source)
            queues[is_labelled(pod)].append(pod)
        return queues[labelled].popleft()

    turns = chain.from_iterable(repeat(((True, shares.labelled_each), (False, shares.others_each)), shares.times))
    for labelled, number in chain([(False, shares.others_first)], turns, left.copy().items()):
        number_left = min(number, left[labelled])
        left[labelled] -= number_left
        for _ in range(number_left):
            yield following(labelled=labelled)
    yield following(labelled=True)  # the last of its label goes last of all


_PHASES: Final = {"Pending": 0, "Unknown": 1, "Running": 2}


_READINESS: Final = 2  # its place in a default rank; its time stands next to it


_UNSET_TIME: Final = 1 << 62  # goes for later than any


_MARKS: Final = str.maketrans("", "", "-T:Z")


_NONE_OF_THE_KEYS: Final = -1


def default_rank(pod: Pod, release: Release) -> Rank:
    """Where a Pod stands as long as no priority decides: the less its restart costs, the earlier.

    UndecodableObject where one of its times is none.
    Upstream: KC ActivePods.Less
    """
    spec, status = pod.get("spec") or {}, pod.get("status") or {}
    ready = ready_condition(status)
    is_ready = ready.get("status") == "True"
    return (
        1 if spec.get("nodeName") else 0,
        _PHASES.get(status.get("phase", ""), 0),
        1 if is_ready else 0,
        _latest_first(ready.get("lastTransitionTime"), ("status", "conditions")) if is_ready else 0,
        -_most_restarts(status.get("containerStatuses") or ()),
        -_native_restarts(spec, status) if release.counts_restarts_of_native_sidecars else 0,
        _latest_first((pod.get("metadata") or {}).get("creationTimestamp"), ("metadata", "creationTimestamp")),
    )


def sibling_rank(rank: Rank, own: Own) -> Rank:
    """The default rank of a Pod from that of a sibling.

    UndecodableObject where one of its times is none.
    """
    is_ready = rank[_READINESS]
    return (
        1 if own.node else 0,
        rank[1],
        is_ready,
        _latest_first(own.ready_since, ("status", "conditions")) if is_ready else 0,
        rank[4],
        rank[5],
        _latest_first(own.created, ("metadata", "creationTimestamp")),
    )


def without_readiness(rank: Rank) -> Rank:
    """The default rank of the same Pod once its Ready condition is no longer True."""
    return (*rank[:_READINESS], 0, 0, *rank[_READINESS + 2 :]) if rank else rank


def with_readiness(rank: Rank) -> Rank:
    """The default rank of the same Pod once it runs and its Ready condition has turned True."""
    return (rank[0], _PHASES["Running"], 1, -_UNSET_TIME, *rank[_READINESS + 2 :]) if rank else rank


def priority_rank(strategy: Value) -> Callable[[Labels], Rank]:
    """How a priorityStrategy ranks a Pod by its labels; weights win over orders, without both all rank alike.

    Upstream: PR NewPrioritySorter
    """
    if weights := structs(strategy, "weightPriority"):
        return lambda labels: (-sum(cast("int", term.get("weight", 0)) for term in weights if _applies(term, labels)),)
    if orders := structs(strategy, "orderPriority"):
        keys = [text(term, "orderedKey") for term in orders]
        return lambda labels: _order_rank(keys, labels)
    return lambda _: ()


def _applies(term: Value, labels: Labels) -> bool:
    try:
        return matches(cast("LabelSelector", struct(term, "matchSelector")), labels)
    except InvalidSelector:
        return False


def _order_rank(keys: Iterable[str], labels: Labels) -> Rank:
    """Pods with none of the keys go before all others, whatever the API's comment says.

    Upstream: PR getPodOrderPriority
    """
    for level, key in enumerate(keys):
        if key in labels:
            value = labels[key]
            return level, -(int64(value[len(value.rstrip("0123456789")) :]) or 0)
    return _NONE_OF_THE_KEYS, 0


def _latest_first(time: str | None, path: FieldPath) -> int:
    """A number that falls as time goes on: the digits of the time."""
    if not time or time == ZERO_TIME:
        return -_UNSET_TIME
    try:
        utc = time if len(time) == len(ZERO_TIME) and time[-1] == "Z" else in_utc(time)
        return -int(utc.translate(_MARKS))
    except ValueError as error:
        raise UndecodableObject(str(error), path) from None


def _most_restarts(statuses: Iterable[ContainerStatus]) -> int:
    return max([status.get("restartCount") or 0 for status in statuses], default=0)


def _native_restarts(spec: PodSpec, status: PodStatus) -> int:
    if not spec.get("initContainers"):
        return 0
    native = [c.get("name") for c in spec.get("initContainers") or () if c.get("restartPolicy") == "Always"]
    return _most_restarts(s for s in status.get("initContainerStatuses") or () if s.get("name") in native)
