"""Numbers as Go writes them: `encoding/json`'s floats, which sigs.k8s.io/yaml hands on too."""

from math import isfinite
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
