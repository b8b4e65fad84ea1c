"""Fields of a Pod that `uninject` could mistake for injected ones, or cannot bring back.

# Strategy: a cheap question first (`has_lookalikes`), then a trial.
Few pods have anything of the kind. For those, what uninject would make of the injected pod is compared with the pod
that came; where the two differ, injection says so, for it is the last to see what was there.

# Strategy: only what injection writes alike into every pod is compared.
No hash speaks of volumes, pull secrets, patches of metadata, and plain init containers. What a cluster adds to a pod
(mounts of its tokens, defaults) is no difference, and neither is what is computed from the pod's own containers.
Upstream: HASH SidecarSetHash (what it leaves out)
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, cast

from sidecarctl.finding import Finding, Severity
from sidecarctl.sidecarset.hash import is_native_sidecar
from sidecarctl.sidecarset.injection.records import is_marked, names_in_pod, pod_containers, recorded
from sidecarctl.sidecarset.removal.metadata import is_record
from sidecarctl.sidecarset.removal.replaced import ABSENT, LISTS, is_empty
from sidecarctl.sidecarset.removal.uninject import (
    lost_findings,
    means_the_same,
    secrets_in,
    volumes_used,
    volumes_used_by,
    without_sets,
)
from sidecarctl.upstream.decode import decode
from sidecarctl.upstream.encode import as_encoded
from sidecarctl.upstream.fields import annotations_of, struct
from sidecarctl.upstream.pod_defaults import container_with_defaults

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sidecarctl.sidecarset.injection.effective_set import EffectiveSet
    from sidecarctl.sidecarset.injection.sidecar import Sidecar
    from sidecarctl.sidecarset.removal.uninject import OwnFields
    from sidecarctl.upstream.types import Container, Pod, Volume


def unreturned_findings(
    before: Pod, after: Pod, sets: Sequence[EffectiveSet], own: OwnFields | None = None
) -> Iterator[Finding]:
    """What `uninject` will not give back of a pod without sidecars, though it succeeds (INJ005, INJ006).

    `sets` are the SidecarSets of which `after` has everything; `own` is as for `without_sets`. A text has more ways to
    say nothing than values have: which of them comes back is not said here.
    """
    stripped = without_sets(after, sets, own=own)
    if lost_findings(stripped, Severity.ERROR):
        return  # it refuses, and says why
    for part, key in (("metadata", "annotations"), *(("spec", key) for key in LISTS)):
        was, now = (struct(one, part).get(key, ABSENT) for one in (before, stripped.pod))
        if is_empty(was):
            if was != now and (was or now is ABSENT or own is None):
                yield _filled(part, key)
        elif lost := _difference(was, now):
            told = f"{key} would not be the same after uninject: {'; '.join(lost)}"
            yield Finding("INJ006", told, (part, key), Severity.INFO)


def _filled(part: str, key: str) -> Finding:
    told = f"{key} said that there is nothing, and has something now; uninject cannot tell how that was written"
    return Finding("INJ005", told, (part, key), Severity.INFO)


def _difference(was: object, now: object) -> list[str]:
    """What goes and what stays, by name; nothing where two fields are the same."""
    if was == now:
        return []
    before, after = Counter(_names(was)), Counter(_names(now))
    gone = [_why_gone(name, before[name]) for name in before - after]
    left = [f"{name} would stay, for nothing tells that it came with a sidecar" for name in after - before]
    return [*gone, *left] or ["it would stand there otherwise"]


def _why_gone(name: str, count: int) -> str:
    return f"{name} would stand there once" if count > 1 else f"{name} would go, for a SidecarSet brings the same"


def _names(value: object) -> list[str]:
    if isinstance(value, list):
        return [str(item.get("name", "")) if isinstance(item, dict) else "" for item in value]
    return list(value) if isinstance(value, dict) else []


_AT_HAND: Final = "give the SidecarSets with --sidecarset, and all that they brought is taken out"


_AT_THEIR_VERSION: Final = "give the version that was injected with --from, and all that it brought is taken out"


def leftover_findings(before: Pod, after: Pod, sets: Sequence[EffectiveSet]) -> list[Finding]:
    """Name what stays of the older versions of SidecarSets, as nothing tells it from the pod's own (INJ002, INJ003)."""
    if not sets:
        return []
    old, new = decode(before, "Pod"), decode(after, "Pod")
    names = ", ".join(one.name for one in sets)
    sure = [*_volumes(old, new, sets), *_init_containers(new, sets)]
    possible = [*_pull_secrets(new, sets), *_annotations(old, sets)]
    findings = []
    if sure:
        findings.append(
            _finding("INJ002", names, f"what it may have brought stays: {'; '.join(sure)}", Severity.WARNING)
        )
    if possible:
        findings.append(
            _finding("INJ003", names, f"nothing tells whether it brought {'; '.join(possible)}", Severity.INFO)
        )
    return findings


