"""Where results go: stdout, back into the files, or into a directory."""

import os
import sys
from typing import Final, Protocol, Self

from sidecarctl.shell.atomic import Staging, Stamp, refuse_link_out, stamp_of
from sidecarctl.shell.exits import InputError, UsageError
from sidecarctl.shell.files import STDIN, Source

_HELD_BACK: Final = 4 * 1024 * 1024  # printed only when all of a small input went well


class Writer(Protocol):
    """Takes what became of each source, in order."""

    def begin(self, source: Source) -> None:
        """Start with a source."""

    def put(self, data: bytes, *, is_changed: bool, original: bytes) -> None:
        """Take the next piece of it."""

    def finish(self) -> None:
        """Write what is still held back: everything went well."""

    def __enter__(self) -> Self:
        """Begin."""

    def __exit__(self, *_: object) -> None:
        """Leave nothing behind, however it ended."""


class TidyWriter:
    """A writer that has nothing to tidy up."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return


class Nowhere(TidyWriter):
    """Takes results whose documents nobody wants to see."""

    def begin(self, source: Source) -> None:
        """Start with a source."""

    def put(self, data: bytes, *, is_changed: bool, original: bytes) -> None:
        """Take the next piece."""

    def finish(self) -> None:
        """Write nothing."""


class _Staged:
    """A writer that stages files: what was not committed is removed."""

    def __init__(self) -> None:
        self._staging = Staging()

    def __enter__(self) -> Self:
        self._staging.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._staging.__exit__()


class Stdout(TidyWriter):
    """Prints all sources as one stream, with a marker between files that bring none."""

    def __init__(self) -> None:
        self._held: list[bytes] = []
        self._size = 0
        self._last = b""
        self._is_new_source = False

    def begin(self, source: Source) -> None:  # noqa: ARG002 - a stream has no names
        """Start with a source."""
        self._is_new_source = True

    def put(self, data: bytes, *, is_changed: bool, original: bytes) -> None:  # noqa: ARG002 - the result counts
        """Take the next piece."""
        if not data:
            return
        if self._is_new_source and self._last:
            self._hold(_border(self._last, data))
        self._is_new_source = False
        self._hold(data)
        self._last = data[-1:]
        if self._size > _HELD_BACK:
            self.finish()

    def finish(self) -> None:
        """Print what is held back."""
        sys.stdout.buffer.writelines(self._held)
        sys.stdout.buffer.flush()
        self._held, self._size = [], 0

    def _hold(self, data: bytes) -> None:
        self._held.append(data)
        self._size += len(data)


class InPlace(_Staged):
    """Writes each file that changed back where it came from, all of them or none."""

    def __init__(self, roots: list[str]) -> None:
        super().__init__()
        self._roots = roots
        self._source: Source | None = None
        self._stamp: Stamp | None = None
        self._pieces: list[bytes] = []
        self._is_changed = False

    def begin(self, source: Source) -> None:
        """Start with a file; remember what it looked like before it was read."""
        self._stage()
        if source.path == STDIN:
            raise UsageError("--in-place writes files; stdin is none")
        self._source, self._stamp = source, stamp_of(source.path)

    def put(self, data: bytes, *, is_changed: bool, original: bytes) -> None:
        """Take the next piece."""
        del original
        self._pieces.append(data)
        self._is_changed = self._is_changed or is_changed

    def finish(self) -> None:
        """Rename everything into place."""
        self._stage()
        self._staging.commit()

    def _stage(self) -> None:
        if self._source is not None and self._is_changed:
            refuse_link_out(self._source.path, self._root_of(self._source.path))
            self._staging.add(self._source.path, self._pieces, self._stamp)
        self._source, self._pieces, self._is_changed = None, [], False

    def _root_of(self, path: str) -> str:
        """The directory that the user named and that holds this file, or the file's own."""
        holding = [root for root in self._roots if os.path.isdir(root) and _is_below(path, root)]
        return max(holding, key=len, default=os.path.dirname(path) or ".")


class OutputDir(_Staged):
    """Writes each file below a directory."""

    def __init__(self, directory: str) -> None:
        super().__init__()
        self._directory = directory
        self._target = ""
        self._targets: set[str] = set()
        self._pieces: list[bytes] = []

    def begin(self, source: Source) -> None:
        """Start with a file."""
        self._stage()
        name = "stdin.yaml" if source.path == STDIN else os.path.normpath(source.path)
        relative = os.path.basename(name) if os.path.isabs(name) or name.startswith("..") else name
        self._target = os.path.join(self._directory, relative)
        if self._target in self._targets:
            raise UsageError(f"{source.shown}: another file goes to {self._target} already; run from their directory")
        self._targets.add(self._target)

    def put(self, data: bytes, *, is_changed: bool, original: bytes) -> None:  # noqa: ARG002 - the result counts
        """Take the next piece."""
        self._pieces.append(data)

    def finish(self) -> None:
        """Rename everything into place."""
        self._stage()
        self._staging.commit()

    def _stage(self) -> None:
        if self._pieces:
            try:
                os.makedirs(os.path.dirname(self._target) or ".", exist_ok=True)
            except OSError as error:
                raise InputError(f"{self._directory}: {error.strerror}") from None
            refuse_link_out(self._target, self._directory)
            self._staging.add(self._target, self._pieces, None)
        self._pieces = []


def _border(last: bytes, following: bytes) -> bytes:
    """What must stand between two files so that their documents stay apart."""
    line_end = b"" if last in {b"\n", b"\r"} else b"\n"
    return line_end if following.lstrip(b"\xef\xbb\xbf").startswith((b"---", b"%")) else line_end + b"---\n"


def _is_below(path: str, root: str) -> bool:
    base = os.path.normpath(root)
    return base == "." or os.path.normpath(path).startswith(base.rstrip(os.sep) + os.sep)
