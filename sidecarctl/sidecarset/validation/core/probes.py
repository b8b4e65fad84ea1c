"""Probes and lifecycle hooks of a container.

Upstream: KV validateProbe, validateLifecycle
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.sidecarset.validate.gosyntax import dumped
from sidecarctl.sidecarset.validate.handlers import OF_HOOKS, OF_PROBES, handler_findings
from sidecarctl.sidecarset.validation import formats
from sidecarctl.sidecarset.validation.field_errors import Place, Shown, forbidden, invalid
from sidecarctl.upstream.fields import number, struct

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
