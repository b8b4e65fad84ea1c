"""Stages as a table for a terminal, and as Markdown for a pull request; both are drawn from their document."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from sidecarctl.render.plan import view
from sidecarctl.render.text import aligned, counted, visible
from sidecarctl.upstream.fields import struct, structs, text
from sidecarctl.upstream.selector import Requirement
from sidecarctl.yamledit.write.emit import yaml_stream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sidecarctl.upstream.fields import Value
    from sidecarctl.yamledit.value import Value as Json

_HEAD = ("STAGE", "NAME", "PATCH", "UPGRADES", "UPDATED", "READY", "ROUNDS", "TAKES", "PODS")
_MOST_VALUES = 6  # of a selector; the patches have them all
_TAKES = _HEAD.index("TAKES")
_SPECIAL = str.maketrans({char: f"\\{char}" for char in "\\`*_<>|[]"})


def table(document: Value) -> list[str]:
    """Return the lines of stages."""
    rows = _rows(document)
    notes = list(_notes(document))
    return [_title(document), "", *aligned(rows), *([""] if notes else []), *notes]


def markdown(document: Value) -> list[str]:
    """Return the lines of stages, and their patches to copy."""
    lines = [f"### {_plain(_title(document))}", ""]
    head, *rows = _rows(document)
    lines += [f"| {' | '.join(head).lower()} |", f"|--:|---|---|{'--:|' * (len(head) - 4)}---|"]
    lines += [f"| {' | '.join(map(_plain, row))} |" for row in rows]
    notes = [f"{'  ' if note.startswith(' ') else ''}- {_plain(note.strip())}" for note in _notes(document)]
    lines += [*([""] if notes else []), *notes]
    lines += ["", "<details><summary>The patches</summary>"]
    for stage in structs(document, "stages"):
        lines += ["", f"Stage {stage['stage']}, {_plain(view.shown(stage, 'name'))}:", "", "```yaml"]
        lines += [*yaml_stream([cast("Json", stage["patch"])]).split("\n"), "```"]
    return [*lines, "", "</details>"]


def patch_text(stage: Value) -> str:
    """Return what the patch of a stage asks for."""
    strategy = struct(struct(struct(stage, "patch"), "spec"), "updateStrategy")
    if selector := struct(strategy, "selector"):
        return visible(f"selector {','.join(map(_expression, structs(selector, 'matchExpressions')))}")
    partition = strategy.get("partition")
    return "no selector" if partition is None else f"partition {partition}"


def shortfall(stage: Value) -> list[str]:
    """Return why a stage does not get where it should, what decides first; nothing where it does."""
    causes = structs(stage, "outcome")
    if not causes:
        return []
    status = struct(stage, "status")
    who, goal = f"Stage {stage['stage']} ({view.shown(stage, 'name')})", cast("int", stage["goal"])
    got = f"{status.get('updatedPods', 0)} updated, {status.get('updatedReadyPods', 0)} of them ready"
    return [f"{who} falls short of {counted(goal)}: {got}", *(f"  {view.cause_text(cause)}" for cause in causes)]


def _title(document: Value) -> str:
    title, label = view.title(document), view.shown(document, "groupedBy")
    return f"{title}, in stages{f' by label {label}' if label else ''}: patches of spec.updateStrategy"


def _rows(document: Value) -> list[list[str]]:
    stages = structs(document, "stages")
    rows = [[*_HEAD], *map(_row, stages)]
    if not any("timing" in stage for stage in stages):
        for row in rows:
            del row[_TAKES]
    return rows


def _row(stage: Value) -> list[str]:
    status, pods = struct(stage, "status"), view.pods_in(stage)
    updated = f"{status.get('updatedPods', 0)}/{status.get('matchedPods', 0)}"
    counts = [str(len(pods)), updated, str(status.get("updatedReadyPods", 0)), str(stage["rounds"])]
    takes = view.shown(struct(stage, "timing"), "duration")
    return [str(stage["stage"]), view.shown(stage, "name"), patch_text(stage), *counts, takes, view.short(pods)]


def _notes(document: Value) -> Iterator[str]:
    yield from view.not_counted(document)
    for stage in structs(document, "stages"):
        yield from shortfall(stage)
    for stage in structs(document, "stages"):
        about = {"findings": stage.get("findings"), "outcome": stage["outcome"]}
        yield from (f"Stage {stage['stage']}: {told}" for told in view.finding_texts(about))
    told_already = {cause.get("code") for stage in structs(document, "stages") for cause in structs(stage, "outcome")}
    outcome = [{"code": code} for code in told_already]
    yield from view.finding_texts({"findings": document["findings"], "outcome": outcome})


def _expression(expression: Value) -> str:
    values = cast("list[str]", expression.get("values") or [])
    rest = len(values) - _MOST_VALUES
    if rest > 0:
        values = [*values[: _MOST_VALUES - 1], f"{values[_MOST_VALUES - 1]} and {rest} more"]
    return str(Requirement(text(expression, "key"), text(expression, "operator"), tuple(values)))


def _plain(told: str) -> str:
    """A text in which Markdown sees nothing of its own."""
    return told.translate(_SPECIAL)
