"""Answers of `why` as text, JSON, graph (dot, Mermaid) and costs."""

from __future__ import annotations

from functools import reduce
from json import dumps
from typing import TYPE_CHECKING, Final

from sidecarctl.api.explain import REFUSED
from sidecarctl.render.text import Palette, aligned, dot_label, mermaid_label, visible
from sidecarctl.render.text import json_text as escaped
from sidecarctl.sidecarset.injection.additions import Cost
from sidecarctl.sidecarset.matching.verdict import Reason
from sidecarctl.upstream.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sidecarctl.api.explain import Answer, Explained
    from sidecarctl.finding import Position


_HEAD: Final = ("SIDECARSET", "WORKLOAD", "NAMESPACE", "PODS", "WHY")


_PARTS: Final = {
    "containers": "containers",
    "init_containers": "init containers",
    "volumes": "volumes",
    "pull_secrets": "imagePullSecrets",
    "annotations": "annotations",
}


def answer_lines(found: Sequence[Explained], palette: Palette) -> Iterator[str]:
    """Return, for each workload, what decides about each SidecarSet, the places, and what injection adds."""
    for one in found:
        yield palette(visible(f"{one.resource} -n {one.namespace} ({one.position})"), "bold")
        if one.refusal and not any(one.refusal in answer.sentence for answer in one.answers):
            yield f"  the webhook refuses this Pod: {visible(one.refusal)}"
        for answer in one.answers:
            yield from _lines(answer, palette)
        yield from _added(one)


def table_lines(found: Sequence[Explained]) -> Iterator[str]:
    """Return the table of SidecarSets and workloads, then what several select, and what it costs."""
    yield from aligned([_HEAD, *(row for one in found for row in _rows(one))])
    shared = [one for one in found if len(one.selected) > 1]
    if shared:
        yield ""
        for one in shared:
            yield visible(f"{one.resource} -n {one.namespace} gets {' and '.join(one.selected)}")
    yield from _refused_sets(found)
    for one in found:
        if one.refusal:
            yield visible(f"{one.resource} -n {one.namespace}: the webhook refuses this Pod: {one.refusal}")
    yield from cost_lines(found)


def _refused_sets(found: Sequence[Explained]) -> Iterator[str]:
    """The SidecarSets that their webhook refuses, for a conflict with others or for themselves; each once."""
    refused: dict[str, str] = {}
    for one in (answer for explained in found for answer in explained.answers):
        if one.reason == REFUSED:
            refused[one.sidecar_set] = f"SidecarSet {one.sidecar_set} ({one.set_position}): {one.sentence}"
        elif one.refusal:
            refused.setdefault(one.sidecar_set, f"SidecarSet {one.sidecar_set}: {one.refusal}")
    if refused:
        yield ""
    yield from map(visible, refused.values())


def json_text(found: Sequence[Explained]) -> str:
    """Return everything as a JSON document."""
    document = {
        "apiVersion": "sidecarctl.dev/v1alpha1",
        "kind": "Explanation",
        "workloads": [_plain(one) for one in found],
    }
    return escaped(dumps(document, indent=2, ensure_ascii=False)) + "\n"


def _lines(answer: Answer, palette: Palette) -> Iterator[str]:
    mark = palette("yes", "green") if answer.is_selected else palette("no", "red")
    yield f"  {visible(answer.sidecar_set)}: {mark}: {visible(_coded(answer))} [{answer.reason}]"
    if answer.hint:
        yield f"    hint: {visible(answer.hint)}"
    if answer.refusal:
        yield f"    besides: {visible(answer.refusal)}"
    if answer.position:
        yield f"    workload: {visible(str(answer.position))}"
    if answer.set_position:
        yield f"    SidecarSet: {visible(str(answer.set_position))}"


def _coded(answer: Answer) -> str:
    return f"{answer.sentence} [{answer.code}]" if answer.code else answer.sentence


