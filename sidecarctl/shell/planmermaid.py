"""A plan as a Mermaid chart, as GitHub draws it: how many Pods are updated, or, in time, when each is ready again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from sidecarctl.render.escaping import mermaid_chart_name
from sidecarctl.render.plan.lanes import Lane, picture
from sidecarctl.render.plan.timeline import BOTH_RUN, NOT_READY, STARTING, Row, row_label
from sidecarctl.shell.plantime import has_times, last_moment, seconds_of
from sidecarctl.upstream.fields import struct, structs, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sidecarctl.upstream.fields import Value

_MOST_BARS: Final = 24  # lines of a Gantt chart, and bars with a number each
_MOST_POINTS: Final = 60
_HOUR: Final = 3600
_LOOK: Final = (  # a blue that stands out on white and on black: Mermaid's own is too pale for a line
    '%%{init: {"xyChart": {"height": 300}, "themeVariables": {"xyChart": {"plotColorPalette": "#3a87c2"}}}}%%'
)
_CONDITIONS: Final = {STARTING: "active", NOT_READY: "crit", BOTH_RUN: "active"}


def chart(document: Value) -> list[str]:
    """Return the lines of a chart; none where no round changes a Pod."""
    if not structs(document, "rounds"):
        return []
    if not has_times(document):
        return _by_round(document)
    made = picture(document)
    lanes = [] if made is None else [lane for lane in made.lanes if any(s.sign in _CONDITIONS for s in lane.spans)]
    if not lanes or len(lanes) > _MOST_BARS:
        return _by_time(document)
    return list(_gantt(document, lanes))


def _by_round(document: Value) -> list[str]:
    levels = _updated(document)
    rounds = len(levels)
    if rounds <= _MOST_BARS:
        axis = f'x-axis "round" [{", ".join(map(str, range(1, rounds + 1)))}]'
        return _levels(document, "after each round", axis, f"bar {levels}")
    points = [0, *levels]
    shown = [points[round(rounds * step / _MOST_POINTS)] for step in range(_MOST_POINTS + 1)]
    return _levels(document, "round by round", f'x-axis "round" 0 --> {rounds}', f"line {shown}")


def _by_time(document: Value) -> list[str]:
    length = last_moment(document) or 1.0
    starts = [seconds_of(text(one, "at")) for one in structs(document, "rounds")]
    levels = [_first_level(document), *_updated(document)]
    points = [
        levels[sum(start <= length * step / _MOST_POINTS for start in starts)] for step in range(_MOST_POINTS + 1)
    ]
    unit, size = ("seconds", 1) if length < _MOST_POINTS * 10 else ("minutes", 60)
    return _levels(document, "over time", f'x-axis "{unit}" 0 --> {length / size:g}', f"line {points}")


def _levels(document: Value, title: str, axis: str, series: str) -> list[str]:
    matched = struct(struct(document, "final"), "status").get("matchedPods", 0)
    head = [_LOOK, "xychart-beta", f'    title "Updated Pods {title}"', f"    {axis}"]
    return [*head, f'    y-axis "Pods" 0 --> {matched}', f"    {series}"]


def _updated(document: Value) -> list[int]:
    """How many Pods are updated after each round: what the next one begins with."""
    after = [struct(one, "status") for one in structs(document, "rounds")[1:]] + [
        struct(struct(document, "final"), "status")
    ]
    return [cast("int", status.get("updatedPods", 0)) for status in after]


def _first_level(document: Value) -> int:
    return cast("int", struct(structs(document, "rounds")[0], "status").get("updatedPods", 0))


def _gantt(document: Value, lanes: Sequence[Lane]) -> Iterator[str]:
    is_long = last_moment(document) >= _HOUR
    yield "gantt"
    yield "    title From the upgrade of each Pod until it is ready again"
    yield "    dateFormat YYYY-MM-DD HH:mm:ss"
    yield f"    axisFormat {'%H:%M' if is_long else '%M:%S'}"
    yield "    todayMarker off"
    for lane in lanes:
        name = mermaid_chart_name(row_label(Row(lane.pods, "")))
        for span in lane.spans:
            if span.sign in _CONDITIONS:
                yield f"    {name} :{_CONDITIONS[span.sign]}, {_moment(span.start)}, {_moment(span.stop)}"


def _moment(seconds: float) -> str:
    """A moment on a day that stands for none: the chart's axis shows its time of day."""
    whole = round(seconds)
    return f"2000-01-{1 + whole // 86400:02} {whole // 3600 % 24:02}:{whole // 60 % 60:02}:{whole % 60:02}"
