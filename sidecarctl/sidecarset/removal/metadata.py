"""A pod's annotations without what injection wrote into them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.finding import Finding, Key, Severity
from sidecarctl.record import Record
from sidecarctl.sidecarset.injection.annotations import encoded_entries, recorded_entries
from sidecarctl.sidecarset.injection.records import without_hot_upgrades
from sidecarctl.upstream.fields import annotations_of
from sidecarctl.upstream.names import HASH, HASH_WITHOUT_IMAGE, INJECTED_LIST, MERGE_PATCH_JSON, OVERWRITE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from sidecarctl.sidecarset.injection.effective_set import EffectiveSet
    from sidecarctl.upstream.types import Pod, SidecarSetPatchPodMetadata

_RECORDS = (HASH, HASH_WITHOUT_IMAGE, INJECTED_LIST)


class Unpatched(Record):
    """The annotations that are left, and those that a SidecarSet may have overwritten: they are lost."""

    annotations: dict[str, str]
    overwritten: list[tuple[str, str]]  # name of the SidecarSet, annotation


def without_records(pod: Pod, names: Collection[str], gone: Collection[str]) -> dict[str, str]:
    """The annotations without what they record of these SidecarSets and containers.

    Raises InjectionRefused where the webhook could not read them either.
    """
    left = annotations_of(pod)
    for key in (HASH, HASH_WITHOUT_IMAGE):
        entries = recorded_entries(pod.get("metadata") or {}, left, key)
        kept = {name: entry for name, entry in entries.items() if name not in names}
        if len(kept) < len(entries):
            _put(left, key, encoded_entries(kept) if kept else "")
    if INJECTED_LIST in left:
        listed = left[INJECTED_LIST].split(",")
        others = [name for name in listed if name not in names]
        if len(others) < len(listed):
            _put(left, INJECTED_LIST, ",".join(others))
    return without_hot_upgrades(left, gone)


def without_patches(
    pod: Pod, left: dict[str, str], sets: Sequence[EffectiveSet], present: Sequence[EffectiveSet]
) -> Unpatched:
    """What is left of the annotations without those that patchPodMetadata of these SidecarSets wrote.

    `present` are other SidecarSets that stand in the pod.
    """
    added = _added_keys(pod, _patched_keys([*sets, *present]))
    annotations = dict(left)
    overwritten = []
    for one in sets:
        for patch, key, value in _patches(one):
            may_overwrite = patch.get("patchPolicy") in {OVERWRITE, MERGE_PATCH_JSON}
            if key not in annotations:
                continue
            if may_overwrite:
                overwritten.append((one.name, key))
            if annotations[key] == value and (may_overwrite or key in added):
                del annotations[key]
    return Unpatched(annotations, overwritten)


def overwritten_finding(name: str, key: str, severity: Severity) -> Finding:
    """An annotation whose first value is lost (UNI002)."""
    return Finding(
        "UNI002",
        f"SidecarSet {name} may have overwritten this annotation; what stood here before is not in the file any more",
        ("metadata", "annotations", Key(key)),
        severity,
        sidecar_set=name,
        help="--partial takes out the rest all the same" if severity is Severity.ERROR else "",
    )


def _added_keys(pod: Pod, patched: Collection[str]) -> frozenset[str]:
    """Those of the patched annotations that injection may have added rather than found.

    It adds annotations at the end, its records last. Where these stand elsewhere, somebody has sorted the annotations,
    and their order tells nothing.
    """
    keys = list(annotations_of(pod))
    records = [key for key in keys if is_record(key)]
    if records and not is_record(keys[-1]):
        return frozenset(patched)
    added = []
    for key in reversed(keys):
        if key not in patched and not is_record(key):
            break
        added.append(key)
    return frozenset(added)


def is_record(key: str) -> bool:
    """Whether an annotation is one of those in which injection keeps its records."""
    return key in _RECORDS or "sidecarset.kruise.io/" in key or key.startswith("kruise.io/sidecarset-")


def _patched_keys(sets: Iterable[EffectiveSet]) -> frozenset[str]:
    return frozenset(key for one in sets for _, key, _ in _patches(one))


def _patches(one: EffectiveSet) -> Iterator[tuple[SidecarSetPatchPodMetadata, str, str]]:
    for patch in one.patches:
        for key, value in patch.get("annotations", {}).items():
            yield patch, key, value


def _put(annotations: dict[str, str], key: str, value: str) -> None:
    if value:
        annotations[key] = value
    else:
        del annotations[key]
