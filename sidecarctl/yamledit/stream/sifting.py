"""Keep together the documents of a stream in which nothing is of interest, without looking for each border.

# Strategy: the places tell where to look.
A sieve says where something of interest stands. Only around these places must the borders be known: the last `---`
before some that are near each other, and the first behind. What lies between is passed on in one piece; what was found,
and what the next block may go on with, is cut as exactly as everything else (borders.py).
"""

from collections.abc import Callable, Iterable, Iterator
from math import inf
from typing import Final, TypeAlias

from sidecarctl.yamledit.stream.documents import borders

Sieve: TypeAlias = Callable[[bytes, int], Iterable[int]]  # where in a text, up to an offset, something of interest is
_FAR: Final = 32 * 1024  # bytes; nearer to each other, a search for each border is the faster one
_MARK: Final = b"\n---"
_BEHIND_A_MARK: Final = frozenset({b" ", b"\t", b"\r", b"\n", b""})


def sifted(sieve: Sieve, data: bytes, searched: int, searchable: int) -> Iterator[tuple[int, bool]]:
    """Return where the pieces of a buffer end, except for the last of them; each with whether nothing is of interest.

    Only marks between the two offsets are seen.
    """
    last = 0 if _has_lone_returns(data) else _mark_before(data, searched, searchable)
    done = 0
    for places in _near_each_other(sorted(sieve(data, last))) if last else ():
        if places[-1] >= done:
            start = _mark_before(data, done, places[0]) or done
            end = _mark_behind(data, places[-1], last)
            if done < start:
                yield start, True
            yield from _told_apart(borders(data, start, start, end), places)
            done = end
    if done < last:
        yield last, True
    yield from ((border, False) for border in borders(data, last, max(last, searched), searchable))


def _has_lone_returns(data: bytes) -> bool:
    """Whether a line ends in a carriage return alone: no search for a line feed sees it."""
    return b"\r" in data and data.count(b"\r") != data.count(b"\r\n")


def _near_each_other(places: list[int]) -> Iterator[list[int]]:
    """Return places in groups, with much text between one and the next."""
    first = 0
    for number in range(1, len(places)):
        if places[number] - places[number - 1] > _FAR:
            yield places[first:number]
            first = number
    if places:
        yield places[first:]


def _told_apart(ends: Iterable[int], places: Iterable[int]) -> Iterator[tuple[int, bool]]:
    """Return the ends of documents that hold a place, and of all in one piece that follow each other and hold none."""
    following = iter(places)
    place: float = next(following)
    passed = 0
    for end in ends:
        if place >= end:
            passed = end
            continue
        if passed:
            yield passed, True
        yield end, False
        passed = 0
        while place < end:
            place = next(following, inf)
    if passed:
        yield passed, True


def _mark_before(data: bytes, start: int, end: int) -> int:
    """Return where the last document begins that a mark up to an offset begins; 0 where there is none."""
    while (mark := data.rfind(_MARK, start, end + len(_MARK) - 1)) >= 0:
        if _is_border(data, mark + 1):
            return mark + 1
        end = mark
    return 0


def _mark_behind(data: bytes, start: int, last: int) -> int:
    """Return where the next document begins; at the latest, where the last one does."""
    mark = data.find(_MARK, start, last)
    while mark >= 0 and not _is_border(data, mark + 1):
        mark = data.find(_MARK, mark + 1, last)
    return mark + 1 if mark >= 0 else last


def _is_border(data: bytes, start: int) -> bool:
    """Whether a document begins with the three dashes at an offset, and not a line before, with directives."""
    if data[start + 3 : start + 4] not in _BEHIND_A_MARK:
        return False
    while start > 0:
        begin = data.rfind(b"\n", 0, start - 1) + 1
        if (first := data[begin:start].lstrip()[:1]) not in {b"", b"#"}:
            return first != b"%"
        start = begin
    return True
