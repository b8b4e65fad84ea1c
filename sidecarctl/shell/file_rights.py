"""Rights of a file that takes another one's place: owner, mode, ACL and extended attributes, and never wider ones.

A new file is made for its owner alone; it gets the rights that it is to have only when they are known in full.
"""

import errno
import os
import stat
from typing import Final

from sidecarctl.shell.errors import InputError

_ACL: Final = "system.posix_acl_access"
_OF_CONTENT: Final = frozenset({"security.ima", "security.evm"})  # the kernel's signatures of what the file held
_MAY_NOT: Final = frozenset({errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.EINVAL})


def keep_rights(descriptor: int, original: str, shown: str, *, may_lose: bool) -> None:
    """Give a new file the rights of the one whose place it takes.

    Raises `InputError` where its ACL or another attribute cannot be kept, and may not be lost; `OSError`, too.
    """
    status = os.stat(original)
    mode = stat.S_IMODE(status.st_mode)
    names = _attributes(original)
    is_same_group = True
    try:
        os.fchown(descriptor, status.st_uid, status.st_gid)
    except PermissionError:  # another user's file: its content is ours to write, its owner not ours to set
        mode &= ~(stat.S_ISUID | stat.S_ISGID)
        is_same_group = _keeps_group(descriptor, status.st_gid)
    kept = [name for name in names if (is_same_group or name != _ACL) and _kept(descriptor, original, name)]
    lost = [name for name in names if name not in kept]
    if lost and not may_lose:
        raise InputError(f"{shown}: its {_called(lost[0])} cannot be kept; --break-links writes it without")
    if _ACL in lost:
        mode &= ~0o077  # the bits of the group are the mask of the ACL then, not the group's rights
    elif not is_same_group:
        mode = _for_another_group(mode)
    if _ACL not in names or _ACL in lost:
        _without_acl(descriptor)
    os.fchmod(descriptor, mode)


def give_rights(descriptor: int, source: str) -> None:
    """Give a file that is new the rights of the one it is made from, as far as the umask lets it."""
    mask = os.umask(0)
    os.umask(mask)
    mode = 0o666 & ~mask
    try:
        status = os.stat(source)
    except FileNotFoundError:  # stdin
        os.fchmod(descriptor, mode)
        return
    is_same_group = os.fstat(descriptor).st_gid == status.st_gid and _ACL not in _attributes(source)
    rights = stat.S_IMODE(status.st_mode)
    os.fchmod(descriptor, mode & (rights if is_same_group else _for_another_group(rights)))


def refuse_hard_links(path: str, shown: str, own: int) -> None:
    """Raise `InputError` for a file that has several names; `own` of them are ours."""
    try:
        names = os.stat(path).st_nlink - own
    except FileNotFoundError:
        return
    if names > 1:
        raise InputError(
            f"{shown}: a file of {names} names (hard links); the others would keep the old text;"
            " --break-links writes it under this name only"
        )


def _attributes(path: str) -> list[str]:
    if not hasattr(os, "listxattr"):
        return []
    try:
        return sorted(set(os.listxattr(path)) - _OF_CONTENT)
    except OSError as error:
        if error.errno in _MAY_NOT:
            return []
        raise


def _kept(descriptor: int, original: str, name: str) -> bool:
    value = os.getxattr(original, name)
    try:
        os.setxattr(descriptor, name, value)
    except OSError as error:
        if error.errno not in _MAY_NOT:
            raise
        return name in os.listxattr(descriptor) and os.getxattr(descriptor, name) == value
    return True


def _without_acl(descriptor: int) -> None:
    """Take away the ACL that the folder gives to new files."""
    if hasattr(os, "removexattr") and _ACL in _attributes_of_open(descriptor):
        os.removexattr(descriptor, _ACL)


def _attributes_of_open(descriptor: int) -> list[str]:
    try:
        return os.listxattr(descriptor)
    except OSError:
        return []


def _keeps_group(descriptor: int, group: int) -> bool:
    try:
        os.fchown(descriptor, -1, group)
    except PermissionError:
        return False
    return True


def _for_another_group(mode: int) -> int:
    """Give a group that is another one now no more than everybody has."""
    return mode & ~0o070 | (mode & 0o070) & ((mode & 0o007) << 3)


def _called(attribute: str) -> str:
    return "ACL" if attribute == _ACL else f"extended attribute {attribute}"
