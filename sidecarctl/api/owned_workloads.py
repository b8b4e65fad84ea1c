"""Workloads and Pods that another object of the input made: their Pods are counted once, with their owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.api.editor import is_meant
from sidecarctl.api.targets import controller_reference
from sidecarctl.record import Record
from sidecarctl.sidecarset.rollout.owners import Owner
from sidecarctl.upstream.fields import namespace_of
from sidecarctl.upstream.workload import group_kind, pods_made, templates

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sidecarctl.api.editor import Limits
    from sidecarctl.api.targets import Found

    Key = tuple[str, str, str, str]  # group, kind, namespace and name

_MOST_OWNERS = 16  # one above the other; real ones are three or four


class _Member(Record):
    """An object of the input, as far as ownership goes."""

    resource: str
    uid: str
    controller: Key | None  # that made it
    controller_uid: str
    is_counted: bool  # it has Pod templates, and the limits of the command let it through
    pods: int | None  # None: its number is not written in it


def object_key(found: Found, limits: Limits) -> Key | None:
    """Return what tells an object from the others of an input; None where it has no kind or no name."""
    group_and_kind, name = group_kind(found.value), found.text_of("name")
    return (*group_and_kind, namespace_of(found.value, limits.namespace), name) if group_and_kind and name else None


class OwnedWorkloads:
    """Tells which objects of an input have their Pods counted with an owner, a controller that is there as well.

    A reference counts where it says `controller: true`, and its group, kind, namespace and name are those of an object
    of the input, and the uids are equal where both are given. Owners of owners count, too.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._members: dict[Key, _Member] = {}
        self._makers: set[Key] | None = None  # objects without a number of their own, whose Pods others tell

    def add(self, objects: Iterable[Found]) -> None:
        """Take objects of the input into account."""
        self._makers = None
        for found in objects:
            if (key := object_key(found, self._limits)) is not None:
                self._members[key] = self._member(found, key)

    def owner(self, key: Key | None) -> str:
        """Return the owner that an object is counted with, such as "deployment/web"; empty where it counts itself."""
        member = self._members.get(key) if key is not None else None
        if member is None:
            return ""
        counted = [above for above in self._owners(member) if above.is_counted]
        numbered = [above for above in counted if above.pods is not None]
        if member.pods is not None:
            return numbered[-1].resource if numbered else ""
        return counted[-1].resource if counted else ""

    def makers(self) -> dict[Owner, Owner]:
        """Return the objects that a controller made, each with that controller."""
        return {
            Owner(key[2], key[1], key[3]): Owner(made_by[2], made_by[1], made_by[3])
            for key, member in self._members.items()
            if (made_by := member.controller) is not None
        }

    def is_told_by_others(self, key: Key | None) -> bool:
        """Whether an object has no number of its own, and objects that it owns tell how many Pods it has."""
        if self._makers is None:
            self._makers = set(self._keys_of_makers())
        return key in self._makers

    def _keys_of_makers(self) -> Iterator[Key]:
        for member in self._members.values():
            if member.is_counted and member.pods is not None:
                above = member.controller
                for owner in self._owners(member):
                    if above is not None and owner.pods is None:
                        yield above
                    above = owner.controller

    def _owners(self, member: _Member) -> list[_Member]:
        """The owner of an object, its owner, and so on, as far as they are in the input; none of those in a circle."""
        found = [member]
        while (
            len(found) <= _MOST_OWNERS
            and (key := found[-1].controller) is not None
            and (owner := self._members.get(key)) is not None
        ):
            if owner.uid and found[-1].controller_uid and owner.uid != found[-1].controller_uid:
                break
            if owner in found:
                return []
            found.append(owner)
        return found[1:]

    def _member(self, found: Found, key: Key) -> _Member:
        reference = controller_reference(found.metadata)
        group_and_kind, name = group_kind(reference), reference.get("name")
        controller = (*group_and_kind, key[2], name) if group_and_kind and isinstance(name, str) else None
        workloads = self._limits.workloads
        is_counted = any(True for _ in templates(found.value, workloads)) and is_meant(found, self._limits)
        pods = pods_made(found.value, workloads)
        return _Member(found.resource, found.text_of("uid"), controller, _text(reference, "uid"), is_counted, pods)


def _text(value: Mapping[str, object], key: str) -> str:
    found = value.get(key)
    return found if isinstance(found, str) else ""
