"""What a pod has of its own that looks like something injected, or like nothing at all: uninject cannot tell.

# Strategy: a cheap question first (`has_lookalikes`), then a trial.
Few pods have anything of the kind. For those, what uninject would make of the injected pod is compared with the pod
that came; where the two differ, injection says so, for it is the last to see what was there.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sidecarctl.finding import Finding, Severity
from sidecarctl.sidecarset.removal.replaced import ABSENT, LISTS, is_empty
from sidecarctl.sidecarset.removal.uninject import lost_findings, without_sets
from sidecarctl.upstream.fields import struct

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sidecarctl.sidecarset.injection.effective_set import EffectiveSet
    from sidecarctl.sidecarset.removal.uninject import OwnFields
    from sidecarctl.upstream.types import Pod


def unreturned_findings(
    before: Pod, after: Pod, sets: Sequence[EffectiveSet], own: OwnFields | None = None
) -> Iterator[Finding]:
    """What `uninject` will not give back of a pod without sidecars, though it succeeds (INJ005, INJ006).

    `sets` are the SidecarSets of which `after` has everything; `own` is as for `without_sets`. A text has more ways to
    say nothing than values have: which of them comes back is not said here.
    """
    stripped = without_sets(after, sets, own=own)
    if lost_findings(stripped, Severity.ERROR):
        return  # it refuses, and says why
    for part, key in (("metadata", "annotations"), *(("spec", key) for key in LISTS)):
        was, now = (struct(one, part).get(key, ABSENT) for one in (before, stripped.pod))
        if is_empty(was):
            if was != now and (was or now is ABSENT or own is None):
                yield _filled(part, key)
        elif lost := _difference(was, now):
            told = f"{key} would not be the same after uninject: {'; '.join(lost)}"
            yield Finding("INJ006", told, (part, key), Severity.INFO)


def _filled(part: str, key: str) -> Finding:
    told = f"{key} said that there is nothing, and has something now; uninject cannot tell how that was written"
    return Finding("INJ005", told, (part, key), Severity.INFO)


def _difference(was: object, now: object) -> list[str]:
    """What goes and what stays, by name; nothing where two fields are the same."""
    if was == now:
        return []
    before, after = Counter(_names(was)), Counter(_names(now))
    gone = [_why_gone(name, before[name]) for name in before - after]
    left = [f"{name} would stay, for nothing tells that it came with a sidecar" for name in after - before]
    return [*gone, *left] or ["it would stand there otherwise"]


def _why_gone(name: str, count: int) -> str:
    return f"{name} would stand there once" if count > 1 else f"{name} would go, for a SidecarSet brings the same"


def _names(value: object) -> list[str]:
    if isinstance(value, list):
        return [str(item.get("name", "")) if isinstance(item, dict) else "" for item in value]
    return list(value) if isinstance(value, dict) else []
