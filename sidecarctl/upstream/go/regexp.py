# Strategy: Go's regular expressions are RE2's, so RE2 itself reads them and matches in linear time. The two differ in a
# few patterns that only one of them takes, in their sentences, and in how much memory and time they may take.
"""Go's regular expressions (RE2): which ones are valid, and where they occur.

Upstream: regexp/syntax/parse.go
"""

import re
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import re2

# RE2's own beginning of each error, and Go's.
_SENTENCES: Final = {
    "bad repetition operator": "invalid nested repetition operator",
    "invalid character class range": "invalid character class range",
    "invalid character class": "invalid character class",
    "invalid escape sequence": "invalid escape sequence",
    "invalid named capture group": "invalid named capture",
    "invalid perl operator": "invalid or unsupported Perl syntax",
    "invalid repetition size": "invalid repeat count",
    "missing )": "missing closing )",
    "missing ]": "missing closing ]",
    "no argument for repetition operator": "missing argument to repetition operator",
    "trailing \\": "trailing backslash at end of expression",
    "unexpected )": "unexpected )",
}
_TOO_LARGE: Final = "expression too large"
_DEEPEST: Final = 999  # groups within each other
# Limits of our own, for time and memory: RE2 takes quadratic time for long runs of optional parts, and 30 kB for each
# Unicode class.
_LONGEST: Final = 500_000  # characters
_MOST_OPERATORS: Final = 10_000
_MOST_UNICODE_CLASSES: Final = 100
_MEMORY: Final = 2 * 1024 * 1024  # bytes of the compiled pattern
_MOST_STEPS: Final = 500_000_000  # instructions of the compiled pattern times bytes of the text


class InvalidRegexp(ValueError):
    """Not a regular expression that Go knows; the message is Go's."""

    def __init__(self, what: str, where: str) -> None:
        super().__init__(f"error parsing regexp: {what}: `{where}`")


@lru_cache(maxsize=256)
def search(pattern: str) -> Callable[[str], bool]:
    """Return the question whether a text contains a match of this pattern.

    Raises `InvalidRegexp` where it is no pattern, or would take too much time or memory; the question raises it for a
    text that is too long for the pattern.
    Upstream: regexp Compile, MatchString
    """
    import re2  # noqa: PLC0415 - 10 ms that hardly any run needs

    if are_too_large((pattern,)):
        raise InvalidRegexp(_TOO_LARGE, pattern[:100])
    refused_by_go = _only_re2_takes(pattern)
    try:
        compiled = re2.compile(_valid_unicode(pattern[: refused_by_go[0]] if refused_by_go else pattern), _options())
    except re2.error as error:
        says = error.args[0].decode(errors="replace")
        if not refused_by_go or not says.startswith("missing )"):
            raise _as_go_says(says, pattern) from None
    if refused_by_go:
        raise refused_by_go[1]

    def occurs(text: str) -> bool:
        if compiled.programsize * len(text) > _MOST_STEPS:
            raise InvalidRegexp(_TOO_LARGE, f"{pattern[:100]} (for a text of {len(text)} characters)")
        return compiled.search(_valid_unicode(text)) is not None

    return occurs


@cache
def _options() -> "re2.Options":
    import re2  # noqa: PLC0415 - as above

    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MEMORY
    return options


def are_too_large(patterns: Iterable[str]) -> bool:
    """Return whether patterns would together take too much time or memory to compile."""
    text = "\n".join(patterns)
    if len(text) > _LONGEST:
        return True
    operators, unicode_classes = re.findall(r"[^\w|\n-]", text, re.ASCII), re.findall(r"\\[pP]", text)
    return len(operators) > _MOST_OPERATORS or len(unicode_classes) > _MOST_UNICODE_CLASSES


def _only_re2_takes(pattern: str) -> tuple[int, InvalidRegexp] | None:
    r"""Return where Go refuses what RE2 takes, and its error: `\C`, groups too deep, names that are not ASCII."""
    if "\\C" not in pattern and pattern.count("(") <= _DEEPEST and ("<" not in pattern or pattern.isascii()):
        return None
    depth = 0
    for found in _tokens().finditer(pattern):
        sign = found[0]
        if sign == "\\C":
            return found.start(), InvalidRegexp("invalid escape sequence", sign)
        if sign.startswith("(?") and (not sign.isascii() or sign.endswith(("<=", "<!"))):
            return found.start(), _not_a_name(pattern[found.start() :])
        depth += sign.startswith("(") - (sign == ")")
        if depth > _DEEPEST:
            return found.start(), InvalidRegexp("expression nests too deeply", pattern)
    return None


@cache
def _tokens() -> re.Pattern[str]:
    """Find quoted text, escapes and classes, each in one piece, and the brackets of groups."""
    return re.compile(
        r"\\Q.*?(?:\\E|\Z)|\\.|\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*+|\(\?P?<(?:[=!]|\w+>)|[()]", re.DOTALL
    )


def _as_go_says(error: str, pattern: str) -> InvalidRegexp:
    for re2_says, go_says in _SENTENCES.items():
        if error.startswith(re2_says):
            where = error[len(re2_says) :].removeprefix(": ")
            if re2_says == "invalid perl operator" and where.startswith("(?<"):  # look-behind
                return _not_a_name(pattern[pattern.find(where) :])
            return InvalidRegexp(go_says, pattern if re2_says == "unexpected )" else where)
    return InvalidRegexp(_TOO_LARGE, pattern[:100])


def _not_a_name(group: str) -> InvalidRegexp:
    """Return what Go says of look-behind: to Go, `(?<` begins a group with a name."""
    name, closing, _ = group.partition(">")
    return InvalidRegexp("invalid named capture", name + closing)


def _valid_unicode(text: str) -> str:
    """Replace surrogates, which only JSON's escapes can spell, by U+FFFD, as Go does."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
