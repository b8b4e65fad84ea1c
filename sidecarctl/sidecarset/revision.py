"""ControllerRevisions: what the controller stores of a SidecarSet, under which name, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from sidecarctl.finding import InjectionRefused, UndecodableObject
from sidecarctl.sidecarset.hash import hash_annotations
from sidecarctl.upstream.decode import decode
from sidecarctl.upstream.defaults import to_v1beta1
from sidecarctl.upstream.encode import as_encoded, encode_plain
from sidecarctl.upstream.go.time import ZERO_TIME, in_utc
from sidecarctl.upstream.names import CUSTOM_VERSION, REVISION_HASH, REVISION_NAMESPACE, SIDECAR_SET_NAME
from sidecarctl.upstream.release import LATEST, Release

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sidecarctl.upstream.types import ControllerRevision, JsonValue, OwnerReference, SidecarSet, SidecarSetSpec

_STORED_FIELDS: Final = ("containers", "imagePullSecrets", "initContainers", "patchPodMetadata", "volumes")
_LONGEST_PREFIX: Final = 223  # bytes
_EXACT_INTEGERS: Final = 2**53
_FNV_OFFSET, _FNV_PRIME = 2166136261, 16777619
# As hashes are spelled (hash.py), but of decimal digits.
_SAFE_DIGITS: Final = str.maketrans("0123456789", "456789bcdf")


def controller_revision(sidecar_set: SidecarSet, revision: int = 1, release: Release = LATEST) -> ControllerRevision:
    """Return the ControllerRevision that the controller creates for an admitted SidecarSet.

    Upstream: HIST NewRevision, newRevision; KHIST NewControllerRevision
    """
    stored = to_v1beta1(sidecar_set) if release.custom_version_is_a_field else sidecar_set
    metadata = stored.get("metadata", {})
    name = metadata.get("name", "")
    data = _data(stored, release)
    text_hash = _hash(encode_plain(data, release), stored)
    labels = {**metadata.get("labels", {}), REVISION_HASH: text_hash, SIDECAR_SET_NAME: name}
    if custom_version := stored.get("spec", {}).get("customVersion"):
        labels[CUSTOM_VERSION] = custom_version
    owner: OwnerReference = {
        "apiVersion": release.revision_owner_api_version,
        "kind": "SidecarSet",
        "name": name,
        "uid": metadata.get("uid", ""),
        "controller": True,
        "blockOwnerDeletion": True,
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "ControllerRevision",
        "metadata": {
            "name": _name(stored, text_hash),
            "namespace": REVISION_NAMESPACE,
            "labels": labels,
            "annotations": {**metadata.get("annotations", {})},
            "ownerReferences": [owner],
        },
        "data": data,
        "revision": revision,
    }


def revision_data(sidecar_set: SidecarSet, release: Release = LATEST) -> str:
    """Return the JSON text that the controller stores of an admitted SidecarSet.

    Upstream: HIST getPatch
    """
    return encode_plain(_data(sidecar_set, release), release)


def revision_name(sidecar_set: SidecarSet, release: Release = LATEST) -> str:
    """Return the name of the ControllerRevision that holds an admitted SidecarSet as it is.

    Upstream: KHIST ControllerRevisionName, HashControllerRevision
    """
    return _name(sidecar_set, _hash(revision_data(sidecar_set, release), sidecar_set))


def revision_wanted(sidecar_set: SidecarSet, revisions: Iterable[ControllerRevision]) -> ControllerRevision | None:
    """Return the revision that the SidecarSet's injectionStrategy names; None when it names none.

    The revisions are decoded ones. Raises InjectionRefused when it is not among them. A name goes before a custom
    version, and any revision may bear it, even another SidecarSet's.
    Upstream: HIST GetHistorySidecarSet
    """
    wanted = sidecar_set.get("spec", {}).get("injectionStrategy", {}).get("revision", {})
    candidates = [revision for revision in revisions if _may_be_looked_up(revision)]
    revision_name, custom_version = wanted.get("revisionName"), wanted.get("customVersion")
    if revision_name is not None:
        return _named(revision_name, candidates)
    if custom_version is not None:
        return _latest_of_version(custom_version, sidecar_set.get("metadata", {}).get("name", ""), candidates)
    return None


def restore(sidecar_set: SidecarSet, revision: ControllerRevision, release: Release = LATEST) -> SidecarSet:
    """Return the SidecarSet as the revision stored it: its content and hashes, and otherwise the present metadata.

    Nothing is defaulted, and what a revision does not store (selectors, strategies) is gone.
    Raises UndecodableObject when the revision does not hold a SidecarSet.
    Upstream: HIST restoreRevision
    """
    spec = _restored_spec(revision, release)
    restored: SidecarSet = {**sidecar_set, "spec": spec}
    recorded = revision.get("metadata", {}).get("annotations", {})
    hashes = {key: recorded.get(key) or computed for key, computed in hash_annotations(restored, release).items()}
    metadata = sidecar_set.get("metadata", {})
    return {
        **restored,
        "metadata": {**metadata, "annotations": {**metadata.get("annotations", {}), **hashes}},
        "status": {**sidecar_set.get("status", {}), "latestRevision": revision.get("metadata", {}).get("name", "")},
    }


def _data(sidecar_set: SidecarSet, release: Release) -> dict[str, JsonValue]:
    spec = cast("dict[str, JsonValue]", as_encoded(sidecar_set.get("spec", {}), "SidecarSetSpec", release))
    stored = {name: _through_float(spec.get(name)) for name in _STORED_FIELDS}
    return {"spec": {"$patch": "replace", **stored}}


def _through_float(value: JsonValue) -> JsonValue:
    """The controller reads its own text back without types, and so every number as a float64."""
    if isinstance(value, dict):
        return {key: _through_float(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_through_float(item) for item in value]
    return float(value) if isinstance(value, int) and abs(value) > _EXACT_INTEGERS else value


def _hash(data: str, sidecar_set: SidecarSet) -> str:
    """FNV-1 over the data, and over the number of collisions that the name had so far."""
    collisions = sidecar_set.get("status", {}).get("collisionCount") or 0
    number = _FNV_OFFSET
    for byte in f"{data}{collisions}".encode():
        number = (number * _FNV_PRIME & 0xFFFFFFFF) ^ byte
    return str(number).translate(_SAFE_DIGITS)


def _name(sidecar_set: SidecarSet, text_hash: str) -> str:
    prefix = sidecar_set.get("metadata", {}).get("name", "").encode()[:_LONGEST_PREFIX].decode(errors="ignore")
    return f"{prefix}-{text_hash}"


def _may_be_looked_up(revision: ControllerRevision) -> bool:
    """OpenKruise looks into its own namespace only; wherever that is, a SidecarSet's revision stands there."""
    metadata = revision.get("metadata", {})
    return metadata.get("namespace", REVISION_NAMESPACE) == REVISION_NAMESPACE or SIDECAR_SET_NAME in metadata.get(
        "labels", {}
    )


