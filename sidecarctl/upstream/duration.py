"""Durations as Go writes them: `1m30s`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from fractions import Fraction

_SECOND: Final = 1_000  # milliseconds
_MILLISECOND: Final = 1_000_000  # nanoseconds
_UNITS: Final = {  # in nanoseconds
    "h": 3_600_000 * _MILLISECOND,
    "m": 60_000 * _MILLISECOND,
    "s": _SECOND * _MILLISECOND,
    "ms": _MILLISECOND,
    "us": 1_000,
    "µs": 1_000,
    "ns": 1,
}
_LONGEST: Final = 1_000  # characters: nobody means more, and Python reads no number of several thousand digits
_MOST: Final = 2**63 // 1_000_000  # milliseconds: Go counts nanoseconds in 64 bits
_FINE: Final = frozenset({"us", "µs", "ns"})
_PART: Final = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ms|us|µs|ns|h|m|s)", re.ASCII)


def milliseconds(text: str) -> int | None:
    """The milliseconds of a duration such as `1h`, `1m30s`, `1.5s` or `0`; None where it is none, or is finer.

    Upstream: time ParseDuration, without its sign and its smaller units
    """
    parts = _parts(text)
    exact = None if parts is None or any(unit in _FINE for _, unit in parts) else _exact(parts)
    return int(exact) if exact is not None and exact.denominator == 1 else None


def seconds(text: str) -> float | None:
    """The seconds of a duration, however fine it is; None where it is none.

    Upstream: time ParseDuration, Duration.Seconds, without a sign
    """
    parts = _parts(text)
    exact = None if parts is None else _exact(parts)
    return None if exact is None else float(exact / _SECOND)


def shown_duration(duration: int) -> str:
    """A duration in milliseconds as Go prints it.

    Upstream: time Duration.String
    """
    if duration < _SECOND:
        return f"{duration}ms" if duration else "0s"
    whole, fraction = divmod(duration, _SECOND)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    shown = f"{rest}.{fraction:03}".rstrip("0") if fraction else str(rest)
    return f"{f'{hours}h' if hours else ''}{f'{minutes}m' if hours or minutes else ''}{shown}s"


def _parts(text: str) -> list[tuple[str, str]] | None:
    """The numbers of a duration and their units; None where it is none."""
    if text == "0" or len(text) > _LONGEST:
        return [] if text == "0" else None
    parts = list(_PART.finditer(text))
    return [(part[1], part[2]) for part in parts] if parts and "".join(part[0] for part in parts) == text else None


def _exact(parts: list[tuple[str, str]]) -> Fraction | None:
    """Return the sum in milliseconds; None if it is more than Go can count."""
    from fractions import Fraction  # noqa: PLC0415 - few runs read a duration

    exact = sum((Fraction(_decimal(number)) * _UNITS[unit] for number, unit in parts), Fraction(0)) / _MILLISECOND
    return exact if exact <= _MOST else None


def _decimal(number: str) -> str:
    return f"0{number}" if number.startswith(".") else number.removesuffix(".")
