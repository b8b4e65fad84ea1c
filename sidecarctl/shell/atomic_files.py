"""Files written whole or not at all: staged beside the old file, then renamed.

# Strategy: stage everything, then rename.
Each new content is written beside its file, synced, and given the file's rights; only when all of them stand are they
renamed into place, one by one. The old file keeps a second, hidden name until all is done, so that an error half-way
can be undone. Whatever kills us leaves each file old or new; what stayed behind is swept by the next run.
"""

from __future__ import annotations

import errno
import os
import shutil
from contextlib import contextmanager, suppress
from signal import SIGHUP, SIGINT, SIGTERM, raise_signal, signal
from typing import TYPE_CHECKING, BinaryIO, Final, Literal, Self, TextIO

from sidecarctl.record import Record
from sidecarctl.render.text import visible
from sidecarctl.shell.errors import STATE, InputError, PartlyWritten, tidy_when_terminated
from sidecarctl.shell.file_rights import give_rights, keep_rights, refuse_hard_links
from sidecarctl.shell.terminal import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import FrameType

_CANNOT_LINK: Final = frozenset({errno.EPERM, errno.EACCES, errno.EMLINK, errno.ENOTSUP, errno.ENOSYS, errno.EXDEV})


_CANNOT_RENAME: Final = frozenset({errno.EPERM, errno.EACCES, errno.EBUSY})  # a sticky folder, a mounted file


class Stamp(Record):
    """What tells that a file is still the one that was read."""

    device: int
    inode: int
    size: int
    modified: int  # ns
    mode: int
    owner: int
    group: int


class _Staged(Record):
    temporary: str
    backup: str
    target: str
    shown: str  # what the user calls it
    stamp: Stamp | None
    source: str  # where the rights of a new file come from
    may_lose: bool  # attributes that cannot be kept


class _Renamed(Record):
    staged: _Staged
    old: Literal["kept", "none", "lost"]  # the file whose place was taken


class Staging:
    """Files written beside their targets; `commit` renames them all, leaving the block without it removes them.

    With `breaks_links`, files of several names and attributes that cannot be kept are no reason to refuse.
    """

    def __init__(self, *, breaks_links: bool = False) -> None:
        self._staged: list[_Staged] = []
        self._breaks_links = breaks_links
        self._leftovers = Leftovers()
        self.written: list[str] = []  # as the user calls them

    def __enter__(self) -> Self:
        tidy_when_terminated()
        return self

    def __exit__(self, *_: object) -> None:
        for staged in self._staged:
            remove(staged.temporary)

    def sweep(self, path: str) -> None:
        """Remove what a killed run left beside a file, where that can be done."""
        with suppress(OSError):
            self._leftovers.remove(path)

    def begin(self, target: str, stamp: Stamp | None, source: str = "") -> NewContent:
        """Begin a new content beside a file; with a stamp, `commit` asks that the file is still the same.

        A file that is not there yet gets the rights of the source. Raises `InputError`.
        """
        real = os.path.realpath(target)
        temporary, backup = (hidden_name(real, suffix) for suffix in (NEW, OLD))
        try:
            kept = self._leftovers.remove(real)
            if not self._breaks_links:
                refuse_hard_links(real, target, kept)
            staged = _Staged(temporary, backup, real, target, stamp, source, self._breaks_links)
            self._staged.append(staged)  # first: a signal may come between
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
            return NewContent(open(descriptor, "wb"), staged)
        except OSError as error:
            raise InputError(f"{target}: {error.strerror}") from None

    def commit(self) -> list[str]:
        """Rename everything into place and return the paths that were written; SIGINT and SIGTERM wait for it.

        Raises `InputError` where nothing is written: a file changed since it was read, or an error could be undone. It
        names what was written where that failed. Raises `PartlyWritten` where files changed while others were renamed.
        """
        with held_signals() as signals:
            try:
                changed = self._rename_all()
            finally:
                for staged in self._staged:
                    remove(staged.backup)
                STATE.written += self.written
            if signals and self.written:
                say(visible(f"sidecarctl: interrupted when all was ready to be put in place{self._listed()}"))
            if changed:
                raise PartlyWritten(f"{', '.join(changed)}: changed since it was read, and left alone{self._listed()}")
            self._staged = []
        return self.written

    def _rename_all(self) -> list[str]:
        """Return the files that were left alone, for they changed after others had been renamed."""
        renamed: list[_Renamed] = []
        changed: list[str] = []
        folders = {os.path.dirname(staged.target): staged.shown for staged in self._staged}
        try:
            for folder, shown in folders.items():  # a disk that fails had better do so before the first of them
                failing = shown
                _sync_folder(folder)
            for staged in self._staged:
                failing = staged.shown
                if not _is_unchanged(staged):
                    raise InputError(f"{failing}: changed since it was read; nothing was written")
            for staged in self._staged:
                failing = staged.shown
                if (one := _put_in_place(staged)) is None:
                    changed.append(staged.shown)
                else:
                    renamed.append(one)
            for folder, shown in folders.items():
                failing = shown
                _sync_folder(folder)
        except OSError as error:
            self.written = [one.staged.shown for one in renamed if not _is_undone(one)]
            for folder in folders if renamed else ():
                with suppress(OSError):
                    _sync_folder(folder)
            raise InputError(f"{failing}: {error.strerror}{self._listed(before=True)}") from None
        self.written = [one.staged.shown for one in renamed]
        return changed

    def _listed(self, *, before: bool = False) -> str:
        if not self.written:
            return "; nothing was written"
        return f"; written{' before it' if before else ''}: {', '.join(self.written)}"


