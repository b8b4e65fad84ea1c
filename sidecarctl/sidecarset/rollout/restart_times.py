"""How long restarts take, as a person writes it: `30s`, `20s-40s` or `app=web:1m`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.sidecarset.rollout.pace import Pace, Span
from sidecarctl.upstream.duration import milliseconds
from sidecarctl.upstream.selector_text import parsed_selector

if TYPE_CHECKING:
    from collections.abc import Iterable


def parsed_paces(texts: Iterable[str], name: str) -> tuple[Pace, ...]:
    """Return paces in the order in which they are asked: those of certain labels as given, then that of the rest.

    `name` is what the user calls them. Raises ValueError for a text that is none, and where the rest is missing or said
    twice.
    """
    paces = [_pace(text, name) for text in texts]
    rest = [pace for pace in paces if not pace.selector]
    if len(rest) > 1:
        raise ValueError(f"{name} is given twice without labels: which of the two holds?")
    if paces and not rest:
        raise ValueError(f"{name} says nothing about the other Pods: add one without labels, as {name} 30s")
    return (*(pace for pace in paces if pace.selector), *rest)


def _pace(text: str, name: str) -> Pace:
    labels, _, span = text.rpartition(":")
    first, _, last = span.strip().partition("-")
    shortest, longest = milliseconds(first), milliseconds(last or first)
    if shortest is None or longest is None or shortest > longest:
        raise ValueError(f"{name} takes a duration as 30s, 20s-40s or app=web:1m; {span.strip() or 'nothing'} is none")
    return Pace(parsed_selector(labels), Span(shortest, longest))
