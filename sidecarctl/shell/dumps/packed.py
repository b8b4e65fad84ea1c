"""A List that was read once, in several processes if that is worth it: its Pods in packs, and all else in it."""

# Strategy: the parent looks at borders between items only (itemranges.py); who gets a range reads it, and packs what a
# plan asks for. Packs come back in the order of the source: the same result, whatever --jobs. A mistake anywhere ends
# the reading with its place: no Pod is ever passed over.

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import groupby, islice
from typing import TYPE_CHECKING, Final, cast

from sidecarctl.finding import UnreadableDocument
from sidecarctl.record import Record
from sidecarctl.shell.dumps.layout import PIECE, Layout, cut
from sidecarctl.shell.dumps.pods import BadItem, PodReader, ReadItems, Unchecked, whole_pods
from sidecarctl.shell.garbagecollector import collector_off
from sidecarctl.shell.itemranges import ItemRange, ItemRanges, ListSource
from sidecarctl.shell.podpack import packed, unpacked
from sidecarctl.shell.pool import in_order
from sidecarctl.sidecarset.rollout.sibling import Sibling

if TYPE_CHECKING:
    from sidecarctl.yamledit.value import Value

    Object = dict[str, Value]

Seen = Callable[[int, int], None]
_CONTAINERS: Final = ("containers", "initContainers")
_MOST_JOINED: Final = 64 * 1024 * 1024


class Pack(Record):
    """What a range of items holds."""

    pods: bytes = b""
    number: int = 0
    others: "tuple[Object, ...]" = ()
    has_untyped: bool = False
    mistake: BadItem | None = None


class PodPlace(Record):
    """Where the whole of a Pod stands."""

    source: ListSource
    item_range: ItemRange
    number: int  # among the Pods of the range


def whole_value(pod: Sibling) -> "Object":
    """Return a Pod with all that its containers hold."""
    place = pod.place
    if not isinstance(place, PodPlace):
        return pod
    found = next(islice(whole_pods(b"".join(place.source.text(place.item_range))), place.number, None))
    spec, whole = pod.get("spec"), found.get("spec")
    if not isinstance(spec, dict) or not isinstance(whole, dict):
        return pod
    return {**pod, "spec": {**spec, **{key: whole[key] for key in _CONTAINERS if key in spec}}}


def written_values(pods: Iterable[Sibling]) -> "Iterator[Object]":
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

    def pods(self) -> "Iterator[Sibling | Unchecked]":
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
