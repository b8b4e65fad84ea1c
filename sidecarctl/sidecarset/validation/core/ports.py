"""Ports of a container.

Upstream: KV validateContainerPorts, checkHostPortConflicts
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.sidecarset.validation import formats
from sidecarctl.sidecarset.validation.field_errors import Place, all_invalid, duplicate, required, unsupported
from sidecarctl.upstream.fields import number, structs, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sidecarctl.finding import Finding
    from sidecarctl.upstream.release import Release

_PROTOCOLS: Final = ("SCTP", "TCP", "UDP")


def port_findings(container: Mapping[str, object], where: Place, release: Release) -> Iterator[Finding]:
    """Whether the ports of a container have numbers, and names of their own.

    Upstream: KV validateContainerPorts
    """
    seen: set[str] = set()
    for index, port in enumerate(structs(container, "ports")):
        there = where.at("ports", index)
        yield from _name_findings(text(port, "name"), there.at("name"), seen, release)
        yield from _number_findings(port, there)
        protocol = text(port, "protocol")
        if protocol not in _PROTOCOLS:
            yield unsupported("CON009", there.at("protocol"), protocol, _PROTOCOLS)


def port_or_name_findings(port: object, code: str, where: Place, release: Release) -> Iterator[Finding]:
    """Whether this is a port's number, or may be its name.

    Upstream: KV ValidatePortNumOrName
    """
    if isinstance(port, str):
        yield from all_invalid(code, where, port, formats.port_name(port, release.port_name_needs))
    elif isinstance(port, int | None):
        yield from all_invalid(code, where, port or 0, formats.port_number(port or 0))


def host_port_findings(containers: Iterable[tuple[Mapping[str, object], Place]]) -> Iterator[Finding]:
    """Whether two containers, which run at the same time, want the same port of the node.

    Upstream: KV checkHostPortConflicts
    """
    seen: set[str] = set()
    for container, where in containers:
        for index, port in enumerate(structs(container, "ports")):
            host_port = number(port, "hostPort")
            if not host_port:
                continue
            shown = f"{text(port, 'protocol')}/{text(port, 'hostIP')}/{host_port}"
            if shown in seen:
                told = f"the host port {host_port} is taken already in this set"
                yield duplicate("CON008", where.at("ports", index, "hostPort"), shown, message=told)
            seen.add(shown)


def _name_findings(name: str, where: Place, seen: set[str], release: Release) -> Iterator[Finding]:
    if not name:
        return
    if wrong := formats.port_name(name, release.port_name_needs):
        yield from all_invalid("CON006", where, name, wrong)
    elif name in seen:
        yield duplicate("CON006", where, name)
    seen.add(name)


def _number_findings(port: Mapping[str, object], where: Place) -> Iterator[Finding]:
    inside, outside = number(port, "containerPort"), number(port, "hostPort")
    if not inside:
        yield required("CON007", where.at("containerPort"))
    else:
        yield from all_invalid("CON007", where.at("containerPort"), inside, formats.port_number(inside))
    if outside:
        yield from all_invalid("CON007", where.at("hostPort"), outside, formats.port_number(outside))
