"""Floating-point numbers as Go reads them."""

import re
from functools import cache
from math import isfinite, isinf

from sidecarctl.upstream.quantity import INT64_MAX, INT64_MIN


def parsed_float(text: str) -> float:
    """Read a number as Go does: decimal or hexadecimal, with underscores between digits; `inf` and `nan` in any case.

    ValueError says "invalid syntax" or "value out of range".
    Upstream: strconv ParseFloat
    """
    found = _floats().fullmatch(text)
    if found is None:
        raise ValueError("invalid syntax")
    digits = text.replace("_", "")
    try:
        number = float.fromhex(digits) if found["hexadecimal"] else float(digits)
    except OverflowError:
        raise ValueError("value out of range") from None
    if isinf(number) and not found["special"]:
        raise ValueError("value out of range")
    return number


def as_int64(number: float) -> int:
    """Convert a number as Go does on amd64: the whole part, the smallest integer where 64 bits cannot hold it.

    Upstream: https://go.dev/ref/spec#Conversions
    """
    whole = int(number) if isfinite(number) else INT64_MIN
    return whole if INT64_MIN <= whole <= INT64_MAX else INT64_MIN


@cache
def _floats() -> re.Pattern[str]:
    whole, hexadecimal = "[0-9]+(?:_[0-9]+)*", "[0-9a-f]+(?:_[0-9a-f]+)*"
    return re.compile(
        rf"nan|[+-]?(?:(?P<special>inf|infinity)"
        rf"|(?P<hexadecimal>0x(?:_?{hexadecimal}(?:\.(?:{hexadecimal})?)?|\.{hexadecimal})p[+-]?{whole})"
        rf"|(?:{whole}(?:\.(?:{whole})?)?|\.{whole})(?:e[+-]?{whole})?)",
        re.IGNORECASE | re.ASCII,
    )
