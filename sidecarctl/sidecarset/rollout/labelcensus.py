"""What labels Pods have: for whoever asked for one that chooses none of them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sidecarctl.upstream.selector import Requirement

_MOST: Final = 5


def why_nobody(wanted: Sequence[Requirement], labels: Iterable[Mapping[str, str]]) -> str:
    """Say why a selector chooses none of the Pods that have these labels."""
    keys: Counter[str] = Counter()
    values: dict[str, Counter[str]] = {one.key: Counter() for one in wanted}
    met: Counter[Requirement] = Counter()
    for of_pod in labels:
        keys.update(of_pod.keys())
        met.update(one for one in wanted if one.holds_for(of_pod))
        for key, found in values.items():
            if key in of_pod:
                found[of_pod[key]] += 1
    lacking = next((one for one in wanted if one not in met), None)
    if lacking is None:
        return "each condition holds for some of them, all together for none"
    if values[lacking.key]:
        return f"{lacking} holds for none; {lacking.key} is {_listed(values[lacking.key])}"
    return f"none has a label {lacking.key}; they have {_listed(keys)}" if keys else "they have no labels"


def _listed(found: Counter[str]) -> str:
    """The most frequent first."""
    names = sorted(found, key=lambda name: (-found[name], name))
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return ", ".join(names[:_MOST]) + more
