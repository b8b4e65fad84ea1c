"""Durations as Go writes them: `1m30s`."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

_UNITS: Final = {"h": 3_600_000, "m": 60_000, "s": 1_000, "ms": 1}
_PART: Final = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ms|h|m|s)", re.ASCII)


def milliseconds(text: str) -> int | None:
    """The milliseconds of a duration such as `1h`, `1m30s`, `1.5s` or `0`; None where it is none, or is finer.

    Upstream: time ParseDuration, without its sign and its smaller units
    """
    if text == "0":
        return 0
    parts = list(_PART.finditer(text))
    if not parts or "".join(part[0] for part in parts) != text:
        return None
    exact = sum((Fraction(_decimal(part[1])) * _UNITS[part[2]] for part in parts), Fraction(0))
    return int(exact) if exact.denominator == 1 else None


def shown_duration(duration: int) -> str:
    """A duration in milliseconds as Go prints it.

    Upstream: time Duration.String
    """
    if duration < _UNITS["s"]:
        return f"{duration}ms" if duration else "0s"
    minutes, rest = divmod(duration, _UNITS["m"])
    hours, minutes = divmod(minutes, 60)
    seconds, fraction = divmod(rest, _UNITS["s"])
    shown = f"{seconds}.{fraction:03}".rstrip("0").rstrip(".") if fraction else str(seconds)
    return f"{f'{hours}h' if hours else ''}{f'{minutes}m' if hours or minutes else ''}{shown}s"


def _decimal(number: str) -> str:
    return f"0{number}" if number.startswith(".") else number.removesuffix(".")
