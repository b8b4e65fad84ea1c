"""`--ready-after`: how long restarts take, as `30s`, `20s-40s` or `app=web:1m`."""

from collections.abc import Iterable

from sidecarctl.shell.exits import UsageError
from sidecarctl.shell.selection import parsed_selector
from sidecarctl.sidecarset.rollout.pace import Pace, Span
from sidecarctl.upstream.duration import milliseconds


def parsed_paces(texts: Iterable[str]) -> tuple[Pace, ...]:
    """Return the paces in the order in which they are asked: those of certain labels as given, then that of the rest.

    Raises `UsageError` for a text that is none, and where the rest is missing or said twice.
    """
    paces = [_pace(text) for text in texts]
    rest = [pace for pace in paces if not pace.selector]
    if len(rest) > 1:
        raise UsageError("--ready-after is given twice without labels: which of the two holds?")
    if paces and not rest:
        raise UsageError(
            "--ready-after says nothing about the other Pods: add one without labels, as --ready-after 30s"
        )
    return (*(pace for pace in paces if pace.selector), *rest)


def _pace(text: str) -> Pace:
    labels, _, span = text.rpartition(":")
    return Pace(parsed_selector(labels), _span(span.strip()))


def _span(text: str) -> Span:
    first, _, last = text.partition("-")
    shortest, longest = milliseconds(first), milliseconds(last or first)
    if shortest is None or longest is None or shortest > longest:
        raise UsageError(f"--ready-after takes a duration as 30s, 20s-40s or app=web:1m; {text or 'nothing'} is none")
    return Span(shortest, longest)
