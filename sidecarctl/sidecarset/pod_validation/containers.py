"""Rules for containers that depend on the Pod around them: ports, security contexts, names, resizing.

Upstream: KV validateContainerCommon, validateContainers, validateInitContainers; KV validateWindows, validateLinux,
validateWindowsHostProcessPod, validateHostUsers; KV checkHostPortConflicts, validatePodHostNetworkDeps; KV
validatePodResources, validatePodResourceConsistency
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.finding import Key
from sidecarctl.record import Record
from sidecarctl.sidecarset.pod_validation.judged import Refusal, amounts
from sidecarctl.sidecarset.validation import formats
from sidecarctl.upstream.fields import number, struct, structs, text
from sidecarctl.upstream.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sidecarctl.finding import FieldPath
    from sidecarctl.sidecarset.pod_validation.judged import JudgedPod, Placed

    Amounts = Mapping[str, Quantity]


_HUGE_PAGES: Final = "hugepages-"


def container_refusals(pod: JudgedPod) -> Iterator[Refusal]:
    """Return what is wrong with each container in this Pod."""
    for one in pod.all_containers:
        yield from _sleep_refusals(one, pod)
        yield from _resize_refusals(one, pod)
        yield from _identity_refusals(one)
        yield from _amount_refusals(one)


def _sleep_refusals(one: Placed, pod: JudgedPod) -> Iterator[Refusal]:
    """Upstream: KV validateSleepAction."""
    if one.field == "initContainers" and not one.is_native:
        return
    for hook in ("postStart", "preStop"):
        action = struct(struct(struct(one.value, "lifecycle"), hook), "sleep")
        seconds = number(action, "seconds")
        if action and not 0 <= seconds <= pod.grace:
            told = (
                f"{hook} of {one.name} sleeps {seconds} s, more than the Pod's"
                f" terminationGracePeriodSeconds of {pod.grace}"
            )
            yield Refusal("POD003", ("sleep", one.name, hook), told, _grace_place(pod, one), one.name)


def _grace_place(pod: JudgedPod, one: Placed) -> tuple[str | int, ...]:
    is_written = "terminationGracePeriodSeconds" in pod.spec
    return ("spec", "terminationGracePeriodSeconds") if is_written else one.place


def _resize_refusals(one: Placed, pod: JudgedPod) -> Iterator[Refusal]:
    """Upstream: KV validateResizePolicy."""
    if text(pod.spec, "restartPolicy") != "Never":
        return
    for policy in structs(one.value, "resizePolicy"):
        if text(policy, "restartPolicy") != "NotRequired":
            resource = text(policy, "resourceName")
            told = f"resizePolicy of {one.name} for {resource} must be NotRequired: the Pod's restartPolicy is Never"
            yield Refusal("POD004", ("resize", one.name, resource), told, ("spec", "restartPolicy"), one.name)


def _identity_refusals(one: Placed) -> Iterator[Refusal]:
    for wrong in formats.dns_label(one.name):
        yield Refusal(
            "POD005", ("name", one.name), f"{one.name} cannot be a container's name: {wrong}", one.at("name"), one.name
        )
    image = text(one.value, "image")
    if not image or image != image.strip():
        told = f"{one.name} has blanks around its image" if image else f"{one.name} has no image"
        yield Refusal("POD005", ("image", one.name), told, one.at("image"), one.name)
    if one.field == "containers" and one.value.get("restartPolicy") is not None:
        told = f"{one.name} has a restartPolicy, which only init containers may have"
        yield Refusal("POD005", ("restartPolicy", one.name), told, one.at("restartPolicy"), one.name)


def _amount_refusals(one: Placed) -> Iterator[Refusal]:
    """Upstream: KV validateResourceRequirements."""
    limits, requests = one.amounts("limits"), one.amounts("requests")
    for resource, request in requests.items():
        limit = limits.get(resource)
        if limit is not None and request.nano > limit.nano:
            told = f"the {resource} request of {one.name}, {request}, is above its limit of {limit}"
            yield Refusal("POD007", ("request", one.name, resource), told, one.at("resources"), one.name)
        if request.nano < 0:
            told = f"the {resource} request of {one.name}, {request}, is below 0"
            yield Refusal("POD007", ("negative", one.name, resource), told, one.at("resources"), one.name)
    asked = {*limits, *requests}
    if any(resource.startswith(_HUGE_PAGES) for resource in asked) and not {"cpu", "memory"} & asked:
        told = f"{one.name} asks for huge pages, and for neither cpu nor memory"
        yield Refusal("POD007", ("huge pages", one.name), told, one.at("resources"), one.name)


_NOT_ON_WINDOWS: Final = (
    "appArmorProfile",
    "seLinuxOptions",
    "seccompProfile",
    "capabilities",
    "readOnlyRootFilesystem",
    "privileged",
    "allowPrivilegeEscalation",
    "procMount",
    "runAsUser",
    "runAsGroup",
)


_NOT_ON: Final = {"windows": _NOT_ON_WINDOWS, "linux": ("windowsOptions",)}


_OS: Final[FieldPath] = ("spec", "os", "name")


def security_refusals(pod: JudgedPod) -> Iterator[Refusal]:
    """Return security settings of containers that do not go with the Pod's own."""
    for one in pod.all_containers:
        for field in _NOT_ON.get(pod.system, ()):
            if one.security.get(field) is not None:
                told = f"securityContext.{field} of {one.name} may not be set in a Pod whose os.name is {pod.system}"
                yield Refusal("POD011", ("os", one.name, field), told, _OS, one.name)
        if one.security.get("procMount") == "Unmasked" and not pod.has_own_users:
            told = f"procMount Unmasked of {one.name} needs hostUsers: false in the Pod"
            yield Refusal("POD013", ("procMount", one.name), told, one.at("securityContext", "procMount"), one.name)
        if pod.has_own_users and structs(one.value, "volumeDevices"):
            told = f"{one.name} has volumeDevices, which a Pod with hostUsers: false may not have"
            yield Refusal("POD013", ("devices", one.name), told, ("spec", "hostUsers"), one.name)
    yield from _host_process_refusals(pod)


