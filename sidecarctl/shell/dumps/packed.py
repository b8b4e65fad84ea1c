"""A List read once, in several processes where that pays: its Pods packed small, and the other items.

# Strategy: the parent looks at borders between items only (itemranges.py); who gets a range reads it, and packs what a
plan asks for. Packs come back in the order of the source: the same result, whatever --jobs. A mistake anywhere ends
the reading with its place: no Pod is ever passed over.

# Strategy: Pods of one workload differ in names, nodes and times. All else of them is a few parts that many have in
common. Each is written once in a pack, and Pods that have all of them in common are marked as siblings, so that what
follows from one need not be worked out for the next (sidecarset/rollout/pod_traits.py).
"""

from __future__ import annotations

import gc
import marshal
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache, partial
from itertools import groupby, islice
from typing import TYPE_CHECKING, Final, cast

from sidecarctl.finding import UnreadableDocument
from sidecarctl.record import Record
from sidecarctl.shell.dumps.layout import PIECE, ItemRange, ItemRanges, Layout, ListSource, cut
from sidecarctl.shell.dumps.pods import BadItem, PodReader, ReadItems, Unchecked, whole_pods
from sidecarctl.shell.pool import in_order
from sidecarctl.sidecarset.rollout.pod_traits import Own, Sibling
from sidecarctl.yamledit.value import Value

if TYPE_CHECKING:
    from sidecarctl.yamledit.value import Value

    Object = dict[str, Value]
    from collections.abc import Iterable, Iterator

    Row = tuple[int, Value, Value, Value, Value, Value]


Seen = Callable[[int, int], None]


_CONTAINERS: Final = ("containers", "initContainers")


_MOST_JOINED: Final = 64 * 1024 * 1024


class Pack(Record):
    """What a range of items holds."""

    pods: bytes = b""
    number: int = 0
    others: tuple[Object, ...] = ()
    has_untyped: bool = False
    mistake: BadItem | None = None


class PodPlace(Record):
    """Where the whole of a Pod stands."""

    source: ListSource
    item_range: ItemRange
    number: int  # among the Pods of the range


def whole_value(pod: Sibling) -> Object:
    """Return a Pod with all that its containers hold."""
    place = pod.place
    if not isinstance(place, PodPlace):
        return pod
    found = next(islice(whole_pods(b"".join(place.source.text(place.item_range))), place.number, None))
    spec, whole = pod.get("spec"), found.get("spec")
    if not isinstance(spec, dict) or not isinstance(whole, dict):
        return pod
    return {**pod, "spec": {**spec, **{key: whole[key] for key in _CONTAINERS if key in spec}}}


def written_values(pods: Iterable[Sibling]) -> Iterator[Object]:
    """Return Pods as their dump has them, with all their fields; a range is read once for those that follow in it."""
    for key, group in groupby(pods, key=_range_of):
        if key is None:
            yield from group
            continue
        source, item_range = key
        whole = list(whole_pods(b"".join(source.text(item_range))))
        yield from (whole[cast("PodPlace", pod.place).number] for pod in group)


def _range_of(pod: Sibling) -> tuple[ListSource, ItemRange] | None:
    return (pod.place.source, pod.place.item_range) if isinstance(pod.place, PodPlace) else None


