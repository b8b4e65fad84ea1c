"""Ports of the node that the containers of a Pod ask for.

Upstream: KV checkHostPortConflicts, validatePodHostNetworkDeps
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.record import Record
from sidecarctl.sidecarset.pod_validation.judged import Refusal
from sidecarctl.upstream.fields import number, structs, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sidecarctl.finding import FieldPath
    from sidecarctl.sidecarset.pod_validation.judged import JudgedPod, Placed


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
