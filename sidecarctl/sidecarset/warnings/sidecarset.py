"""Warnings about a SidecarSet by itself."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final

from sidecarctl.finding import FieldPath, Finding, Key, Severity
from sidecarctl.sidecarset.validate.submitted import type_of_set
from sidecarctl.sidecarset.warnings.expressions import expression_warnings
from sidecarctl.sidecarset.warnings.strategy import strategy_warnings
from sidecarctl.sidecarset.warnings.words import hot_upgrade_warnings, pair_warnings, word_warnings
from sidecarctl.upstream import names
from sidecarctl.upstream.conversion import V1ALPHA1
from sidecarctl.upstream.decode import decode
from sidecarctl.upstream.fields import struct, structs, text
from sidecarctl.upstream.go.json_text import InvalidJson, read_json
from sidecarctl.upstream.image import InvalidImage, tag, with_registry

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sidecarctl.upstream.release import Release

_LISTS: Final = ("initContainers", "containers")


def lone_warnings(sidecar_set: Mapping[str, object], release: Release) -> Iterator[Finding]:
    """What the webhook takes and its author may not have meant.

    Raises UndecodableObject where it is no SidecarSet.
    """
    seen = decode(sidecar_set, type_of_set(sidecar_set, release), release)
    spec = struct(seen, "spec")
    return chain(
        _metadata_warnings(seen, release),
        _namespace_warnings(seen, release),
        strategy_warnings(spec, release),
        _container_warnings(spec),
        expression_warnings(spec),
        word_warnings(spec),
        pair_warnings(spec),
        hot_upgrade_warnings(spec),
        _volume_warnings(spec),
        _patch_warnings(spec),
    )


def warning(code: str, path: FieldPath, message: str, advice: str = "") -> Finding:
    """A finding of our own."""
    return Finding(code, message, path, Severity.WARNING, help=advice)


def sidecars(spec: Mapping[str, object]) -> Iterator[tuple[FieldPath, Mapping[str, object]]]:
    """All containers of a SidecarSet's spec, and where they stand."""
    for field in _LISTS:
        for index, container in enumerate(structs(spec, field)):
            yield ("spec", field, index), container


def _metadata_warnings(sidecar_set: Mapping[str, object], release: Release) -> Iterator[Finding]:
    metadata = struct(sidecar_set, "metadata")
    annotations = struct(metadata, "annotations")
    canary = text(annotations, names.CANARY)
    if release.honours_canaries and names.BASE in annotations and canary != "true":
        path = ("metadata", "annotations", Key(names.CANARY if canary else names.BASE))
        told = f"this is no canary: {names.CANARY} must be exactly true"
        yield warning("WRN010", path, told, f'write {names.CANARY}: "true"')
    is_label = names.CUSTOM_VERSION in struct(metadata, "labels")
    if is_label and release.custom_version_is_a_field and sidecar_set.get("apiVersion") != V1ALPHA1:
        path = ("metadata", "labels", Key(names.CUSTOM_VERSION))
        yield warning("WRN011", path, "v1beta1 has a field for this: the label is just a label", "use customVersion")


def _namespace_warnings(sidecar_set: Mapping[str, object], release: Release) -> Iterator[Finding]:
    spec = struct(sidecar_set, "spec")
    if release.namespace_is_a_selector and text(spec, "namespace") and spec.get("namespaceSelector") is not None:
        told = f"the namespaceSelector is dropped without a word, because namespace is set: {text(spec, 'namespace')}"
        yield warning("WRN005", ("spec", "namespaceSelector"), told, "remove one of the two")


def _container_warnings(spec: Mapping[str, object]) -> Iterator[Finding]:
    for path, container in sidecars(spec):
        if text(container, "image") and not _is_image(text(container, "image")):
            told = "no image can be called so: the kubelet will not pull it"
            yield warning("WRN017", (*path, "image"), told, "write REGISTRY/NAME:TAG, in lower case but for the tag")
        elif "@" in text(container, "image") and with_registry(text(container, "image")) != text(container, "image"):
            told = "a runtime reports a digest with its registry: the Pod never counts as ready, and stops the rollout"
            shown = with_registry(text(container, "image")).partition("@")[0]
            yield warning("WRN020", (*path, "image"), told, f"write the image as the runtime does: {shown}@…")
        upgrade = struct(container, "upgradeStrategy")
        if text(upgrade, "upgradeType") == names.HOT_UPGRADE and not text(upgrade, "hotUpgradeEmptyImage"):
            name = text(container, "name")
            told = f"a hot upgrade needs an image for {name}-2, the container that waits: no Pod can be created without"
            yield warning("WRN004", (*path, "upgradeStrategy"), told, "set hotUpgradeEmptyImage")
        for index, variable in enumerate(structs(container, "env")):
            if text(variable, "name") == names.IS_INJECTED:
                told = f"injection sets {names.IS_INJECTED} itself: it will stand there twice"
                yield warning("WRN013", (*path, "env", index, "name"), told, "remove it")


def _is_image(name: str) -> bool:
    try:
        tag(name)
    except InvalidImage:
        return False
    return True


def _volume_warnings(spec: Mapping[str, object]) -> Iterator[Finding]:
    mounted = {
        text(mount, "name")
        for _, container in sidecars(spec)
        for mount in (*structs(container, "volumeMounts"), *structs(container, "volumeDevices"))
    }
    for index, volume in enumerate(structs(spec, "volumes")):
        path, name = ("spec", "volumes", index), text(volume, "name")
        if volume.keys() <= {"name"}:
            told = f"no source is known for volume {name}: it becomes an emptyDir"
            yield warning("WRN003", path, told, "name its source (configMap, hostPath, ...), or write emptyDir: {}")
        if name and name not in mounted:
            told = f"no container of the SidecarSet mounts volume {name}: it is not injected"
            yield warning("WRN012", (*path, "name"), told, "mount it, or remove it")


def _patch_warnings(spec: Mapping[str, object]) -> Iterator[Finding]:
    for index, patch in enumerate(structs(spec, "patchPodMetadata")):
        if text(patch, "patchPolicy") != names.MERGE_PATCH_JSON:
            continue
        for key, given in struct(patch, "annotations").items():
            if not _is_json_object(str(given)):
                told = f"{key} must be a JSON object to be merged: where the Pod has it already, the Pod is refused"
                yield warning("WRN014", ("spec", "patchPodMetadata", index, "annotations", Key(key)), told)


def _is_json_object(given: str) -> bool:
    try:
        return isinstance(read_json(given), dict)
    except InvalidJson:
        return False
