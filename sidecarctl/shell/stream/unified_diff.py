"""Unified diffs of files that change in few places.

The lines of each piece are compared on their own (differences.py); the hunks of a file are put together from there,
with context across the borders of documents, so that `patch` and `git apply` take them. Each is closed as soon as
nothing can join it any more.
"""

import sys
from collections.abc import Iterator
from typing import Final

from sidecarctl.render.escaping import diff_name
from sidecarctl.shell.differences import differences
from sidecarctl.shell.errors import STATE
from sidecarctl.shell.files import Source
from sidecarctl.shell.stream.pieces import Result
from sidecarctl.shell.stream.writers import HELD_BACK, TidyWriter
from sidecarctl.shell.terminal import Palette

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
