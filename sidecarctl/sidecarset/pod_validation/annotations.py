"""Annotations of a Pod: their keys, their size, and those that speak of its containers.

Upstream: KV ValidatePodSpecificAnnotations; KMETA ValidateAnnotations
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sidecarctl.finding import Key
from sidecarctl.sidecarset.pod_validation.judged import Refusal
from sidecarctl.sidecarset.validation import formats
from sidecarctl.upstream.fields import struct, text
from sidecarctl.upstream.names import ALTERNATE_VERSION_PREFIX, VERSION_PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    from sidecarctl.finding import FieldPath
    from sidecarctl.sidecarset.pod_validation.judged import JudgedPod, Object, Placed

MOST_BYTES: Final = 256 << 10
_DELETION_COST: Final = "controller.kubernetes.io/pod-deletion-cost"
_MIRROR: Final = "kubernetes.io/config.mirror"
_APP_ARMOR: Final = "container.apparmor.security.beta.kubernetes.io/"
_SECCOMP: Final = "container.seccomp.security.alpha.kubernetes.io/"
_SECCOMP_OF_POD: Final = "seccomp.security.alpha.kubernetes.io/pod"
_SECCOMP_NAMES: Final = ("runtime/default", "docker/default", "unconfined")
_INTEGER: Final = re.compile(r"0|[1-9][0-9]{0,9}|-[0-9]{1,20}")
_ANNOTATIONS: Final[FieldPath] = ("metadata", "annotations")


def annotation_refusals(pod: JudgedPod) -> Iterator[Refusal]:
    """Return what is wrong with the annotations, by themselves and beside the containers.

    Upstream: KMETA ValidateAnnotations; KV ValidatePodSpecificAnnotations, ValidatePodCreate
    """
    size = sum(len(key.encode()) + len(value.encode()) for key, value in pod.annotations.items())
    if size > MOST_BYTES:
        told = f"its annotations have {size} bytes together, and may have {MOST_BYTES}"
        yield Refusal("POD014", "size", told, _ANNOTATIONS)
    names = {one.name for one in pod.all_containers}
    for key, value in pod.annotations.items():
        if key.startswith((VERSION_PREFIX, ALTERNATE_VERSION_PREFIX)):
            continue  # of a hot upgrade's pair: what is wrong with the key is wrong with a container's name
        for wrong in (*formats.qualified_name(key.lower()), *_wrong_with(key, value, pod, names)):
            yield Refusal("POD014", ("annotation", key), f"the annotation {key}: {wrong}", (*_ANNOTATIONS, Key(key)))
    for one in pod.all_containers:
        yield from _profile_refusals(one, pod)


def _wrong_with(key: str, value: str, pod: JudgedPod, names: AbstractSet[str]) -> Iterator[str]:
    if key == _DELETION_COST and not (_INTEGER.fullmatch(value) and -(1 << 31) <= int(value) < 1 << 31):
        yield "must be a 32bit integer"
    if key == _MIRROR and not pod.spec.get("nodeName"):
        yield "must set spec.nodeName if mirror pod annotation is set"
    if key == _SECCOMP_OF_POD or key.startswith(_SECCOMP):
        if value not in _SECCOMP_NAMES and not _is_local(value):
            yield "must be a valid seccomp profile"
    elif key.startswith(_APP_ARMOR):
        name = key.removeprefix(_APP_ARMOR)
        if name not in names:
            yield f"the Pod has no container {name}"
        if value and value not in {"runtime/default", "unconfined"} and not value.startswith("localhost/"):
            yield "this is no AppArmor profile"


def _is_local(profile: str) -> bool:
    path = profile.removeprefix("localhost/")
    return path != profile and not formats.descending_path(path)


def _profile_refusals(one: Placed, pod: JudgedPod) -> Iterator[Refusal]:
    """Profiles that an annotation and a field give, which must be the same.

    Upstream: KV validateAppArmorAnnotationsAndFieldsMatchOnCreate, validateSeccompAnnotationsAndFields
    """
    app_armor = struct(one.security, "appArmorProfile")
    if not app_armor and not _names_app_armor(pod.annotations.get(f"{_APP_ARMOR}{one.name}", "")):
        app_armor = struct(pod.security, "appArmorProfile")  # else the annotation becomes the container's own
    if pod.system == "windows":
        app_armor = {}
    seccomp = struct(one.security, "seccompProfile")
    given = ((_APP_ARMOR, "appArmorProfile", app_armor), (_SECCOMP, "seccompProfile", seccomp))
    for prefix, field, profile in given:
        annotation = pod.annotations.get(f"{prefix}{one.name}")
        if annotation is not None and profile and annotation not in _spellings(profile, field):
            told = f"the {field} of {one.name} is not the one of the annotation {prefix}{one.name}"
            yield Refusal("POD015", (field, one.name), told, (*_ANNOTATIONS, Key(f"{prefix}{one.name}")), one.name)


def _names_app_armor(annotation: str) -> bool:
    """Return whether an annotation names a profile that the API server copies into the container.

    Upstream: k8s.io/kubernetes/pkg/registry/core/pod/strategy.go applyAppArmorVersionSkew
    """
    path = annotation.removeprefix("localhost/")
    return annotation in {"runtime/default", "unconfined"} or (path != annotation and bool(path.strip()))


def _spellings(profile: Object, field: str) -> tuple[str, ...]:
    """Return how annotations spell a profile."""
    kind = text(profile, "type")
    if kind == "Localhost":
        return (f"localhost/{text(profile, 'localhostProfile')}",)
    if kind == "Unconfined":
        return ("unconfined",)
    return ("runtime/default", "docker/default") if field == "seccompProfile" else ("runtime/default",)
