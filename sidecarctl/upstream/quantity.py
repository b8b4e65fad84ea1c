# Strategy: every quantity Kubernetes can hold is a whole number of billionths (finer ones are rounded up while they are
# read), so a quantity here is one Python integer, the family of suffixes to print it with, and, where Kubernetes keeps
# it, the text it was written as. Upstream's two representations (int64 with a scale, and big decimal) differ in nothing
# else that can be observed inside 64 bits.
"""Kubernetes quantities: read, calculate with, and print as Kubernetes does."""

from enum import StrEnum
from typing import Final

from sidecarctl.record import Record
from sidecarctl.upstream.go.numbers import INT64_MAX, INT64_MIN, float_text

NANO: Final = 10**9
NANO_PER_MILLI: Final = 10**6


class InvalidQuantity(ValueError):
    """Not a quantity; the message is Kubernetes' own."""


class Format(StrEnum):
    """The family of suffixes that a quantity is printed with."""

    NONE = ""
    DECIMAL_EXPONENT = "DecimalExponent"
    DECIMAL_SI = "DecimalSI"
    BINARY_SI = "BinarySI"


class Quantity(Record):
    """An amount in billionths; `text` is what the user wrote, where Kubernetes would print that."""

    nano: int
    format: Format = Format.DECIMAL_SI
    text: str | None = None

    def __str__(self) -> str:
        """As Kubernetes prints it.

        Upstream: KQ String, CanonicalizeBytes
        """
        return self.text or _canonical_text(self.nano, self.format)

    def plus(self, other: "Quantity") -> "Quantity":
        """The sum, in this one's format, or in the other's where this one is zero.

        Upstream: KQ Add
        """
        return Quantity(self.nano + other.nano, self.format if self.nano else other.format)

    def minus(self, other: "Quantity") -> "Quantity":
        """The difference, in the format that a sum would have.

        Upstream: KQ Sub
        """
        return Quantity(self.nano - other.nano, self.format if self.nano else other.format)

    def negated(self) -> "Quantity":
        """As much below zero as it was above.

        Upstream: KQ Neg
        """
        return Quantity(-self.nano, self.format)

    def rounded_up_to_milli(self) -> "Quantity":
        """Round away from zero to thousandths; what is not finer keeps its text.

        Upstream: KQ RoundUp
        """
        if self.nano % NANO_PER_MILLI == 0:
            return self
        return Quantity(_rounded_away(self.nano, NANO_PER_MILLI) * NANO_PER_MILLI, self.format)

    def milli(self) -> int:
        """Thousandths, rounded away from zero; InvalidQuantity where they leave 64 bits.

        Upstream wraps around or gives 0 there, which no one can have meant.
        Upstream: KQ MilliValue
        """
        thousandths = _rounded_away(self.nano, NANO_PER_MILLI)
        if not INT64_MIN <= thousandths <= INT64_MAX:
            raise InvalidQuantity(f"{self} does not fit into 64 bits of thousandths")
        return thousandths


def from_milli(thousandths: int, quantity_format: Format = Format.DECIMAL_SI) -> Quantity:
    """So many thousandths.

    Upstream: KQ NewMilliQuantity
    """
    return Quantity(thousandths * NANO_PER_MILLI, quantity_format)


def parse(written: str | float) -> Quantity:
    """Read a quantity as JSON decoding does, from its text or from a number; InvalidQuantity where it is none.

    Upstream: KQ UnmarshalJSON, ParseQuantity
    """
    text = written.strip(_BLANKS) if isinstance(written, str) else float_text(written)
    if not text:
        raise InvalidQuantity(_WRONG_FORMAT)
    if text == "0":
        return Quantity(0, Format.NONE, text)
    parts = _parts(text)
    return _exact(parts, text) or _rounded(parts)


class _Parts(Record):
    sign: int
    whole: str  # digits before the point, without leading zeros, "0" for none
    fraction: str
    has_digits: bool
    exponent: int
    format: Format


