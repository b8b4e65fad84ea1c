"""Keep Pods that carry the same label apart in the order of upgrade."""

# Strategy: a reconcile upgrades the first few Pods of an order that it works out anew for all that wait. So nothing
# here makes a list: each term is a generator over the order before it, pulled only as far as the batch reaches. That
# is possible because what deals the Pods out is counts, which the caller keeps, and not positions.

from __future__ import annotations

from collections import Counter, deque
from itertools import chain, repeat
from struct import pack, unpack
from typing import TYPE_CHECKING, Final, TypeVar

from sidecarctl.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    Values = tuple[str | None, ...]  # of the scatter keys on one Pod, in the order of `scatter_keys`

Pod = TypeVar("Pod")
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
    order: Iterable[Pod],
    values: Callable[[Pod], Values],
    terms: Sequence[Term],
    waiting: Census,
    matched: Census,
) -> Iterable[Pod]:
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


def _carries(values: Callable[[Pod], Values], term: Term) -> Callable[[Pod], bool]:
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


def _spread(order: Iterable[Pod], is_labelled: Callable[[Pod], bool], shares: _Shares) -> Iterator[Pod]:
    """Upstream: SC scatterPodsByRule."""
    source = iter(order)
    queues: dict[bool, deque[Pod]] = {True: deque(), False: deque()}
    left = {True: shares.labelled, False: shares.others}

    def following(*, labelled: bool) -> Pod:
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
