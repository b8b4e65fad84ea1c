"""Injection into a pod that may carry sidecars already.

# Strategy: upstream's webhook would inject again, whose second pass is not always the identity; a file is injected many
times. What stands there at the present hash is left alone; an older version is taken out first, as far as the pod's
annotations record it, and then everything is upstream's pipeline. SidecarSets without containers leave no hash: they
are injected each time, and only what another round of all patches would not change in the end is kept as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.finding import Finding, Severity
from sidecarctl.record import Record
from sidecarctl.sidecarset.injection.annotations import all_entries, patched_annotations
from sidecarctl.sidecarset.injection.inject import Injection, Options, chosen_state, inject
from sidecarctl.sidecarset.injection.records import as_recorded, injected_names, recorded, stands_in
from sidecarctl.sidecarset.matching.match import concerned, labels_of, verdicts
from sidecarctl.sidecarset.removal.metadata import is_record
from sidecarctl.sidecarset.removal.uninject import lost_findings, without_recorded, without_sets
from sidecarctl.sidecarset.removal.unrecoverable import leftover_findings, unhashed_findings
from sidecarctl.upstream.decode import decode
from sidecarctl.upstream.fields import annotations_of, namespace_of
from sidecarctl.upstream.names import MERGE_PATCH_JSON, OVERWRITE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from sidecarctl.sidecarset.cluster import Prepared
    from sidecarctl.sidecarset.injection.effective_set import EffectiveSet
    from sidecarctl.sidecarset.removal.uninject import OwnFields
    from sidecarctl.upstream.types import ObjectMeta, Pod, SidecarSetPatchPodMetadata


def injected_again(
    pod: Pod,
    prepared: Prepared,
    options: Options,
    older: Sequence[EffectiveSet] = (),
    own: OwnFields | None = None,
) -> Injection:
    """Return the pod with its sidecars at their present version: the very same pod where they are that already.

    `older` are the SidecarSets that were injected, where they are known, in all their states: then nothing of them
    stays. `own` returns the fields that the text of the pod shows to be its own.
    Raises InjectionRefused and UndecodableObject as `inject` does.
    """
    older = as_recorded(older, recorded(pod))
    known = _known_sets(pod, prepared, options, older) if recorded(pod) else _Known()
    returning = {one.name for one in known.returning}
    older = [*(old for old in older if old.name not in returning), *known.returning]
    stripped, findings = _without_outdated(pod, known, older, own)
    present = frozenset(one.name for one in known.present)
    former = all_entries(pod.get("metadata") or {}, annotations_of(pod)) if known.outdated else {}
    result = inject(stripped, prepared, options._replace(leave=options.leave | present, former=former, again=True))
    if _is_patched_anew(stripped, result.pod):
        made = _with_settled_patches(stripped, result.pod, selected_sets(stripped, prepared, options), recorded(pod))
        result = result._replace(pod=made)
    if known.outdated:
        unknown = [one for one in known.outdated if all(old.name != one.name for old in older)]
        findings += leftover_findings(pod, result.pod, unknown)
    findings += [_already(name) for name in sorted(present)]
    findings += unhashed_findings(pod, known.present)
    return result._replace(findings=(*findings, *result.findings))


class _Known(Record):
    """The SidecarSets that select a pod and that it records."""

    present: Sequence[EffectiveSet] = ()  # at their hash of now
    outdated: Sequence[EffectiveSet] = ()  # at another, or returning; in the order of injection
    returning: Sequence[EffectiveSet] = ()  # at their hash of now, but taken out: the order is a fresh injection's


def _known_sets(pod: Pod, prepared: Prepared, options: Options, older: Sequence[EffectiveSet]) -> _Known:
    seen = decode(pod, "Pod", prepared.release)
    entries = recorded(pod)
    found = [one for one in selected_sets(pod, prepared, options) if one.name in entries]
    present = [
        one
        for one in found
        if entries[one.name].hash == one.hash
        and stands_in(one, seen)
        and all(old.name != one.name or _brings_the_same(old, one) for old in older)
    ]
    names = {one.name for one in present}
    outdated = [one for one in found if one.name not in names]
    if any(old.name == one.name for one in outdated for old in older):
        return _Known((), found, present)
    return _Known(present, outdated)


def _brings_the_same(old: EffectiveSet, new: EffectiveSet) -> bool:
    """Whether two versions are one: hashes do not speak of volumes, secrets, patches and plain init containers."""
    return old._replace(revision=new.revision) == new


def selected_sets(pod: Pod, prepared: Prepared, options: Options) -> list[EffectiveSet]:
    """The SidecarSets that select a pod, each in the state that the pod gets, in the order of injection."""
    seen = decode(pod, "Pod", prepared.release)
    labels, namespace = labels_of(seen), namespace_of(seen, options.namespace)
    found = verdicts(seen, namespace, concerned(prepared.prospects(namespace), labels), options.running_pods)
    names = [verdict.sidecar_set for verdict in found if verdict.is_selected]
    states = [(name, chosen_state(name, labels, prepared, options)[0]) for name in names]
    return [prepared.effective(name, choice, options.form) for name, choice in states]


def _without_outdated(
    pod: Pod, known: _Known, older: Sequence[EffectiveSet], own: OwnFields | None
) -> tuple[Pod, list[Finding]]:
    """The pod without what is there at an older version; what replaced one of its own is replaced where it stands."""
    staying = {name for one in known.outdated for made in one.all_sidecars for name in injected_names(made)}
    versions = [version for one in known.outdated for version in older if version.name == one.name]
    taken_out = [without_sets(pod, versions, known.present, staying, own)] if versions else []
    brought = {made.name for one in known.present for made in one.all_sidecars}
    for one in [one for one in known.outdated if all(one.name != version.name for version in versions)]:
        unrecorded = {made.name for made in one.init_sidecars} - brought
        left = taken_out[-1].pod if taken_out else pod
        taken_out.append(without_recorded(left, one.name, staying, unrecorded, own))
    again = {key for one in known.outdated for patch in one.patches for key in _overwritten_keys(patch)}
    findings: list[Finding] = []
    for stripped in taken_out:
        lost = tuple((name, key) for name, key in stripped.overwritten if key not in again)
        findings += lost_findings(stripped._replace(overwritten=lost), Severity.WARNING)
    return taken_out[-1].pod if taken_out else pod, findings


def _overwritten_keys(patch: SidecarSetPatchPodMetadata) -> Iterable[str]:
    return patch.get("annotations", {}) if patch.get("patchPolicy") == OVERWRITE else ()


def _is_patched_anew(before: Pod, after: Pod) -> bool:
    """Whether injection changed an annotation that was there, other than its own records."""
    if after is before:
        return False
    was, now = annotations_of(before), annotations_of(after)
    return any(now[key] != value for key, value in was.items() if not is_record(key))


def _with_settled_patches(
    before: Pod, after: Pod, sets: Sequence[EffectiveSet], recorded_names: Collection[str]
) -> Pod:
    """The injected pod, where annotations that another round of all patches leaves as they are keep their spelling."""
    was, now = annotations_of(before), annotations_of(after)
    patched: Mapping[str, str] = was
    for one in sets:
        was_here = not one.injects_containers or one.name in recorded_names  # perhaps, where it leaves no record
        for patch in one.patches:
            left = _as_if_merged(patch, patched) if was_here else patch
            patched = patched_annotations(patched, [left], again=was_here)
    settled = {key: value for key, value in was.items() if not is_record(key) and patched[key] == value}
    annotations = {**now, **settled}
    if annotations == was and after.get("spec") is before.get("spec"):
        return before
    metadata: ObjectMeta = after.get("metadata") or {}
    everything = {**(metadata.get("annotations") or {}), **annotations}
    return {**after, "metadata": {**metadata, "annotations": everything}}


def _as_if_merged(patch: SidecarSetPatchPodMetadata, annotations: Mapping[str, str]) -> SidecarSetPatchPodMetadata:
    """The patch without what a merge wrote word for word when there was nothing to merge it with."""
    if patch.get("patchPolicy") != MERGE_PATCH_JSON:
        return patch
    given = patch.get("annotations", {})
    return {**patch, "annotations": {key: text for key, text in given.items() if annotations.get(key) != text}}


def _already(name: str) -> Finding:
    return Finding("INJ001", "already injected at this version", severity=Severity.INFO, sidecar_set=name)
