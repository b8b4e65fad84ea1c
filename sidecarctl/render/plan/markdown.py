"""Plans as Markdown with a Mermaid chart, within the size limit of a pull request comment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from sidecarctl.render.plan import view
from sidecarctl.render.plan.lanes import Lane, picture
from sidecarctl.render.plan.timeline import (
    BOTH_RUN,
    NOT_READY,
    STARTING,
    Row,
    has_times,
    last_moment,
    row_label,
    seconds_of,
    timeline,
    total,
)
from sidecarctl.render.plan.view import new_pods_lines
from sidecarctl.render.text import counted, mermaid_chart_name
from sidecarctl.render.text import markdown_text as escaped
from sidecarctl.upstream.fields import struct, structs, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sidecarctl.render.plan.table import Comparison
    from sidecarctl.upstream.fields import Value


LARGEST: Final = 65_000  # characters; a comment on GitHub takes 65,536, and may say something of its own


_CUT: Final = "*Cut here: this is as much as a comment takes. `plan -o html` shows everything.*\n"


def markdown(documents: Sequence[Value], compared: Sequence[Comparison] = ()) -> str:
    """Return plans as Markdown, without their least telling parts where it would be too long for a comment."""
    parts: list[Callable[[Value], list[str]]] = [_head, _chart, _rounds, _pods, _findings]
    said = ""
    for left_out in ([], [_pods], [_pods, _rounds], [_pods, _rounds, _chart], [_pods, _rounds, _chart, _findings]):
        kept = [one for one in parts if one not in left_out]
        words = (
            [f"*Left out to fit into a comment: {', '.join(_CALLED[one] for one in left_out)}.*"] if left_out else []
        )
        blocks = [block for document in documents for one in kept if (block := one(document))]
        blocks += [*(_comparison(one) for one in compared), *([words] if words else [])]
        said = "\n".join("".join(f"{line}\n" for line in block) for block in blocks)
        if len(said) <= LARGEST:
            return said
    whole = said[: LARGEST - len(_CUT)].rpartition("\n")[0]
    return f"{whole}\n\n{_CUT}"


def _head(document: Value) -> list[str]:
    lines = [f"### {escaped(view.title(document))}", ""]
    lines += [_item(line) for line in (*view.change_lines(document), view.strategy_line(document))]
    return lines + [_item(line) for line in (*new_pods_lines(document), *view.outcome_lines(document))]


def _chart(document: Value) -> list[str]:
    lines = chart(document)
    return ["```mermaid", *lines, "```"] if lines else []


def _rounds(document: Value) -> list[str]:
    rounds = view.rounds_to_show(document)
    if not rounds:
        return []
    is_timed = has_times(document)
    head = ["round", *(["at"] if is_timed else []), "updated", "ready", "upgrades", "resets", "Pods"]
    lines = [_row(head), _row([*["--:"] * (len(head) - 1), "---"]).replace(" ", "")]
    for one in rounds:
        status, pods, resets = struct(one.first, "status"), view.pods_in(one.first), view.pods_in(one.first, "resets")
        each = "" if one.first is one.last else " each"
        cells = [one.numbers, *([one.times] if is_timed else []), *view.updated_and_ready(status)]
        lines.append(_row([*cells, f"{len(pods)}{each}", f"{len(resets)}{each}", escaped(view.short(pods or resets))]))
    if is_timed:
        end = struct(struct(document, "final"), "status")
        lines.append(_row(["end", escaped(total(document)), *view.updated_and_ready(end), "", "", ""]))
    return lines


def _pods(document: Value) -> list[str]:
    made = timeline(document)
    if made is None:
        return []
    lines = ["<details><summary>Pod by Pod</summary>", "", "| Pod | rounds, end |", "|---|---|"]
    lines += [f"| {escaped(row_label(row))} | `{row.signs}` |" for row in made.rows]
    lines += [f"| … and {counted(made.hidden, 'more Pod')} | |"] if made.hidden else []
    words = view.legend(row.signs for row in made.rows)
    return [*lines, "", ", ".join(f"`{word[0]}` {word[2:]}" for word in words), "", "</details>"]


def _findings(document: Value) -> list[str]:
    return [f"- {escaped(finding)}" for finding in view.finding_texts(document)]


_CALLED: Final[dict[Callable[[Value], list[str]], str]] = {
    _chart: "the chart",
    _rounds: "the rounds",
    _pods: "the Pods one by one",
    _findings: "the findings",
}


def _comparison(made: Comparison) -> list[str]:
    lines = [f"#### {escaped(made.title)}"]
    if made.rows:
        lines += ["", _row(["", *map(escaped, made.releases)]), _row(["---", *["--:"] * len(made.releases)])]
        lines += [_row(list(map(escaped, row))) for row in made.rows]
    return [
        *lines,
        *([""] if made.first_difference else []),
        *(f"- {escaped(one)}" for one in made.first_difference),
    ]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _item(line: str) -> str:
    return f"  - {escaped(line.strip())}" if line.startswith(" ") else f"- {escaped(line)}"


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
