"""Write files whole or not at all.

# Strategy: stage everything, then rename.
Each new content is written beside its file, synced, and given the file's mode and owner; only when all of them stand
are they renamed into place, one by one. Whatever kills us leaves each file old or new; what stayed behind is swept by
the next run.
"""

import os
from contextlib import suppress
from typing import BinaryIO, Self

from sidecarctl.record import Record
from sidecarctl.shell.exits import InputError, tidy_when_terminated

_SUFFIX = ".sidecarctl.tmp"


class Stamp(Record):
    """What tells that a file is still the one that was read."""

    device: int
    inode: int
    size: int
    modified: int


class _Staged(Record):
    temporary: str
    target: str
    shown: str  # what the user calls it
    stamp: Stamp | None


class Staging:
    """Files written beside their targets; `commit` renames them all, leaving the block without it removes them."""

    def __init__(self) -> None:
        self._staged: list[_Staged] = []
        self.written: list[str] = []  # as the user calls them

    def __enter__(self) -> Self:
        tidy_when_terminated()
        return self

    def __exit__(self, *_: object) -> None:
        for staged in self._staged:
            _remove(staged.temporary)

    def begin(self, target: str, stamp: Stamp | None) -> "NewContent":
        """Begin a new content beside a file; with a stamp, `commit` asks that the file is still the same.

        Raises `InputError`.
        """
        real = os.path.realpath(target)
        folder, name = os.path.split(real)
        temporary = os.path.join(folder, f".{name}.{os.getpid()}{_SUFFIX}")
        try:
            _sweep(folder, name)
            self._staged.append(_Staged(temporary, real, target, stamp))  # first: a signal may come between
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
            return NewContent(open(descriptor, "wb"), self._staged[-1])
        except OSError as error:
            raise InputError(f"{target}: {error.strerror}") from None

    def commit(self) -> list[str]:
        """Rename everything into place and return the paths that were written.

        Raises `InputError` for a file that changed since it was read, and names what had been written before it.
        """
        for staged in self._staged:
            if staged.stamp is not None and stamp_of(staged.target) != staged.stamp:
                raise InputError(f"{staged.shown}: changed since it was read; nothing was written")
        written = self.written
        while self._staged:
            staged = self._staged[0]
            try:
                os.replace(staged.temporary, staged.target)
                _sync_folder(staged.target)
            except OSError as error:
                done = f"; written before it: {', '.join(written)}" if written else "; nothing was written"
                raise InputError(f"{staged.shown}: {error.strerror}{done}") from None
            written.append(staged.shown)
            del self._staged[0]
        return written


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
        """Bring everything to the disk, with the mode and owner of the file."""
        staged = self._staged
        try:
            with self._file as file:
                file.flush()
                _keep_mode_and_owner(file.fileno(), staged.target)
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


def stamp_of(path: str) -> Stamp:
    """Return what tells this file from any other, and from itself once somebody wrote to it.

    Raises `InputError`.
    """
    try:
        status = os.stat(path)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from None
    return Stamp(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


def refuse_link_out(path: str, root: str) -> None:
    """Raise `InputError` for a path whose file lies outside the root that the user named."""
    real, base = os.path.realpath(path), os.path.realpath(root)
    if os.path.commonpath((real, base)) != base:
        where = "the working directory" if root == os.curdir else root
        raise InputError(f"{path}: a link to a file outside {where}; it is not written through")


def _keep_mode_and_owner(descriptor: int, original: str) -> None:
    try:
        status = os.stat(original)
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        os.fchmod(descriptor, 0o666 & ~mask)
        return
    with suppress(PermissionError):  # somebody else's file: its content is ours to write, its owner not ours to set
        os.fchown(descriptor, status.st_uid, status.st_gid)
    os.fchmod(descriptor, status.st_mode & 0o7777)


def _sweep(folder: str, name: str) -> None:
    """Remove what a killed run left beside this file."""
    for entry in os.listdir(folder):
        if entry.startswith(f".{name}.") and entry.endswith(_SUFFIX):
            pid = entry[len(name) + 2 : -len(_SUFFIX)]
            is_pid = pid.isascii() and pid.isdigit()  # else it is a file's whose name begins with this one's
            if is_pid and (int(pid) == os.getpid() or not _is_alive(int(pid))):
                _remove(os.path.join(folder, entry))


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        return  # it is hidden and named for us; the next run tries again


def _sync_folder(path: str) -> None:
    descriptor = os.open(os.path.dirname(path), os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
