"""How many Pods `partition` keeps back and `maxUnavailable` lets go."""

from __future__ import annotations

from math import ceil, floor, isfinite
from typing import TYPE_CHECKING, Final

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
    else:
        share = _share(partition)
        wanted = 0 if share is None else _part(share, total, rounds_up=release.rounds_up_partition)
        # One Pod at least is to show what the new version does, unless all were kept back on purpose.
        if release.rounds_up_partition and wanted == total > 1 and partition != "100%":
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
    percent = int64(max_unavailable.replace("%", ""))
    return 0 if percent is None else _part(percent, total, rounds_up=release.rounds_up_max_unavailable)


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
    """The number before the percent sign; a fraction is read too, where no webhook refused it."""
    text = percentage.removesuffix("%")
    if text == percentage:
        return None
    whole = int64(text)
    if whole is not None:
        return whole
    try:
        share = float(text.replace("_", "?"))  # only Python reads 1_0 as ten
    except ValueError:
        return None
    return share if isfinite(share) else None


def _part(percent: float, total: int, *, rounds_up: bool) -> int:
    if isinstance(percent, int):  # exact, where a product of floats might step over a whole number
        return -(-percent * total // 100) if rounds_up else percent * total // 100
    exact = percent * total / 100
    return ceil(exact) if rounds_up else floor(exact)
