r"""Which characters a class of a regular expression stands for: `\d`, `[[:alpha:]]`, `\p{Lu}`."""

from collections.abc import Callable, Iterable
from typing import Final

from sidecarctl.upstream.regexmatcher import CharacterTest

_PERL: Final = {"d": "09", "s": "\t\n\f\r  ", "w": "09AZ__az"}
_POSIX: Final = {
    "alnum": "09AZaz",
    "alpha": "AZaz",
    "ascii": "\x00\x7f",
    "blank": "\t\t  ",
    "cntrl": "\x00\x1f\x7f\x7f",
    "digit": "09",
    "graph": "!~",
    "lower": "az",
    "print": " ~",
    "punct": "!/:@[`{~",
    "space": "\t\r  ",
    "upper": "AZ",
    "word": "09AZaz__",
    "xdigit": "09AFaf",
}
_CATEGORIES: Final = {  # a general category, and what may follow it
    "C": "cfos",
    "L": "lmotu",
    "M": "cen",
    "N": "dlo",
    "P": "cdefios",
    "S": "ckmo",
    "Z": "lps",
}


def perl_class(letter: str) -> CharacterTest | None:
    r"""`\d`, `\s`, `\w`, in ASCII as in Go, and their opposites in upper case; None for any other letter."""
    bounds = _PERL.get(letter.lower())
    if bounds is None:
        return None
    return negated(_within(bounds)) if letter.isupper() else _within(bounds)


def posix_class(name: str) -> CharacterTest | None:
    """`alpha`, or `^alpha` for all others; None where there is no such class."""
    bounds = _POSIX.get(name.removeprefix("^"))
    if bounds is None:
        return None
    return negated(_within(bounds)) if name.startswith("^") else _within(bounds)


def unicode_class(name: str) -> CharacterTest | None:
    """A general category such as `L` or `Lu`, or `Any`; None for all others, scripts among them."""
    if name == "Any":
        return lambda _: True
    if name[:1] not in _CATEGORIES or name[1:] not in ("", *_CATEGORIES[name[:1]]):
        return None
    from unicodedata import category  # noqa: PLC0415 - a table of a megabyte that hardly any pattern needs

    return lambda character: category(character).startswith(name)


def between(low: str, high: str) -> CharacterTest:
    """The characters of a range, both ends included."""
    return lambda character: low <= character <= high


def any_of(tests: Iterable[CharacterTest]) -> CharacterTest:
    """What one of these stands for."""
    options = tuple(tests)
    return lambda character: any(is_meant(character) for is_meant in options)


def negated(is_meant: CharacterTest) -> CharacterTest:
    """What it does not stand for."""
    return lambda character: not is_meant(character)


def in_any_case(is_meant: CharacterTest) -> CharacterTest:
    """The same, upper and lower case alike."""
    cases: Callable[[str], tuple[str, ...]] = lambda c: (c, c.lower(), c.upper())  # noqa: E731 - names what it gives
    return lambda character: any(len(case) == 1 and is_meant(case) for case in cases(character))


def _within(bounds: str) -> CharacterTest:
    return any_of(between(bounds[index], bounds[index + 1]) for index in range(0, len(bounds), 2))
