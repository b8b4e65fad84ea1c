"""What a scalar means: the value that sigs.k8s.io/yaml gives it, and the text that stands for a map key.

Kubernetes reads YAML 1.1 as Go reads it: `on` is a bool, `0777` is 511, `1:30` and `2026-01-01` are text.
"""

import re
from typing import Final

from sidecarctl.yamledit.value import Value

MAX_DIGITS: Final = 1000
CORE: Final = "tag:yaml.org,2002:"

_WORDS: Final[dict[str, Value]] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
}
_MAYBE_NUMBER: Final = frozenset("0123456789+-.")
_DIGITS: Final = frozenset("0123456789")
# Most numbers are plain counts: these patterns are compiled by those that are not.
_FLOAT: Final = r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"
_INTEGER: Final = r"([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)"
_SAFE_DIGITS: Final = 18  # below 2**63, whatever they are
_PRINTED_WITH_EXPONENT: Final = 1e21  # Go's encoding/json
_SMALLEST_PLAIN, _SMALLEST_SCIENTIFIC = -4, 6  # exponents, Go's format 'g'
_SEPARATOR: Final = r"(?<=[0-9])_(?=[0-9])"  # go-yaml forgives more of them, but not after a leading dot
_BASES: Final = {"x": 16, "b": 2, "o": 8}
_TYPE_OF_TAG: Final[dict[str, type | tuple[type, ...]]] = {
    "int": int,
    "float": (int, float),
    "bool": bool,
    "null": type(None),
    "timestamp": (),  # go-yaml makes it a time, which is no JSON
}


class ScalarError(ValueError):
    """A scalar that has no value; the message never quotes it."""


def plain_value(text: str) -> Value:
    """Read a plain (unquoted, untagged) scalar as sigs.k8s.io/yaml does; not a number stays a float.

    Raises `ScalarError` for a number over 1,000 digits.
    """
    word = _WORDS.get(text, _WORDS)
    if word is not _WORDS:
        return word
    if text[0] in _MAYBE_NUMBER:
        return _number(text)
    return text


def tagged_value(text: str, tag: str) -> Value:
    """Read a scalar that carries a tag of the core schema, or the bare `!` that makes it text.

    Raises `ScalarError` for another tag, and where text and tag disagree.
    """
    if tag == "!":
        return text
    name = tag.removeprefix(CORE)
    if name == tag or name not in {"str", "binary", *_TYPE_OF_TAG}:
        raise ScalarError("a tag outside YAML's core schema")
    if name == "str":
        return text
    if name == "binary":
        return _decoded(text)
    value = plain_value(text)  # Go reads `!!int "3"` as it reads `!!int 3`
    wanted = _TYPE_OF_TAG[name]
    if not isinstance(value, wanted) or (isinstance(value, bool) and name != "bool"):
        raise ScalarError(f"not of the type that its tag !!{name} names")
    return value


def json_number(value: float) -> float:
    """Give a float the type it has once it was JSON: Go prints 1000.0 as `1000`.

    Raises `ScalarError` for what JSON cannot say.
    """
    if value != value or value in {float("inf"), float("-inf")}:  # noqa: PLR0124 - the test for NaN
        raise ScalarError("not a number that JSON knows (.inf or .nan)")
    if not value.is_integer() or abs(value) >= _PRINTED_WITH_EXPONENT:
        return value
    # Go pads the shortest digits with zeros: 18446744073709551616 becomes 18446744073709552000.
    digits, _, exponent = repr(value).partition("e")
    if not exponent:
        return int(value)
    whole, _, fraction = digits.partition(".")
    zeros: int = 10 ** (int(exponent) - len(fraction))
    return int(whole + fraction) * zeros


def key_text(key: Value) -> str:
    """Return the text of a map key, as sigs.k8s.io/yaml makes JSON keys of numbers and bools.

    Raises `ScalarError` for keys that have no text.
    """
    if isinstance(key, str):
        return key
    if isinstance(key, bool):
        return "true" if key else "false"
    if isinstance(key, int) and -(2**63) <= key < 2**63:
        return str(key)
    if isinstance(key, float):
        return _float32_text(key)
    raise ScalarError("a key that is neither text nor a small number nor a bool")


def _number(text: str) -> Value:
    if text.isdecimal() and text.isascii() and len(text) <= _SAFE_DIGITS and (text[0] != "0" or text == "0"):
        return int(text)
    if _DIGITS.isdisjoint(text):
        return text
    digits = re.sub(_SEPARATOR, "", text) if text[0] == "." else text.replace("_", "")
    if len(digits) > MAX_DIGITS and re.fullmatch(_FLOAT, digits):
        raise ScalarError(f"a number over {MAX_DIGITS} digits (the limit digits; no flag raises it)")
    if integer := re.fullmatch(_INTEGER, digits):
        value = _integer(integer[1], integer[2])
        if -(2**63) <= value < 2**64 and not (value >= 2**63 and integer[1]):
            return value
    if re.fullmatch(_FLOAT, digits):
        number = float(digits)
        if number not in {float("inf"), float("-inf")}:  # Go's ParseFloat refuses what is out of range: text
            return number
    return text


def _integer(sign: str, digits: str) -> int:
    base = _BASES.get(digits[1:2].lower(), 8) if digits[0] == "0" and digits != "0" else 10
    magnitude = int(digits[2:], base) if digits[1:2].isalpha() else int(digits, base)
    return -magnitude if sign == "-" else magnitude


def _decoded(text: str) -> str:
    import binascii  # noqa: PLC0415 - a tag that hardly any manifest holds
    from base64 import b64decode  # noqa: PLC0415

    try:
        return b64decode("".join(text.split()), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise ScalarError("not the base64 text that its tag !!binary promises") from None


def _float32_text(key: float) -> str:
    """Print a float key as Go's FormatFloat(key, 'g', -1, 32)."""
    from struct import pack, unpack  # noqa: PLC0415 - float keys are rare

    if key != key:  # noqa: PLR0124 - the test for NaN
        return ".nan"
    try:
        (single,) = unpack("f", pack("f", key))
    except OverflowError:
        single = float("inf") if key > 0 else float("-inf")
    if single in {float("inf"), float("-inf")}:
        return ".inf" if key > 0 else "-.inf"
    shortest = next(t for p in range(9) if unpack("f", pack("f", float(t := f"{single:.{p}e}")))[0] == single)
    return _general_format(shortest)


def _general_format(scientific: str) -> str:
    digits, _, exponent_text = scientific.partition("e")
    exponent = int(exponent_text)
    if not _SMALLEST_PLAIN <= exponent < _SMALLEST_SCIENTIFIC:
        return f"{digits}e{exponent:+03d}"
    decimals = len(digits.lstrip("-").replace(".", "")) - 1 - exponent
    return f"{float(scientific):.{max(0, decimals)}f}"
