"""The resources that a resourcesPolicy computes from the containers beside the sidecar.

Upstream: RES
"""

from __future__ import annotations

import re
from functools import cache, reduce
from typing import TYPE_CHECKING, Final, Literal, cast

from sidecarctl.finding import InjectionRefused
from sidecarctl.sidecarset.injection.expression import InvalidExpression, as_quantity, evaluated
from sidecarctl.upstream.go.regexp import InvalidRegexp, search
from sidecarctl.upstream.pod_defaults import resources_with_defaults
from sidecarctl.upstream.quantity import Quantity, parse

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from sidecarctl.upstream.types import Container, ResourceRequirements, ResourcesPolicy

LimitsOrRequests = Literal["limits", "requests"]
Resource = Literal["cpu", "memory"]

_COMPUTED: Final[tuple[tuple[LimitsOrRequests, Resource, str], ...]] = (
    ("limits", "cpu", "CPU limits"),
    ("limits", "memory", "memory limits"),
    ("requests", "cpu", "CPU requests"),
    ("requests", "memory", "memory requests"),
)
_ZERO: Final = Quantity(0)


def computed_resources(
    policy: ResourcesPolicy, containers: Iterable[Container], sidecar_names: Collection[str]
) -> ResourceRequirements:
    """What a sidecar gets: its policy's expressions over the containers that it targets, and nothing else.

    `containers` are those that may be targets, native sidecars first; `sidecar_names` are never targets.
    Raises InjectionRefused where there is no target, or an expression has no value.
    Upstream: RES injectResourcesPolicy
    """
    aimed_at = targets(policy.get("targetContainersNameRegex", ""), containers, sidecar_names)
    given = [resources_with_defaults(target.get("resources", {})) for target in aimed_at]
    computed: dict[str, dict[str, str]] = {}
    for kind, resource, shown in _COMPUTED:
        expression = policy.get("resourcesExpr", {}).get(kind, {}).get(resource, "")
        amounts = [_amount(resources, kind, resource) for resources in given]
        aggregate = _aggregate(policy.get("targetContainersMode", ""), kind, amounts)
        if expression and aggregate is not None:
            computed.setdefault(kind, {})[resource] = _value(expression, aggregate, shown)
    return cast("ResourceRequirements", computed)


def targets(pattern: str, containers: Iterable[Container], sidecar_names: Collection[str]) -> list[Container]:
    """The containers that a resourcesPolicy is about.

    Raises InjectionRefused where there is none.
    Upstream: RES getTargetContainers
    """
    names = ((container.get("name", ""), container) for container in containers)
    try:
        is_named = search(pattern)
        found = [container for name, container in names if name not in sidecar_names and is_named(name)]
    except InvalidRegexp as error:
        raise InjectionRefused(
            f"failed to get target containers: invalid regex pattern {_quoted(pattern)}: {error}"
        ) from error
    if not found:
        raise InjectionRefused(f"no containers match the regex pattern {_quoted(pattern)}")
    return found


def _amount(resources: ResourceRequirements, kind: LimitsOrRequests, resource: Resource) -> Quantity | None:
    amount = resources.get(kind, {}).get(resource)
    return None if amount is None else parse(amount)


def _aggregate(mode: str, kind: LimitsOrRequests, amounts: Sequence[Quantity | None]) -> Quantity | None:
    """One amount for all targets; a limit that one of them lacks is none at all, a request counts as zero.

    Upstream: RES aggregateResources
    """
    defined = [amount for amount in amounts if amount is not None]
    if kind == "limits" and len(defined) < len(amounts):
        return None
    aggregate = None
    if mode == "sum":
        aggregate = reduce(Quantity.plus, defined, _ZERO)
    elif mode == "max" and defined:
        aggregate = max(defined, key=lambda amount: amount.nano)
    if kind == "limits":
        return aggregate
    return aggregate if aggregate is not None and aggregate.nano else _ZERO


def _value(expression: str, aggregate: Quantity, shown: str) -> str:
    variable = "memory" if _mentions_memory().search(expression) else "cpu"
    try:
        return str(as_quantity(evaluated(expression, {variable: aggregate})))
    except InvalidExpression as error:
        reason = f'failed to parse expression "{expression}": {error}'
        raise InjectionRefused(f"failed to evaluate {shown} expression: {reason}") from error


@cache
def _mentions_memory() -> re.Pattern[str]:
    return re.compile(r"\bmemory\b", re.ASCII)


def _quoted(pattern: str) -> str:
    return f'"{pattern}"'
