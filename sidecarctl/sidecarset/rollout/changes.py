"""Changes between two versions of a SidecarSet, and the fields that block an in-place upgrade.

# Strategy: the recorded hash says that something other than images changed, and not what. An earlier version of the
SidecarSet with that hash tells it exactly. Without one, the sidecars that stand in the Pod are compared with those
that the SidecarSet would put there now; what a Pod does not show (transferEnv, say) then goes unnamed.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, cast

from sidecarctl.record import Record
from sidecarctl.sidecarset.hash import admit
from sidecarctl.sidecarset.rollout.pod_state import state_of
from sidecarctl.sidecarset.rollout.records import recorded_hash, upgrade_specs
from sidecarctl.upstream import names
from sidecarctl.upstream.decode import decode
from sidecarctl.upstream.defaults import to_v1beta1
from sidecarctl.upstream.encode import as_encoded
from sidecarctl.upstream.fields import struct, structs, text, text_map
from sidecarctl.upstream.pod_defaults import container_with_defaults

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sidecarctl.finding import FieldPath
    from sidecarctl.upstream.fields import Value
    from sidecarctl.upstream.release import Release
    from sidecarctl.upstream.types import SidecarSet

    _Reader = Callable[[Value], str]
    from collections.abc import Iterable

    from sidecarctl.sidecarset.rollout.target import RolloutTarget, TargetSidecar
    from sidecarctl.upstream.types import Container, ControllerRevision, Pod


_IMAGE: Final = "image"


_FOR_NEW_PODS: Final = ("initContainers", "volumes", "imagePullSecrets")  # in no hash


_ALONG_WITH_UPGRADES: Final = ("patchPodMetadata",)  # nor this, but an upgrade writes it


class Effect(StrEnum):
    """How the Pods that run get a new version; stable, so that scripts may ask for it."""

    NOTHING = "Nothing"  # nothing of it concerns containers that run
    IN_PLACE = "InPlace"  # the sidecar restarts with another image
    HOT_UPGRADE = "HotUpgrade"  # its idle twin takes over
    NEW_PODS = "NewPods"  # more than images of containers changed: only new Pods get it


class NewImage(Record):
    """A sidecar whose image changes."""

    sidecar: str
    before: str
    after: str
    is_hot: bool


class NewVersion(Record):
    """What differs between two versions, sorted by what becomes of it."""

    effect: Effect
    images: tuple[NewImage, ...]  # of init containers only where no other changes
    fields: tuple[FieldPath, ...]  # that ask for new Pods
    for_new_pods: tuple[str, ...]  # fields of the spec that Pods get when they are created, and that hold up nothing
    along_with_upgrades: tuple[str, ...]  # that Pods get when they are created, or upgraded for another reason
    policy: tuple[str, ...]  # other fields of the spec: whom it selects, how it rolls
    emptied_anew: tuple[NewImage, ...]  # hot upgrades whose idle container gets another image, in all Pods at once


def new_version(before: SidecarSet, after: SidecarSet, release: Release) -> NewVersion:
    """Tell the versions of a SidecarSet apart, as written or as admitted.

    UndecodableObject where one is none of the release.
    """
    old, new = (_spec_and_hashes(version, release) for version in (before, after))
    old_sidecars, new_sidecars = structs(old.spec, "containers"), structs(new.spec, "containers")
    fields = tuple(_changed_fields(old_sidecars, new_sidecars)) if old.without_image != new.without_image else ()
    if old.without_image != new.without_image and not fields:
        fields = (("spec", "initContainers"),)  # a native sidecar among them brings them into the hash
    images = tuple(_new_images(old_sidecars, new_sidecars))
    init_images = tuple(_new_images(structs(old.spec, "initContainers"), structs(new.spec, "initContainers")))
    effect = _effect(old, new, images)
    changed = [key for key in sorted({*old.spec, *new.spec}) if old.spec.get(key) != new.spec.get(key)]
    return NewVersion(
        effect=effect,
        images=images or (init_images if effect is Effect.NEW_PODS else ()),
        fields=fields,
        for_new_pods=tuple(key for key in changed if key in _FOR_NEW_PODS),
        along_with_upgrades=tuple(key for key in changed if key in _ALONG_WITH_UPGRADES),
        policy=tuple(key for key in changed if key not in {*_FOR_NEW_PODS, *_ALONG_WITH_UPGRADES, "containers"}),
        emptied_anew=tuple(_emptied_anew(old_sidecars, new_sidecars)),
    )


def applied(before: SidecarSet, after: SidecarSet, release: Release) -> SidecarSet:
    """A version as the API server stores it over the one before: it keeps the status, and counts changes of the spec.

    UndecodableObject where one is none of the release.
    """
    old, new = (_spec_and_hashes(version, release).spec for version in (before, after))
    known = cast("Value", before)
    generation = cast("int", struct(known, "metadata").get("generation") or 1) + (old != new)
    metadata = {**struct(cast("Value", after), "metadata"), "generation": generation}
    return cast("SidecarSet", {**after, "metadata": metadata, "status": struct(known, "status")})


class _Version(Record):
    spec: Value
    hash: str
    without_image: str


def _spec_and_hashes(version: SidecarSet, release: Release) -> _Version:
    stored = cast("Value", to_v1beta1(admit(version, release)))
    hashes = text_map(struct(stored, "metadata"), "annotations")
    return _Version(struct(stored, "spec"), hashes.get(names.HASH, ""), hashes.get(names.HASH_WITHOUT_IMAGE, ""))


def _effect(old: _Version, new: _Version, images: Sequence[NewImage]) -> Effect:
    if old.without_image != new.without_image:
        return Effect.NEW_PODS
    if old.hash == new.hash:
        return Effect.NOTHING
    if not images:  # native sidecars are in the hash, and the controller upgrades spec.containers only
        return Effect.NEW_PODS
    return Effect.HOT_UPGRADE if images and all(image.is_hot for image in images) else Effect.IN_PLACE


def _new_images(before: Sequence[Value], after: Sequence[Value]) -> Iterator[NewImage]:
    return _changes(before, after, _image)


def _emptied_anew(before: Sequence[Value], after: Sequence[Value]) -> Iterator[NewImage]:
    return (image for image in _changes(before, after, _empty_image) if image.is_hot)


def _changes(before: Sequence[Value], after: Sequence[Value], read: _Reader) -> Iterator[NewImage]:
    known = {text(sidecar, "name"): read(sidecar) for sidecar in before}
    for sidecar in after:
        name, image = text(sidecar, "name"), read(sidecar)
        if name in known and known[name] != image:
            is_hot = struct(sidecar, "upgradeStrategy").get("upgradeType") == names.HOT_UPGRADE
            yield NewImage(name, known[name], image, is_hot)


def _image(sidecar: Value) -> str:
    return text(sidecar, _IMAGE)


def _empty_image(sidecar: Value) -> str:
    return text(struct(sidecar, "upgradeStrategy"), "hotUpgradeEmptyImage")


def _changed_fields(before: Sequence[Value], after: Sequence[Value]) -> Iterator[FieldPath]:
    if [text(c, "name") for c in before] != [text(c, "name") for c in after]:
        yield ("spec", "containers")
        return
    for index, (old, new) in enumerate(zip(before, after, strict=True)):
        yield from _differences(_without_image(old), _without_image(new), ("spec", "containers", index))


def _without_image(sidecar: Value) -> Mapping[str, object]:
    return {key: value for key, value in sidecar.items() if key != _IMAGE}


def _differences(before: object, after: object, path: FieldPath) -> Iterator[FieldPath]:
    """The paths of the values that differ, as deep as both have the same shape."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted({**before, **after}):
            yield from _differences(before.get(key), after.get(key), (*path, key))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, pair in enumerate(zip(before, after, strict=True)):
            yield from _differences(*pair, (*path, index))
    elif before != after:
        yield path


_CONTAINERS: Final[FieldPath] = ("spec", "containers")


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
