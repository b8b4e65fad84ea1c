"""Who is upgraded first, scatter aside: as ranks that sort."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from sidecarctl.finding import UndecodableObject
from sidecarctl.sidecarset.rollout.counters import int64
from sidecarctl.upstream.fields import struct, structs, text
from sidecarctl.upstream.go.time import ZERO_TIME, in_utc
from sidecarctl.upstream.selector import InvalidSelector, matches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from sidecarctl.finding import FieldPath
    from sidecarctl.sidecarset.rollout.scatter import Values
    from sidecarctl.sidecarset.rollout.sibling import Own
    from sidecarctl.upstream.fields import Value
    from sidecarctl.upstream.release import Release
    from sidecarctl.upstream.types import ContainerStatus, LabelSelector, Pod, PodCondition, PodSpec, PodStatus

    Rank = tuple[int, ...]  # the smaller goes first
    Standpoint = tuple[Rank, Rank, Values]
    Labels = Mapping[str, str]

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


def ready_condition(status: PodStatus) -> PodCondition:
    """The condition that says whether a Pod is ready, empty if it has none."""
    for condition in status.get("conditions") or ():
        if condition.get("type") == "Ready":
            return condition
    return {}


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
