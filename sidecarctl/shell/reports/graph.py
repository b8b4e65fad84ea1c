"""SidecarSets and the workloads that they select, as a graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.render.escaping import dot_label, mermaid_label
from sidecarctl.sidecarset.matching.verdict import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sidecarctl.api.explain import Explained


def graph_text(found: Sequence[Explained], output: str) -> str:
    """Return the graph in the language of Graphviz (`dot`) or Mermaid; dashed where a Pod lacks its sidecars."""
    names = list(dict.fromkeys(answer.sidecar_set for one in found for answer in one.answers))
    workloads = [f"{one.resource} -n {one.namespace}" for one in found]
    edges = [
        (names.index(answer.sidecar_set), number, answer.reason == Reason.NOT_INJECTED)
        for number, one in enumerate(found)
        for answer in one.answers
        if answer.is_selected
    ]
    return (_dot if output == "dot" else _mermaid)(names, workloads, edges)


def _dot(names: Sequence[str], workloads: Sequence[str], edges: Iterable[tuple[int, int, bool]]) -> str:
    lines = [f"  s{number} [label={dot_label(name)}, shape=box];" for number, name in enumerate(names)]
    lines += [f"  w{number} [label={dot_label(name)}];" for number, name in enumerate(workloads)]
    lines += [
        f"  s{first} -> w{second}{' [style=dashed]' if is_missing else ''};" for first, second, is_missing in edges
    ]
    return "\n".join(["digraph sidecars {", "  rankdir=LR;", *lines, "}"]) + "\n"


def _mermaid(names: Sequence[str], workloads: Sequence[str], edges: Iterable[tuple[int, int, bool]]) -> str:
    lines = [f"  s{number}[{mermaid_label(name)}]" for number, name in enumerate(names)]
    lines += [f"  w{number}({mermaid_label(name)})" for number, name in enumerate(workloads)]
    lines += [f"  s{first} {'-.->' if is_missing else '-->'} w{second}" for first, second, is_missing in edges]
    return "\n".join(["flowchart LR", *lines]) + "\n"
