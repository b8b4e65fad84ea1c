"""Take out what injection put in.

# Strategy: only what can be told from the user's own is taken out.
The annotations record containers by name; a SidecarSet in hand tells its volumes, secrets and metadata as well, each
taken out only where the pod holds just what injection would have put there. What injection replaced is not in the pod
any more: that is found by injecting again, and said.
"""

from __future__ import annotations

from collections import Counter
from itertools import count
from typing import TYPE_CHECKING, TypeVar, cast

from sidecarctl.finding import Finding, Key, Severity
from sidecarctl.sidecarset.annotations import encoded_entries, recorded_entries
from sidecarctl.sidecarset.recorded import annotations_of, is_marked, names_in_pod, places, recorded
from sidecarctl.sidecarset.recordedhot import without_hot_upgrades
from sidecarctl.upstream.names import HASH, HASH_WITHOUT_IMAGE, INJECTED_LIST, MERGE_PATCH_JSON, OVERWRITE

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from sidecarctl.sidecarset.effective import EffectiveSet
    from sidecarctl.upstream.types import ObjectMeta, Pod, PodSpec, Volume

Item = TypeVar("Item")


def without_recorded(pod: Pod, name: str) -> tuple[Pod, list[Finding]]:
    """Take out the containers that the annotations record of a SidecarSet; its volumes stay, and are named."""
    entry = recorded(pod).get(name)
    gone = names_in_pod(entry.sidecars or () if entry else (), pod)
    used_before = _volumes_used(pod)
    stripped = _without_containers(pod, gone)
    orphans = sorted(used_before - _volumes_used(stripped))
    stripped = _with_annotations(stripped, _without_traces(annotations_of(pod), [name], gone))
    return stripped, [_orphaned(name, orphans)] if orphans else []


def without_sets(pod: Pod, sets: Sequence[EffectiveSet], *, partial: bool = True) -> tuple[Pod, list[Finding]]:
    """Take out all that these SidecarSets brought, as far as it can be told from the user's own.

    The findings name what injection overwrote, and what therefore cannot come back; without `partial` they are errors.
    """
    names = [one.name for one in sets]
    gone = names_in_pod({name for one in sets for name in _all_names(one, pod)}, pod)
    stripped = _without_containers(pod, gone)
    stripped = _without_volumes(stripped, [volume for one in sets for volume in _volumes(one)])
    secrets = {secret.get("name", "") for one in sets for secret in one.pull_secrets}
    stripped = _filtered(stripped, "imagePullSecrets", lambda secret: secret.get("name", "") not in secrets)
    annotations = _without_traces(annotations_of(pod), names, gone)
    annotations, findings = _without_patches(annotations, sets, partial=partial)
    return _with_annotations(stripped, annotations), findings


def _all_names(one: EffectiveSet, pod: Pod) -> Iterable[str]:
    entry = recorded(pod).get(one.name)
    own = {sidecar.name for sidecar in (*one.init_sidecars, *one.sidecars)}
    return {*own, *(entry.sidecars or () if entry else ())}


def _volumes(one: EffectiveSet) -> list[Volume]:
    return [volume for sidecar in (*one.init_sidecars, *one.sidecars) for volume in sidecar.volumes or ()]


def _without_containers(pod: Pod, names: Collection[str]) -> Pod:
    """Take out the containers of these names that bear the mark of injection."""
    gone = {
        (place.kind, place.place)
        for place in places(pod)
        if place.container.get("name") in names and is_marked(place.container)
    }
    for kind in ("initContainers", "containers"):
        indexes = {index for where, index in gone if where == kind}
        if indexes:
            numbers = count()
            pod = _filtered(pod, kind, lambda _, numbers=numbers, gone=indexes: next(numbers) not in gone)
    return pod


def _without_volumes(pod: Pod, volumes: Iterable[Volume]) -> Pod:
    """Take out the volumes that are as a SidecarSet has them, and that nobody uses any more."""
    used = _volumes_used(pod)
    definitions = {volume.get("name", ""): volume for volume in volumes}

    def stays(volume: Volume) -> bool:
        name = volume.get("name", "")
        return name in used or definitions.get(name) != volume

    return _filtered(pod, "volumes", stays)


def _volumes_used(pod: Pod) -> set[str]:
    mounts = [mount for place in places(pod) for mount in place.container.get("volumeMounts") or ()]
    devices = [device for place in places(pod) for device in place.container.get("volumeDevices") or ()]
    return {used.get("name", "") for used in (*mounts, *devices)}


