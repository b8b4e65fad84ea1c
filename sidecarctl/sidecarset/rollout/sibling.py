"""Pods that are known to be alike in nearly everything, so that most of what follows from one holds for all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.record import Record

if TYPE_CHECKING:
    from collections.abc import Hashable


class Own(Record):
    """What a Pod shares with none of its siblings."""

    name: str
    node: str | None
    created: str | None  # metadata.creationTimestamp
    deleted: str | None  # metadata.deletionTimestamp
    ready_since: str | None  # lastTransitionTime of its Ready condition


class Sibling(dict):  # type: ignore[type-arg]  # a Pod, with the keys of one
    """A Pod that, but for what is its `own`, is equal to every other of the same `kin`, of one input."""

    __slots__ = ("kin", "own", "place")
    kin: Hashable
    own: Own
    place: object  # where whoever read it finds the rest of it
