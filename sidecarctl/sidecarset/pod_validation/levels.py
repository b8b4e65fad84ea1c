"""Pod Security levels that a namespace enforces, and what of containers, volumes and annotations breaks them.

Upstream: k8s.io/pod-security-admission/policy
"""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING, Final

from sidecarctl.record import Record
from sidecarctl.sidecarset.pod_validation.judged import Refusal
from sidecarctl.upstream.fields import is_true, number, struct, structs, text, texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from sidecarctl.finding import FieldPath
    from sidecarctl.sidecarset.pod_validation.judged import JudgedPod, Object

ENFORCE: Final = "pod-security.kubernetes.io/enforce"
_VERSION: Final = re.compile(r"v1\.(0|[1-9][0-9]{0,8})")
_LATEST: Final = 1 << 30
_NEVER: Final = 1 << 31
_BASELINE: Final = "baseline"
_RESTRICTED: Final = "restricted"
_WINDOWS: Final = "windows"
_WINDOWS_EXEMPT_SINCE: Final = 25  # minor versions of Kubernetes, here and below
_SECCOMP_FIELD_SINCE: Final = 19
_ENGINE_TYPE_SINCE: Final = 31
_CAPABILITIES: Final = frozenset(
    {
        "AUDIT_WRITE",
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "MKNOD",
        "NET_BIND_SERVICE",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
    }
)
_RESTRICTED_CAPABILITIES: Final = frozenset({"NET_BIND_SERVICE"})
_SELINUX_TYPES: Final = frozenset({"", "container_t", "container_init_t", "container_kvm_t"})
_VOLUME_FIELDS: Final = frozenset(
    {
        "name",
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "image",
        "persistentVolumeClaim",
        "projected",
        "secret",
    }
)
_PROFILES: Final = ("Localhost", "RuntimeDefault")
_PROBES: Final = ("livenessProbe", "readinessProbe", "startupProbe")
_APP_ARMOR: Final = "container.apparmor.security.beta.kubernetes.io/"
_SECCOMP_OF_POD: Final = "seccomp.security.alpha.kubernetes.io/pod"
_SECCOMP: Final = "container.seccomp.security.alpha.kubernetes.io/"
_ANNOTATIONS: Final[FieldPath] = ("metadata", "annotations")


class Level(Record):
    """A level that a namespace enforces: its name, its version as the label has it, and the minor number of that."""

    name: str
    version: str
    minor: int


class _Context(Record):
    pod: JudgedPod
    level: Level

    @property
    def exempts_windows(self) -> bool:
        """Whether rules that make sense on Linux only do not count for this Pod."""
        return self.pod.system == _WINDOWS and self.level.minor >= _WINDOWS_EXEMPT_SINCE


class _Check(Record):
    """A rule that tells why a container or a volume breaks it, with an empty text where it does not."""

    name: str
    broken: Callable[[Object, _Context], str]
    since: int = 0
    is_restricted: bool = False  # whether only the level restricted has it
    replaced_since: int = _NEVER  # at the level restricted, where a stricter rule takes its place


def enforced_level(labels: Mapping[str, str]) -> Level | None:
    """Return the level that the labels of a namespace enforce; None where any Pod is let in.

    Upstream: k8s.io/pod-security-admission/api/helpers.go PolicyToEvaluate
    """
    name, version = labels.get(ENFORCE, ""), labels.get(f"{ENFORCE}-version", "latest")
    if name not in {_BASELINE, _RESTRICTED}:
        return None
    found = _VERSION.fullmatch(version)
    return Level(name, version, int(found[1])) if found else Level(name, "latest", _LATEST)


def level_refusals(pod: JudgedPod, level: Level, namespace: str) -> Iterator[Refusal]:
    """Return which containers, volumes and annotations break a Pod Security level.

    Upstream: k8s.io/pod-security-admission/policy
    """
    where = f"namespace {namespace} enforces the Pod Security level {level.name}:{level.version}"
    context = _Context(pod, level)
    containers = [(one.name, ("spec", one.field), one.value) for one in pod.all_containers]
    volumes = [(f"the volume {name}", ("spec", "volumes"), volume) for name, volume in pod.volumes.items()]
    for checks, subjects in ((_OF_CONTAINERS, containers), (_OF_VOLUMES, volumes)):
        for check, (name, place, value) in product(_checks(checks, level), subjects):
            why = check.broken(value, context)
            if why:
                yield Refusal("PSS001", (check.name, name), f"{where}: {name}: {why}", place, name, takes_template=True)
    seccomp_keys = {_SECCOMP_OF_POD, *(f"{_SECCOMP}{one.name}" for one in pod.all_containers)}
    for key, annotation in pod.annotations.items():
        if _is_forbidden(key, annotation, level, seccomp_keys):
            told = f"{where}: the annotation {key} may only be runtime/default or localhost/…"
            yield Refusal("PSS001", ("annotation", key), told, _ANNOTATIONS, takes_template=True)


def _checks(checks: tuple[_Check, ...], level: Level) -> Iterator[_Check]:
    is_restricted = level.name == _RESTRICTED
    for check in checks:
        is_replaced = is_restricted and level.minor >= check.replaced_since
        if level.minor >= check.since and not is_replaced and (is_restricted or not check.is_restricted):
            yield check


def _is_forbidden(key: str, value: str, level: Level, seccomp_keys: AbstractSet[str]) -> bool:
    if value.startswith("localhost/") or value == "runtime/default":
        return False
    if key.startswith(_APP_ARMOR):
        return bool(value)
    return key in seccomp_keys and level.minor < _SECCOMP_FIELD_SINCE and value != "docker/default"


def _security(container: Object) -> Object:
    return struct(container, "securityContext")


