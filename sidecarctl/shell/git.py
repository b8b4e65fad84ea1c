"""Ask git: which commit a name stands for, what a file held there, and what it was called.

# Strategy
The tree may come with a pull request, and git's configuration can name programs. So git runs from the directory that
holds `.git`, which a commit cannot bring (a bare repository inside the tree is one that it can); every setting that
runs something for the commands below is switched off, and nothing is fetched. Only the index and commits are read:
files of the work tree would go through filters.
"""

import os
from collections.abc import Iterable, Iterator
from typing import Final

from sidecarctl.record import Record
from sidecarctl.shell.errors import InputError, UsageError

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
