"""Resources that a container asks for.

Upstream: KV ValidateContainerResourceRequirements
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.finding import Key
from sidecarctl.sidecarset.validation import formats
from sidecarctl.sidecarset.validation.field_errors import (
    Place,
    Shown,
    all_invalid,
    dumped,
    duplicate,
    forbidden,
    invalid,
    not_found,
    quoted,
    required,
    unsupported,
)
from sidecarctl.upstream.fields import struct, structs, text
from sidecarctl.upstream.quantity import NANO, Quantity, parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sidecarctl.finding import Finding
    from sidecarctl.upstream.release import Release

_OF_CONTAINERS: Final = ("cpu", "memory", "ephemeral-storage")
_COUNTED: Final = (
    "pods",
    "resourcequotas",
    "services",
    "replicationcontrollers",
    "secrets",
    "configmaps",
    "persistentvolumeclaims",
    "services.nodeports",
    "services.loadbalancers",
)
_STANDARD: Final = (
    *_OF_CONTAINERS,
    *_COUNTED,
    *(f"{side}.{name}" for side in ("requests", "limits") for name in _OF_CONTAINERS),
    "storage",
    "requests.storage",
)
_HUGE_PAGES: Final = "hugepages-"
_REQUESTS: Final = "requests."
_RESIZED: Final = ("cpu", "memory")
_RESIZE_POLICIES: Final = ("NotRequired", "RestartContainer")


def resource_findings(container: Mapping[str, object], where: Place, release: Release) -> Iterator[Finding]:
    """Whether resources have names and sizes, and no request is above its limit.

    Upstream: KV validateResourceRequirements
    """
    resources, there = struct(container, "resources"), where.at("resources")
    limits, requests = _quantities(resources, "limits"), _quantities(resources, "requests")
    for name, limit in limits.items():
        yield from _resource_findings(name, limit, there.at("limits", Key(name)), release)
    for name, request in requests.items():
        yield from _resource_findings(name, request, there.at("requests", Key(name)), release)
        yield from _limit_findings(name, request, limits.get(name), there, release)
    asked = [*limits, *requests]
    if any(name.startswith(_HUGE_PAGES) for name in asked) and not {"cpu", "memory"} & set(asked):
        yield forbidden("RES005", there, "HugePages require cpu or memory")
    if release.checks_resource_claims:
        yield from _claim_findings(structs(resources, "claims"), there.at("claims"))


def storage_findings(size: Quantity, where: Place) -> Iterator[Finding]:
    """Whether a volume can be of this size.

    Upstream: KV ValidatePositiveQuantityValue
    """
    if size.nano <= 0:
        yield invalid("RES002", where, str(size), "must be greater than zero")


def resize_findings(container: Mapping[str, object], where: Place) -> Iterator[Finding]:
    """Whether resizing is told for what can be resized, once.

    Upstream: KV validateResizePolicy
    """
    there = where.at("resizePolicy")
    seen: set[str] = set()
    for index, policy in enumerate(structs(container, "resizePolicy")):
        item = there.at(index, called=())
        name, restart = text(policy, "resourceName"), text(policy, "restartPolicy")
        if name in seen:
            yield duplicate("RES007", there.at(index), Shown(name))
        seen.add(name)
        if not name:
            yield required("RES007", item.at("resourceName", called=()))
        elif name not in _RESIZED:
            yield unsupported("RES007", item.at("resourceName", called=()), Shown(name), _RESIZED)
        if not restart:
            yield required("RES007", item.at("restartPolicy", called=()))
        elif restart not in _RESIZE_POLICIES:
            yield unsupported("RES007", item.at("restartPolicy", called=()), restart, _RESIZE_POLICIES)


def misplaced_resize_findings(container: Mapping[str, object], where: Place) -> Iterator[Finding]:
    """Init containers are never resized.

    Upstream: KV validateInitContainers
    """
    policies = structs(container, "resizePolicy")
    if policies:
        shown = Shown(dumped(policies, "[]core.ContainerResizePolicy"))
        yield invalid("RES008", where.at("resizePolicy"), shown, "must not be set for init containers")


def _quantities(resources: Mapping[str, object], side: str) -> Mapping[str, Quantity]:
    """The quantities by name, in the order of the names: upstream has none."""
    listed = struct(resources, side)
    return {name: parse(str(listed[name])).rounded_up_to_milli() for name in sorted(listed)}


def _resource_findings(name: str, amount: Quantity, where: Place, release: Release) -> Iterator[Finding]:
    shown = Shown(quoted(name) if release.quotes_bad_resource_names else name)
    yield from all_invalid("RES001", where, shown, _wrong_with_name(name))
    if amount.nano < 0:
        yield invalid("RES002", where, str(amount), formats.NOT_NEGATIVE)
    if (name in _COUNTED or _is_extended(name)) and amount.nano % NANO:
        yield invalid("RES003", where, Shown(_dumped_quantity(amount)), "must be an integer")


def _wrong_with_name(name: str) -> Iterator[str]:
    """Upstream: KV validateContainerResourceName."""
    wrong = formats.qualified_name(name)
    yield from wrong
    if "/" not in name:
        is_page = name.startswith(_HUGE_PAGES)
        if not wrong and name not in _STANDARD and not is_page and not name.startswith(f"{_REQUESTS}{_HUGE_PAGES}"):
            yield "must be a standard resource type or fully qualified"
        if name not in _OF_CONTAINERS and not is_page:
            yield "must be a standard resource for containers"
    elif not _is_native(name) and not _is_extended(name):
        yield "doesn't follow extended resource name standard"


def _limit_findings(
    name: str, request: Quantity, limit: Quantity | None, where: Place, release: Release
) -> Iterator[Finding]:
    can_overcommit = _is_native(name) and not name.startswith(_HUGE_PAGES)
    there = where.at("requests", Key(name), called=("requests",))
    if limit is None:
        if not can_overcommit:
            there = where.at("limits", called=("limits",))
            yield required("RES004", there, "Limit must be set for non overcommitable resources")
        return
    told = "must be less than or equal to" if request.nano > limit.nano else ""
    if not can_overcommit and request.nano != limit.nano:
        told = "must be equal to"
    if told:
        of = f" of {limit}" if release.names_exceeded_limit else ""
        ours = f"the request {request} {told} the {name} limit of {limit}"
        yield invalid("RES004", there, str(request), f"{told} {name} limit{of}", ours)


def _claim_findings(claims: Sequence[Mapping[str, object]], where: Place) -> Iterator[Finding]:
    """No claim can be named: a SidecarSet has no resourceClaims.

    Upstream: KV validateResourceClaimNames
    """
    seen: set[str] = set()
    for index, claim in enumerate(claims):
        there = where.at(index)
        name, request = text(claim, "name"), text(claim, "request")
        if not name:
            yield required("RES006", there, message="a claim needs a name")
            continue
        yield from _repeated_claim_findings(name, request, there, seen)
        detail = "must be one of the names in pod.spec.resourceClaims which is empty"
        told = "a SidecarSet has no resourceClaims, so none can be used"
        yield not_found("RES006", there, name, detail, message=told)


def _repeated_claim_findings(name: str, request: str, where: Place, seen: set[str]) -> Iterator[Finding]:
    if name in seen:
        yield duplicate("RES006", where, name)
        return
    key = f"{name}/{request}" if request else name
    if request:
        yield from all_invalid("RES006", where.at("request"), request, formats.dns_label(request))
    if key in seen:
        yield duplicate("RES006", where, key)
    elif not request:
        yield from (duplicate("RES006", where, name) for other in sorted(seen) if other.startswith(f"{name}/"))
    seen.add(key)


def _is_native(name: str) -> bool:
    """Upstream: k8s.io/kubernetes/pkg/apis/core/helper IsNativeResource."""
    return "/" not in name or "kubernetes.io/" in name


def _is_extended(name: str) -> bool:
    """Upstream: k8s.io/kubernetes/pkg/apis/core/helper IsExtendedResourceName."""
    return not _is_native(name) and not name.startswith(_REQUESTS) and not formats.qualified_name(f"{_REQUESTS}{name}")


def _dumped_quantity(amount: Quantity) -> str:
    """A quantity as `%#v` prints it, as far as its inside can be told from outside."""
    digits, scale = str(amount.nano), -9
    while digits.endswith("0") and scale < 0:
        digits, scale = digits[:-1], scale + 1
    if amount.text is not None:
        digits, scale = str(amount.nano // 10**6), -3
    return (
        f"resource.Quantity{{i:resource.int64Amount{{value:{digits}, scale:{scale}}},"
        f" d:resource.infDecAmount{{Dec:(*inf.Dec)(nil)}}, s:{quoted(amount.text or '')},"
        f" Format:{quoted(amount.format)}}}"
    )
