"""The timeline of a plan as SVG: a lane for each Pod, or, where they are many, areas of Pods that stand alike.

# Strategy: every shape has its colour as an attribute, on white; the style only overrides it. So a picture is whole
where a strict policy keeps the style of a page out. No colour speaks alone: letters and hatches say the same.
"""

from __future__ import annotations

from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING, Final

from sidecarctl.record import Record
from sidecarctl.render.plan import timeline
from sidecarctl.render.plan.html_markup import LOOKS, RULE, SOFT, TEXT, Markup, element, joined
from sidecarctl.render.plan.lanes import Lane, Picture, Span, has_single_pods, levels
from sidecarctl.render.text import shortened, visible, width

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_WIDTH: Final = 976.0
_LETTER: Final = 6.7  # how wide a letter of 11 pixels is
_FEW: Final = 24  # Pods that have room for higher rows
_LONGEST_NAME: Final = 40  # letters of a Pod's name
_HEAD: Final = 34.0  # where the lanes begin
_WIDEST_ROUND: Final = 108.0
_ORDER: Final = (  # of areas, from the ground up
    timeline.UPDATED,
    timeline.BOTH_RUN,
    timeline.EMPTIED,
    timeline.STARTING,
    timeline.UPGRADED,
    timeline.NOT_READY,
    timeline.WAITS,
    timeline.NOT_UPGRADABLE,
)


class Frame(Record):
    """Where in a picture its axis lies."""

    left: float
    right: float
    length: float  # of the axis, in its own measure
    key: str  # tells the patterns of one picture from those of another

    def x(self, place: float) -> float:
        """Return where a place of the axis is drawn."""
        return self.left + (self.right - self.left) * place / self.length


def drawing(picture: Picture, title: str, said: str, key: str) -> Markup:
    """Return the picture; `title` and `said` are what it tells those who cannot see it."""
    body, height = _lanes(picture, key) if has_single_pods(picture) else _areas(picture, key)
    return element(
        "svg",
        element("title", title, id=f"{key}-title"),
        element("desc", said, id=f"{key}-said"),
        element("defs", *(_pattern(sign, key) for sign in picture.signs if LOOKS[sign].hatch)),
        body,
        class_="wide",
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {_WIDTH:.0f} {height:.0f}",
        width=_WIDTH,
        height=height,
        role="img",
        aria_labelledby=f"{key}-title {key}-said",
    )


def swatch(sign: str, key: str) -> Markup:
    """Return a sign as the legend shows it."""
    cell = _bar(Span(0, 1, sign), Frame(0, 20, 1, key), 0, 16)
    return element("svg", cell, viewBox="0 0 20 16", width=20.0, height=16.0, aria_hidden="true")


def _lanes(picture: Picture, key: str) -> tuple[Markup, float]:
    lanes = [lane for lane in picture.lanes if lane.pods]
    row = 22.0 if len(lanes) <= _FEW else 17.0
    names = [shortened(visible(lane.pods[0]), _LONGEST_NAME) for lane in lanes]
    left = max(map(width, names)) * _LETTER + 14
    frame = Frame(left, _right(picture, left, _WIDTH - 2), picture.axis.length, key)
    height = _HEAD + row * len(lanes)
    rows = [
        _row(lane, name, frame, (_HEAD + row * index, row))
        for index, (lane, name) in enumerate(zip(lanes, names, strict=True))
    ]
    return joined(_axis(picture, frame, height), *rows, _end_line(picture, frame, height)), height + 6


def _right(picture: Picture, left: float, most: float) -> float:
    """Where the axis ends: a few rounds are not drawn out."""
    return min(most, left + _WIDEST_ROUND * picture.axis.length) if picture.axis.are_columns else most


