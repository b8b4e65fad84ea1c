"""What the API server fills into a Pod, before the webhook sees it and after.

Upstream: KD SetDefaults_Pod, SetDefaults_PodSpec and those of what is in them
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from sidecarctl.upstream import defaults
from sidecarctl.upstream.defaults import CONTAINER_DEFAULTS, IfUnset, filled
from sidecarctl.upstream.encode import as_encoded
from sidecarctl.upstream.image import default_pull_policy
from sidecarctl.upstream.quantity import parse
from sidecarctl.upstream.release import Release

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sidecarctl.upstream.types import Container, Pod, PodSpec, QuantityText, ResourceRequirements, Volume

    _Containers = Sequence[Container]


class _ApiServer(Release):
    """What OpenKruise's newer webhooks leave to the API server."""

    __slots__ = ()
    defaults_volume_drivers = True


_API_SERVER: Final = _ApiServer()
_PROBE: Final = {
    **cast("Mapping[str, object]", CONTAINER_DEFAULTS["livenessProbe"]),
    "grpc": {"service": IfUnset("")},
}
_CONTAINER: Final = {**CONTAINER_DEFAULTS, **dict.fromkeys(("livenessProbe", "readinessProbe", "startupProbe"), _PROBE)}
_CLAIM: Final = {"ephemeral": {"volumeClaimTemplate": {"spec": {"volumeMode": IfUnset("Filesystem")}}}}
_SPEC: Final = {
    "restartPolicy": "Always",
    "dnsPolicy": "ClusterFirst",
    "schedulerName": "default-scheduler",
    "terminationGracePeriodSeconds": IfUnset(30),
    "securityContext": IfUnset({}),
    "enableServiceLinks": IfUnset(value=True),
}


def pod_with_defaults(pod: Pod) -> Pod:
    """A decoded Pod as the API server encodes it, its defaults filled in."""
    spec = cast("PodSpec", _rounded_at(filled(pod.get("spec", {}), _SPEC), ("overhead",)))
    for name in ("containers", "initContainers", "ephemeralContainers"):
        containers = [container_with_defaults(container) for container in cast("_Containers", spec.get(name, ()))]
        if spec.get("hostNetwork") and name != "ephemeralContainers":
            containers = [_on_host_ports(container) for container in containers]
        spec = cast("PodSpec", {**spec, name: containers})
    spec = {**spec, "volumes": [volume_with_defaults(volume) for volume in spec.get("volumes", ())]}
    return cast("Pod", as_encoded({**pod, "spec": spec}, "Pod"))


def container_with_defaults(container: Container) -> Container:
    """A container of a Pod with the API server's defaults.

    Upstream: KD SetDefaults_Container, SetDefaults_Probe and others
    """
    made = cast("Container", filled(container, _CONTAINER))
    return {
        **made,
        "imagePullPolicy": made.get("imagePullPolicy") or default_pull_policy(made.get("image", "")),
        "resources": resources_with_defaults(made.get("resources", {})),
    }


def resources_with_defaults(resources: ResourceRequirements) -> ResourceRequirements:
    """Amounts rounded up to thousandths, and a request for each limit.

    Upstream: KD SetDefaults_ResourceList, SetDefaults_Pod
    """
    limits = _rounded(resources.get("limits", {}))
    requests = {**limits, **_rounded(resources.get("requests", {}))}
    given = {"limits": limits, "requests": requests}
    return {**resources, **cast("ResourceRequirements", {name: amounts for name, amounts in given.items() if amounts})}


def volume_with_defaults(volume: Volume) -> Volume:
    """A volume of a Pod with the API server's defaults; one without a source is an emptyDir.

    Upstream: KD SetDefaults_Volume and others
    """
    made = filled(defaults.volume_with_defaults(volume, _API_SERVER), _CLAIM)
    for kind in ("limits", "requests"):
        made = _rounded_at(made, ("ephemeral", "volumeClaimTemplate", "spec", "resources", kind))
    return cast("Volume", made)


def _rounded_at(value: Mapping[str, object], path: Sequence[str]) -> Mapping[str, object]:
    """The value with the amounts at this path rounded up, if there are any."""
    name, *rest = path
    if name not in value:
        return value
    if not rest:
        return {**value, name: _rounded(cast("Mapping[str, QuantityText]", value[name]))}
    return {**value, name: _rounded_at(cast("Mapping[str, object]", value[name]), rest)}


def _rounded(amounts: Mapping[str, QuantityText]) -> dict[str, QuantityText]:
    return {name: str(parse(amount).rounded_up_to_milli()) for name, amount in amounts.items()}


def _on_host_ports(container: Container) -> Container:
    """Upstream: KD defaultHostNetworkPorts."""
    ports = container.get("ports", ())
    return {
        **container,
        "ports": [{**port, "hostPort": port.get("hostPort") or port.get("containerPort", 0)} for port in ports],
    }