def marked_findings(seen: Pod, severity: Severity) -> Iterator[Finding]:
    """Name the init containers of a decoded pod, out of which all recorded ones were taken, that are marked (UNI007).

    Plain ones are not recorded; without SidecarSets at hand nothing else tells of them.
    """
    for one in pod_containers(seen):
        if one.field == "initContainers" and is_marked(one.container):
            yield Finding(
                "UNI007",
                f"{one.name} says that it was injected, and nothing records by which SidecarSet: it stays",
                ("spec", one.field, one.at),
                severity,
                help=_AT_HAND,
            )


def orphan_findings(before: Pod, after: Pod, names: Sequence[str], *, is_known: bool) -> list[Finding]:
    """Name the volumes that only sidecars used which were taken out, and that stay (UNI003).

    Their SidecarSets were not at hand, or, where `is_known`, are of another version.
    """
    if after is before:
        return []
    old, new = decode(before, "Pod"), decode(after, "Pod")
    orphans = volumes_used(old) - volumes_used(new)
    left = [name for volume in new.get("spec", {}).get("volumes", ()) if (name := volume.get("name", "")) in orphans]
    if not left:
        return []
    return [
        Finding(
            "UNI003",
            f"nothing uses {', '.join(left)} any more, and nothing tells whether that came with the sidecars",
            ("spec", "volumes"),
            Severity.WARNING,
            sidecar_set=", ".join(names),
            help=_AT_THEIR_VERSION if is_known else _AT_HAND,
        )
    ]


def _volumes(old: Pod, new: Pod, sets: Sequence[EffectiveSet]) -> list[str]:
    """The volumes that only the older version used, where nobody uses them now or the new version means another one."""
    recorded_names = [name for one in sets for name in (recorded(old)[one.name].sidecars or ())]
    gone = names_in_pod(recorded_names, old)
    theirs = {name for one in pod_containers(old) if one.name in gone for name in volumes_used_by(one)}
    others = {name for one in pod_containers(old) if one.name not in gone for name in volumes_used_by(one)}
    meant: dict[str, Volume] = {volume.get("name", ""): volume for one in sets for volume in one.volumes}
    used = volumes_used(new)
    return [
        f"volume {name} (nothing uses it any more)" if name not in used else f"volume {name} (as it was)"
        for volume in new.get("spec", {}).get("volumes", ())
        if (name := volume.get("name", "")) in theirs - others
        and (name not in used or (name in meant and not means_the_same(meant[name], volume)))
    ]


def _init_containers(new: Pod, sets: Sequence[EffectiveSet]) -> list[str]:
    """Marked init containers that nothing records or brings."""
    known = {made.name for one in sets for made in one.init_sidecars}
    listed = {name for entry in recorded(new).values() for name in entry.sidecars or ()}
    known_in_pod = names_in_pod(known | listed, new)
    return [
        f"init container {one.name}"
        for one in pod_containers(new)
        if one.field == "initContainers" and is_marked(one.container) and one.name not in known_in_pod
    ]


