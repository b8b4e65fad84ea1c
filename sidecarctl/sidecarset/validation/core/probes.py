"""Rules for probes, lifecycle hooks and their handlers.

Upstream: KV validateProbe, validateLifecycle; KV validateHandler
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.record import Record
from sidecarctl.sidecarset.validation import formats
from sidecarctl.sidecarset.validation.core.ports import port_or_name_findings
from sidecarctl.sidecarset.validation.field_errors import (
    Place,
    Shown,
    all_invalid,
    dumped,
    forbidden,
    invalid,
    required,
    unsupported,
)
from sidecarctl.upstream.fields import number, struct, structs, text, texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sidecarctl.finding import Finding
    from sidecarctl.upstream.release import Release


PROBES: Final = ("livenessProbe", "readinessProbe", "startupProbe")


_NUMBERS: Final = ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold")


def lifecycle_findings(container: Mapping[str, object], where: Place, release: Release) -> Iterator[Finding]:
    """Whether the hooks of a container can be run.

    Upstream: KV validateLifecycle
    """
    lifecycle = struct(container, "lifecycle")
    for hook in ("postStart", "preStop"):
        if lifecycle.get(hook) is not None:
            yield from handler_findings(struct(lifecycle, hook), where.at("lifecycle", hook), OF_HOOKS, release)


def probe_findings(container: Mapping[str, object], where: Place, release: Release) -> Iterator[Finding]:
    """Whether the probes of a container can be made.

    Upstream: KV validateLivenessProbe, validateReadinessProbe, validateStartupProbe
    """
    for name in PROBES:
        yield from common_probe_findings(container, where, name, release)
        yield from own_probe_findings(container, where, name)


def common_probe_findings(
    container: Mapping[str, object], where: Place, name: str, release: Release
) -> Iterator[Finding]:
    """What every probe must keep to.

    Upstream: KV validateProbe
    """
    if container.get(name) is None:
        return
    probe, there = struct(container, name), where.at(name)
    yield from handler_findings(probe, there, OF_PROBES, release)
    for field in _NUMBERS:
        if number(probe, field) < 0:
            yield invalid("PRB009", there.at(field), number(probe, field), formats.NOT_NEGATIVE)
    grace = probe.get("terminationGracePeriodSeconds")
    if grace is not None and number(probe, "terminationGracePeriodSeconds") <= 0:
        yield invalid("PRB009", there.at("terminationGracePeriodSeconds"), grace, "must be greater than 0")


def own_probe_findings(container: Mapping[str, object], where: Place, name: str) -> Iterator[Finding]:
    """What only this kind of probe must keep to.

    Upstream: KV validateLivenessProbe, validateReadinessProbe, validateStartupProbe
    """
    if container.get(name) is None:
        return
    probe, there = struct(container, name), where.at(name)
    grace = probe.get("terminationGracePeriodSeconds")
    if name == "readinessProbe":
        if grace is not None:
            told = "must not be set for readinessProbes"
            yield invalid("PRB010", there.at("terminationGracePeriodSeconds"), grace, told)
    elif number(probe, "successThreshold") != 1:
        yield invalid("PRB011", there.at("successThreshold"), number(probe, "successThreshold"), "must be 1")


def older_handler_findings(container: Mapping[str, object], where: Place, release: Release) -> Iterator[Finding]:
    """Check hooks and probes in the order of Kubernetes 1.24, all but what it asks of the readinessProbe later.

    Upstream: KV validateContainers of Kubernetes 1.24
    """
    yield from lifecycle_findings(container, where, release)
    yield from common_probe_findings(container, where, "livenessProbe", release)
    yield from own_probe_findings(container, where, "readinessProbe")
    yield from common_probe_findings(container, where, "startupProbe", release)
    yield from own_probe_findings(container, where, "livenessProbe")
    yield from common_probe_findings(container, where, "startupProbe", release)
    yield from own_probe_findings(container, where, "startupProbe")


def misplaced_handler_findings(container: Mapping[str, object], where: Place, release: Release) -> Iterator[Finding]:
    """Probes and hooks have no use in an init container that ends before the app starts.

    Upstream: KV validateInitContainers
    """
    for name in ("lifecycle", *PROBES):
        if container.get(name) is None:
            continue
        code, go_type = ("PRB012", "core.Probe") if name in PROBES else ("LIF009", "core.Lifecycle")
        told = f"{name} {release.init_handler_refusal or 'must not be set for init containers'}"
        if release.init_handler_refusal:
            yield forbidden(code, where.at(name), release.init_handler_refusal, message=told)
        else:
            shown = Shown(dumped(container[name], go_type))
            yield invalid(code, where.at(name), shown, "must not be set for init containers", told)


class Handlers(Record):
    """The handlers that something may have, and the family of codes for what is wrong with them."""

    family: str
    names: tuple[str, ...]


OF_PROBES: Final = Handlers("PRB", ("exec", "httpGet", "tcpSocket", "grpc"))


OF_HOOKS: Final = Handlers("LIF", ("exec", "httpGet", "tcpSocket", "sleep"))


_SCHEMES: Final = ("HTTP", "HTTPS")


def handler_findings(
    value: Mapping[str, object], where: Place, handlers: Handlers, release: Release
) -> Iterator[Finding]:
    """Whether there is just one handler, of these, and a sound one.

    Upstream: KV validateHandler
    """
    family, names = handlers
    given = [name for name in names if value.get(name) is not None]
    if not given:
        yield required(f"{family}001", where, "must specify a handler type", message=f"needs one of {', '.join(names)}")
        return
    yield from _FINDINGS_OF[given[0]](struct(value, given[0]), family, where.at(given[0]), release)
    for name in given[1:]:
        yield forbidden(f"{family}002", where.at(name), "may not specify more than 1 handler type")


def _exec_findings(action: Mapping[str, object], family: str, where: Place, _: Release) -> Iterator[Finding]:
    if not texts(action, "command"):
        yield required(f"{family}003", where.at("command"))


def _http_get_findings(action: Mapping[str, object], family: str, where: Place, release: Release) -> Iterator[Finding]:
    """Upstream: KV validateHTTPGetAction."""
    if not text(action, "path"):
        yield required(f"{family}004", where.at("path"))
    yield from port_or_name_findings(action.get("port"), f"{family}006", where.at("port"), release)
    scheme = text(action, "scheme")
    if scheme not in _SCHEMES:
        yield unsupported(f"{family}005", where.at("scheme"), scheme, _SCHEMES)
    for index, header in enumerate(structs(action, "httpHeaders")):
        name = text(header, "name")
        there = where.at("httpHeaders", index, "name", called=("httpHeaders",))
        yield from all_invalid(f"{family}007", there, name, formats.http_header(name))


def _port_findings(action: Mapping[str, object], family: str, where: Place, release: Release) -> Iterator[Finding]:
    yield from port_or_name_findings(action.get("port"), f"{family}006", where.at("port"), release)


def _sleep_findings(action: Mapping[str, object], family: str, where: Place, release: Release) -> Iterator[Finding]:
    """Whether the pod lives long enough to sleep; the webhook judges by a pod of its own.

    Upstream: KV validateSleepAction
    """
    seconds, grace = number(action, "seconds"), release.fake_pod_grace_period or 0
    if 0 < seconds <= grace:
        return
    told = f"must be greater than 0 and less than terminationGracePeriodSeconds ({grace})"
    if not release.refuses_every_sleep:
        told += ". Enable AllowPodLifecycleSleepActionZeroValue feature gate for zero sleep."
    ours = f"must be from 1 to {grace} seconds" if grace else "no sleep is accepted by this release of OpenKruise"
    yield invalid(f"{family}008", where, seconds, told, ours)


_FINDINGS_OF: Final[Mapping[str, Callable[[Mapping[str, object], str, Place, Release], Iterator[Finding]]]] = {
    "exec": _exec_findings,
    "httpGet": _http_get_findings,
    "tcpSocket": _port_findings,
    "grpc": _port_findings,
    "sleep": _sleep_findings,
}