def _row(lane: Lane, name: str, frame: Frame, place: tuple[float, float]) -> Markup:
    """One Pod: its name, and a bar for each stretch; a pointer that rests on it reads it in words."""
    top, row = place
    said = "; ".join(f"{LOOKS[span.sign].letter} {timeline.LEGEND[span.sign]}" for span in lane.spans)
    return element(
        "g",
        element("title", f"{lane.pods[0]}: {said}"),
        _text(name, (frame.left - 10, top + row / 2 + 4), "text", "end"),
        *(_bar(span, frame, top + 2, row - 4) for span in lane.spans),
    )


def _bar(span: Span, frame: Frame, top: float, height: float) -> Markup:
    look = LOOKS[span.sign]
    left, right = frame.x(span.start) + 0.75, frame.x(span.stop) - 0.75
    box = {"x": left, "y": top, "width": max(right - left, 0.75), "height": height, "rx": 3.0}
    parts = [element("rect", fill=look.fill.light, class_=look.name, **box)]
    if look.hatch:
        parts.append(element("rect", fill=f"url(#{frame.key}-{look.name})", **box))
    if right - left >= _LETTER:
        middle = left + min((right - left) / 2, 9.0)
        parts.append(_text(look.letter, (middle, top + height / 2 + 4), look.name, "middle"))
    return joined(*parts)


def _areas(picture: Picture, key: str) -> tuple[Markup, float]:
    total = sum(lane.number for lane in picture.lanes)
    frame = Frame(64, _right(picture, 64, _WIDTH - 210), picture.axis.length, key)
    top, height = _HEAD, 300.0
    parts: list[str] = [_axis(picture, frame, top + height)]
    parts += [_level(top + height * (1 - share), f"{round(total * share)}", frame) for share in (0, 0.25, 0.5, 0.75, 1)]
    grounds = {place: 0 for sign in picture.signs for place, _ in levels(picture, sign)}
    ends: list[tuple[str, int, float]] = []
    for sign in (sign for sign in _ORDER if sign in picture.signs):
        tops = _stacked(grounds, levels(picture, sign))
        parts.append(_area(sign, grounds, tops, (frame, top, height, total)))
        last = max(place for place in tops if place < picture.axis.length)
        if tops[last] > grounds[last]:
            middle = (tops[last] + grounds[last]) / 2
            ends.append((sign, tops[last] - grounds[last], top + height * (1 - middle / total)))
        grounds = tops
    parts += [_end_line(picture, frame, top + height), *_end_labels(ends, frame.right + 12)]
    return joined(*parts), top + height + 8


def _stacked(grounds: dict[float, int], steps: Sequence[tuple[float, int]]) -> dict[float, int]:
    """The heights of an area upon another."""
    made, level, rest = {}, 0, dict(steps)
    for place in sorted(grounds):
        level = rest.get(place, level)
        made[place] = grounds[place] + level
    return made


def _area(
    sign: str, grounds: dict[float, int], tops: dict[float, int], where: tuple[Frame, float, float, int]
) -> Markup:
    frame, top, height, total = where
    places = sorted(grounds)
    over = [(frame.x(place), top + height * (1 - level / total)) for place, level in _steps(places, tops)]
    under = [(frame.x(place), top + height * (1 - level / total)) for place, level in _steps(places, grounds)]
    points = " L".join(f"{x:.1f} {y:.1f}" for x, y in (*over, *reversed(under)))
    look = LOOKS[sign]
    outline = {"d": f"M{points} Z"}
    parts = [element("path", fill=look.fill.light, class_=look.name, **outline)]
    if look.hatch:
        parts.append(element("path", fill=f"url(#{frame.key}-{look.name})", **outline))
    return element("g", element("title", timeline.LEGEND[sign]), *parts)


def _steps(places: Sequence[float], levels_: dict[float, int]) -> Iterator[tuple[float, int]]:
    """The corners of a stair."""
    for place, following in pairwise(places):
        yield place, levels_[place]
        yield following, levels_[place]