class NewContent:
    """What a file will hold, written beside it piece by piece; errors are `InputError`."""

    def __init__(self, file: BinaryIO, staged: _Staged) -> None:
        self._file = file
        self._staged = staged

    def put(self, piece: bytes) -> None:
        """Write the next piece."""
        try:
            self._file.write(piece)
        except OSError as error:
            raise self._failed(error) from None

    def end(self) -> None:
        """Bring everything to the disk, with the rights of the file."""
        staged = self._staged
        try:
            with self._file as file:
                file.flush()
                _give_rights(file.fileno(), staged)
                os.fsync(file.fileno())
        except OSError as error:
            raise self._failed(error) from None

    def abandon(self) -> None:
        """Let go of the file: the disk may be full, and what was written is removed anyway."""
        with suppress(OSError):
            self._file.close()

    def _failed(self, error: OSError) -> InputError:
        self.abandon()
        return InputError(f"{self._staged.shown}: {error.strerror}")


def write_whole(path: str, text: Iterable[str]) -> None:
    """Write a text file beside its place and rename it there, so that a full disk leaves the old one as it was.

    What is no regular file, has several names or lies in a folder that takes no new files is written where it is.
    Raises `OSError`.
    """
    real = os.path.realpath(path)
    if not _can_be_replaced(real):
        with _opened_text(path, "w") as file:
            file.writelines(text)
        return
    tidy_when_terminated()
    with suppress(OSError):
        Leftovers().remove(real)
    temporary = hidden_name(real, NEW)
    try:
        with _opened_text(temporary, "x") as file:
            file.writelines(text)
            file.flush()
            if os.path.exists(real):
                keep_rights(file.fileno(), real, path, may_lose=True)
            os.fsync(file.fileno())
        try:
            os.replace(temporary, real)
        except OSError as error:
            if error.errno not in _CANNOT_RENAME:
                raise
            shutil.copyfile(temporary, real)
    finally:
        remove(temporary)


def _can_be_replaced(path: str) -> bool:
    if not os.access(os.path.dirname(path), os.W_OK):
        return False
    if not os.path.lexists(path):
        return True
    return os.path.isfile(path) and os.stat(path).st_nlink == 1 and os.access(path, os.W_OK)


def _opened_text(path: str, mode: Literal["w", "x"]) -> TextIO:
    return open(path, mode, encoding="utf-8", errors="backslashreplace", newline="\n")


def stamp_of(path: str) -> Stamp:
    """Return what tells this file from any other, and from itself once it was written to.

    Raises `InputError`.
    """
    try:
        return _stamp(path)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from None


def _stamp(path: str) -> Stamp:
    status = os.stat(path)
    owner, group = status.st_uid, status.st_gid
    return Stamp(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_mode, owner, group)


def refuse_link_out(path: str, root: str) -> None:
    """Raise `InputError` for a path whose file lies outside the root that the user named."""
    real, base = os.path.realpath(path), os.path.realpath(root)
    if os.path.commonpath((real, base)) != base:
        where = "the working directory" if root == os.curdir else root
        raise InputError(f"{path}: a link to a file outside {where}; it is not written through")


