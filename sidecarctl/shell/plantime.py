"""The time axis of a plan that has one: durations as Go prints them ("1m30s"), and marks on a scale."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from sidecarctl.upstream.duration import seconds
from sidecarctl.upstream.fields import struct, structs, text

if TYPE_CHECKING:
    from sidecarctl.upstream.fields import Value

_PIECE: Final = r"[0-9]+(?:\.[0-9]+)?(?:h|ms|m|s|us|µs|ns)"
DURATION: Final = rf"^(?:0|(?:{_PIECE})+)$"
_STEPS: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)


def seconds_of(duration: str) -> float:
    """Return the seconds of a duration."""
    return seconds(duration) or 0.0


def duration_of(moment: float) -> str:
    """Return seconds, rounded, in the largest units: "1m30s", "2h"."""
    rest, said = round(moment), ""
    for unit, size in (("h", 3600), ("m", 60), ("s", 1)):
        number, rest = divmod(rest, size)
        said += f"{number}{unit}" if number else ""
    return said or "0s"


def total(document: Value) -> str:
    """Return how long a plan takes, as it is written; empty where it has no time axis."""
    return text(struct(document, "timing"), "duration")


def has_times(document: Value) -> bool:
    """Whether each round of a plan says when it is."""
    rounds = structs(document, "rounds")
    return bool(rounds) and all("at" in one for one in rounds)


def last_moment(document: Value) -> float:
    """Return the seconds after which nothing changes any more."""
    moments = [seconds_of(total(document))]
    for one in structs(document, "rounds"):
        moments.append(seconds_of(text(one, "at")))
        moments += map(seconds_of, cast("dict[str, str]", struct(one, "readyAt")).values())
    return max(moments)


def marks(length: float, most: int) -> list[float]:
    """Return round moments from 0 to `length` seconds, at most so many."""
    step = next((step for step in _STEPS if length / step < most), None) or 86400 * -(-length // (86400 * (most - 1)))
    return [index * float(step) for index in range(int(length // step) + 1)]
