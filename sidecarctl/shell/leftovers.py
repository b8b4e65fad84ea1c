"""Files that a killed run left behind: hidden, beside the file they were made for, named for its process."""

import os
from typing import Final

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
