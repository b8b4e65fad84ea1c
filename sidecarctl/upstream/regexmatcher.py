# Strategy: only "does it occur" is ever asked, so groups, greed and priorities do not matter, and a pattern can be a
# function from the positions where a match may start to those where it may end. Working on sets of positions keeps the
# time polynomial, which is Go's promise and not that of Python's `re`.
"""What a regular expression is made of, as functions on sets of positions in a text."""

from collections.abc import Callable, Sequence

Positions = frozenset[int]
Matcher = Callable[[str, Positions], Positions]
CharacterTest = Callable[[str], bool]


def occurs_in(matcher: Matcher, text: str) -> bool:
    """Whether the pattern matches anywhere in the text."""
    return bool(matcher(text, frozenset(range(len(text) + 1))))


def character(is_meant: CharacterTest) -> Matcher:
    """One character."""

    def ends(text: str, starts: Positions) -> Positions:
        return frozenset(start + 1 for start in starts if start < len(text) and is_meant(text[start]))

    return ends


def place(is_meant: Callable[[str, int], bool]) -> Matcher:
    """A place between characters."""

    def ends(text: str, starts: Positions) -> Positions:
        return frozenset(start for start in starts if is_meant(text, start))

    return ends


def sequence(parts: Sequence[Matcher]) -> Matcher:
    """One after the other."""

    def ends(text: str, starts: Positions) -> Positions:
        for part in parts:
            if not starts:
                break
            starts = part(text, starts)
        return starts

    return ends


def choice(options: Sequence[Matcher]) -> Matcher:
    """One of them."""
    if len(options) == 1:
        return options[0]

    def ends(text: str, starts: Positions) -> Positions:
        return frozenset().union(*(option(text, starts) for option in options))

    return ends


def repeated(part: Matcher, least: int, most: int | None) -> Matcher:
    """So many times in a row; no limit where `most` is None."""

    def ends(text: str, starts: Positions) -> Positions:
        for _ in range(least):
            starts = part(text, starts)
        reached = latest = starts
        times = least
        while latest and (most is None or times < most):
            latest = part(text, latest) - reached
            reached |= latest
            times += 1
        return reached

    return ends
