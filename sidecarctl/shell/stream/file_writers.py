"""Where results go when files are written: back where they came from, or into a directory."""

import os
from collections.abc import Callable
from typing import Literal, Self

from sidecarctl.shell.atomic_files import NewContent, Staging, Stamp, refuse_link_out, stamp_of
from sidecarctl.shell.errors import InputError, UsageError
from sidecarctl.shell.files import STDIN, Source, blocks, folder_named
from sidecarctl.shell.stream.pieces import Result


class _StagingWriter:
    """A writer that stages files, one at a time as their pieces come: what was not committed is removed."""

    def __init__(self, *, breaks_links: bool) -> None:
        self._staging = Staging(breaks_links=breaks_links)
        self._content: NewContent | None = None
        self._sources: dict[str, str] = {}  # by what they are written to

    @property
    def written(self) -> set[str]:
        """The sources whose results are in place."""
        return {self._sources[target] for target in self._staging.written}

    def __enter__(self) -> Self:
        self._staging.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        if self._content is not None:
            self._content.abandon()
        self._staging.__exit__()

    def follow(self, last: Callable[[], bytes]) -> None:
        """Take note of what other shards print: files stand alone."""

    def finish(self) -> None:
        """Rename everything into place."""
        self._end_content()
        self._staging.commit()

    def _end_content(self) -> None:
        if self._content is not None:
            self._content.end()
            self._content = None


class InPlace(_StagingWriter):
    """Writes each file that changed back where it came from."""

    def __init__(self, roots: list[str], *, breaks_links: bool = False) -> None:
        super().__init__(breaks_links=breaks_links)
        self._roots = [root for root in map(folder_named, roots) if root]
        self._source = Source("", "")
        self._stamp: Stamp | None = None
        self._unchanged = 0  # bytes before the first change

    def begin(self, source: Source) -> None:
        """Start with a file; remember what it looked like before it was read."""
        self._end_content()
        if source.path == STDIN:
            raise UsageError("--in-place writes files; stdin is none")
        self._staging.sweep(source.path)
        self._source, self._stamp, self._unchanged = source, stamp_of(source.path), 0
        self._sources[source.path] = source.path

    def put(self, result: Result) -> None:
        """Take the next piece."""
        if self._content is None and not result.is_changed:
            self._unchanged += len(result.original)
            return
        if self._content is None:
            refuse_link_out(self._source.path, self._root_of(self._source.path))
            if _leads_through_here(self._source.path):
                refuse_link_out(self._source.path, os.curdir)
            self._content = self._staging.begin(self._source.path, self._stamp)
            self._put_unchanged(self._content)
        self._content.put(result.output)

    def _put_unchanged(self, content: NewContent) -> None:
        """Copy what comes before the first change; should that be another file by now, `commit` refuses."""
        left = self._unchanged
        for block in blocks(self._source) if left else ():
            content.put(block[:left])
            left -= len(block)
            if left <= 0:
                return

    def _root_of(self, path: str) -> str:
        """The directory that the user named and that holds this file, or the file's own."""
        holding = [root for root in self._roots if _is_below(path, root)]
        return max(holding, key=len, default=os.path.dirname(path) or ".")


class OutputDir(_StagingWriter):
    """Writes each file below a directory."""

    def __init__(
        self, directory: str, documents: Literal["all", "some"] = "all", *, breaks_links: bool = False
    ) -> None:
        super().__init__(breaks_links=breaks_links)
        self._directory = directory
        self._documents = documents
        self._target = self._source = ""

    def begin(self, source: Source) -> None:
        """Start with a file."""
        self._end_content()
        name = "stdin.yaml" if source.path == STDIN else os.path.normpath(source.path)
        relative = os.path.basename(name) if os.path.isabs(name) or name.startswith("..") else name
        self._target = os.path.join(self._directory, relative)
        if self._target in self._sources:
            raise UsageError(f"{source.shown}: another file goes to {self._target} already; run from their directory")
        if self._documents == "some" and os.path.realpath(self._target) == os.path.realpath(source.path):
            raise UsageError(f"{source.shown}: documents would be dropped from the file itself; name another directory")
        self._sources[self._target] = self._source = source.path

    def put(self, result: Result) -> None:
        """Take the next piece."""
        if self._content is None:
            self._content = self._begun()
        self._content.put(result.output)

    def _begun(self) -> NewContent:
        try:
            os.makedirs(os.path.dirname(self._target) or ".", exist_ok=True)
        except OSError as error:
            raise InputError(f"{self._directory}: {error.strerror}") from None
        refuse_link_out(self._target, self._directory)
        return self._staging.begin(self._target, None, self._source)


def _is_below(path: str, root: str) -> bool:
    """Whether a path, as it is written, leads into a directory."""
    base, name = os.path.normpath(root), os.path.normpath(path)
    if base == os.curdir:
        return not os.path.isabs(name) and name.split(os.sep)[0] != os.pardir
    rest = name.removeprefix(base.rstrip(os.sep) + os.sep)
    return rest != name and rest.split(os.sep)[0] != os.pardir


def _leads_through_here(path: str) -> bool:
    """Whether a path, as it is written, leads into the working directory; else it is its author's own choice."""
    parts = os.path.normpath(path).split(os.sep)
    if not os.path.isabs(path) and parts[0] != os.pardir:
        return True
    here = os.path.realpath(os.curdir)
    return any(os.path.realpath(os.sep.join(parts[:count]) or os.sep) == here for count in range(1, len(parts)))