def _host_process(container: Object, _: _Context) -> str:
    is_set = is_true(struct(_security(container), "windowsOptions"), "hostProcess")
    return "securityContext.windowsOptions.hostProcess may not be true" if is_set else ""


def _app_armor(container: Object, _: _Context) -> str:
    return _wrong_profile(container, "appArmorProfile")


def _seccomp(container: Object, _: _Context) -> str:
    return _wrong_profile(container, "seccompProfile")


def _wrong_profile(container: Object, field: str) -> str:
    kind = text(struct(_security(container), field), "type")
    is_wrong = _security(container).get(field) is not None and kind not in _PROFILES
    return f"securityContext.{field}.type may not be {kind}" if is_wrong else ""


def _restricted_seccomp(container: Object, context: _Context) -> str:
    if context.exempts_windows or _security(container).get("seccompProfile") is not None:
        return "" if context.exempts_windows else _wrong_profile(container, "seccompProfile")
    is_set = text(struct(context.pod.security, "seccompProfile"), "type") in _PROFILES
    return "" if is_set else "it or the Pod must set securityContext.seccompProfile.type to RuntimeDefault or Localhost"


def _capabilities(container: Object, _: _Context) -> str:
    return _wrongly_added(container, _CAPABILITIES)


def _restricted_capabilities(container: Object, context: _Context) -> str:
    if context.exempts_windows:
        return ""
    if "ALL" not in texts(struct(_security(container), "capabilities"), "drop"):
        return "securityContext.capabilities.drop must include ALL"
    return _wrongly_added(container, _RESTRICTED_CAPABILITIES)


def _wrongly_added(container: Object, allowed: frozenset[str]) -> str:
    added = texts(struct(_security(container), "capabilities"), "add")
    wrong = ", ".join(sorted({*added} - allowed))
    return f"securityContext.capabilities.add may not include {wrong}" if wrong else ""


def _host_ports(container: Object, context: _Context) -> str:
    is_on_host_network = context.pod.is_on_host_network
    ports = [
        number(port, "hostPort") or (number(port, "containerPort") if is_on_host_network else 0)
        for port in structs(container, "ports")
    ]
    shown = ", ".join(map(str, sorted({*ports} - {0})))
    return f"hostPort {shown} is forbidden" if shown else ""


def _probe_hosts(container: Object, _: _Context) -> str:
    lifecycle = struct(container, "lifecycle")
    handlers = [struct(lifecycle, hook) for hook in ("postStart", "preStop")]
    handlers += [struct(container, probe) for probe in _PROBES]
    is_set = any(text(struct(handler, action), "host") for handler in handlers for action in ("httpGet", "tcpSocket"))
    return "a probe or hook may not name a host" if is_set else ""


def _privileged(container: Object, _: _Context) -> str:
    return "securityContext.privileged may not be true" if is_true(_security(container), "privileged") else ""


def _proc_mount(container: Object, _: _Context) -> str:
    mount = _security(container).get("procMount")
    return f"securityContext.procMount may not be {mount}" if mount not in {None, "Default"} else ""


def _selinux(container: Object, context: _Context) -> str:
    options = struct(_security(container), "seLinuxOptions")
    types = _SELINUX_TYPES | {"container_engine_t"} if context.level.minor >= _ENGINE_TYPE_SINCE else _SELINUX_TYPES
    is_fine = text(options, "type") in types and not text(options, "user") and not text(options, "role")
    return "" if is_fine else "securityContext.seLinuxOptions may set no user, no role, and only types of containers"


def _escalation(container: Object, context: _Context) -> str:
    is_fine = context.exempts_windows or _security(container).get("allowPrivilegeEscalation") is False
    return "" if is_fine else "securityContext.allowPrivilegeEscalation must be false"


def _non_root(container: Object, context: _Context) -> str:
    own = _security(container).get("runAsNonRoot")
    if own is None and not is_true(context.pod.security, "runAsNonRoot"):
        return "it or the Pod must set securityContext.runAsNonRoot to true"
    return "securityContext.runAsNonRoot may not be false" if own is False else ""


def _root_user(container: Object, _: _Context) -> str:
    return "securityContext.runAsUser may not be 0" if _security(container).get("runAsUser") == 0 else ""


def _host_path(volume: Object, _: _Context) -> str:
    return "hostPath is forbidden" if volume.get("hostPath") is not None else ""


def _restricted_volume(volume: Object, _: _Context) -> str:
    kinds = ", ".join(sorted(kind for kind in volume.keys() - _VOLUME_FIELDS if volume[kind] is not None))
    return f"the volume type {kinds} is forbidden" if kinds else ""


_OF_CONTAINERS: Final = (
    _Check("hostProcess", _host_process),
    _Check("appArmorProfile", _app_armor),
    _Check("capabilities", _capabilities, replaced_since=22),
    _Check("hostPorts", _host_ports),
    _Check("probe hosts", _probe_hosts, since=34),
    _Check("privileged", _privileged),
    _Check("procMount", _proc_mount),
    _Check("seLinuxOptions", _selinux),
    _Check("seccompProfile", _seccomp, since=_SECCOMP_FIELD_SINCE, replaced_since=_SECCOMP_FIELD_SINCE),
    _Check("restricted capabilities", _restricted_capabilities, since=22, is_restricted=True),
    _Check("restricted seccompProfile", _restricted_seccomp, since=_SECCOMP_FIELD_SINCE, is_restricted=True),
    _Check("allowPrivilegeEscalation", _escalation, since=8, is_restricted=True),
    _Check("runAsNonRoot", _non_root, is_restricted=True),
    _Check("runAsUser", _root_user, since=23, is_restricted=True),
)
_OF_VOLUMES: Final = (
    _Check("hostPath", _host_path, replaced_since=0),
    _Check("restricted volumes", _restricted_volume, is_restricted=True),
)