def _give_rights(descriptor: int, staged: _Staged) -> None:
    try:
        keep_rights(descriptor, staged.target, staged.shown, may_lose=staged.may_lose)
    except FileNotFoundError:
        give_rights(descriptor, staged.source)


def _is_unchanged(staged: _Staged) -> bool:
    try:
        return staged.stamp is None or _stamp(staged.target) == staged.stamp
    except FileNotFoundError:
        return False


def _put_in_place(staged: _Staged) -> _Renamed | None:
    """Rename a new content into place; None for a file that has changed and is left alone."""
    if not _is_unchanged(staged):
        return None
    old = _kept_old(staged)
    os.replace(staged.temporary, staged.target)
    if old == "kept" and _was_written_to(staged):  # since it was compared, some lines above
        os.replace(staged.backup, staged.target)
        return None
    return _Renamed(staged, old)


def _was_written_to(staged: _Staged) -> bool:
    """Whether the old file is not the one that was read; a second name may have given it another inode (overlayfs)."""
    if staged.stamp is None:
        return False
    try:
        status = os.stat(staged.backup)
    except OSError:
        return False
    return (status.st_size, status.st_mtime_ns) != (staged.stamp.size, staged.stamp.modified)


def _kept_old(staged: _Staged) -> Literal["kept", "none", "lost"]:
    """Give the old file a second name, so that it can be put back."""
    try:
        os.link(staged.target, staged.backup, follow_symlinks=False)
    except FileNotFoundError:
        return "none"
    except OSError as error:
        if error.errno not in _CANNOT_LINK:
            raise
        return "lost"
    return "kept"


def _is_undone(one: _Renamed) -> bool:
    """Put the old file back; whether that could be done."""
    try:
        if one.old == "kept":
            os.replace(one.staged.backup, one.staged.target)
        elif one.old == "none":
            os.unlink(one.staged.target)
    except OSError:
        return False
    return one.old != "lost"


def _sync_folder(folder: str) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


_HELD: Final = (SIGHUP, SIGINT, SIGTERM)


@contextmanager
def held_signals() -> Iterator[list[int]]:
    """Let SIGINT, SIGTERM and SIGHUP wait until the block is finished; give it the list of those that came.

    They take effect then, unless the block raises an error: that says more.
    """
    received: list[int] = []

    def note(number: int, _: FrameType | None) -> None:
        received.append(number)

    before = [(number, signal(number, note)) for number in _HELD]
    try:
        yield received
    finally:
        for number, handler in before:
            signal(number, handler)
    if received:
        raise_signal(received[0])


NEW: Final = ".sidecarctl.tmp"  # the content to come


OLD: Final = ".sidecarctl.old"  # a second name of the file as it was


def hidden_name(target: str, suffix: str) -> str:
    """Return what this process calls a file that it keeps beside another."""
    folder, name = os.path.split(target)
    return os.path.join(folder, f".{name}.{os.getpid()}{suffix}")


class Leftovers:
    """What killed runs left in folders; each folder is listed once."""

    def __init__(self) -> None:
        self._folders: dict[str, dict[str, list[tuple[int, str]]]] = {}  # by name: processes, and paths

    def remove(self, target: str) -> int:
        """Remove what was left beside a file; return how many second names of it a living process may still need.

        Raises `OSError` where the folder cannot be listed.
        """
        folder, name = os.path.split(target)
        if folder not in self._folders:
            self._folders[folder] = _found(folder)
        kept = 0
        for pid, path in self._folders[folder].pop(name, ()):
            if pid == os.getpid() or not _is_alive(pid):
                remove(path)
            else:
                kept += path.endswith(OLD)
        return kept


def remove(path: str) -> None:
    """Remove a hidden file of ours, if it can be; else the next run tries again."""
    try:
        os.unlink(path)
    except OSError:
        return


def _found(folder: str) -> dict[str, list[tuple[int, str]]]:
    found: dict[str, list[tuple[int, str]]] = {}
    for entry in os.listdir(folder or os.curdir):
        if entry.startswith(".") and entry.endswith((NEW, OLD)):
            name, _, pid = entry[1 : -len(NEW)].rpartition(".")
            if pid.isascii() and pid.isdigit():  # else it is a file's whose name begins with this one's
                found.setdefault(name, []).append((int(pid), os.path.join(folder, entry)))
    return found


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
