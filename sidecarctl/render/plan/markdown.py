"""Plans as Markdown, for a pull request, whose comments take no more than so much."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.render.escaping import markdown_text as escaped
from sidecarctl.render.plan import view
from sidecarctl.render.plan.timeline import row_label, timeline
from sidecarctl.shell.newpodsview import new_pods_lines
from sidecarctl.shell.planmermaid import chart
from sidecarctl.shell.plantime import has_times, total
from sidecarctl.shell.terminal import counted
from sidecarctl.upstream.fields import struct

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sidecarctl.shell.planreleases import Comparison
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
