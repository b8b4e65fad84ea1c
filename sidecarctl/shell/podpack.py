"""Keep what was read of many Pods in little room, to be gone through again and again."""

# Strategy: Pods of one workload differ in names, nodes and times. All else of them is a few parts that many have in
# common. Each is written once in a pack, and Pods that have all of them in common are marked as siblings, so that what
# follows from one need not be worked out for the next (sidecarset/rollout/sibling.py).

import marshal
import zlib
from functools import lru_cache
from typing import TYPE_CHECKING, Final, cast

from sidecarctl.shell.dumps.pods import Unchecked
from sidecarctl.sidecarset.rollout.sibling import Own, Sibling
from sidecarctl.yamledit.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Object = dict[str, Value]
    Row = tuple[int, Value, Value, Value, Value, Value]

_READY: Final = "Ready"
_OWN: Final = ("name", "creationTimestamp", "deletionTimestamp")
_NOTHING: Final = (None,) * len(_OWN)
_ABSENT: Final = -1
_BY_VALUE: Final = 0  # the version of marshal that writes equal values as equal bytes
_MOST_PARTS: Final = 8192
_COMPRESSION: Final = 1


def packed(pods: "Iterable[Object | Unchecked]") -> bytes:
    """Return Pods, as podreader.py reads them, as bytes; they are taken apart for that."""
    parts, kins = dict[bytes, int](), dict[tuple[int, ...], int]()
    rows: list[object] = [one.value if isinstance(one, Unchecked) else _row(one, parts, kins) for one in pods]
    return zlib.compress(marshal.dumps((list(parts), list(kins), rows)), _COMPRESSION)


def unpacked(pack: bytes) -> "Iterator[Sibling | Unchecked]":
    """Return the Pods of a pack; those that are alike are of one kin, also from one pack to the next."""
    parts, found, rows = marshal.loads(zlib.decompress(pack))  # noqa: S302 - our own bytes, from our own process
    kins = [_kin(*[parts[place] if place >= 0 else None for place in places]) for places in found]
    for row in rows:
        yield _pod(kins[row[0]], Own(*row[1:])) if isinstance(row, tuple) else Unchecked(row)


class _Kin:
    """What siblings have in common; one kin is told from another by which it is."""

    __slots__ = ("labels", "metadata", "spec", "status")

    def __init__(self, parts: "Iterable[Object | None]") -> None:
        self.metadata, self.labels, self.spec, self.status = parts


def _row(pod: "Object", parts: dict[bytes, int], kins: dict[tuple[int, ...], int]) -> "Row":
    """A Pod: its kin, and what is its own."""

    def place(part: Value) -> int:
        return _ABSENT if part is None else parts.setdefault(marshal.dumps(part, _BY_VALUE), len(parts))

    metadata, spec, status = (cast("Object | None", pod.get(key)) for key in ("metadata", "spec", "status"))
    name, created, deleted = [metadata.pop(key, None) for key in _OWN] if metadata else _NOTHING
    node = spec.pop("nodeName", None) if spec else None
    ready_since = _without_ready_time(status) if status else None
    labels = metadata.pop("labels", None) if metadata else None
    places = (place(metadata), place(labels), place(spec), place(status))
    return kins.setdefault(places, len(kins)), name, node, created, deleted, ready_since


def _without_ready_time(status: "Object") -> Value:
    """Take out the only time of a status that is read."""
    for condition in cast("list[Object]", status.get("conditions") or ()):
        if condition.get("type") == _READY:
            return condition.pop("lastTransitionTime", None)
    return None


def _pod(kin: _Kin, own: Own) -> Sibling:
    pod = Sibling(apiVersion="v1", kind="Pod")
    pod.kin, pod.own = kin, own
    if kin.metadata is not None:
        pod["metadata"] = _metadata(kin, own)
    if kin.spec is not None:
        pod["spec"] = kin.spec if own.node is None else {**kin.spec, "nodeName": own.node}
    if kin.status is not None:
        pod["status"] = kin.status if own.ready_since is None else _with_ready_time(kin.status, own.ready_since)
    return pod


def _metadata(kin: _Kin, own: Own) -> "Object":
    metadata: Object = dict(kin.metadata or {})
    if own.name is not None:
        metadata["name"] = own.name
    if own.created is not None:
        metadata["creationTimestamp"] = own.created
    if own.deleted is not None:
        metadata["deletionTimestamp"] = own.deleted
    if kin.labels is not None:
        metadata["labels"] = kin.labels
    return metadata


def _with_ready_time(status: "Object", time: str) -> "Object":
    conditions = [
        {**condition, "lastTransitionTime": time} if condition.get("type") == _READY else condition
        for condition in cast("list[Object]", status["conditions"])
    ]
    return {**status, "conditions": cast("list[Value]", conditions)}


@lru_cache(_MOST_PARTS)
def _kin(*parts: bytes | None) -> _Kin:
    return _Kin(None if part is None else _part(part) for part in parts)


@lru_cache(_MOST_PARTS)
def _part(data: bytes) -> "Object":
    return cast("Object", marshal.loads(data))  # noqa: S302 - as above