def _end_labels(ends: Sequence[tuple[str, int, float]], left: float) -> Iterator[Markup]:
    """How many Pods end under each sign, beside their area; those of low areas make room for each other."""
    floor = _HEAD + 300.0 + 4
    placed: list[float] = []
    for _, _, y in ends:
        floor = min(y + 4, floor)
        placed.append(floor)
        floor -= 16
    shift = max(0.0, _HEAD + 6 - min(placed, default=_HEAD + 6))
    for (sign, number, _), y in zip(ends, placed, strict=True):
        look = LOOKS[sign]
        yield _text(f"{look.letter} {number}", (left, y + shift), "text")
        yield _text(_SHORT[sign], (left + (len(str(number)) + 3) * _LETTER, y + shift), "soft")


_SHORT: Final = {
    timeline.UPGRADED: "upgraded",
    timeline.STARTING: "not ready yet",
    timeline.BOTH_RUN: "both run",
    timeline.EMPTIED: "emptied",
    timeline.UPDATED: "updated, ready",
    timeline.NOT_READY: "not ready",
    timeline.WAITS: "old version",
    timeline.NOT_UPGRADABLE: "not upgradable",
}


def _axis(picture: Picture, frame: Frame, bottom: float) -> Markup:
    axis = picture.axis
    half, anchor = (0.5, "middle") if axis.are_columns else (0.0, "start")
    marks = _legible([(frame.x(place + half), words, frame.x(place)) for place, words in axis.marks])
    parts = [_text(axis.title, (frame.left - 10, 20), "soft", "end")]
    parts += [_text(words, (x, 20), "soft", anchor) for x, words, _ in marks]
    parts += [_rule(edge, 26, edge, bottom) for _, _, edge in marks]
    return joined(*parts)


def _legible(marks: Sequence[tuple[float, str, float]]) -> list[tuple[float, str, float]]:
    """As many marks as have room for their words, at even distances."""
    *inner, last = [mark for mark in marks if mark[0] + len(mark[1]) * _LETTER <= _WIDTH]
    widest = max((len(words) for _, words, _ in inner), default=0) + 2
    apart = min((second[0] - first[0] for first, second in pairwise(inner)), default=_WIDTH)
    step = max(1, ceil(widest * _LETTER / apart))
    return [*(mark for mark in inner[::step] if last[0] - mark[0] > (len(last[1]) + 1) * _LETTER), last]


def _end_line(picture: Picture, frame: Frame, bottom: float) -> Markup:
    """Where nothing changes any more, on an axis that goes on a little."""
    if picture.axis.are_columns:
        return Markup()
    x = frame.x(picture.axis.end)
    return _rule(x, 26, x, bottom, "soft")


def _level(y: float, words: str, frame: Frame) -> Markup:
    return joined(_rule(frame.left, y, frame.right, y), _text(words, (frame.left - 8, y + 4), "soft", "end"))


def _rule(left: float, top: float, right: float, bottom: float, name: str = "rule") -> Markup:
    place = {"x1": left, "y1": top, "x2": right, "y2": bottom}
    dashes = {} if name == "rule" else {"stroke_dasharray": "4 3"}
    return element("line", **place, **dashes, stroke=(RULE if name == "rule" else SOFT).light, class_=f"{name}-line")


def _text(words: str, at: tuple[float, float], name: str, anchor: str = "start") -> Markup:
    """A text of ours, or a letter over the fill of the sign that is called so."""
    return element(
        "text",
        words,
        x=at[0],
        y=at[1],
        fill=_TEXTS[name].light,
        font_size=11.0,
        font_family="monospace",
        text_anchor=anchor,
        class_=f"{name}-ink",
    )


_TEXTS: Final = {"text": TEXT, "soft": SOFT, **{look.name: look.over for look in LOOKS.values()}}


def _pattern(sign: str, key: str) -> Markup:
    look = LOOKS[sign]
    stroke = element(
        "path", d=look.hatch, stroke=look.over.light, stroke_opacity=0.45, fill="none", class_=f"{look.name}-line"
    )
    box = {"width": 8.0, "height": 8.0}
    return element("pattern", stroke, id=f"{key}-{look.name}", patternUnits="userSpaceOnUse", **box)
