"""Find and read files: regular ones only, in an order that does not depend on the file system."""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import takewhile
from typing import IO, Final, TypeAlias

from sidecarctl.record import Record
from sidecarctl.shell.errors import InputError, UsageError

BLOCK: Final = 256 * 1024


STDIN: Final = "-"


IGNORE_FILE: Final = ".sidecarctlignore"  # patterns of .gitignore, for files that are no manifests


_KEPT_IN_MEMORY: Final = 8 * 1024 * 1024


_EXTENSIONS: Final = (".yaml", ".yml", ".json", ".jsonl", ".ndjson")


_GLOB: Final = frozenset("*?[")


Refuse: TypeAlias = Callable[[InputError], None]


LeavesOut: TypeAlias = Callable[[str, bool], bool]  # a path, and whether the command line names it itself


class Source(Record):
    """A file to read, or what a program printed; `shown` is what messages call it."""

    path: str
    shown: str
    kept: Kept | None = None

    @property
    def size(self) -> int:
        """How many bytes it has; 0 for stdin."""
        if self.kept is not None:
            return self.kept.size
        return os.path.getsize(self.path) if self.path != STDIN else 0


def raised(error: InputError) -> None:
    """Refuse what is not there by ending the run."""
    raise error


def sources(
    paths: Collection[str],
    *,
    recursive: bool = False,
    refuse: Refuse = raised,
    leaves_out: LeavesOut | None = None,
) -> list[Source]:
    """Return the files that paths, directories, globs and `-` name; each once, directories in the order of names.

    What is not there, and what a link leads to from a directory or pattern to outside of it, is refused with an
    `InputError`. Raises `UsageError` for a pattern that matches nothing.
    """
    found: dict[str, Source] = {}
    folders = {path: folder_named(path) for path in paths if path != STDIN}
    named = {os.path.realpath(path) for path, folder in folders.items() if folder is None}
    for path in dict.fromkeys(paths):
        folder = folders.get(path)
        top = os.path.join(os.path.realpath(folder), "") if folder is not None else ""
        for source in _named_by(path, refuse, recursive=recursive):
            if leaves_out is not None and source.path != STDIN and leaves_out(source.path, source.path == path):
                continue
            real = os.path.realpath(source.path) if source.path != STDIN else STDIN
            if error := _absence(source):
                refuse(error)
            elif not real.startswith(top) and real not in named:
                outside = "the working directory" if folder == os.curdir else folder
                told = f"a link to a file outside {outside}: name it on the command line to read it"
                refuse(InputError(f"{source.shown}: {told}"))
            else:
                found.setdefault(real, source)
    return list(found.values())


def folder_named(path: str) -> str | None:
    """Return the directory that a path is, or below which a pattern looks; None for what names a file."""
    if os.path.isdir(path):
        return path
    if os.path.lexists(path) or not _GLOB & set(path):
        return None
    fixed = takewhile(lambda part: not _GLOB & set(part), path.split(os.sep))
    return os.sep.join(fixed) or (os.sep if os.path.isabs(path) else os.curdir)


def stdin_is_piped() -> bool:
    """Whether something else than a person sits at stdin."""
    try:
        return not sys.stdin.isatty()
    except (AttributeError, ValueError):  # closed before we started
        return False


def blocks(source: Source, start: int = 0) -> Iterator[bytes]:
    """Read a file in pieces, from an offset on.

    Raises `InputError`; never follows what is not a regular file.
    """
    if source.kept is not None:
        yield from source.kept.blocks(start)
        return
    if source.path == STDIN:
        while block := sys.stdin.buffer.read(BLOCK):
            yield block
        return
    try:
        with open(open_regular(source.path), "rb", buffering=0) as file:
            if start:
                file.seek(start)
            while block := file.read(BLOCK):
                yield block
    except OSError as error:
        raise InputError(f"{source.shown}: {error.strerror}") from None