_WRONG_FORMAT: Final = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
_WRONG_SUFFIX: Final = "unable to parse quantity's suffix"
_WRONG_NUMBER: Final = "unable to parse numeric part of quantity"
_DIGITS: Final = "0123456789"
# What Go's unicode.IsSpace takes for a blank; Python's str.strip would take four controls more.
_BLANKS: Final = (
    " \t\n\v\f\r\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
_DECIMAL_SUFFIXES: Final = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY_SUFFIXES: Final = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_DECIMAL_SUFFIX_OF: Final = {exponent: suffix for suffix, exponent in _DECIMAL_SUFFIXES.items()}
_BINARY_SUFFIX_OF: Final = {exponent: suffix for suffix, exponent in _BINARY_SUFFIXES.items()}
_FINEST: Final = -9
_EXACT_DIGITS: Final = 18  # what always fits into an int64
_EXACT_BINARY_DIGITS: Final = 14
_MOST_DIGITS: Final = 1000  # written out, or asked for by an exponent; Kubernetes has no limit of its own, and hangs


def _parts(text: str) -> _Parts:
    unsigned = text[1:] if text[0] in "+-" else text
    digits, rest = _split_after(unsigned, _DIGITS)
    fraction = ""
    if rest.startswith("."):
        fraction, rest = _split_after(rest[1:], _DIGITS)
    exponent, quantity_format = _suffix(rest)
    if len(digits) + len(fraction) > _MOST_DIGITS:
        raise InvalidQuantity(_WRONG_NUMBER)
    return _Parts(
        sign=-1 if text[0] == "-" else 1,
        whole=digits.lstrip("0") or "0",
        fraction=fraction,
        has_digits=bool(digits or fraction),
        exponent=exponent,
        format=quantity_format,
    )


def _split_after(text: str, characters: str) -> tuple[str, str]:
    rest = text.lstrip(characters)
    return text[: len(text) - len(rest)], rest


def _suffix(suffix: str) -> tuple[int, Format]:
    """The power (of ten, or of two for a binary one) and the format that a suffix stands for."""
    if suffix in _DECIMAL_SUFFIXES:
        return _DECIMAL_SUFFIXES[suffix], Format.DECIMAL_SI
    if suffix in _BINARY_SUFFIXES:
        return _BINARY_SUFFIXES[suffix], Format.BINARY_SI
    letters, signed_digits = _split_after(suffix, "eEinumkKMGTP")
    digits = signed_digits[1:] if signed_digits.startswith(("+", "-")) else signed_digits
    if digits.strip(_DIGITS):
        raise InvalidQuantity(_WRONG_FORMAT)
    if letters not in {"e", "E"} or not digits or len(digits) > _EXACT_DIGITS:
        raise InvalidQuantity(_WRONG_SUFFIX)
    exponent = int(signed_digits)
    if exponent > _MOST_DIGITS:
        raise InvalidQuantity(_WRONG_NUMBER)
    return exponent, Format.DECIMAL_EXPONENT


def _exact(parts: _Parts, text: str) -> Quantity | None:
    """The quantity where Kubernetes holds it as an int64 with a scale: only there the text may survive."""
    digits = parts.whole + parts.fraction
    if parts.format is not Format.BINARY_SI:
        scale = parts.exponent - len(parts.fraction)
        if len(digits) > _EXACT_DIGITS or scale < _FINEST:
            return None
        kept = scale % 3 == 0 and digits[0] != "0" and not digits.endswith("000")
        return Quantity(parts.sign * int(digits) * 10 ** (scale - _FINEST), parts.format, text if kept else None)
    if parts.fraction or len(digits) + parts.exponent * 3 // 10 > _EXACT_BINARY_DIGITS:
        return None
    kept = int(digits) % 8 != 0
    return Quantity(parts.sign * int(digits) * (1 << parts.exponent) * NANO, parts.format, text if kept else None)


def _rounded(parts: _Parts) -> Quantity:
    """The quantity where Kubernetes holds it as a big decimal: rounded away from zero, binary ones capped."""
    if not parts.has_digits:
        raise InvalidQuantity(_WRONG_NUMBER)
    size = _billionths(parts)
    if parts.format is not Format.BINARY_SI:
        return Quantity(parts.sign * size, parts.format)
    shown_as = Format.DECIMAL_SI if 0 < size < NANO else Format.BINARY_SI
    return Quantity(parts.sign * min(size, INT64_MAX * NANO), shown_as)


def _billionths(parts: _Parts) -> int:
    digits = int(parts.whole + parts.fraction)
    if parts.format is Format.BINARY_SI:
        return _rounded_away(digits * (1 << parts.exponent) * NANO, 10 ** len(parts.fraction))
    scale = parts.exponent - len(parts.fraction) - _FINEST
    if scale >= 0:
        size: int = digits * 10**scale
        return size
    # Past the last digit only "more than nothing" is left; spares the power of a huge exponent.
    return _rounded_away(digits, 10 ** min(-scale, len(parts.whole + parts.fraction)))


def _rounded_away(number: int, unit: int) -> int:
    return -(-number // unit) if number > 0 else number // unit


def _canonical_text(nano: int, quantity_format: Format) -> str:
    if nano == 0:
        return "0"
    if quantity_format is Format.BINARY_SI and abs(nano) >= 1024 * NANO and nano % NANO == 0:
        number, times = _without_factors(nano // NANO, 1024)
        return f"{number}{_BINARY_SUFFIX_OF.get(times * 10, '')}"
    number, times = _without_factors(nano, 10)
    exponent = times + _FINEST
    number, exponent = number * 10 ** (exponent % 3), exponent - exponent % 3
    if quantity_format in {Format.BINARY_SI, Format.DECIMAL_SI}:
        # Upstream has no suffix above E, and prints none: 10^21 reads "1".
        return f"{number}{_DECIMAL_SUFFIX_OF.get(exponent, '')}"
    return f"{number}e{exponent}" if exponent else str(number)


def _without_factors(number: int, factor: int) -> tuple[int, int]:
    times = 0
    while number % factor == 0:
        number //= factor
        times += 1
    return number, times
