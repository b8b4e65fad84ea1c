"""Numbers as Go reads and writes them."""

from __future__ import annotations

import re
from functools import cache
from math import isfinite, isinf
from typing import Final

_SMALLEST_PLAIN: Final = 1e-6


_SMALLEST_LARGE: Final = 1e21


_SMALLEST_EXPONENT: Final = -4


_LARGEST_EXPONENT: Final = 6


def float_text(number: float) -> str:
    """The shortest text that reads back as this number, with an exponent only below 1e-6 and from 1e21 on.

    Upstream: encoding/json floatEncoder
    """
    if isinstance(number, int):
        return str(int(number))
    if not isfinite(number):
        raise ValueError(f"{number} is no JSON number")
    if number == 0 or _SMALLEST_PLAIN <= abs(number) < _SMALLEST_LARGE:
        return _plain(repr(number))
    mantissa, _, exponent = f"{number!r}".partition("e")
    return f"{mantissa.removesuffix('.0')}e{exponent[0]}{exponent[1:].lstrip('0')}"


def _plain(shortest: str) -> str:
    """The same digits without an exponent."""
    digits, _, exponent = shortest.partition("e")
    if not exponent:
        return digits.removesuffix(".0")
    sign = "-" if digits.startswith("-") else ""
    whole, _, fraction = digits.lstrip("-").partition(".")
    power = int(exponent)
    if power < 0:
        return f"{sign}0.{'0' * (-power - 1)}{whole}{fraction}"
    return sign + (whole + fraction.removesuffix("0")).ljust(len(whole) + power, "0")


def general_text(number: float) -> str:
    """A number as `%g` prints it: the shortest digits, with an exponent below 1e-4 and from 1e6 on.

    Upstream: strconv FormatFloat 'g', -1
    """
    if not isfinite(number):
        return f"{number:+}".replace("inf", "Inf").replace("+nan", "NaN")
    digits = next(text for precision in range(17) if float(text := f"{number:.{precision}e}") == number)
    exponent = int(digits.partition("e")[2])
    return float_text(number) if _SMALLEST_EXPONENT <= exponent < _LARGEST_EXPONENT else digits


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


INT64_MAX: Final = 2**63 - 1


INT64_MIN: Final = -(2**63)


_INT64_DIGITS: Final = 19


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