def _added(one: Explained) -> Iterator[str]:
    parts = {words: getattr(one.adds, field) for field, words in _PARTS.items()}
    adds = "; ".join(f"{words} {', '.join(names)}" for words, names in parts.items() if names)
    if adds:
        yield f"  injection adds: {visible(adds)}"
    if one.is_settled:
        yield "  nothing to add: it carries its sidecars already"
    if one.adds.replaced:
        yield f"  injection replaces: containers {visible(', '.join(one.adds.replaced))}"


def _rows(one: Explained) -> Iterator[tuple[str, ...]]:
    pods = "-" if one.counted_with else "?" if one.pods is None else str(one.pods)
    chosen = [answer for answer in one.answers if answer.is_selected]
    for answer in chosen or one.answers[:1]:
        name = answer.sidecar_set if answer.is_selected else "-"
        why = _coded(answer) if answer.is_selected else f"nearest: {answer.sidecar_set}: {_coded(answer)}"
        why += f"; its Pods are counted with {one.counted_with}" if one.counted_with else ""
        yield tuple(visible(text) for text in (name, one.resource, one.namespace, pods, why))


def _plain(one: Explained) -> dict[str, object]:
    adds = {
        field.partition("_")[0] + field.partition("_")[2].capitalize(): list(names)
        for field, names in one.adds._asdict().items()
        if names
    }
    return {
        "resource": one.resource,
        "namespace": one.namespace,
        "pods": one.pods,
        "position": one.position._asdict(),
        "sidecarSets": [_plain_answer(answer) for answer in one.answers],
        "adds": adds,
        "requests": _requests(reduce(Cost.plus, (brought.cost for brought in one.brought.values()), Cost())),
        "requestsBySidecarSet": {name: _requests(brought.cost) for name, brought in one.brought.items()},
        **({"refusal": one.refusal} if one.refusal else {}),
        **({"countedWith": one.counted_with} if one.counted_with else {}),
    }


def _requests(cost: Cost) -> dict[str, str]:
    return {"cpu": str(cost.cpu), "memory": str(cost.memory)}


def _plain_answer(answer: Answer) -> dict[str, object]:
    fields: dict[str, object] = {
        "sidecarSet": answer.sidecar_set,
        "selected": answer.is_selected,
        "reason": answer.reason,
        "code": answer.code,
        "message": answer.sentence,
        "hint": answer.hint,
        "refusal": answer.refusal,
        "revision": answer.revision,
        "workloadPosition": _place(answer.position),
        "sidecarSetPosition": _place(answer.set_position),
    }
    return {name: value for name, value in fields.items() if value not in ("", None)}


def _place(position: Position | None) -> dict[str, object] | None:
    return position._asdict() if position else None


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


def cost_lines(found: Sequence[Explained]) -> Iterator[str]:
    """Return a table of requests, by SidecarSet and namespace."""
    sums: dict[tuple[str, str], tuple[int, Cost]] = {}
    for one in found:
        for name, brought in one.brought.items() if one.pods and not one.counted_with else ():
            pods, total = sums.get((name, one.namespace), (0, Cost()))
            sums[name, one.namespace] = pods + (one.pods or 0), total.plus(_times(brought.cost, one.pods or 0))
    if sums:
        rows = [("SIDECARSET", "NAMESPACE", "PODS", "CPU", "MEMORY")]
        rows += [
            (*key, str(pods), str(total.cpu), str(total.memory))
            for key, (pods, total) in sorted(sums.items(), key=_name)
        ]
        yield ""
        yield "requests of the sidecars, all Pods together:"
        yield from aligned([tuple(map(visible, row)) for row in rows])


def _name(item: tuple[tuple[str, str], object]) -> tuple[str, str]:
    return item[0]


def _times(cost: Cost, number: int) -> Cost:
    return Cost(*(Quantity(amount.nano * number, amount.format) for amount in cost))