def _pull_secrets(new: Pod, sets: Sequence[EffectiveSet]) -> list[str]:
    brought = {name for one in sets for name in one.secret_names}
    return [f"imagePullSecret {name}" for name in secrets_in(new) if name not in brought]


def _annotations(old: Pod, sets: Sequence[EffectiveSet]) -> list[str]:
    brought = {key for one in sets for key in one.patched_keys}
    return [f"annotation {key}" for key in annotations_of(old) if key not in brought and not is_record(key)]


def _finding(code: str, names: str, message: str, severity: Severity) -> Finding:
    return Finding(
        code,
        f"an older version of SidecarSet {names} was taken out; {message}",
        (),
        severity,
        sidecar_set=names,
        help="give the version that was injected with --from, and all of it is taken out",
    )


_GROWING: Final = ("env", "volumeMounts", "volumeDevices")  # lists that others add to


_COMPUTED: Final = "resources"


def unhashed_findings(pod: Pod, present: Sequence[EffectiveSet]) -> Iterator[Finding]:
    """Name, for each SidecarSet that stands in a pod at its present hash, what is not as it has it now (INJ007).

    Raises UndecodableObject where it is no Pod.
    """
    if not any(map(_brings_more_than_hashed, present)):
        return
    seen = decode(pod, "Pod")
    for one in present:
        stale = [
            *_changed_init_containers(seen, one),
            *_missing_volumes(seen, one),
            *_missing_pull_secrets(seen, one),
            *_missing_annotations(pod, one),
        ]
        if stale:
            yield Finding(
                "INJ007",
                f"{', '.join(stale)}: not as SidecarSet {one.name} has it now, and no hash speaks of that",
                (),
                Severity.WARNING,
                sidecar_set=one.name,
                help="give the version that was injected with --from, and all of it is brought up to date",
            )


def _brings_more_than_hashed(one: EffectiveSet) -> bool:
    return bool(one.init_sidecars or one.volumes or one.pull_secrets or one.patches)


def _changed_init_containers(seen: Pod, one: EffectiveSet) -> Iterator[str]:
    plain = {made.name: made for made in one.init_sidecars if not is_native_sidecar(made.settings)}
    for found in pod_containers(seen):
        made = plain.get(found.name) if found.field == "initContainers" else None
        if made is not None and not _is_as_made(found.container, made):
            yield f"init container {found.name}"


def _is_as_made(container: Container, made: Sidecar) -> bool:
    """Whether a container of a decoded pod is what a sidecar becomes, as far as the pod has no part in that."""
    wanted, found = _fields(decode(made.container, "Container")), _fields(container)
    if any(item not in found.get(key, ()) for key in _GROWING for item in wanted.get(key, ())):
        return False
    if made.finished is not None and wanted.get(_COMPUTED) and wanted[_COMPUTED] != found.get(_COMPUTED):
        return False
    compared = (wanted.keys() | found.keys()) - {*_GROWING, _COMPUTED}
    return all(wanted.get(key) == found.get(key) for key in compared)


def _fields(container: Container) -> Mapping[str, list[object]]:
    return cast("Mapping[str, list[object]]", as_encoded(container_with_defaults(container), "Container"))


def _missing_volumes(seen: Pod, one: EffectiveSet) -> Iterator[str]:
    """Volumes that are missing; another one of the name may be the pod's own, which injection leaves."""
    names = {volume.get("name", "") for volume in seen.get("spec", {}).get("volumes", ())}
    return (f"volume {name}" for name in dict.fromkeys(one.volume_names) if name not in names)


def _missing_pull_secrets(seen: Pod, one: EffectiveSet) -> Iterator[str]:
    has = secrets_in(seen)
    return (f"imagePullSecret {name}" for name in one.secret_names if name not in has)


def _missing_annotations(pod: Pod, one: EffectiveSet) -> Iterator[str]:
    has = annotations_of(pod)
    return (f"annotation {key}" for key in dict.fromkeys(one.patched_keys) if key not in has)
