"""A SidecarSet in the other version of its API.

Upstream: CONV
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.upstream.names import CUSTOM_VERSION, NAMESPACE_NAME

if TYPE_CHECKING:
    from sidecarctl.upstream.types import ObjectMeta, SidecarSet, SidecarSetSpec

V1ALPHA1: Final = "apps.kruise.io/v1alpha1"
V1BETA1: Final = "apps.kruise.io/v1beta1"


def to_v1beta1(sidecar_set: SidecarSet) -> SidecarSet:
    """Return a SidecarSet as v1beta1; one that is v1beta1 already comes back itself.

    A `namespace` becomes the namespaceSelector, and a namespaceSelector beside it is lost.
    Upstream: CONV ConvertTo
    """
    if sidecar_set.get("apiVersion") != V1ALPHA1:
        return sidecar_set
    spec: SidecarSetSpec = {**sidecar_set.get("spec", {})}
    namespace = spec.pop("namespace", None)
    if namespace:
        spec["namespaceSelector"] = {"matchLabels": {NAMESPACE_NAME: namespace}}
    labels = {**sidecar_set.get("metadata", {}).get("labels", {})}
    custom_version = labels.pop(CUSTOM_VERSION, None)
    if custom_version is None:
        return {**sidecar_set, "apiVersion": V1BETA1, "spec": spec}
    if custom_version:
        spec["customVersion"] = custom_version
    return {**sidecar_set, "apiVersion": V1BETA1, "metadata": _with_labels(sidecar_set, labels), "spec": spec}


def to_v1alpha1(sidecar_set: SidecarSet) -> SidecarSet:
    """Return a SidecarSet as v1alpha1; one that is v1alpha1 already comes back itself.

    A namespaceSelector stays one, even where it names just a namespace.
    Upstream: CONV ConvertFrom
    """
    if sidecar_set.get("apiVersion") != V1BETA1:
        return sidecar_set
    spec: SidecarSetSpec = {**sidecar_set.get("spec", {})}
    custom_version = spec.pop("customVersion", None)
    if not custom_version:
        return {**sidecar_set, "apiVersion": V1ALPHA1, "spec": spec}
    labels = {**sidecar_set.get("metadata", {}).get("labels", {}), CUSTOM_VERSION: custom_version}
    return {**sidecar_set, "apiVersion": V1ALPHA1, "metadata": _with_labels(sidecar_set, labels), "spec": spec}


def _with_labels(sidecar_set: SidecarSet, labels: dict[str, str]) -> ObjectMeta:
    metadata: ObjectMeta = {**sidecar_set.get("metadata", {})}
    metadata.pop("labels", None)
    if labels:
        metadata["labels"] = labels
    return metadata
