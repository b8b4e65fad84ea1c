"""What an in-place upgrade writes into the annotations of a Pod."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from sidecarctl.sidecarset.injection.annotations import Entry, encoded_entries
from sidecarctl.sidecarset.rollout.records import in_place_states, older_hashes, upgrade_specs, working_containers
from sidecarctl.upstream import names
from sidecarctl.upstream.encode import as_encoded, encode
from sidecarctl.upstream.fields import struct, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sidecarctl.sidecarset.rollout.records import Pairs
    from sidecarctl.sidecarset.rollout.target import RolloutTarget
    from sidecarctl.sidecarset.rollout.transitions import PodStep
    from sidecarctl.upstream.fields import Value
    from sidecarctl.upstream.release import Release

    Annotations = Mapping[str, str]


def upgrade_recorded(annotations: Annotations, target: RolloutTarget) -> Annotations:
    """Record that a Pod is at the SidecarSet's present hash; what is recorded of other SidecarSets stays.

    Upstream: UTIL UpdatePodSidecarSetHash
    """
    own_entry = Entry(names.EPOCH, target.hash, target.name, target.sidecar_list, target.revision)
    specs = upgrade_specs(annotations.get(names.HASH, ""))
    if specs is None:
        return _of_old_converted(annotations, target, own_entry)
    entries = {**{name: _entry(struct(specs, name)) for name in specs}, target.name: own_entry}
    return {**annotations, names.HASH: encoded_entries(entries, target.release)}


def images_recorded(annotations: Annotations, target: RolloutTarget, image_ids: Pairs) -> Annotations:
    """Record the imageIDs of the containers that change, from before; the set's first upgrade dates them all.

    Upstream: CTRL UpdatePodSidecarSetInPlaceUpdateState
    """
    states = in_place_states(annotations.get(names.IN_PLACE_UPDATE_STATE, "")) or {}
    own = struct(states, target.name) or {"revision": target.hash, "updateTimestamp": names.EPOCH}
    before = struct(own, "lastContainerStatuses")
    changed = {name: {"imageID": image_id} for name, image_id in image_ids}
    written = {**states, target.name: {**own, "lastContainerStatuses": {**before, **changed}}}
    shown = {name: _in_place_state(struct(written, name)) for name in written}
    return {**annotations, names.IN_PLACE_UPDATE_STATE: _shown(shown, target.release)}


def sides_recorded(
    annotations: Annotations, step: PodStep, target: RolloutTarget, resource_version: str
) -> Annotations:
    """Record which containers of the hot upgrades serve, and give both sides their versions.

    Upstream: CTRL UpgradeSidecarContainer; CHOT flipPodSidecarContainerDo
    """
    written = dict(annotations)
    for move in step.moves:
        written[names.VERSION_PREFIX + move.into] = resource_version
        written[names.ALTERNATE_VERSION_PREFIX + move.into] = annotations.get(names.VERSION_PREFIX + move.beside, "")
        written[names.ALTERNATE_VERSION_PREFIX + move.beside] = resource_version
    for move in step.emptied:
        written[names.VERSION_PREFIX + move.beside] = "0"
        written[names.ALTERNATE_VERSION_PREFIX + move.into] = "0"
    if step.moves:
        working = working_containers(annotations.get(names.WORKING_HOT_UPGRADE_CONTAINER, ""))
        moved = {move.sidecar: move.into for move in step.moves}
        written[names.WORKING_HOT_UPGRADE_CONTAINER] = _shown({**working, **moved}, target.release)
    return written


def _of_old_converted(annotations: Annotations, target: RolloutTarget, own_entry: Entry) -> Annotations:
    """Bare hashes in both annotations become entries; they all name this SidecarSet, upstream too."""
    hashes = older_hashes(annotations.get(names.HASH, "")) or {}
    without_image = older_hashes(annotations.get(names.HASH_WITHOUT_IMAGE, ""))
    entries = {**_converted(hashes, target), target.name: own_entry}
    written = {**annotations, names.HASH: encoded_entries(entries, target.release)}
    if without_image is not None:
        entries_without_image = _converted({**hashes, **without_image}, target)
        written[names.HASH_WITHOUT_IMAGE] = encoded_entries(entries_without_image, target.release)
    return written


def _converted(hashes: Mapping[str, str], target: RolloutTarget) -> dict[str, Entry]:
    return {name: Entry(names.EPOCH, older_hash, target.name, None) for name, older_hash in hashes.items()}


def _entry(spec: Value) -> Entry:
    listed = cast("list[str | None] | None", spec.get("sidecarList"))
    return Entry(
        timestamp=cast("str | None", as_encoded(spec.get("updateTimestamp"), "Time")),
        hash=text(spec, "hash"),
        sidecar_set=text(spec, "sidecarSetName"),
        sidecars=None if listed is None else tuple(name or "" for name in listed),
        revision=text(spec, "controllerRevision"),
    )


def _in_place_state(state: Value) -> Value:
    """An in-place upgrade state as Go writes it."""
    images = struct(state, "lastContainerStatuses")
    return {
        "revision": text(state, "revision"),
        "updateTimestamp": as_encoded(state.get("updateTimestamp"), "Time"),
        "lastContainerStatuses": {name: _image(struct(images, name)) for name in sorted(images)},
    }


def _image(status: Value) -> Value:
    image_id = text(status, "imageID")
    return {"imageID": image_id} if image_id else {}


def _shown(entries: Value, release: Release) -> str:
    """The JSON text of a map, its keys sorted, those of its entries as they stand."""
    return encode({name: entries[name] for name in sorted(entries)}, "any", release)