def _filtered(pod: Pod, key: str, stays: Callable[..., bool]) -> Pod:
    """The pod with those items of a list of its spec that stay; the same pod where all do, no list where none does."""
    spec = pod.get("spec") or {}
    items = cast("list[object]", spec.get(key) or [])
    kept = [item for item in items if stays(item)]
    if len(kept) == len(items):
        return pod
    rest = {name: value for name, value in spec.items() if name != key}
    smaller = {name: kept if name == key else value for name, value in spec.items()} if kept else rest
    return {**pod, "spec": cast("PodSpec", smaller)}


def _without_traces(annotations: Mapping[str, str], names: Collection[str], gone: Collection[str]) -> dict[str, str]:
    """The annotations without what they record of these SidecarSets and containers."""
    left = dict(annotations)
    for key in (HASH, HASH_WITHOUT_IMAGE):
        entries = recorded_entries({}, annotations, key)
        if names and not entries.keys().isdisjoint(names):
            kept = {name: entry for name, entry in entries.items() if name not in names}
            _put(left, key, encoded_entries(kept) if kept else "")
    if INJECTED_LIST in left:
        others = [name for name in left[INJECTED_LIST].split(",") if name not in names]
        _put(left, INJECTED_LIST, ",".join(others))
    return without_hot_upgrades(left, gone)


def _put(annotations: dict[str, str], key: str, value: str) -> None:
    if value:
        annotations[key] = value
    else:
        del annotations[key]


def _without_patches(
    annotations: dict[str, str], sets: Iterable[EffectiveSet], *, partial: bool
) -> tuple[dict[str, str], list[Finding]]:
    """Take out the annotations that patchPodMetadata wrote; where it may have overwritten one, that is lost."""
    left = dict(annotations)
    findings: list[Finding] = []
    for one in sets:
        for patch in one.patches:
            may_overwrite = patch.get("patchPolicy") in {OVERWRITE, MERGE_PATCH_JSON}
            for key, value in patch.get("annotations", {}).items():
                if key not in left or (not may_overwrite and left[key] != value):
                    continue
                if may_overwrite:
                    findings.append(_overwritten(one.name, key, partial=partial))
                if left[key] == value:
                    del left[key]
    return left, findings


def _with_annotations(pod: Pod, annotations: Mapping[str, str]) -> Pod:
    metadata: ObjectMeta = pod.get("metadata") or {}
    if (metadata.get("annotations") or {}) == annotations:
        return pod
    rest = {key: value for key, value in metadata.items() if key != "annotations"}
    if annotations:
        same_place = {key: annotations if key == "annotations" else value for key, value in metadata.items()}
        return {**pod, "metadata": cast("ObjectMeta", same_place)}
    if rest:
        return {**pod, "metadata": cast("ObjectMeta", rest)}
    return cast("Pod", {key: value for key, value in pod.items() if key != "metadata"})


def containers_lost(pod: Pod, again: Pod) -> list[Finding]:
    """The findings of a removal that cannot be made whole: injecting the result again does not give the pod back."""
    if _shape(pod) == _shape(again):
        return []
    return [
        Finding(
            "UNI001",
            "injection replaced or changed something here that is not in the file any more",
            ("spec", "containers"),
            help="--partial takes out what can be; compare with the version before injection",
        )
    ]


def _shape(pod: Pod) -> tuple[object, ...]:
    spec = pod.get("spec") or {}
    names = [(place.kind, place.container.get("name")) for place in places(pod)]
    volumes = Counter(volume.get("name") for volume in spec.get("volumes") or ())
    secrets = Counter(secret.get("name") for secret in spec.get("imagePullSecrets") or ())
    return names, volumes, secrets


def _overwritten(name: str, key: str, *, partial: bool) -> Finding:
    return Finding(
        "UNI002",
        f"SidecarSet {name} may have overwritten this annotation; what stood here before is not in the file any more",
        ("metadata", "annotations", Key(key)),
        Severity.WARNING if partial else Severity.ERROR,
        sidecar_set=name,
        help="--partial leaves the rest out all the same",
    )


def _orphaned(name: str, volumes: Sequence[str]) -> Finding:
    return Finding(
        "INJ002",
        f"an older version of SidecarSet {name} was taken out; nothing uses {', '.join(volumes)} any more, and"
        " nothing tells whether it came from there",
        ("spec", "volumes"),
        Severity.WARNING,
        sidecar_set=name,
        help="give the version that was injected with --from, and all of it is taken out",
    )
