"""Which field of a SidecarSet keeps Pods from being upgraded in place."""

# Strategy: the recorded hash says that something other than images changed, and not what. An earlier version of the
# SidecarSet with that hash tells it exactly. Without one, the sidecars that stand in the Pod are compared with those
# that the SidecarSet would put there now; what a Pod does not show (transferEnv, say) then goes unnamed.

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from sidecarctl.sidecarset.hash import admit
from sidecarctl.sidecarset.rollout.pod_state import state_of
from sidecarctl.sidecarset.rollout.records import recorded_hash, upgrade_specs
from sidecarctl.upstream import names
from sidecarctl.upstream.decode import decode
from sidecarctl.upstream.encode import as_encoded
from sidecarctl.upstream.fields import struct, structs, text, text_map
from sidecarctl.upstream.pod_defaults import container_with_defaults

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sidecarctl.finding import FieldPath
    from sidecarctl.sidecarset.rollout.target import RolloutTarget, TargetSidecar
    from sidecarctl.upstream.fields import Value
    from sidecarctl.upstream.types import Container, ControllerRevision, Pod, SidecarSet

_CONTAINERS: Final[FieldPath] = ("spec", "containers")
_IMAGE: Final = "image"
_GROWING: Final = {"env": "name", "volumeMounts": "mountPath", "volumeDevices": "devicePath"}  # injection adds to these
_NOT_COPIED: Final = {_IMAGE, "name", *_GROWING}


def blamed_field(pod: Pod, target: RolloutTarget, previous: Iterable[SidecarSet | ControllerRevision]) -> FieldPath:
    """The first field whose change asks for a new Pod, empty where nothing tells it."""
    annotations = text_map(struct(pod, "metadata"), "annotations")
    recorded = recorded_hash(annotations.get(names.HASH_WITHOUT_IMAGE, ""), target.name)
    for version in previous:
        spec, version_hash = _as_stored(version, target)
        if version_hash == recorded:
            return _first_change(structs(spec, "containers"), structs(target.spec, "containers"))
    return _first_mismatch(pod, target)


def _as_stored(version: SidecarSet | ControllerRevision, target: RolloutTarget) -> tuple[Value, str]:
    """The spec of an earlier version, and its hash without image."""
    is_revision = version.get("kind") == "ControllerRevision"
    stored: Value = version if is_revision else admit(cast("SidecarSet", version), target.release)
    annotations = text_map(struct(stored, "metadata"), "annotations")
    return struct(struct(stored, "data") if is_revision else stored, "spec"), annotations.get(
        names.HASH_WITHOUT_IMAGE, ""
    )


def _first_change(before: Sequence[Value], after: Sequence[Value]) -> FieldPath:
    if [text(c, "name") for c in before] != [text(c, "name") for c in after]:
        return _CONTAINERS
    for index, (old, new) in enumerate(zip(before, after, strict=True)):
        changed = _first_difference({**old, _IMAGE: ""}, {**new, _IMAGE: ""}, (*_CONTAINERS, index))
        if changed:
            return changed
    return ()


def _first_difference(before: object, after: object, path: FieldPath) -> FieldPath:
    """The path of the first value that differs, as deep as both have the same shape; empty if none does."""
    if isinstance(before, dict) and isinstance(after, dict):
        steps = [(key, before.get(key), after.get(key)) for key in {**after, **before}]
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        steps = [(index, *pair) for index, pair in enumerate(zip(before, after, strict=True))]
    else:
        return () if before == after else path
    return next((found for key, old, new in steps if (found := _first_difference(old, new, (*path, key)))), ())


def _first_mismatch(pod: Pod, target: RolloutTarget) -> FieldPath:
    """The first field that does not agree with what the Pod holds."""
    specs = upgrade_specs(text_map(struct(pod, "metadata"), "annotations").get(names.HASH, "")) or {}
    listed = struct(specs, target.name).get("sidecarList")
    if listed is not None and listed != list(target.sidecar_list):
        return _CONTAINERS
    return next(_mismatches(pod, target), ())


def _mismatches(pod: Pod, target: RolloutTarget) -> Iterator[FieldPath]:
    there = {
        text(c, "name"): c for field in ("containers", "initContainers") for c in structs(struct(pod, "spec"), field)
    }
    for index, (sidecar, container) in enumerate(zip(target.sidecars, structs(target.spec, "containers"), strict=True)):
        path = (*_CONTAINERS, index)
        wanted, present = _encoded(container, target), _encoded(there[sidecar.containers[0]], target)
        skipped = _NOT_COPIED | ({"resources"} if "resourcesPolicy" in container else set())
        for field in {**wanted, **present}:
            if field not in skipped and wanted.get(field) != present.get(field):
                yield _first_difference(present.get(field), wanted.get(field), (*path, field))
        for field, key in _GROWING.items():
            if not _holds(structs(present, field), structs(wanted, field), key):
                yield (*path, field)
        if sidecar.is_hot and _has_other_empty_image(pod, sidecar, target):
            yield (*path, "upgradeStrategy", "hotUpgradeEmptyImage")


def _encoded(container: Value, target: RolloutTarget) -> Value:
    decoded = cast("Container", decode(container, "Container", target.release))
    return cast("Value", as_encoded(container_with_defaults(decoded), "Container", target.release))


def _holds(present: Sequence[Value], wanted: Sequence[Value], key: str) -> bool:
    there = {text(item, key): item for item in present}
    return all(there.get(text(item, key)) == item for item in wanted)


def _has_other_empty_image(pod: Pod, sidecar: TargetSidecar, target: RolloutTarget) -> bool:
    state = state_of(pod, target)
    return state.image(state.sides(sidecar)[1]) != sidecar.empty_image
