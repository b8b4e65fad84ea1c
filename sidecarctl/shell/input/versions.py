"""The SidecarSets as they were: in the files of --old, or at the commit of --base."""

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from sidecarctl.api.knowledge import Known, knowledge
from sidecarctl.finding import Position, SidecarctlError
from sidecarctl.shell.cli.command_flags import CheckFlags
from sidecarctl.shell.errors import UsageError
from sidecarctl.shell.files import STDIN
from sidecarctl.shell.git import Base, base_at
from sidecarctl.shell.input.sources import Input, older_sets
from sidecarctl.shell.terminal import say, visible
from sidecarctl.yamledit.document import Document
from sidecarctl.yamledit.stream.documents import chunks, documents

_KIND: Final = "SidecarSet"


def earlier_versions(own: Sequence[Known], flags: CheckFlags, given: Input) -> dict[Position, Known]:
    """Return what each SidecarSet of the input replaces, by where it stands now; nothing for a new one.

    Raises `UsageError` where --base cannot be answered, and what reading the files of --old raises.
    """
    if flags.base is None:
        by_name = {one.name: one for one in older_sets(flags.old, flags, given)}
        return {one.position: by_name[one.name] for one in own if one.name in by_name}
    if flags.old:
        raise UsageError("--old and --base both say what was there before: give one of them")
    return _at_base(own, flags.base, given)


def _at_base(own: Sequence[Known], ref: str, given: Input) -> dict[Position, Known]:
    """Each repository by itself: the files of one run may lie in several."""
    paths = {source.shown: os.path.realpath(source.path) for source in given.sources if source.path != STDIN}
    if any(one.position.file not in paths for one in own):
        told = "check the files themselves, or give the earlier version with --old"
        raise UsageError(f"--base finds the earlier version of a file, and stdin is none: {told}")
    directories = dict.fromkeys(os.path.dirname(paths[one.position.file]) for one in own)
    bases = {directory: base_at(directory, ref) for directory in directories or [os.curdir]}
    found: dict[Position, Known] = {}
    for base in dict.fromkeys(bases.values()):
        places = {file: os.path.relpath(path, base.top) for file, path in paths.items()}
        here = [one for one in own if bases[os.path.dirname(paths[one.position.file])] == base]
        found.update(_Search(base, places, given.max_document).found(here))
    return found


class _Search:
    """Looks the SidecarSets of one repository up."""

    def __init__(self, base: Base, places: Mapping[str, str], max_document: int) -> None:
        self._base = base
        self._places = places  # of the input's files, relative to the root of the repository
        self._max_document = max_document
        self._read: dict[str, dict[str, Known]] = {}

    def found(self, own: Sequence[Known]) -> dict[Position, Known]:
        """In its own file; else in the file that this one was; else where it is gone from."""
        here = {one.position: self._sets_in(self._place(one)).get(one.name) for one in own}
        if not all(here.values()):
            renamed = self._base.earlier_names()
            taken = {(self._place(one), one.name) for one in own}
            gone = dict(self._gone(taken))
            for one in own:
                was = renamed.get(self._place(one))
                moved = self._sets_in(was).get(one.name) if was else None
                here[one.position] = here[one.position] or moved or gone.get(one.name)
        return {position: old for position, old in here.items() if old is not None}

    def _gone(self, taken: Collection[tuple[str, str]]) -> Iterator[tuple[str, Known]]:
        """What stood in files of the input, or in files that are deleted, and no longer stands there."""
        files = {*self._places.values()}
        for path in self._base.files_with(_KIND):
            if path in files or not os.path.lexists(os.path.join(self._base.top, path)):
                yield from ((name, old) for name, old in self._sets_in(path).items() if (path, name) not in taken)

    def _place(self, one: Known) -> str:
        return self._places[one.position.file]

    def _sets_in(self, path: str) -> dict[str, Known]:
        if path not in self._read:
            self._read[path] = {one.name: one for one in knowledge(self._documents(path)).sidecar_sets}
        return self._read[path]

    def _documents(self, path: str) -> list[Document]:
        """The documents that a file had; none where it could not be read then: that is mended now, or said of it."""
        content, shown = self._base.content(path), f"{self._base.shown}:{path}"
        if content is None or _KIND.encode() not in content:
            return []
        try:
            cut = chunks([content], shown, self._max_document)
            read = [document for chunk in cut for document in documents(chunk, shown)]
            for document in read:
                document.value()
        except SidecarctlError as error:
            say(visible(f"sidecarctl: warning: {error}: what changed there since cannot be told"))
            return []
        return read
