"""Group C, the update strategy.

Upstream: VAL validateSidecarSetUpdateStrategy
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.sidecarset.validation import formats
from sidecarctl.sidecarset.validation.field_errors import (
    SPEC,
    Place,
    Shown,
    int_or_string,
    invalid,
    required,
    selector_text,
)
from sidecarctl.sidecarset.validation.selectors import selector_findings, why_unusable
from sidecarctl.upstream.fields import is_true, label_selector, number, struct, structs, text
from sidecarctl.upstream.names import ALWAYS
from sidecarctl.upstream.selector import is_empty

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sidecarctl.finding import Finding
    from sidecarctl.upstream.release import Release

ROLLING_UPDATE: Final = "RollingUpdate"

_STRATEGY: Final = SPEC.at("updateStrategy")
_HEAVIEST: Final = 100


def native_sidecar_findings(spec: Mapping[str, object], release: Release) -> Iterator[Finding]:
    """Native sidecars are never rolled out, and the set must say so.

    Upstream: VAL validateSidecarSetSpec
    """
    if not release.refuses_native_sidecars_with_rolling_update or not _is_rolling(spec):
        return
    for index, sidecar in enumerate(structs(spec, "initContainers")):
        if text(sidecar, "restartPolicy") == ALWAYS:
            where = Place((*SPEC.path, "initContainers", index, "restartPolicy"), _STRATEGY.called)
            told = (
                "a sidecar among the initContainers cannot be upgraded in place: set updateStrategy.type to NotUpdate"
            )
            sentence = "The initContainer in-place upgrade is not currently supported."
            yield required("STR001", where, sentence, message=told)


def strategy_findings(spec: Mapping[str, object], release: Release) -> Iterator[Finding]:
    """Whether a rolling update can follow this strategy; any other type is not looked at.

    Upstream: VAL validateSidecarSetUpdateStrategy
    """
    if not _is_rolling(spec):
        return
    strategy = struct(spec, "updateStrategy")
    if strategy.get("selector") is not None:
        if release.refuses_selector_with_partition and _is_partitioned(strategy):
            where = Place(_STRATEGY.at("partition").path, ("updateStrategy",))
            yield invalid("STR002", where, _shown(strategy), "Partition and Selector cannot be used together")
        yield from selector_findings(label_selector(strategy, "selector"), _STRATEGY.at("selector"), release)
    for field in ("partition", "maxUnavailable"):
        if strategy.get(field) is not None:
            yield from _amount_findings(strategy[field], _STRATEGY.at(field))
    yield from _priority_findings(struct(strategy, "priorityStrategy"))
    yield from _scatter_findings(strategy)


def _is_rolling(spec: Mapping[str, object]) -> bool:
    return text(struct(spec, "updateStrategy"), "type") == ROLLING_UPDATE


def _is_partitioned(strategy: Mapping[str, object]) -> bool:
    """Any text counts, were it "0%"; a number unless it is the default.

    Upstream: VAL isPartitionSet
    """
    partition = strategy.get("partition")
    return isinstance(partition, str) or bool(partition)


def _amount_findings(amount: object, where: Place) -> Iterator[Finding]:
    """Whether this is a percentage or a number of pods.

    Upstream: k8s.io/kubernetes/pkg/apis/apps/validation/validation.go ValidatePositiveIntOrPercent
    """
    if isinstance(amount, str):
        for detail in formats.percent(amount):
            told = "must be a whole number, or a percentage such as 10%"
            yield invalid("STR003", where, Shown(int_or_string(amount)), detail, told)
    elif isinstance(amount, int) and amount < 0:
        yield invalid("STR003", where, amount, formats.NOT_NEGATIVE)


def _priority_findings(strategy: Mapping[str, object]) -> Iterator[Finding]:
    """The first thing that is wrong with the order of upgrades.

    Upstream: apis/apps/pub/update_priority.go FieldsValidation
    """
    where = _STRATEGY.at("priorityStrategy")
    for parts, told in _priority_errors(strategy):
        yield required("STR004", where.at(*parts, called=()), told)
        return


def _priority_errors(strategy: Mapping[str, object]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    weights, orders = structs(strategy, "weightPriority"), structs(strategy, "orderPriority")
    if weights and orders:
        yield (), "only one of weightPriority and orderPriority can be used"
    for index, term in enumerate(weights):
        if not 0 <= number(term, "weight") <= _HEAVIEST:
            yield ("weightPriority", index, "weight"), "weight must be valid number in the range 1-100"
        selector = label_selector(term, "matchSelector")
        if is_empty(selector):
            yield ("weightPriority", index, "matchSelector"), "selector can not be empty"
        if told := why_unusable(selector):
            yield ("weightPriority", index, "matchSelector"), f"invalid selector {told}"
    for index, term in enumerate(orders):
        if not text(term, "orderedKey"):
            yield ("orderPriority", index, "orderedKey"), "order key can not be empty"


def _scatter_findings(strategy: Mapping[str, object]) -> Iterator[Finding]:
    """The first scatter term that is wrong.

    Upstream: apis/apps/v1beta1/scatter_strategy.go FieldsValidation
    """
    where = _STRATEGY.at("scatterStrategy")
    seen = set()
    for index, term in enumerate(structs(strategy, "scatterStrategy")):
        key, value = text(term, "key"), text(term, "value")
        if not key:
            yield required("STR005", where.at(index, "key", called=()), "key should not be empty")
            return
        if (key, value) in seen:
            yield required("STR005", where.at(index, called=()), f"duplicated key={key} value={value}")
            return
        seen.add((key, value))


def _shown(strategy: Mapping[str, object]) -> str:
    """The strategy as the webhook prints it.

    Upstream: fmt %+v
    """
    selector = selector_text(label_selector(strategy, "selector"))
    amounts = [strategy.get(field, "<nil>") for field in ("partition", "maxUnavailable")]
    priority = "<nil>" if strategy.get("priorityStrategy") is None else "0x0"  # an address
    terms = " ".join(
        f"{{Key:{text(term, 'key')} Value:{text(term, 'value')}}}" for term in structs(strategy, "scatterStrategy")
    )
    paused = str(is_true(strategy, "paused")).lower()
    return (
        f"&{{Type:{text(strategy, 'type')} Paused:{paused} Selector:{selector} Partition:{amounts[0]}"
        f" MaxUnavailable:{amounts[1]} PriorityStrategy:{priority} ScatterStrategy:[{terms}]}}"
    )
