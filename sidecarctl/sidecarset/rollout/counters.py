"""How many Pods `partition` keeps back and `maxUnavailable` lets go."""

from __future__ import annotations

from math import ceil, floor, isfinite
from typing import TYPE_CHECKING, Final

from sidecarctl.upstream.go_float import as_int64, parsed_float
from sidecarctl.upstream.quantity import INT64_MAX, INT64_MIN

if TYPE_CHECKING:
    from sidecarctl.upstream.release import Release

DEFAULT_MAX_UNAVAILABLE: Final = 1
_INT64_DIGITS: Final = 19


def kept_back(partition: object, total: int, release: Release) -> int:
    """Number of waiting Pods, at the end of the line, that `partition` leaves as they are; `total` Pods matched.

    Upstream: TOOLS CalculatePartitionReplicas
    """
    if not isinstance(partition, str):
        wanted = partition if isinstance(partition, int) else 0
    elif not release.rounds_up_partition:
        wanted = _part(int64(partition.replace("%", "")), total, rounds_up=False)
    else:
        wanted = _part(_share(partition), total, rounds_up=True)
        # One Pod at least is to show what the new version does, unless all were kept back on purpose.
        if wanted == total > 1 and partition != "100%":
            wanted = total - 1
    return max(0, min(wanted, total))


def may_be_unavailable(max_unavailable: object, total: int, release: Release) -> int:
    """Number of updated Pods that may be out of service at once; without a floor: 0 freezes every ready Pod.

    Upstream: STRAT getMaxUnavailable
    """
    if max_unavailable is None:
        return DEFAULT_MAX_UNAVAILABLE
    if not isinstance(max_unavailable, str):
        return max_unavailable if isinstance(max_unavailable, int) else 0
    return _part(int64(max_unavailable.replace("%", "")), total, rounds_up=release.rounds_up_max_unavailable)


def int64(text: str) -> int | None:
    """The number as Go's strconv reads it: decimal digits with a sign, within 64 bits.

    Upstream: strconv ParseInt
    """
    digits = text[1:] if text[:1] in {"+", "-"} else text
    counting = digits.lstrip("0")
    if not (digits.isascii() and digits.isdigit()) or len(counting) > _INT64_DIGITS:
        return None
    number = int(counting or "0") * (-1 if text[0] == "-" else 1)
    return number if INT64_MIN <= number <= INT64_MAX else None


def _share(percentage: str) -> float | None:
    """The number before the percent sign; fractions are read too, where no webhook refused them.

    Upstream: TOOLS GetScaledValueFromIntOrPercent
    """
    if not percentage.endswith("%"):
        return None
    try:
        return parsed_float(percentage.removesuffix("%"))
    except ValueError:
        return None


def _part(percent: float | None, total: int, *, rounds_up: bool) -> int:
    """So many percent of the Pods in whole Pods; 0 where the percentage cannot be read."""
    exact = (percent or 0) * float(total) / 100
    if not isfinite(exact):
        return as_int64(exact)
    return as_int64(ceil(exact) if rounds_up else floor(exact))
