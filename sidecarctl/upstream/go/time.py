"""Timestamps and durations as Go reads and writes them."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from fractions import Fraction


ZERO_TIME: Final = "0001-01-01T00:00:00Z"  # Go's unset time, which encodes as null


_DAYS_IN_MONTH: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


_MINUTES_IN_DAY: Final = 24 * 60


class InvalidTimestamp(ValueError):
    """Not a point in time; the message begins as Go's does."""


def in_utc(text: str) -> str:
    """Return the same second in UTC; a fraction is cut off. Raises InvalidTimestamp.

    Upstream: k8s.io/apimachinery/pkg/apis/meta/v1/time.go UnmarshalJSON, MarshalJSON
    """
    parts = _layout().fullmatch(text)
    if parts is None:
        raise InvalidTimestamp(f'parsing time "{text}" as "2006-01-02T15:04:05Z07:00": cannot parse')
    year, month, day, hour, minute, second = (int(parts[index]) for index in range(1, 7))
    in_range = 1 <= month <= len(_DAYS_IN_MONTH) and 1 <= day <= _days_in(year, month)
    offset = _offset_minutes(parts[7])
    if not in_range or hour > 23 or minute > 59 or second > 59 or abs(offset) > _MINUTES_IN_DAY:  # noqa: PLR2004 - a clock
        raise InvalidTimestamp(f'parsing time "{text}": out of range')
    minutes = hour * 60 + minute - offset
    date = _shifted((year, month, day), minutes // _MINUTES_IN_DAY)
    hour, minute = divmod(minutes % _MINUTES_IN_DAY, 60)
    return f"{date[0]:04}-{date[1]:02}-{date[2]:02}T{hour:02}:{minute:02}:{second:02}Z"


def is_time(text: str) -> bool:
    """Whether this is a point in time."""
    if _usual().fullmatch(text):
        return True
    try:
        return bool(in_utc(text))
    except InvalidTimestamp:
        return False


@cache
def _usual() -> re.Pattern[str]:
    """Times as Kubernetes writes them; whether other days exist is left to the parser."""
    date, clock = r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])", r"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d"
    return re.compile(f"{date}T{clock}Z", re.ASCII)


@cache
def _layout() -> re.Pattern[str]:
    # An hour of one digit is what Go's parser lets through, too.
    return re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d?):(\d\d):(\d\d)(?:[.,]\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)


def _offset_minutes(zone: str) -> int:
    if zone == "Z":
        return 0
    hours, minutes = zone[1:].split(":")
    return (int(hours) * 60 + int(minutes)) * (-1 if zone[0] == "-" else 1)


def _shifted(date: tuple[int, int, int], days: int) -> tuple[int, int, int]:
    """Return the date so many days later; an offset never moves it by more than one."""
    year, month, day = date
    day += days
    if day < 1:
        year, month = (year, month - 1) if month > 1 else (year - 1, len(_DAYS_IN_MONTH))
        return year, month, _days_in(year, month) + day
    if day <= _days_in(year, month):
        return year, month, day
    day -= _days_in(year, month)
    return (year, month + 1, day) if month < len(_DAYS_IN_MONTH) else (year + 1, 1, day)


def _days_in(year: int, month: int) -> int:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 29 if leap and month == 2 else _DAYS_IN_MONTH[month - 1]  # noqa: PLR2004 - February


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


_PART: Final = r"(?a:(\d+(?:\.\d*)?|\.\d+)(ms|us|µs|ns|h|m|s))"


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
    parts = list(re.finditer(_PART, text))
    return [(part[1], part[2]) for part in parts] if parts and "".join(part[0] for part in parts) == text else None


def _exact(parts: list[tuple[str, str]]) -> Fraction | None:
    """Return the sum in milliseconds; None if it is more than Go can count."""
    from fractions import Fraction  # noqa: PLC0415 - few runs read a duration

    exact = sum((Fraction(_decimal(number)) * _UNITS[unit] for number, unit in parts), Fraction(0)) / _MILLISECOND
    return exact if exact <= _MOST else None


def _decimal(number: str) -> str:
    return f"0{number}" if number.startswith(".") else number.removesuffix(".")