class Kept:
    """A stream, to be gone through more than once: in memory while it is small, else in a nameless file."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._pieces: list[bytes] = []
        self._file: IO[bytes] | None = None
        self.size = 0
        while block := stream.read(BLOCK):
            self.size += len(block)
            self._pieces.append(block)
            if self.size > _KEPT_IN_MEMORY:
                self._spill()

    def __iter__(self) -> Iterator[bytes]:
        return self.blocks(0)

    def blocks(self, start: int) -> Iterator[bytes]:
        """Return it in pieces, from an offset on; several may go through it at a time."""
        if self._file is None:
            yield from _from(start, self._pieces)
            return
        while block := self._block(start):  # from its place each time: two may go through it at once
            yield block
            start += len(block)

    def __del__(self) -> None:
        if self._file is not None:
            self._file.close()

    def _block(self, at: int) -> bytes:
        if self._file is None:
            return b""
        self._file.seek(at)
        return self._file.read(BLOCK)

    def _spill(self) -> None:
        if self._file is None:
            from tempfile import TemporaryFile

            self._file = TemporaryFile()  # noqa: SIM115 - it lives as long as we do
        self._file.seek(0, os.SEEK_END)
        self._file.writelines(self._pieces)
        self._pieces = []


class KeptStdin(Kept):
    """Stdin, to be gone through more than once."""

    def __init__(self) -> None:
        super().__init__(sys.stdin.buffer)


def _from(start: int, pieces: Iterable[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        if start < len(piece):
            yield piece[start:]
        start = max(0, start - len(piece))


def open_regular(path: str) -> int:
    """Open without waiting for a FIFO's writer, then see what it is.

    Raises `InputError` for what is no regular file.
    """
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode) or (not found.st_size and _tells_of_processes(path)):
        os.close(descriptor)
        raise InputError(f"{path}: not a regular file")
    return descriptor


def _tells_of_processes(path: str) -> bool:
    """Whether a file is one of those that the kernel makes up: regular by name, of no size, and full of secrets."""
    return os.path.realpath(path).startswith("/proc/")


def _absence(source: Source) -> InputError | None:
    """Why a source cannot even be looked at: there is no such file, or a link leads nowhere."""
    if source.path == STDIN:
        return None
    try:
        os.stat(source.path)
    except OSError as error:
        return InputError(f"{source.shown}: {error.strerror}")
    return None


def _named_by(path: str, refuse: Refuse, *, recursive: bool) -> Iterator[Source]:
    if path == STDIN:
        yield Source(STDIN, "<stdin>")
    elif os.path.isdir(path):
        yield from _in_directory(path, refuse, recursive=recursive)
    elif _GLOB & set(path) and not os.path.lexists(path):
        yield from _matching(path, refuse, recursive=recursive)
    else:
        yield Source(path, path)


def _in_directory(path: str, refuse: Refuse, *, recursive: bool) -> Iterator[Source]:
    def failed(error: OSError) -> None:
        refuse(InputError(f"{error.filename}: {error.strerror}"))

    for folder, folders, files in os.walk(path, onerror=failed):
        folders[:] = sorted(name for name in folders if not name.startswith(".")) if recursive else []
        for name in sorted(files):
            if name.endswith(_EXTENSIONS) and not name.startswith("."):
                full = os.path.join(folder, name)
                yield Source(full, full)


def _matching(pattern: str, refuse: Refuse, *, recursive: bool) -> Iterator[Source]:
    from glob import glob

    matches = sorted(glob(pattern, recursive=True))
    if not matches:
        raise UsageError(f"nothing matches the pattern {pattern}")
    for match in matches:
        yield from _named_by(match, refuse, recursive=recursive)


_TEMPLATE_MARK: Final = rb"\{\{|\{%"


def template_mark(data: bytes, line: int) -> tuple[int, int, bool] | None:
    """Return the line and column (1-based) of a text's first template mark, and if it is Jinja's.

    None if the parser stumbles elsewhere than over such a mark: it reports that line, or one of the next two.
    """
    lines = data.splitlines()
    search = re.compile(_TEMPLATE_MARK).search
    if not any(map(search, lines[max(0, line - 3) : line])):
        return None
    first = next((number, found) for number, text in enumerate(lines, 1) if (found := search(text)))
    return first[0], first[1].start() + 1, first[1][0] == b"{%"