class PackedList:
    """The Pods of a List, in packs, and all else that it holds."""

    def __init__(self, source: ListSource, layout: Layout, jobs: int, seen: Seen) -> None:
        """Read a List; `seen` is told how many bytes, and how many Pods, are done.

        Raises `UnreadableDocument` with the place of the first mistake, `InputError` where it cannot be read.
        """
        self.source = source
        self.others: list[Object] = []
        self._layout = layout
        self._packs: list[tuple[ItemRange, bytes]] = []
        with collector_off():
            self._read(jobs, seen)

    def pods(self) -> Iterator[Sibling | Unchecked]:
        """Return the Pods, in their order."""
        for item_range, pack in self._packs:
            for number, pod in enumerate(unpacked(pack)):
                if isinstance(pod, Sibling):
                    pod.place = PodPlace(self.source, item_range, number)
                yield pod

    def _read(self, jobs: int, seen: Seen) -> None:
        item_ranges = ItemRanges(self.source, self._layout)
        reader = PodReader(item_ranges.kind)
        done = in_order(item_ranges, partial(self._pack, reader), jobs)
        pods, first_untyped = 0, None
        for first in done:
            item_range, pack = self._mended(first, done, reader)
            self._packs.append((item_range._replace(text=None), pack.pods))
            self.others += pack.others
            pods += pack.number
            first_untyped = item_range if pack.has_untyped and first_untyped is None else first_untyped
            seen(item_range.end, pods)
        if first_untyped is not None and item_ranges.kind != "PodList":
            mistake = self._pack(PodReader(item_ranges.kind), first_untyped).mistake
            raise self._placed(mistake or BadItem(0, "an item without a kind"), first_untyped)

    def _pack(self, reader: PodReader, item_range: ItemRange) -> Pack:
        """Read a range, some items at a time; all at once where a cut within it was none."""
        mistake = None
        for size in (PIECE, item_range.end - item_range.start + 1):  # what is no longer than that is not cut
            try:
                found = self._items(reader, item_range, size)
            except BadItem as error:
                mistake = error
                if error.is_json or self._layout.is_in_lines:
                    break
            else:
                return Pack(packed(found.pods), len(found.pods), tuple(found.others), found.has_untyped)
        return Pack(mistake=mistake)

    def _items(self, reader: PodReader, item_range: ItemRange, size: int) -> ReadItems:
        found = ReadItems([], [], has_untyped=False)
        place = 0
        for text in cut(self.source.text(item_range), self._layout, size):
            try:
                items = reader.items(text)
            except BadItem as mistake:
                raise BadItem(place + mistake.place, mistake.message, is_json=mistake.is_json) from None
            place += len(text)
            found.pods.extend(items.pods)
            found.others.extend(items.others)
            found = found._replace(has_untyped=found.has_untyped or items.has_untyped)
        return found

    def _mended(
        self, first: tuple[ItemRange, Pack], done: Iterator[tuple[ItemRange, Pack]], reader: PodReader
    ) -> tuple[ItemRange, Pack]:
        """A range and what it holds; together with those behind it, where it seems to end within an item.

        Raises `UnreadableDocument` with the place of a mistake.
        """
        item_range, pack = first
        while pack.mistake is not None:
            may_be_cut = not pack.mistake.is_json and not self._layout.is_in_lines
            following = next(done, None) if may_be_cut and item_range.end - item_range.start < _MOST_JOINED else None
            if following is None:
                raise self._placed(pack.mistake, item_range)
            item_range = item_range.joined(following[0])
            pack = self._pack(reader, item_range)
        return item_range, pack

    def _placed(self, mistake: BadItem, item_range: ItemRange) -> UnreadableDocument:
        return UnreadableDocument(mistake.message, self.source.position(item_range.start + mistake.place))


_READY: Final = "Ready"


_OWN: Final = ("name", "creationTimestamp", "deletionTimestamp")


_NOTHING: Final = (None,) * len(_OWN)


_ABSENT: Final = -1


_BY_VALUE: Final = 0  # the version of marshal that writes equal values as equal bytes


_MOST_PARTS: Final = 8192


_COMPRESSION: Final = 1


def packed(pods: Iterable[Object | Unchecked]) -> bytes:
    """Return Pods, as podreader.py reads them, as bytes; they are taken apart for that."""
    parts, kins = dict[bytes, int](), dict[tuple[int, ...], int]()
    rows: list[object] = [one.value if isinstance(one, Unchecked) else _row(one, parts, kins) for one in pods]
    return zlib.compress(marshal.dumps((list(parts), list(kins), rows)), _COMPRESSION)


def unpacked(pack: bytes) -> Iterator[Sibling | Unchecked]:
    """Return the Pods of a pack; those that are alike are of one kin, also from one pack to the next."""
    parts, found, rows = marshal.loads(zlib.decompress(pack))  # noqa: S302 - our own bytes, from our own process
    kins = [_kin(*[parts[place] if place >= 0 else None for place in places]) for places in found]
    for row in rows:
        yield _pod(kins[row[0]], Own(*row[1:])) if isinstance(row, tuple) else Unchecked(row)


class _Kin:
    """What siblings have in common; one kin is told from another by which it is."""

    __slots__ = ("labels", "metadata", "spec", "status")

    def __init__(self, parts: Iterable[Object | None]) -> None:
        self.metadata, self.labels, self.spec, self.status = parts


def _row(pod: Object, parts: dict[bytes, int], kins: dict[tuple[int, ...], int]) -> Row:
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


def _without_ready_time(status: Object) -> Value:
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


def _metadata(kin: _Kin, own: Own) -> Object:
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


def _with_ready_time(status: Object, time: str) -> Object:
    conditions = [
        {**condition, "lastTransitionTime": time} if condition.get("type") == _READY else condition
        for condition in cast("list[Object]", status["conditions"])
    ]
    return {**status, "conditions": cast("list[Value]", conditions)}


@lru_cache(_MOST_PARTS)
def _kin(*parts: bytes | None) -> _Kin:
    return _Kin(None if part is None else _part(part) for part in parts)


@lru_cache(_MOST_PARTS)
def _part(data: bytes) -> Object:
    return cast("Object", marshal.loads(data))  # noqa: S302 - as above


@contextmanager
def collector_off() -> Iterator[None]:
    """Keep the collector from looking through everything again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
