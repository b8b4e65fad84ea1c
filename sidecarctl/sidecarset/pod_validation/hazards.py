"""What Pods must have for SidecarSets to make them invalid: a cheap look, so that most Pods need no validation.

Every answer errs on the safe side: a Pod is named that may turn out to be valid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from sidecarctl.record import Record
from sidecarctl.sidecarset.injection.pod_view import shares
from sidecarctl.upstream.fields import annotations_of
from sidecarctl.upstream.names import HOT_UPGRADE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sidecarctl.upstream.types import Pod, SidecarContainer, SidecarSet, Volume

_ENFORCE: Final = "pod-security.kubernetes.io/enforce"
_PROFILE_ANNOTATION: Final = ".security."  # in the keys of annotations that name AppArmor and seccomp profiles
_CHECKED_ANNOTATIONS: Final = (_PROFILE_ANNOTATION, "controller.kubernetes.io/", "kubernetes.io/config.mirror")
_LARGE: Final = 128 << 10  # bytes: half of what the annotations of a Pod may have
_LONGEST_OF_PAIR: Final = 61
_CLAIMS: Final = ("ephemeral", "persistentVolumeClaim")
_HOST_PROCESS: Final = ("securityContext", "windowsOptions")
_HOST_PORT: Final = ("ports", "hostPort")
_DEVICES: Final = ("volumeDevices", "")
_PROPAGATION: Final = ("volumeMounts", "mountPropagation")


class Hazards(Record):
    """What to look for in a Pod."""

    always: bool  # whether each Pod must be validated
    spec_fields: frozenset[str]  # of a Pod's spec
    container_fields: tuple[tuple[str, str], ...]  # a field of a container, and a key in it; empty: any
    of_named_pods: bool  # whether the name of a Pod matters


def hazards(sidecar_sets: Iterable[SidecarSet]) -> Hazards:
    """Return what of Pods can clash with SidecarSets, as the cluster stores them."""
    specs = [one.get("spec", {}) for one in sidecar_sets]
    sidecars = [one for spec in specs for field in ("initContainers", "containers") for one in _list(spec, field)]
    volumes = [cast("Volume", volume) for spec in specs for volume in _list(spec, "volumes")]
    patched = [
        (key, value)
        for spec in specs
        for patch in spec.get("patchPodMetadata", ())
        for key, value in patch.get("annotations", {}).items()
    ]
    is_odd = any(map(_is_odd, sidecars)) or sum(len(key) + len(value) for key, value in patched) > _LARGE
    return Hazards(
        always=is_odd or any(word in key for key, _ in patched for word in _CHECKED_ANNOTATIONS),
        spec_fields=frozenset(field for one in sidecars for field in _spec_fields(one)),
        container_fields=tuple(dict.fromkeys([_HOST_PROCESS, *(pair for one in sidecars for pair in _fields(one))])),
        of_named_pods=any(kind in volume for volume in volumes for kind in _CLAIMS),
    )


def may_be_refused(pod: Pod, found: Hazards) -> bool:
    """Return whether a Pod, as it is written, may be refused with its sidecars, whatever its namespace enforces."""
    if found.always or (found.of_named_pods and "kind" in pod):
        return True
    spec = cast("Mapping[str, object]", pod.get("spec") or {})
    if not found.spec_fields.isdisjoint(spec):
        return True
    if has_telling_annotations(annotations_of(pod)):
        return True
    containers = (*_list(spec, "initContainers"), *_list(spec, "containers"))
    return any(_has(container, field, key) for container in containers for field, key in found.container_fields)


def has_telling_annotations(annotations: Mapping[str, str]) -> bool:
    """Return whether annotations name security profiles, or are so large that more may be too much."""
    if any(_PROFILE_ANNOTATION in key for key in annotations):
        return True
    return sum(len(str(value)) for value in annotations.values()) > _LARGE >> 2


def has_doubled_names(pod: Pod) -> bool:
    """Return whether two containers of a Pod have one name."""
    spec = pod.get("spec")
    containers = (*_list(spec, "initContainers"), *_list(spec, "containers"))
    return len({one.get("name") for one in containers if one}) < len(containers)


def enforces_a_level(labels: Mapping[str, str]) -> bool:
    """Return whether the labels of a namespace set a Pod Security level that forbids anything."""
    return labels.get(_ENFORCE, "privileged") != "privileged"


def _is_odd(one: SidecarContainer) -> bool:
    """Whether what becomes of a container in a Pod must be looked at in any case."""
    is_hot = one.get("upgradeStrategy", {}).get("upgradeType") == HOT_UPGRADE
    if is_hot and (len(one.get("name", "")) > _LONGEST_OF_PAIR or any(port.get("hostPort") for port in _ports(one))):
        return True
    if is_hot and not one.get("upgradeStrategy", {}).get("hotUpgradeEmptyImage"):
        return True
    security = one.get("securityContext", {})
    is_unusual = security.get("procMount") is not None or "windowsOptions" in security
    return is_unusual or "volumeDevices" in one or _may_compute_too_much(one)


def _may_compute_too_much(one: SidecarContainer) -> bool:
    """Whether a resourcesPolicy may compute a request above its limit, or below 0."""
    expressions = one.get("resourcesPolicy", {}).get("resourcesExpr", {})
    limits = cast("Mapping[str, str]", expressions.get("limits", {}))
    requests = cast("Mapping[str, str]", expressions.get("requests", {}))
    return not limits.keys().isdisjoint(requests) or any("-" in text for text in (*limits.values(), *requests.values()))


def _spec_fields(one: SidecarContainer) -> Iterator[str]:
    """Fields of a Pod's spec that may clash with a container."""
    if one.get("ports"):
        yield "hostNetwork"
    if "sleep" in str(one.get("lifecycle", "")):
        yield "terminationGracePeriodSeconds"
    if one.get("resizePolicy"):
        yield "restartPolicy"
    if one.get("securityContext"):
        yield "os"
    if shares(one.get("shareVolumeDevicePolicy")):
        yield "hostUsers"
    if any(one.get("resources", {}).values()) or "resourcesPolicy" in one:
        yield "resources"


def _fields(one: SidecarContainer) -> Iterator[tuple[str, str]]:
    """Fields of a Pod's containers that may clash with a container."""
    if any(port.get("hostPort") for port in _ports(one)):
        yield _HOST_PORT
    if shares(one.get("shareVolumeDevicePolicy")) or shares(one.get("shareVolumePolicy")):
        yield _DEVICES
    if shares(one.get("shareVolumePolicy")):
        yield _PROPAGATION


def _ports(one: SidecarContainer) -> Sequence[Mapping[str, object]]:
    return cast("Sequence[Mapping[str, object]]", one.get("ports", ()))


def _has(container: Mapping[str, object] | None, field: str, key: str) -> bool:
    value = container.get(field) if container else None
    if not value or not key:
        return bool(value)
    items = cast("list[Mapping[str, object]]", value if isinstance(value, list) else [value])
    return any(key in item for item in items if item)


def _list(value: object, field: str) -> list[SidecarContainer]:
    return cast("dict[str, list[SidecarContainer] | None]", value or {}).get(field) or []
