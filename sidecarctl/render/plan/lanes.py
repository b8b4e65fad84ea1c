"""The Pods of a plan as lanes along its rounds or, where it has one, its time axis."""

from __future__ import annotations

from itertools import accumulate, groupby
from typing import TYPE_CHECKING

from sidecarctl.record import Record
from sidecarctl.render.plan import timeline
from sidecarctl.render.plan.timeline import duration_of, has_times, last_moment, marks, seconds_of
from sidecarctl.upstream.fields import structs, text, text_map

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sidecarctl.upstream.fields import Value

_MOST_COLUMNS = 240  # steps of an area, which need no room for a number each
_MOST_MARKS = 12
_MOST_COLUMN_MARKS = 25
_STEPS = (1, 2, 5, 10, 20)


class Span(Record):
    """A stretch of an axis under one sign."""

    start: float
    stop: float
    sign: str


class Lane(Record):
    """Pods that fare alike; `number` of them, though their names may not be known."""

    pods: Sequence[str]
    number: int
    spans: tuple[Span, ...]


class Axis(Record):
    """What a picture runs along: rounds or time, the marks on it, and where the end begins."""

    title: str
    length: float
    marks: Sequence[tuple[float, str]]  # where, and what is written there
    end: float  # what comes after is how it stays
    are_columns: bool  # whether a mark names the stretch that begins there rather than a moment


class Picture(Record):
    """Lanes along an axis."""

    axis: Axis
    lanes: Sequence[Lane]

    @property
    def signs(self) -> list[str]:
        """Which signs occur, in the order of the legend."""
        used = {span.sign for lane in self.lanes for span in lane.spans}
        return [sign for sign in timeline.LEGEND if sign in used]


def picture(document: Value) -> Picture | None:
    """Return what is to be drawn: a lane for each Pod or, where they are many, for those alike; None for nothing."""
    rounds = structs(document, "rounds")
    if not rounds:
        return None
    return _in_time(document) if has_times(document) else _in_rounds(document, rounds)


def has_single_pods(picture: Picture) -> bool:
    """Whether each lane is to be drawn as a Pod of its own."""
    return sum(len(lane.pods) for lane in picture.lanes) <= timeline.MOST_CELLS


def levels(picture: Picture, sign: str) -> list[tuple[float, int]]:
    """Return how many Pods are under a sign, from each place on where that changes."""
    steps: dict[float, int] = {0.0: 0}
    for lane in picture.lanes:
        for span in lane.spans:
            if span.sign == sign:
                steps[span.start] = steps.get(span.start, 0) + lane.number
                steps[span.stop] = steps.get(span.stop, 0) - lane.number
    places = sorted(steps)
    return list(zip(places, accumulate(steps[place] for place in places), strict=True))


def _in_rounds(document: Value, rounds: Sequence[Value]) -> Picture:
    names = {*timeline.pods_with_a_part(document)}
    columns = timeline.columns_of(rounds, timeline.MOST_CELLS if len(names) <= timeline.MOST_CELLS else _MOST_COLUMNS)
    found, hot = timeline.fates(document, columns), timeline.is_hot(document)
    lanes = [
        Lane(pods, len(pods), _runs(fate.sign(column, is_hot=hot) for column in range(len(columns) + 1)))
        for fate, pods in found.items()
    ]
    length = len(columns) + 1.0
    axis = Axis("round", length, [*_column_marks(columns), (length - 1, "end")], length - 1, are_columns=True)
    return Picture(axis, _sorted(document, lanes, timeline.others(document, found), length))


def _column_marks(columns: Sequence[timeline.Column]) -> Iterator[tuple[float, str]]:
    step = next(step for step in _STEPS if len(columns) <= step * _MOST_COLUMN_MARKS)
    for index in range(0, len(columns), step):
        yield float(index), columns[index].label if step == 1 else str(columns[index].start + 1)


def _runs(signs: Iterable[str]) -> tuple[Span, ...]:
    made, at = [], 0
    for sign, run in groupby(signs):
        size = len(list(run))
        made.append(Span(float(at), float(at + size), sign))
        at += size
    return tuple(made)


def _in_time(document: Value) -> Picture:
    last = last_moment(document) or 1.0
    length = last * 1.08
    columns = timeline.columns_of(structs(document, "rounds"), len(structs(document, "rounds")))
    found, hot = timeline.fates(document, columns), timeline.is_hot(document)
    ready = {(index, pod): at for index, pod, at in _ready_moments(document)}
    starts = [seconds_of(text(one, "at")) for one in structs(document, "rounds")]
    by_spans: dict[tuple[Span, ...], list[str]] = {}
    for fate, pods in found.items():
        for pod in pods:
            moments = [(starts[at], sign, ready.get((at, pod))) for at, sign, _ in fate.changes]
            by_spans.setdefault(tuple(_spans(moments, fate, length, hot=hot)), []).append(pod)
    lanes = [Lane(pods, len(pods), spans) for spans, pods in by_spans.items()]
    shown = [(moment, duration_of(moment)) for moment in marks(length, _MOST_MARKS)]
    return Picture(
        Axis("time", length, shown, last, are_columns=False),
        _sorted(document, lanes, timeline.others(document, found), length),
    )


def _ready_moments(document: Value) -> Iterator[tuple[int, str, float]]:
    for index, one in enumerate(structs(document, "rounds")):
        for pod, moment in text_map(one, "readyAt").items():
            yield index, pod, seconds_of(moment)


def _spans(
    moments: Sequence[tuple[float, str, float | None]], fate: timeline.Fate, length: float, *, hot: bool
) -> Iterator[Span]:
    """A Pod along the time axis: between an upgrade and its readiness it is starting."""
    at, sign = 0.0, fate.first_sign
    for start, change, ready in moments:
        if start > at:
            yield Span(at, start, sign)
        at, sign = start, fate.settled(change, is_hot=hot)
        if ready is not None and ready > start and fate.end == timeline.UPDATED:
            yield Span(start, ready, timeline.STARTING)
            at = ready
    yield Span(at, length, sign)


def _sorted(document: Value, lanes: Sequence[Lane], others: dict[str, int], length: float) -> list[Lane]:
    """The lanes in the order in which their Pods change, one for each Pod where they are few."""
    rest = [Lane((), number, (Span(0.0, length, sign),)) for sign, number in others.items() if number]
    if sum(len(lane.pods) for lane in lanes) > timeline.MOST_CELLS:
        return [*lanes, *rest]
    by_pod = {pod: lane for lane in lanes for pod in lane.pods}
    names = dict.fromkeys(timeline.pods_with_a_part(document))
    return [*(by_pod[pod]._replace(pods=(pod,), number=1) for pod in names), *rest]
