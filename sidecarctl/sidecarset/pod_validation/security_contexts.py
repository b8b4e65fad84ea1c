"""Security settings of containers beside those of the Pod: its operating system, host processes, user namespaces.

Upstream: KV validateWindows, validateLinux, validateWindowsHostProcessPod, validateHostUsers
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.sidecarset.pod_validation.judged import Refusal
from sidecarctl.upstream.fields import struct, structs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sidecarctl.finding import FieldPath
    from sidecarctl.sidecarset.pod_validation.judged import JudgedPod

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
