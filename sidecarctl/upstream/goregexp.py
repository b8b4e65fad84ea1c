# Strategy: Python's `re` is another language (look-around, back references) with another notion of time, so this reads
# Go's syntax itself, refuses what Go refuses, and makes a matcher that can only answer whether the pattern occurs.
"""Go's regular expressions (RE2): which ones are valid, and where they occur.

Upstream: regexp/syntax/parse.go
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Final

from sidecarctl.record import Record
from sidecarctl.upstream import characterclass, regexmatcher
from sidecarctl.upstream.regexmatcher import CharacterTest, Matcher


class InvalidRegexp(ValueError):
    """Not a regular expression that Go knows; the message is Go's."""

    def __init__(self, what: str, where: str) -> None:
        super().__init__(f"error parsing regexp: {what}: `{where}`")


@lru_cache(maxsize=256)
def search(pattern: str) -> Callable[[str], bool]:
    """The question whether a text contains a match of this pattern; InvalidRegexp where it is none.

    Upstream: regexp Compile, MatchString
    """
    matcher = _Reader(pattern).pattern()
    return lambda text: regexmatcher.occurs_in(matcher, text)


_MOST_TIMES: Final = 1000
_DEEPEST: Final = 100  # groups within each other; Go allows 1000
_FLAGS: Final = "imsU"
_ESCAPED_CONTROLS: Final = {"a": "\a", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_OCTAL: Final = "01234567"
_LARGEST_RUNE: Final = 0x10FFFF
_LARGEST_COUNT: Final = 8  # digits; Go reads no further either


class _Piece(Record):
    matcher: Matcher
    times: int = 1  # the product of the repeat counts in it, which Go limits


class _Reader:
    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._position = 0
        self._depth = 0
        self._flags: frozenset[str] = frozenset()

    def pattern(self) -> Matcher:
        whole = self._choice()
        if self._rest:
            raise InvalidRegexp("unexpected )", self._pattern)
        return whole.matcher

    @property
    def _rest(self) -> str:
        return self._pattern[self._position :]

    def _skipped(self, text: str) -> bool:
        found = self._pattern.startswith(text, self._position)
        self._position += len(text) * found
        return found

    def _choice(self) -> _Piece:
        options = [self._sequence()]
        while self._skipped("|"):
            options.append(self._sequence())
        return _Piece(regexmatcher.choice([option.matcher for option in options]), max(o.times for o in options))

    def _sequence(self) -> _Piece:
        pieces: list[_Piece] = []
        repeat_at: int | None = None  # where the repeat operator stood that has just been read
        while self._position < len(self._pattern) and self._pattern[self._position] not in "|)":
            start = self._position
            bounds = self._repeat_bounds()
            if bounds is None:
                pieces.extend(self._atom())
                repeat_at = None
                continue
            if repeat_at is not None:
                raise InvalidRegexp("invalid nested repetition operator", self._pattern[repeat_at : self._position])
            if not pieces:
                operator = self._pattern[start : self._position]
                raise InvalidRegexp("missing argument to repetition operator", operator)
            pieces.append(self._repeated(pieces.pop(), bounds, self._pattern[start : self._position]))
            repeat_at = start
        return _Piece(regexmatcher.sequence([p.matcher for p in pieces]), max((p.times for p in pieces), default=1))

    def _repeated(self, piece: _Piece, bounds: tuple[int, int | None], shown: str) -> _Piece:
        least, most = bounds
        times = piece.times * max(least if most is None else most, 1) if shown[0] == "{" else piece.times
        if times > _MOST_TIMES:
            raise InvalidRegexp("invalid repeat count", shown)
        return _Piece(regexmatcher.repeated(piece.matcher, least, most), times)

    def _repeat_bounds(self) -> tuple[int, int | None] | None:
        """The bounds of a repeat operator that stands here, after which a question mark changes nothing."""
        simple = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(self._pattern[self._position])
        bounds = simple or self._counted_bounds()
        if simple:
            self._position += 1
        if bounds:
            self._skipped("?")
        return bounds

    def _counted_bounds(self) -> tuple[int, int | None] | None:
        inside, closing, _ = self._rest[1:].partition("}")
        least, comma, most = inside.partition(",")
        if self._pattern[self._position] != "{" or not closing or not _is_count(least) or not _is_count(most or "0"):
            return None
        shown = f"{{{inside}}}"
        if any(len(count) > _LARGEST_COUNT or int(count) > _MOST_TIMES for count in (least, most or "0")):
            raise InvalidRegexp("invalid repeat count", shown)
        if most and int(most) < int(least):
            raise InvalidRegexp("invalid repeat count", shown)
        self._position += len(shown)
        return int(least), int(most) if most else None if comma else int(least)

    def _atom(self) -> list[_Piece]:
        """What stands here, nothing where it only sets flags."""
        if self._pattern.startswith("(?", self._position):
            return self._group_with_flags()
        if self._skipped("("):
            return [self._group_until_closed()]
        if self._skipped(r"\Q"):
            quoted, _, _ = self._rest.partition(r"\E")
            self._position += len(quoted)
            self._skipped(r"\E")
            return [self._one(characterclass.between(literal, literal)) for literal in quoted]
        return [_Piece(place)] if (place := self._place()) else [self._one(self._character())]

    def _one(self, is_meant: CharacterTest) -> _Piece:
        test = characterclass.in_any_case(is_meant) if "i" in self._flags else is_meant
        return _Piece(regexmatcher.character(test))

    def _group_until_closed(self) -> _Piece:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise InvalidRegexp("expression nests too deeply", self._pattern)
        flags = self._flags
        group = self._choice()
        if not self._skipped(")"):
            raise InvalidRegexp("missing closing )", self._pattern)
        self._flags = flags
        self._depth -= 1
        return group

    def _group_with_flags(self) -> list[_Piece]:
        for opening in ("(?P<", "(?<"):
            if self._skipped(opening):
                return [self._named_group(opening)]
        outer, self._flags = self._flags, self._flags_in_group()
        if self._skipped(")"):
            return []
        self._position += 1
        group = self._group_until_closed()
        self._flags = outer
        return [group]

    def _flags_in_group(self) -> frozenset[str]:
        """The flags that hold after `(?flags` up to the colon or bracket that ends them."""
        start = self._position
        self._position += 2
        flags, is_set, seen = set(self._flags), True, ""
        while (letter := self._rest[:1]) and letter in (*_FLAGS, *"-"[:is_set]):
            self._position += 1
            is_set, seen = (False, "") if letter == "-" else (is_set, seen + letter)
            (flags.add if is_set else flags.discard)(letter)
        if letter not in {":", ")"} or (not is_set and not seen):
            raise InvalidRegexp("invalid or unsupported Perl syntax", self._pattern[start : self._position + 1])
        return frozenset(flags)

    def _named_group(self, opening: str) -> _Piece:
        name, closing, _ = self._rest.partition(">")
        if not closing or not name.isascii() or not name.replace("_", "a").isalnum():
            raise InvalidRegexp("invalid named capture", f"{opening}{name}{closing}")
        self._position += len(name) + 1
        return self._group_until_closed()

    def _place(self) -> Matcher | None:
        for sign, (plain, by_line) in _PLACES.items():
            if self._skipped(sign):
                return regexmatcher.place(by_line if "m" in self._flags else plain)
        return None

    def _character(self) -> CharacterTest:
        if self._skipped("."):
            return (lambda _: True) if "s" in self._flags else (lambda character: character != "\n")
        if self._rest.startswith("["):
            return self._class()
        if self._rest.startswith("\\"):
            return self._escaped_class() or self._exactly(self._escaped())
        self._position += 1
        return self._exactly(self._pattern[self._position - 1])

    @staticmethod
    def _exactly(literal: str) -> CharacterTest:
        return characterclass.between(literal, literal)

    def _class(self) -> CharacterTest:
        whole = self._rest
        self._position += 1
        is_negated = self._skipped("^")
        tests: list[CharacterTest] = []
        while not tests or not self._skipped("]"):
            tests.append(self._posix_class() or self._escaped_class() or self._range(whole))
        test = characterclass.any_of(tests)
        if "i" in self._flags:
            test = characterclass.in_any_case(test)
        return characterclass.negated(test) if is_negated else test

    def _posix_class(self) -> CharacterTest | None:
        if not self._rest.startswith("[:") or ":]" not in self._rest[2:]:
            return None
        name = self._rest[2:].partition(":]")[0]
        test = characterclass.posix_class(name)
        if test is None:
            raise InvalidRegexp("invalid character class range", f"[:{name}:]")
        self._position += len(name) + 4
        return test

    def _range(self, whole: str) -> CharacterTest:
        start = self._position
        low = high = self._class_character(whole)
        if self._rest[:1] == "-" and self._rest[1:2] not in {"", "]"}:
            self._position += 1
            high = self._class_character(whole)
        if high < low:
            raise InvalidRegexp("invalid character class range", self._pattern[start : self._position])
        return characterclass.between(low, high)

    def _class_character(self, whole: str) -> str:
        if not self._rest:
            raise InvalidRegexp("missing closing ]", whole)
        if self._rest[0] == "\\":
            return self._escaped()
        self._position += 1
        return self._pattern[self._position - 1]

    def _escaped_class(self) -> CharacterTest | None:
        r"""`\d`, `\pL`, `\p{^Lu}` and the like."""
        letter = self._rest[1:2] if self._rest[:1] == "\\" else ""
        if letter and letter in "pP":
            return self._unicode_class()
        test = characterclass.perl_class(letter)
        self._position += 2 * (test is not None)
        return test

    def _unicode_class(self) -> CharacterTest:
        start = self._position
        name = self._rest[2:3]
        self._position += 3
        if name == "{":
            name, closing, _ = self._rest.partition("}")
            self._position += len(name) + 1
            if not closing:
                raise InvalidRegexp("invalid character class range", self._pattern[start:])
        test = characterclass.unicode_class(name.removeprefix("^"))
        if test is None:
            raise InvalidRegexp("invalid character class range", self._pattern[start : self._position])
        return characterclass.negated(test) if (self._pattern[start + 1] == "P") != name.startswith("^") else test

    def _escaped(self) -> str:
        """The character that a backslash and what follows it stand for."""
        start = self._position
        letter = self._rest[1:2]
        if not letter:
            raise InvalidRegexp("trailing backslash at end of expression", "")
        self._position += 2
        if letter in _ESCAPED_CONTROLS:
            return _ESCAPED_CONTROLS[letter]
        if letter.isascii() and not letter.isalnum():
            return letter
        code = self._octal(letter) if letter in _OCTAL else self._hexadecimal() if letter == "x" else None
        if code is None:
            raise InvalidRegexp("invalid escape sequence", self._pattern[start : self._position])
        return chr(code)

    def _octal(self, first: str) -> int | None:
        """Up to three digits; a single one but 0 would be a back reference."""
        digits = first
        while len(digits) < len("777") and self._rest[:1] and self._rest[0] in _OCTAL:
            digits += self._rest[0]
            self._position += 1
        return None if len(digits) == 1 and digits != "0" else int(digits, 8)

    def _hexadecimal(self) -> int | None:
        if not self._skipped("{"):
            digits = self._rest[:2]
            self._position += len(digits)
            return int(digits, 16) if len(digits) == len("7f") and _is_hexadecimal(digits) else None
        digits, closing, _ = self._rest.partition("}")
        self._position += len(digits)
        if not closing or not _is_hexadecimal(digits) or int(digits, 16) > _LARGEST_RUNE:
            return None
        self._position += 1
        return int(digits, 16)


def _is_hexadecimal(text: str) -> bool:
    return bool(text) and not text.strip("0123456789abcdefABCDEF")


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and (text == "0" or text[0] != "0")


def _at_word_boundary(text: str, position: int) -> bool:
    return _is_word(text[position - 1 : position] if position else "") != _is_word(text[position : position + 1])


def _is_word(character: str) -> bool:
    return character.isascii() and (character.isalnum() or character == "_")


def _at_start(_: str, position: int) -> bool:
    return position == 0


def _at_end(text: str, position: int) -> bool:
    return position == len(text)


# A place, and what it means line by line.
_PLACES: Final[dict[str, tuple[Callable[[str, int], bool], Callable[[str, int], bool]]]] = {
    "^": (_at_start, lambda text, position: position == 0 or text[position - 1] == "\n"),
    "$": (_at_end, lambda text, position: position == len(text) or text[position] == "\n"),
    r"\A": (_at_start, _at_start),
    r"\z": (_at_end, _at_end),
    r"\b": (_at_word_boundary, _at_word_boundary),
    r"\B": (lambda t, p: not _at_word_boundary(t, p), lambda t, p: not _at_word_boundary(t, p)),
}
