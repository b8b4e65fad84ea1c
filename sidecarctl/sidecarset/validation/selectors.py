"""Label selectors as the webhook wants them: well formed, and never empty.

Upstream: VAL validateSelector
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.sidecarset.validation import formats
from sidecarctl.sidecarset.validation.field_errors import (
    Place,
    Shown,
    all_invalid,
    dumped,
    forbidden,
    invalid,
    quoted,
    required,
)
from sidecarctl.sidecarset.validation.metadata import label_findings
from sidecarctl.upstream.fields import sorted_text_map, structs, text, texts
from sidecarctl.upstream.selector import is_empty

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sidecarctl.finding import Finding
    from sidecarctl.upstream.release import Release
    from sidecarctl.upstream.types import LabelSelector

NEED_VALUES: Final = ("In", "NotIn")
TAKE_NO_VALUES: Final = ("Exists", "DoesNotExist")


def selector_findings(selector: LabelSelector, where: Place, release: Release) -> Iterator[Finding]:
    """Whether a selector can be understood, and asks for something.

    Upstream: VAL validateSelector
    """
    yield from form_findings(selector, where, release)
    shown = Shown(dumped(selector, "v1.LabelSelector"))
    if is_empty(selector):
        told = "an empty selector is refused: name a label"
        yield invalid("SEL012", where, shown, "empty selector is not valid for sidecarset.", told)
    if why_unusable(selector):
        told = "OpenKruise cannot use this selector"
        yield invalid("SEL013", where.at(called=("selector",)), shown, "", told)


def form_findings(selector: Mapping[str, object], where: Place, release: Release) -> Iterator[Finding]:
    """Whether labels, operators and values have the right form.

    Upstream: k8s.io/apimachinery/pkg/apis/meta/v1/validation/validation.go ValidateLabelSelector
    """
    yield from label_findings("SEL014", where.at("matchLabels"), sorted_text_map(selector, "matchLabels"))
    for index, expression in enumerate(structs(selector, "matchExpressions")):
        yield from _expression_findings(expression, where.at("matchExpressions", index), release)


def why_unusable(selector: Mapping[str, object]) -> str:
    """The sentence with which Kubernetes refuses to select by this selector; empty where it does not.

    Upstream: k8s.io/apimachinery/pkg/apis/meta/v1/helpers.go LabelSelectorAsSelector
    """
    for key, value in sorted_text_map(selector, "matchLabels").items():
        if told := _why_no_requirement(key, "In", [value]):
            return told
    for expression in structs(selector, "matchExpressions"):
        operator = text(expression, "operator")
        if operator not in NEED_VALUES + TAKE_NO_VALUES:
            return f'"{operator}" is not a valid label selector operator'
        if told := _why_no_requirement(text(expression, "key"), operator, texts(expression, "values")):
            return told
    return ""


def _expression_findings(expression: Mapping[str, object], where: Place, release: Release) -> Iterator[Finding]:
    operator, key, values = text(expression, "operator"), text(expression, "key"), texts(expression, "values")
    if operator in NEED_VALUES:
        if not values:
            yield required("SEL015", where.at("values"), "must be specified when `operator` is 'In' or 'NotIn'")
    elif operator in TAKE_NO_VALUES:
        if values:
            told = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
            yield forbidden("SEL015", where.at("values"), told)
    else:
        told = "must be one of In, NotIn, Exists, DoesNotExist"
        yield invalid("SEL016", where.at("operator"), operator, "not a valid selector operator", told)
    yield from all_invalid("SEL014", where.at("key"), key, formats.qualified_name(key))
    if release.names_bad_selector_values:
        for index, value in enumerate(values):
            yield from all_invalid("SEL014", where.at("values", index), value, formats.label_value(value))


def _why_no_requirement(key: str, operator: str, values: Sequence[str]) -> str:
    """What is wrong with one requirement; several errors are put together as an aggregate is.

    Upstream: k8s.io/apimachinery/pkg/labels/selector.go NewRequirement
    """
    wrong = [f"key: Invalid value: {quoted(key)}: {'; '.join(told)}" for told in [formats.qualified_name(key)] if told]
    shown = f"values: Invalid value: {dumped(values or None, '[]string')}: "
    if operator in NEED_VALUES and not values:
        wrong.append(f"{shown}for 'in', 'notin' operators, values set can't be empty")
    if operator in TAKE_NO_VALUES and values:
        wrong.append(f"{shown}values set must be empty for exists and does not exist")
    for index, value in enumerate(values):
        if told := formats.label_value(value):
            wrong.append(f"values[{index}][{key}]: Invalid value: {quoted(value)}: {'; '.join(told)}")
    return f"[{', '.join(wrong)}]" if len(wrong) > 1 else "".join(wrong)
