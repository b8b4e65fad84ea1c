"""May two selectors pick the same pod? OpenKruise's answer, slips included.

Upstream: SEL IsSelectorOverlapping; VALU isSidecarSetNamespaceOverlapping
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.upstream.fields import sorted_text_map, structs, text, texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_ANY: Final = "ALL"  # a value like any other as far as the rules below go, which is one of the slips


def selectors_overlap(one: Mapping[str, object], other: Mapping[str, object]) -> bool:
    """Whether OpenKruise takes it that a pod may match both.

    Upstream: SEL IsSelectorOverlapping
    """
    return not (_excludes(one, other) or _excludes(other, one))


def _excludes(one: Mapping[str, object], other: Mapping[str, object]) -> bool:
    """Whether what the first selector asks for rules the second one out.

    Upstream: SEL isDisjoint
    """
    wanted = _wanted_values(one)
    for key, value in sorted_text_map(other, "matchLabels").items():
        if key in wanted and not {_ANY, value} & set(wanted[key]):
            return True
    return any(
        _expression_excluded(wanted, text(expression, "key"), text(expression, "operator"), texts(expression, "values"))
        for expression in structs(other, "matchExpressions")
    )


def _wanted_values(selector: Mapping[str, object]) -> Mapping[str, Sequence[str]]:
    """The values that a selector lets each label have; what it forbids is not looked at."""
    wanted: dict[str, list[str]] = {key: [value] for key, value in sorted_text_map(selector, "matchLabels").items()}
    for expression in structs(selector, "matchExpressions"):
        key, operator = text(expression, "key"), text(expression, "operator")
        if operator == "In":
            wanted[key] = [*wanted.get(key, ()), *texts(expression, "values")]
        elif operator == "Exists":
            wanted[key] = [_ANY]
    return wanted


def _expression_excluded(wanted: Mapping[str, Sequence[str]], key: str, operator: str, values: Sequence[str]) -> bool:
    match operator:
        case "In":
            return key in wanted and not {_ANY, *values} & set(wanted[key])
        case "NotIn":
            return key in wanted and set(wanted[key]) <= set(values)
        case "Exists":
            return key not in wanted
        case "DoesNotExist":
            return key in wanted
        case _:
            return False
