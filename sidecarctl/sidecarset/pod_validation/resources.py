"""Resources of the whole Pod (spec.resources) beside those of its containers.

Upstream: KV validatePodResources, validatePodResourceConsistency
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.finding import Key
from sidecarctl.sidecarset.pod_validation.judged import Refusal, amounts
from sidecarctl.upstream.fields import struct
from sidecarctl.upstream.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sidecarctl.sidecarset.pod_validation.judged import JudgedPod, Placed

    Amounts = Mapping[str, Quantity]

_HUGE_PAGES: Final = "hugepages-"
_WINDOWS: Final = "windows"
_ZERO: Final = Quantity(0)


def pod_resource_refusals(pod: JudgedPod) -> Iterator[Refusal]:
    """Return where the containers together, or one of them, ask for more than the Pod.

    Upstream: KV validatePodResourceConsistency; KD defaultPodRequests
    """
    resources = struct(pod.spec, "resources")
    limits = amounts({"limits": struct(resources, "limits")}, "limits")
    requests = amounts({"limits": struct(resources, "requests")}, "limits")
    if pod.system == _WINDOWS or not (limits or requests):
        return
    of_containers, written = _aggregate(pod, "requests"), _aggregate(pod, "written requests")
    for resource, amount in requests.items():
        asked = of_containers.get(resource)
        if asked is not None and asked.nano > amount.nano:
            of_template = written.get(resource)
            takes_template = of_template is None or of_template.nano <= amount.nano
            yield _too_little(resource, "request", amount, asked)._replace(takes_template=takes_template)
    limited = _aggregate(pod, "limits")
    for resource, limit in limits.items():
        asked = limited.get(resource) if resource.startswith(_HUGE_PAGES) else None
        if asked is not None and asked.nano > limit.nano:
            yield _too_little(resource, "limit", limit, asked)
        asked = of_containers.get(resource)
        if resource not in requests and asked is not None and asked.nano > limit.nano:
            yield _too_little(resource, "limit", limit, asked)._replace(takes_template=True)
    for one in pod.containers:
        yield from _limit_refusals(one, limits)


def _aggregate(pod: JudgedPod, side: str) -> Amounts:
    """Return what the containers ask for together at the moment when they ask for most; sides are those of `amounts`.

    Upstream: k8s.io/component-helpers/resource/helpers.go AggregateContainerRequests
    """
    total: dict[str, Quantity] = {}
    native: dict[str, Quantity] = {}
    most: dict[str, Quantity] = {}
    for one in pod.containers:
        for resource, amount in one.amounts(side).items():
            total[resource] = total.get(resource, _ZERO).plus(amount)
    for one in pod.init_containers:
        for resource, amount in one.amounts(side).items():
            asked = native.get(resource, _ZERO).plus(amount)
            most[resource] = max(most.get(resource, asked), asked, key=_nano)
            if one.is_native:
                native[resource] = asked
                total[resource] = total.get(resource, _ZERO).plus(amount)
    return {
        **most,
        **{resource: max(amount, most.get(resource, amount), key=_nano) for resource, amount in total.items()},
    }


def _nano(amount: Quantity) -> int:
    return amount.nano


def _limit_refusals(one: Placed, limits: Amounts) -> Iterator[Refusal]:
    for resource, own in one.amounts("limits").items():
        limit = limits.get(resource)
        if limit is not None and own.nano > limit.nano:
            told = (
                f"the {resource} limit of {one.name}, {own}, is above the Pod's own limit of {limit} (spec.resources)"
            )
            place = ("spec", "resources", "limits", Key(resource))
            yield Refusal("POD006", ("limit", one.name, resource), told, place, one.name)


def _too_little(resource: str, side: str, amount: Quantity, asked: Quantity) -> Refusal:
    told = (
        f"the Pod's own {resource} {side} of {amount} (spec.resources) is below the {asked} of its containers together"
    )
    return Refusal("POD006", ("sum", side, resource), told, ("spec", "resources", f"{side}s", Key(resource)))
