"""What differs between two texts, line by line, in time that grows with the lines and no faster.

# Strategy: the splices tell where to look.
Lines that no splice touches are only held against each other. What a splice touches is trimmed at both ends, and what
is left is matched where it is short: matching takes the square of the lines and, where many are alike, the cube.
"""

from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Final, TypeAlias

from sidecarctl.api.change import Change
from sidecarctl.shell.stream.pieces import Result, Touched
from sidecarctl.yamledit.stream.documents import Chunk

_MATCHED: Final = 1 << 16  # pairs of lines that are worth comparing; beyond, all old lines go and all new ones come

Block: TypeAlias = tuple[list[str], list[str]]  # the very same list twice: lines that stay


def lines_touched(chunk: Chunk, made: Iterable[Change]) -> Iterator[Touched]:
    """Return the lines of a piece that splices touch; of an item that was cut out, as the stream has them."""
    cut = chunk.cut
    old = new = cut.before.count(b"\n") - chunk.data.count(b"\n", 0, cut.head) if cut is not None else 0
    for change in made:
        text, position = change.document.text, 0
        for splice in change.splices:
            between = text.count("\n", position, splice.start)
            gone, come = text.count("\n", splice.start, splice.end), splice.text.count("\n")
            old, new, position = old + between + gone, new + between + come, splice.end
            yield Touched(old - gone, old + 1, new - come, new + 1)
        after = text.count("\n", position)
        old, new = old + after, new + after


def differences(results: Sequence[Result]) -> Iterator[Block]:
    """Return the lines of some pieces, joined: those that stay, and old ones with new ones in their place."""
    before = _lines(b"".join(result.original for result in results))
    if not any(result.is_changed for result in results):
        yield before, before
        return
    after = _lines(b"".join(result.output for result in results))
    yield from _joined(_blocks(before, after, _regions(results, before, after)))


def _lines(data: bytes) -> list[str]:
    """Return the lines of a text as `patch` has them: they end with a line feed."""
    lines = data.decode(errors="replace").split("\n")
    last = [lines[-1]] if lines[-1] else []
    return [*(f"{line}\n" for line in lines[:-1]), *last]


def _regions(results: Iterable[Result], before: list[str], after: list[str]) -> list[Touched]:
    """Return what is to be compared, in order and apart; all, where the splices don't account for what differs."""
    regions: list[Touched] = []
    for one in _touched(results):
        if regions and one.old < regions[-1].old_end:
            regions[-1] = regions[-1]._replace(old_end=one.old_end, new_end=one.new_end)
        else:
            regions.append(one)
    if not all(before[old] == after[new] for old, new in _between(regions, len(before), len(after))):
        return [Touched(0, len(before), 0, len(after))]
    return regions


def _touched(results: Iterable[Result]) -> Iterator[Touched]:
    """The lines that splices touch, counted from the first of all pieces."""
    old = new = 0
    for result in results:
        for one in result.touched:
            yield Touched(old + one.old, old + one.old_end, new + one.new, new + one.new_end)
        old += result.original.count(b"\n")
        new += result.output.count(b"\n")


def _between(regions: Iterable[Touched], old_end: int, new_end: int) -> Iterator[tuple[slice, slice]]:
    """The lines before, between and behind regions."""
    old = new = 0
    for region in regions:
        yield slice(old, region.old), slice(new, region.new)
        old, new = region.old_end, region.new_end
    yield slice(old, old_end), slice(new, new_end)


def _blocks(before: list[str], after: list[str], regions: list[Touched]) -> Iterator[Block]:
    position = 0
    for region in regions:
        yield _same(before[position : region.old])
        yield from _compared(before[region.old : region.old_end], after[region.new : region.new_end])
        position = region.old_end
    yield _same(before[position:])


def _compared(before: list[str], after: list[str]) -> Iterator[Block]:
    """Compare two texts, from the end first: what a splice puts before a line is not to look like part of it."""
    shorter = min(len(before), len(after))
    tail = next((n for n in range(shorter) if before[-1 - n] != after[-1 - n]), shorter)
    shorter -= tail
    head = next((n for n in range(shorter) if before[n] != after[n]), shorter)
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    yield _same(before[:head])
    yield from _matched(old, new) if len(old) * len(new) <= _MATCHED else [(old, new)]
    yield _same(before[len(before) - tail :])


def _matched(before: list[str], after: list[str]) -> Iterator[Block]:
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        yield _same(before[i1:i2]) if tag == "equal" else (before[i1:i2], after[j1:j2])


def _same(lines: list[str]) -> Block:
    return lines, lines


def _joined(blocks: Iterable[Block]) -> Iterator[Block]:
    """Join what differs in lines one below the other: first all that go, then all that come."""
    gone: list[str] = []
    come: list[str] = []
    for old, new in blocks:
        if old is not new:
            gone += old
            come += new
        elif old:
            if gone or come:
                yield gone, come
            gone, come = [], []
            yield old, new
    if gone or come:
        yield gone, come
