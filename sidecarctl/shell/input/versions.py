"""Earlier versions of SidecarSets: from the files of --old, or from the git commit of --base.

# Strategy
The tree may come with a pull request, and git's configuration can name programs. So git runs from the directory that
holds `.git`, which a commit cannot bring (a bare repository inside the tree is one that it can); every setting that
runs something for the commands below is switched off, and nothing is fetched. Only the index and commits are read:
files of the work tree would go through filters.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from sidecarctl.api.targets import Known, knowledge
from sidecarctl.finding import Position, SidecarctlError
from sidecarctl.record import Record
from sidecarctl.render.text import visible
from sidecarctl.shell.errors import InputError, UsageError
from sidecarctl.shell.files import STDIN
from sidecarctl.shell.input.sources import Input, older_sets
from sidecarctl.shell.terminal import say
from sidecarctl.yamledit.stream.documents import chunks, documents

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from sidecarctl.shell.cli.command_flags import CheckFlags
    from sidecarctl.yamledit.document import Document

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


# The same words everywhere, no lock that a run beside ours would meet, and a path is a path, whatever letters it has.
_ENVIRONMENT: Final = {
    "LC_ALL": "C",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_TERMINAL_PROMPT": "0",
}


_DROPPED: Final = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_EXTERNAL_DIFF"})  # as a hook has them


_SETTINGS: Final = (
    "safe.bareRepository=explicit",
    "core.fsmonitor=false",
    f"core.hooksPath={os.devnull}",
    "core.sshCommand=false",
    "protocol.allow=never",
    "diff.external=",
    "log.showSignature=false",
    "submodule.recurse=false",
)


_NO_MATCH: Final = 1  # the exit code of a search without result


class Answered(Record):
    """How git ended, and what it printed."""

    code: int
    stdout: bytes
    stderr: str

    @property
    def lines(self) -> list[str]:
        """What stands between the NULs that git was asked to separate paths with."""
        return [os.fsdecode(part) for part in self.stdout.split(b"\0") if part]


class Base(Record):
    """A commit of a repository, to look up what files held."""

    top: str  # the root of the work tree
    commit: str
    shown: str  # as the user calls the commit

    def content(self, path: str) -> bytes | None:
        """Return what a file held; None where there was no such file, or no regular one.

        Raises `InputError`.
        """
        listed = _said(self.top, "ls-tree", "-z", "--full-tree", self.commit, "--", path).lines
        mode, _, object_name = (listed[0].partition("\t")[0] if listed else "").partition(" blob ")
        if not mode.startswith("100"):
            return None
        return _said(self.top, "cat-file", "blob", object_name).stdout

    def earlier_names(self) -> dict[str, str]:
        """Return what files that git takes for renamed were called, by their present paths.

        Raises `InputError`.
        """
        flags = ("--cached", "--name-status", "-z", "-M", "--diff-filter=R", "--no-ext-diff", "--no-textconv")
        parts = _said(self.top, "diff", *flags, "--ignore-submodules=all", self.commit, "--").lines
        return dict(zip(parts[2::3], parts[1::3], strict=True))  # by threes: the score, the old path, the present one

    def files_with(self, text: str) -> list[str]:
        """Return the files that held a text.

        Raises `InputError`.
        """
        searched = _answered(self.top, "grep", "--no-textconv", "-l", "-z", "-F", "-e", text, self.commit, "--")
        if searched.code not in {0, _NO_MATCH}:
            raise _refused(searched)
        return [line.partition(":")[2] for line in searched.lines]


def base_at(directory: str, ref: str) -> Base:
    """Return a commit of the repository that a directory belongs to.

    Raises `UsageError` where there is none, or no such commit; `InputError` where git cannot be run.
    """
    if not ref or ref.startswith("-"):
        raise UsageError(f"--base takes a commit, a branch or a tag; {ref or 'an empty text'} is none")
    top = os.path.realpath(directory)
    while not os.path.lexists(os.path.join(top, ".git")):
        if (above := os.path.dirname(top)) == top:
            raise UsageError(f"--base: not a git repository ({directory})")
        top = above
    root = _answered(top, "rev-parse", "--show-toplevel")
    if root.code:
        raise UsageError(f"--base: {_last_line(root)} ({directory})")
    named = _answered(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    if named.code:
        advice = "a shallow clone has it only after `git fetch`"
        raise UsageError(f"--base: git knows no commit, branch or tag called {ref} here; {advice}")
    return Base(top, named.stdout.decode().strip(), ref)


def _said(directory: str, *words: str) -> Answered:
    answered = _answered(directory, *words)
    if answered.code:
        raise _refused(answered)
    return answered


def _answered(directory: str, *words: str) -> Answered:
    import shutil
    import subprocess

    git = shutil.which("git")
    if git is None:
        raise InputError("--base needs git, which is not installed")
    settings = (word for setting in _SETTINGS for word in ("-c", setting))
    command = [git, "--no-pager", "-C", directory, *settings, *words]
    kept = {name: value for name, value in os.environ.items() if name not in _DROPPED}
    ended = subprocess.run(  # noqa: S603 - a list, no shell; every text of the user stands behind `--` or its like
        command, stdin=subprocess.DEVNULL, capture_output=True, check=False, env={**kept, **_ENVIRONMENT}
    )
    return Answered(ended.returncode, ended.stdout, ended.stderr.decode(errors="backslashreplace"))


def _refused(answered: Answered) -> InputError:
    return InputError(f"git: {_last_line(answered)}")


def _last_line(answered: Answered) -> str:
    return next(_non_empty(reversed(answered.stderr.splitlines())), f"git ended with code {answered.code}")


def _non_empty(lines: Iterable[str]) -> Iterator[str]:
    return (line.removeprefix("fatal: ") for line in lines if line.strip())