def _host_process_refusals(pod: JudgedPod) -> Iterator[Refusal]:
    """Upstream: KV validateWindowsHostProcessPod."""
    of_pod = struct(pod.security, "windowsOptions").get("hostProcess")
    settings = {one.name: struct(one.security, "windowsOptions").get("hostProcess") for one in pod.all_containers}
    for one, own in settings.items():
        if of_pod is not None and own is not None and own is not of_pod:
            told = f"hostProcess of {one} differs from the Pod's own"
            yield Refusal("POD012", ("differs", one), told, ("spec", "securityContext"), one)
    on_host = {one: (own if own is not None else of_pod) is True for one, own in settings.items()}
    if not any(on_host.values()):
        return
    others = [one for one, is_on_host in on_host.items() if not is_on_host]
    if others:
        told = f"all containers of a Pod must be host processes or none: {', '.join(others)} is none"
        yield Refusal("POD012", "mixed", told, ("spec", "containers"))
    if not pod.is_on_host_network:
        told = (
            f"a Pod with host processes ({', '.join(one for one in on_host if on_host[one])}) needs hostNetwork: true"
        )
        yield Refusal("POD012", "network", told, ("spec", "containers"))


class _HostPort(Record):
    container: Placed
    number: int  # among the ports of its container
    protocol: str
    address: str
    port: int
    container_port: int
    is_default: bool  # the containerPort of a Pod on the host network, not written

    @property
    def place(self) -> FieldPath:
        """Where it is written."""
        return self.container.at("ports", self.number, "containerPort" if self.is_default else "hostPort")


def port_refusals(pod: JudgedPod) -> Iterator[Refusal]:
    """Return ports of the node that two containers take, and those that differ on the host network.

    Upstream: KV validateContainers, validateInitContainers, validatePodHostNetworkDeps
    """
    yield from _conflicts([port for one in pod.containers for port in _host_ports(one, pod)])
    for one in pod.init_containers:  # they run one by one
        yield from _conflicts(list(_host_ports(one, pod)))
    if pod.is_on_host_network:
        for port in (port for one in pod.containers for port in _host_ports(one, pod)):
            if port.port != port.container_port:
                name = port.container.name
                told = (
                    f"with hostNetwork the hostPort of {name} must match its containerPort:"
                    f" {port.port} is not {port.container_port}"
                )
                yield Refusal("POD002", ("hostPort", name, port.number), told, port.place, name)


def _host_ports(container: Placed, pod: JudgedPod) -> Iterator[_HostPort]:
    for index, port in enumerate(structs(container.value, "ports")):
        written, inside = number(port, "hostPort"), number(port, "containerPort")
        host = written or (inside if pod.is_on_host_network else 0)
        if host:
            protocol = text(port, "protocol") or "TCP"
            yield _HostPort(container, index, protocol, text(port, "hostIP"), host, inside, not written)


def _conflicts(ports: Sequence[_HostPort]) -> Iterator[Refusal]:
    takers: dict[tuple[str, str, int], list[_HostPort]] = {}
    for port in ports:
        takers.setdefault((port.protocol, port.address, port.port), []).append(port)
    for key, found in takers.items():
        if len(found) == 1:
            continue
        written = [port for port in found if not port.is_default]
        takes_template = len(written) <= 1
        first, second = (found if takes_template else written)[:2]
        own = min(first, second, key=lambda one: -len(one.place))
        brought = second if own is first else first
        told = _told(first, second, f"{first.protocol} {first.address}{':' if first.address else ''}{first.port}")
        subject = ("host port", *key)
        yield Refusal("POD001", subject, told, own.place, brought.container.name, takes_template=takes_template)


def _told(first: _HostPort, second: _HostPort, shown: str) -> str:
    name, other = first.container.name, second.container.name
    who = f"{name} takes hostPort {shown} twice" if name == other else f"{name} and {other} both take hostPort {shown}"
    if not (first.is_default or second.is_default):
        return who
    return f"{who} (with hostNetwork the hostPort defaults to the containerPort)"


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
