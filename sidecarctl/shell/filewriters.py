"""Where results go when files are written: back where they came from, or into a directory."""

import os
from typing import Self

from sidecarctl.shell.atomic import Staging, Stamp, refuse_link_out, stamp_of
from sidecarctl.shell.exits import InputError, UsageError
from sidecarctl.shell.files import STDIN, Source


class _Staged:
    """A writer that stages files: what was not committed is removed."""

    def __init__(self) -> None:
        self._staging = Staging()

    def __enter__(self) -> Self:
        self._staging.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._staging.__exit__()


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


def _is_below(path: str, root: str) -> bool:
    base = os.path.normpath(root)
    return base == "." or os.path.normpath(path).startswith(base.rstrip(os.sep) + os.sep)