def _named(name: str, revisions: Sequence[ControllerRevision]) -> ControllerRevision:
    for revision in revisions:
        if revision.get("metadata", {}).get("name") == name:
            return revision
    raise InjectionRefused(f'controllerrevisions.apps "{name}" not found')


def _latest_of_version(version: str, set_name: str, revisions: Sequence[ControllerRevision]) -> ControllerRevision:
    wanted = {SIDECAR_SET_NAME: set_name, CUSTOM_VERSION: version}
    bearing = [revision for revision in revisions if wanted.items() <= _labels(revision).items()]
    if not bearing:
        raise InjectionRefused(f'ControllerRevision.apps "{set_name}" not found')
    return max(bearing, key=_age)


def _labels(revision: ControllerRevision) -> dict[str, str]:
    return revision.get("metadata", {}).get("labels", {})


def _age(revision: ControllerRevision) -> tuple[int, str, str]:
    """Orders revisions from old to new.

    Upstream: KHIST SortControllerRevisions
    """
    metadata = revision.get("metadata", {})
    created = in_utc(metadata.get("creationTimestamp") or ZERO_TIME)
    return revision.get("revision", 0), created, metadata.get("name", "")


def _restored_spec(revision: ControllerRevision, release: Release) -> SidecarSetSpec:
    data = revision.get("data")
    spec = data.get("spec") if isinstance(data, dict) else None
    if not isinstance(spec, dict) or spec.get("$patch") != "replace":
        raise UndecodableObject(
            "no SidecarSet as OpenKruise stores one: `$patch: replace` is missing", ("data", "spec")
        )
    content = {name: spec[name] for name in _STORED_FIELDS if name in spec}
    return cast("SidecarSetSpec", decode(content, "SidecarSetSpec", release, ("data", "spec")))
