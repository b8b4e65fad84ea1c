"""How near labels come to what is asked of them: a letter, a case, another key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.finding import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sidecarctl.upstream.selector import Requirement


def near_miss(wanted: Requirement, labels: Mapping[str, str]) -> str:
    """What may have been meant, where labels nearly meet a requirement; else nothing."""
    if wanted.operator not in {"In", "Exists"}:
        return ""
    there = labels.get(wanted.key)
    if there is None:
        return _other_key(wanted, labels)
    if there.lower() in (value.lower() for value in wanted.values):
        return "they differ in upper and lower case only"
    similar = nearest(there, wanted.values, cutoff=0.7)
    return f"did you mean {similar}?" if similar else ""


def _other_key(wanted: Requirement, labels: Mapping[str, str]) -> str:
    same_value = next((key for key, value in labels.items() if value in wanted.values), "")
    key = nearest(wanted.key, labels, cutoff=0.7) or same_value
    return f"it has {key}={labels[key]}: is that the label that is meant?" if key else ""
