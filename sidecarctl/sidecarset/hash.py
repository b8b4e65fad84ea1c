"""Hashes of a SidecarSet, with and without images, and the SidecarSet as the webhook stores it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from sidecarctl.finding import UndecodableObject
from sidecarctl.upstream import schema
from sidecarctl.upstream.decode import decode
from sidecarctl.upstream.defaults import admitted
from sidecarctl.upstream.encode import as_encoded, encode
from sidecarctl.upstream.names import ALWAYS, HASH, HASH_WITHOUT_IMAGE
from sidecarctl.upstream.release import LATEST, Release

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sidecarctl.upstream.types import SidecarContainer, SidecarSet


# Kubernetes writes hashes without vowels and look-alikes: of its 27 letters the one at the hex digit's code modulo 27.
_SAFE_DIGITS: Final = str.maketrans("0123456789abcdef", "456789bcdfvwxz24")


def admit(sidecar_set: SidecarSet, release: Release = LATEST) -> SidecarSet:
    """Return a SidecarSet as the cluster stores it, in the version it was written in: defaults, both hash annotations.

    Raises UndecodableObject when it is no SidecarSet of this release.
    Upstream: MUT Handle
    """
    type_name = _served_type(sidecar_set, release)
    defaulted = admitted(decode(sidecar_set, type_name, release), release)
    metadata = defaulted.get("metadata", {})
    annotations = {**metadata.get("annotations", {}), **hash_annotations(defaulted, release)}
    annotated: SidecarSet = {**defaulted, "metadata": {**metadata, "annotations": annotations}}
    stored = cast("dict[str, object]", _without_nulls(as_encoded(annotated, type_name, release)))
    if not sidecar_set.get("status"):
        stored.pop("status")
    return cast("SidecarSet", {"apiVersion": stored["apiVersion"], **stored})


def hash_annotations(sidecar_set: SidecarSet, release: Release = LATEST) -> dict[str, str]:
    """Return the two annotations that an admitted SidecarSet carries for its content.

    Upstream: DEFB SetHashSidecarSetV1beta1
    """
    return {
        HASH: sidecar_set_hash(sidecar_set, release),
        HASH_WITHOUT_IMAGE: sidecar_set_hash_without_image(sidecar_set, release),
    }


def sidecar_set_hash(sidecar_set: SidecarSet, release: Release = LATEST) -> str:
    """Return the hash of an admitted SidecarSet: of containers, and of all initContainers if one is a native sidecar.

    Upstream: HASH SidecarSetHash
    """
    spec = sidecar_set.get("spec", {})
    return _hash(spec.get("containers"), spec.get("initContainers"), release)


def sidecar_set_hash_without_image(sidecar_set: SidecarSet, release: Release = LATEST) -> str:
    """Return the hash that stays the same when only images change.

    Upstream: HASH SidecarSetHashWithoutImage
    """
    spec = sidecar_set.get("spec", {})
    return _hash(_without_images(spec.get("containers")), _without_images(spec.get("initContainers")), release)


def is_native_sidecar(init_container: Mapping[str, object]) -> bool:
    """Tell whether an init container keeps running beside the app containers.

    Upstream: UTIL IsSidecarContainer
    """
    return init_container.get("restartPolicy") == ALWAYS


def _served_type(sidecar_set: SidecarSet, release: Release) -> str:
    type_name = schema.type_of(sidecar_set)
    if type_name == "SidecarSetV1alpha1" or (type_name == "SidecarSet" and release.serves_v1beta1):
        return type_name
    versions = "v1alpha1 and v1beta1" if release.serves_v1beta1 else "v1alpha1 only"
    raise UndecodableObject(
        f"no SidecarSet of apps.kruise.io, which OpenKruise {release.name} serves as {versions}", ("apiVersion",)
    )


def _hash(
    containers: Sequence[SidecarContainer] | None,
    init_containers: Sequence[SidecarContainer] | None,
    release: Release,
) -> str:
    text = f'{{"containers":{encode(containers, "[]SidecarContainer", release)}'
    if release.hashes_native_sidecars and any(map(is_native_sidecar, init_containers or ())):
        text += f',"initContainers":{encode(init_containers, "[]SidecarContainer", release)}'
    return sha256(f"{text}}}".encode()).hexdigest().translate(_SAFE_DIGITS)


def _without_images(containers: Sequence[SidecarContainer] | None) -> list[SidecarContainer] | None:
    return None if containers is None else [{**container, "image": ""} for container in containers]


def _without_nulls(value: object) -> object:
    """The API server keeps no null where the type has no use for it."""
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value


if TYPE_CHECKING:
    from hashlib import sha256
else:
    try:
        from _sha2 import sha256
    except ImportError:
        try:
            from _sha256 import sha256  # what it was called before Python 3.12
        except ImportError:  # a Python that was built without them
            from hashlib import sha256


__all__ = ["sha256"]
