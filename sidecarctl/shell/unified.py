"""Unified diffs of files that change in few places.

Each document is compared on its own, which a stream of thousands can afford; the hunks of a file are put together from
there, with context across the borders of documents, so that `patch` and `git apply` take them.
"""

import sys
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Final

from sidecarctl.record import Record
from sidecarctl.shell.files import Source
from sidecarctl.shell.terminal import Palette
from sidecarctl.shell.writers import TidyWriter

_CONTEXT: Final = 3
_COLOURS: Final = {"-": "red", "+": "green", "@": "blue"}
_NO_NEWLINE: Final = "\\ No newline at end of file\n"


class _Change(Record):
    """Lines of a file that others take the place of; the figures are 0-based, the ends exclusive."""

    start: int
    end: int
    new: list[str]


class UnifiedDiff(TidyWriter):
    """Prints a unified diff for each source that changes."""

    def __init__(self, palette: Palette) -> None:
        self._palette = palette
        self._name = ""
        self._lines: list[str] = []
        self._changes: list[_Change] = []

    def begin(self, source: Source) -> None:
        """Start with a source."""
        self._print()
        self._name = source.shown.removeprefix("./")

    def put(self, data: bytes, *, is_changed: bool, original: bytes) -> None:
        """Take the next piece, and what it was."""
        before = original.decode(errors="replace").splitlines(keepends=True)
        if is_changed:
            after = data.decode(errors="replace").splitlines(keepends=True)
            start = len(self._lines)
            matcher = SequenceMatcher(None, before, after, autojunk=False)
            self._changes += [
                _Change(start + i1, start + i2, after[j1:j2])
                for tag, i1, i2, j1, j2 in matcher.get_opcodes()
                if tag != "equal"
            ]
        self._lines += before

    def finish(self) -> None:
        """Print the last one."""
        self._print()

    def _print(self) -> None:
        if self._changes:
            lines = [f"--- a/{self._name}\n", f"+++ b/{self._name}\n", *_hunks(self._lines, self._changes)]
            sys.stdout.write("".join(map(self._coloured, lines)))
        self._lines, self._changes = [], []

    def _coloured(self, line: str) -> str:
        colour = _COLOURS.get(line[0])
        body = line.rstrip("\n")
        return self._palette(body, colour) + line[len(body) :] if colour else line


def _hunks(lines: list[str], changes: list[_Change]) -> Iterator[str]:
    shift = 0  # how many lines the new file is ahead
    for group in _near(changes):
        first, last = max(0, group[0].start - _CONTEXT), min(len(lines), group[-1].end + _CONTEXT)
        grown = sum(len(change.new) - (change.end - change.start) for change in group)
        yield f"@@ -{_range(first, last - first)} +{_range(first + shift, last - first + grown)} @@\n"
        yield from _hunk_lines(lines, group, first, last)
        shift += grown


def _near(changes: list[_Change]) -> Iterator[list[_Change]]:
    """Group changes whose contexts would touch."""
    group: list[_Change] = []
    for change in changes:
        if group and change.start - group[-1].end > 2 * _CONTEXT:
            yield group
            group = []
        group.append(change)
    if group:
        yield group


def _hunk_lines(lines: list[str], group: list[_Change], first: int, last: int) -> Iterator[str]:
    position = first
    for change in group:
        yield from (_marked(" ", line) for line in lines[position : change.start])
        yield from (_marked("-", line) for line in lines[change.start : change.end])
        yield from (_marked("+", line) for line in change.new)
        position = change.end
    yield from (_marked(" ", line) for line in lines[position:last])


def _marked(mark: str, line: str) -> str:
    return f"{mark}{line}" if line.endswith("\n") else f"{mark}{line}\n{_NO_NEWLINE}"


def _range(start: int, length: int) -> str:
    return f"{start + 1 if length else start},{length}" if length != 1 else f"{start + 1}"
