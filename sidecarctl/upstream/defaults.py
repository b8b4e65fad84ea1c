"""Defaults of a SidecarSet at admission: the CRD's, then the mutating webhook's; and its conversion between versions.

Upstream: CRD; DEFA, DEFB SetDefaultsSidecarSet*; DEFP; KD; CONV

# Strategy: the defaults are pictures of the value they fill. A scalar replaces what is empty, `IfUnset` only what is
missing (upstream: a pointer); a mapping looks into a field that is there, `Struct` into one that always is; a list
looks into every item.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from sidecarctl.finding import UndecodableObject
from sidecarctl.record import Record
from sidecarctl.upstream import schema
from sidecarctl.upstream.image import default_pull_policy
from sidecarctl.upstream.names import CUSTOM_VERSION, NAMESPACE_NAME
from sidecarctl.upstream.release import LATEST, Release

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sidecarctl.finding import FieldPath
    from sidecarctl.upstream.types import ObjectMeta, QuantityText, SidecarSet, SidecarSetSpec


Fields: TypeAlias = "Mapping[str, object]"


class IfUnset(Record):
    """A default of a field whose zero value is a choice of its own."""

    value: object


class Struct(dict[str, object]):
    """Defaults of a field that is never missing: Go holds it as a struct, not as a pointer."""


_HTTP_GET: Final = {"path": "/", "scheme": "HTTP"}


_PROBE: Final = {
    "timeoutSeconds": 1,
    "periodSeconds": 10,
    "successThreshold": 1,
    "failureThreshold": 3,
    "httpGet": _HTTP_GET,
}


_FIELD_REF: Final = {"fieldRef": {"apiVersion": "v1"}}


# Neither startupProbe nor anything of grpc stands here: upstream forgets them.
CONTAINER_DEFAULTS: Final[Fields] = {
    "ports": [{"protocol": "TCP"}],
    "env": [{"valueFrom": _FIELD_REF}],
    "livenessProbe": _PROBE,
    "readinessProbe": _PROBE,
    "lifecycle": {"postStart": {"httpGet": _HTTP_GET}, "preStop": {"httpGet": _HTTP_GET}},
    "terminationMessagePath": "/dev/termination-log",
    "terminationMessagePolicy": "File",
    "transferEnv": [{"sourceContainerNameFrom": _FIELD_REF}],
    "resourcesPolicy": {"targetContainersNameRegex": IfUnset(".*")},  # the CRD's
}


_UPGRADE_AND_SHARING: Final[Fields] = {
    "upgradeStrategy": Struct(upgradeType="ColdUpgrade"),
    "shareVolumePolicy": Struct(type="disabled"),
}


SIDECAR_DEFAULTS: Final[Fields] = {
    **CONTAINER_DEFAULTS,
    **_UPGRADE_AND_SHARING,
    "podInjectPolicy": "BeforeAppContainer",
}


INIT_SIDECAR_DEFAULTS: Final[Fields] = {**SIDECAR_DEFAULTS, "podInjectPolicy": "AfterAppContainer"}


_DOWNWARD_FILES: Final = [_FIELD_REF]


_DEFAULT_MODE: Final = IfUnset(0o644)


VOLUME_DEFAULTS: Final[Fields] = {
    "hostPath": {"type": IfUnset("")},
    "secret": {"defaultMode": _DEFAULT_MODE},
    "configMap": {"defaultMode": _DEFAULT_MODE},
    "downwardAPI": {"defaultMode": _DEFAULT_MODE, "items": _DOWNWARD_FILES},
    "projected": {
        "defaultMode": _DEFAULT_MODE,
        "sources": [
            {
                "downwardAPI": {"items": _DOWNWARD_FILES},
                "serviceAccountToken": {"expirationSeconds": IfUnset(60 * 60)},
            }
        ],
    },
}


_VOLUME_DRIVER_DEFAULTS: Final[Fields] = {
    "iscsi": {"iscsiInterface": "default"},
    "rbd": {"pool": "rbd", "user": "admin", "keyring": "/etc/ceph/keyring"},
    "azureDisk": {
        "cachingMode": IfUnset("ReadWrite"),
        "kind": IfUnset("Shared"),
        "fsType": IfUnset("ext4"),
        "readOnly": IfUnset(value=False),
    },
    "scaleIO": {"storageMode": "ThinProvisioned", "fsType": "xfs"},
}


_SPEC_DEFAULTS: Final[Fields] = {
    "updateStrategy": Struct(type="RollingUpdate", partition=IfUnset(0), maxUnavailable=IfUnset(1)),
    "injectionStrategy": {"revision": {"policy": "Always"}},
    "revisionHistoryLimit": IfUnset(10),
    "patchPodMetadata": [{"patchPolicy": "Retain"}],
}


def filled(value: Fields, defaults: Fields) -> Fields:
    """Return a value with these defaults where it lacks them; itself when it lacks none."""
    new = {}
    for name, default in defaults.items():
        given = value.get(name)
        made = _filled_field(given, default)
        if made is not given:
            new[name] = made
    return {**value, **new} if new else value


def _filled_field(given: object, default: object) -> object:
    if isinstance(default, IfUnset):
        return default.value if given is None else given
    if isinstance(default, Struct):
        return filled(cast("Fields", given or {}), default)
    if not isinstance(default, Mapping | list):
        return given or default
    if given is None:
        return None
    if isinstance(default, Mapping):
        return filled(cast("Fields", given), default)
    items = cast("list[Fields]", given)
    made = [filled(item, default[0]) for item in items]
    return given if all(new is old for new, old in zip(made, items, strict=True)) else made


def admitted(sidecar_set: SidecarSet, release: Release = LATEST) -> SidecarSet:
    """Return a decoded SidecarSet, of either version, with all defaults of its admission but without its hashes.

    Raises UndecodableObject where the webhook itself fails.
    Upstream: CRD; DEFB SetDefaultsSidecarSetV1beta1, DEFA SetDefaultsSidecarSet
    """
    spec = filled(sidecar_set.get("spec", {}), _SPEC_DEFAULTS)
    init_defaults = INIT_SIDECAR_DEFAULTS if release.defaults_init_containers else CONTAINER_DEFAULTS
    lists = {
        "initContainers": _containers(spec, "initContainers", init_defaults),
        "containers": _containers(spec, "containers", SIDECAR_DEFAULTS),
        "volumes": [volume_with_defaults(volume, release) for volume in _items(spec, "volumes")],
    }
    given = {name: items for name, items in lists.items() if name in spec}
    return {**sidecar_set, "spec": cast("SidecarSetSpec", {**spec, **given})}


def volume_with_defaults(volume: Fields, release: Release = LATEST) -> Fields:
    """Return a decoded volume with the defaults of admission: one without a source that we know is an emptyDir.

    Upstream: DEFP SetDefaultPodVolumes; KD SetDefaults_Volume
    """
    if not any(source in volume for source in schema.fields("VolumeSource", release)):
        return {**volume, "emptyDir": {}}
    made = filled(volume, VOLUME_DEFAULTS)
    return filled(made, _VOLUME_DRIVER_DEFAULTS) if release.defaults_volume_drivers else made


def _containers(spec: Fields, list_name: str, defaults: Fields) -> list[Fields]:
    containers = _items(spec, list_name)
    for index, container in enumerate(containers):
        _refuse_unset_field_ref(container, ("spec", list_name, index))
    return [_container(container, defaults) for container in containers]


def _items(value: Fields, name: str) -> Sequence[Fields]:
    return cast("Sequence[Fields]", value.get(name) or ())


def _refuse_unset_field_ref(container: Fields, path: FieldPath) -> None:
    """Stop where upstream dereferences nil."""
    for index, transfer in enumerate(_items(container, "transferEnv")):
        source = transfer.get("sourceContainerNameFrom")
        if source is not None and "fieldRef" not in cast("Fields", source):
            raise UndecodableObject(
                "sourceContainerNameFrom needs a fieldRef: without one OpenKruise's webhook fails on the SidecarSet",
                (*path, "transferEnv", index, "sourceContainerNameFrom"),
            )


def _container(container: Fields, defaults: Fields) -> Fields:
    made = {**filled(container, defaults)}
    if not made.get("imagePullPolicy"):
        made["imagePullPolicy"] = default_pull_policy(cast("str", made.get("image") or ""))
    resources = cast("Mapping[str, Mapping[str, QuantityText]]", made.get("resources") or {})
    rounded = {name: _rounded_up(amounts) for name, amounts in resources.items() if name in {"limits", "requests"}}
    if rounded:
        made["resources"] = {**resources, **rounded}
    return made


def _rounded_up(amounts: Mapping[str, QuantityText]) -> Mapping[str, QuantityText]:
    """Round to thousandths, away from zero.

    Upstream: KD SetDefaults_ResourceList
    """
    from sidecarctl.upstream.quantity import parse  # noqa: PLC0415 - most containers ask for nothing

    return {name: str(parse(amount).rounded_up_to_milli()) for name, amount in amounts.items()}


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
