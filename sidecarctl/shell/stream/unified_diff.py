"""Unified diffs of streams, hunk by hunk.

The lines of each piece are compared on their own (differences.py); the hunks of a file are put together from there,
with context across the borders of documents, so that `patch` and `git apply` take them. Each is closed as soon as
nothing can join it any more.

# Strategy: the splices tell where to look.
Lines that no splice touches are only held against each other. What a splice touches is trimmed at both ends, and what
is left is matched where it is short: matching takes the square of the lines and, where many are alike, the cube.
"""

from __future__ import annotations

import sys
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final, TypeAlias

from sidecarctl.render.text import Palette, diff_name
from sidecarctl.shell.errors import STATE
from sidecarctl.shell.stream.pieces import Result, Touched
from sidecarctl.shell.stream.writers import HELD_BACK, TidyWriter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sidecarctl.api.change import Change
    from sidecarctl.shell.files import Source
    from sidecarctl.yamledit.stream.documents import Chunk

_CONTEXT: Final = 3


_COLOURS: Final = {"-": "red", "+": "green", "@": "blue"}


_NO_NEWLINE: Final = "\\ No newline at end of file\n"


class _Hunk:
    """Some changes near each other, with what stands around them."""

    def __init__(self, start: int, shift: int, context: list[str]) -> None:
        self._start = start  # 0-based, in the old file
        self._shift = shift  # how many lines the new file is ahead there
        self._lines = [(" ", line) for line in context]
        self.unchanged = 0  # lines since the last change

    def add(self, mark: str, lines: list[str]) -> None:
        """Add lines that stay, go or come."""
        self._lines += [(mark, line) for line in lines]
        self.unchanged = self.unchanged + len(lines) if mark == " " else 0

    def text(self) -> Iterator[str]:
        """Return the hunk, with no more lines behind the last change than it takes."""
        surplus = max(0, self.unchanged - _CONTEXT)
        lines = self._lines[: len(self._lines) - surplus]
        old, new = (sum(mark != other for mark, _ in lines) for other in "+-")
        yield f"@@ -{_range(self._start, old)} +{_range(self._start + self._shift, new)} @@\n"
        yield from (_marked(mark, line) for mark, line in lines)


class UnifiedDiff(TidyWriter):
    """Prints a unified diff for each source that changes; of a long one, hunk by hunk."""

    def __init__(self, palette: Palette) -> None:
        self._palette = palette
        self._name = ""
        self._is_named = False
        self._held: list[Result] = []  # pieces that end in the middle of a line
        self._above: list[str] = []
        self._line = self._shift = 0
        self._hunk: _Hunk | None = None
        self._printed: list[str] = []
        self._size = 0

    def begin(self, source: Source) -> None:
        """Start with a source."""
        self._end_source()
        self._name, self._is_named = source.shown.removeprefix("./"), False
        self._above, self._line, self._shift = [], 0, 0

    def put(self, result: Result) -> None:
        """Take the next piece, and what it was."""
        self._held.append(result)
        if result.original.endswith(b"\n") and result.output.endswith(b"\n"):
            self._compare()

    def finish(self) -> None:
        """Print what is left."""
        self._end_source()
        self._print()
        STATE.is_printed_in_part = False

    def _end_source(self) -> None:
        self._compare()
        self._close()

    def _compare(self) -> None:
        """Go through the lines of the pieces that are held."""
        for old, new in differences(self._held):
            if old is new:
                self._pass(old)
            else:
                self._change(old, new)
        self._held = []

    def _pass(self, lines: list[str]) -> None:
        self._line += len(lines)
        if self._hunk is not None:
            self._hunk.add(" ", lines[: 2 * _CONTEXT + 1 - self._hunk.unchanged])
            if self._hunk.unchanged > 2 * _CONTEXT:  # the next one's context would not touch it
                self._close()
        self._above = [*self._above, *lines[-_CONTEXT:]][-_CONTEXT:]

    def _change(self, old: list[str], new: list[str]) -> None:
        if self._hunk is None:
            self._hunk = _Hunk(self._line - len(self._above), self._shift, self._above)
        self._hunk.add("-", old)
        self._hunk.add("+", new)
        self._line += len(old)
        self._shift += len(new) - len(old)
        self._above = []  # lines are in one hunk only

    def _close(self) -> None:
        if self._hunk is None:
            return
        head = (
            [] if self._is_named else [f"--- {diff_name(f'a/{self._name}')}\n", f"+++ {diff_name(f'b/{self._name}')}\n"]
        )
        lines = [*map(self._coloured, [*head, *self._hunk.text()])]
        self._printed += lines
        self._size += sum(map(len, lines))
        if self._size > HELD_BACK:
            STATE.is_printed_in_part = True
            self._print()
        self._is_named, self._hunk = True, None

    def _print(self) -> None:
        if self._printed:
            sys.stdout.writelines(self._printed)
            sys.stdout.flush()  # what cannot be printed must fail before a report says that it was
        self._printed, self._size = [], 0

    def _coloured(self, line: str) -> str:
        colour = _COLOURS.get(line[0])
        body = line.rstrip("\n")
        return self._palette(body, colour) + line[len(body) :] if colour else line


def _marked(mark: str, line: str) -> str:
    return f"{mark}{line}" if line.endswith("\n") else f"{mark}{line}\n{_NO_NEWLINE}"


def _range(start: int, length: int) -> str:
    return f"{start + 1 if length else start},{length}" if length != 1 else f"{start + 1}"


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
