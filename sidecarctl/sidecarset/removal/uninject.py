"""Removal of sidecars from a Pod, with where they stand in its lists.

# Strategy: only what can be told from the user's own is taken out.
The annotations record containers by name; a SidecarSet in hand tells its volumes, secrets and metadata as well. Each is
taken out where the pod holds just what injection would have put there, at the end of its list, where injection puts it.
What injection replaced is not in the pod any more: layout.py sees where that was.

# Strategy: injection adds containers around those that a pod has, and puts one of a taken name into the place of the
pod's own. So a sidecar that stands among the pod's own, or on the wrong side of them, has replaced something.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, cast

from sidecarctl.finding import Finding, Severity
from sidecarctl.record import Record
from sidecarctl.sidecarset.injection.records import (
    CONTAINER_FIELDS,
    injected_names,
    is_marked,
    is_recorded,
    names_in_pod,
    pod_containers,
    recorded,
)
from sidecarctl.sidecarset.removal.metadata import overwritten_finding, without_patches, without_records
from sidecarctl.upstream.decode import decode
from sidecarctl.upstream.encode import as_encoded
from sidecarctl.upstream.pod_defaults import volume_with_defaults

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from sidecarctl.finding import FieldPath
    from sidecarctl.sidecarset.injection.effective_set import EffectiveSet
    from sidecarctl.sidecarset.injection.records import PodContainer
    from sidecarctl.sidecarset.injection.sidecar import ContainerField
    from sidecarctl.upstream.types import ObjectMeta, Pod, PodSpec, Volume


# Fields of a pod which its text tells from injected ones; containers by their names.
OwnFields: TypeAlias = "Callable[[], Collection[FieldPath]]"


class Stripped(Record):
    """A pod without some sidecars (the very same one where it has none of them), and what cannot come back."""

    pod: Pod
    gone: tuple[PodContainer, ...] = ()
    replaced: tuple[PodContainer, ...] = ()  # the containers that stood in the place of the pod's own
    overwritten: tuple[tuple[str, str], ...] = ()  # name of the SidecarSet, annotation
    gone_secrets: tuple[str, ...] = ()  # which the pod may have had of its own
    shared_secrets: tuple[str, ...] = ()  # left, for other SidecarSets may need them
    used_volumes: tuple[str, ...] = ()  # left, for the pod's own containers use them


def without_recorded(
    pod: Pod,
    name: str,
    staying: Collection[str] = (),
    unrecorded: Collection[str] = (),
    own: OwnFields | None = None,
) -> Stripped:
    """Take out the containers that the annotations record of a SidecarSet; all else that it brought stays.

    Containers of the names `unrecorded` go too, where they are marked as injected: plain init containers are not
    recorded. What has replaced a container of the pod's own stays as well if it is among the names `staying`. `own`
    tells which fields stay even where nothing is left in them, and which containers were replaced; None where the pod
    stands in no text.
    Raises UndecodableObject where it is no Pod.
    """
    seen = decode(pod, "Pod")
    entry = recorded(pod).get(name)
    names = names_in_pod((*(entry.sidecars or () if entry else ()), *unrecorded), pod)
    gone, stands = _gone(_as_text_tells(sidecar_containers(seen, names), own), staying)
    annotations = without_records(pod, [name], names)
    whole = _tidied(_with_annotations(_without_containers(pod, gone), annotations), pod, own)
    return Stripped(whole, gone, stands.replacing)


def without_sets(
    pod: Pod,
    sets: Sequence[EffectiveSet],
    present: Sequence[EffectiveSet] = (),
    staying: Collection[str] = (),
    own: OwnFields | None = None,
) -> Stripped:
    """Take out all that these SidecarSets brought, as far as it can be told from the user's own.

    `present` are other SidecarSets that stand in the pod; `staying` and `own` are as for `without_recorded`.
    Raises UndecodableObject where it is no Pod.
    """
    seen = decode(pod, "Pod")
    sets = [one for one in sets if not one.injects_containers or is_recorded(one.name, pod)]
    names = names_in_pod({name for one in sets for name in _all_names(one, pod)}, pod)
    gone, stands = _gone(_as_text_tells(sidecar_containers(seen, names, sets), own), staying)
    stripped, used = _without_volumes(_without_containers(pod, gone), sets, present)
    strangers = recorded(pod).keys() - {one.name for one in (*sets, *present)}
    shared = tuple(name for name in secrets_in(seen) if name in _secret_names(sets)) if strangers else ()
    stripped, taken = (stripped, ()) if strangers else _without_pull_secrets(stripped, sets, present)
    records = without_records(pod, [one.name for one in sets], names)
    left = without_patches(pod, records, sets, present)
    whole = _tidied(_with_annotations(stripped, left.annotations), pod, own)
    return Stripped(whole, gone, stands.replacing, tuple(left.overwritten), taken, shared, used)


def lost_findings(stripped: Stripped, severity: Severity) -> list[Finding]:
    """What a removal cannot bring back: the containers and annotations that injection took the place of."""
    replaced = [_replaced_finding(one, severity) for one in stripped.replaced]
    return [*replaced, *(overwritten_finding(name, key, severity) for name, key in stripped.overwritten)]


def doubtful_findings(stripped: Stripped) -> list[Finding]:
    """What SidecarSets bring, and the pod may have had of its own or need: what is left, and what is not."""
    return [
        *map(_used_finding, stripped.used_volumes),
        *map(_shared_finding, stripped.shared_secrets),
        *map(_gone_finding, stripped.gone_secrets),
    ]


def volumes_used(seen: Pod) -> frozenset[str]:
    """The names of the volumes that the containers of a decoded pod use."""
    return frozenset(name for one in pod_containers(seen) for name in volumes_used_by(one))


def volumes_used_by(one: PodContainer) -> list[str]:
    """The names of the volumes that a container uses."""
    mounts = [mount.get("name", "") for mount in one.container.get("volumeMounts", ())]
    return [*mounts, *(device.get("name", "") for device in one.container.get("volumeDevices", ()))]


def secrets_in(seen: Pod) -> list[str]:
    """The names of the pull secrets of a decoded pod."""
    return [secret.get("name", "") for secret in seen.get("spec", {}).get("imagePullSecrets", ())]


def means_the_same(volume: Volume, other: Volume) -> bool:
    """Whether two volumes are the same to the API server, however they are written."""
    return _encoded(volume) == _encoded(other)


def _encoded(volume: Volume) -> object:
    return as_encoded(volume_with_defaults(decode(volume, "Volume")), "Volume")


def _as_text_tells(found: SidecarContainers, own: OwnFields | None) -> SidecarContainers:
    """Count those among the replacing that may have been added where they stand, but for what their text says."""
    if own is None or not found.added:
        return found
    fields = own()
    replacing = tuple(one for one in found.added if ("spec", one.field, one.name) in fields)
    return SidecarContainers(tuple(one for one in found.added if one not in replacing), (*found.replacing, *replacing))


def _gone(stands: SidecarContainers, staying: Collection[str]) -> tuple[tuple[PodContainer, ...], SidecarContainers]:
    """What goes, and where everything stands, as far as it does not stay."""
    replacing = tuple(one for one in stands.replacing if one.name not in staying)
    return (*stands.added, *replacing), stands._replace(replacing=replacing)


def _all_names(one: EffectiveSet, pod: Pod) -> Iterable[str]:
    entry = recorded(pod).get(one.name)
    own = {sidecar.name for sidecar in one.all_sidecars}
    return {*own, *(entry.sidecars or () if entry else ())}


def _volumes(sets: Iterable[EffectiveSet]) -> list[Volume]:
    return [volume for one in sets for volume in one.volumes]


def _without_containers(pod: Pod, gone: Collection[PodContainer]) -> Pod:
    for field in dict.fromkeys(one.field for one in gone):
        pod = _without(pod, field, indexes(gone, field))
    return pod


def _without_volumes(
    pod: Pod, sets: Sequence[EffectiveSet], present: Sequence[EffectiveSet]
) -> tuple[Pod, tuple[str, ...]]:
    """Take out the volumes that injection added to the pod's own and that are as SidecarSets have them.

    Those that containers of the pod still use stay, and are named.
    """
    seen = decode(pod, "Pod")
    volumes = seen.get("spec", {}).get("volumes", ())
    names = [volume.get("name", "") for volume in volumes]
    brought, by_others = _volumes(sets), _volumes(present)
    own = _own_count(names, [volume.get("name", "") for volume in (*brought, *by_others)])
    added = {
        at: name
        for at, name in enumerate(names)
        if at >= own and any(one.get("name", "") == name and means_the_same(volumes[at], one) for one in brought)
    }
    used = volumes_used(seen)
    gone = {at for at, name in added.items() if name not in used}
    needed = {volume.get("name", "") for volume in by_others}
    staying = tuple(name for at, name in added.items() if at not in gone and name not in needed)
    return _without(pod, "volumes", gone), staying


def _without_pull_secrets(
    pod: Pod, sets: Sequence[EffectiveSet], present: Sequence[EffectiveSet]
) -> tuple[Pod, tuple[str, ...]]:
    """Take out the pull secrets of SidecarSets that injection added to the pod's own; which ones these are."""
    names = secrets_in(decode(pod, "Pod"))
    gone_names, present_names = _secret_names(sets), _secret_names(present)
    own = _own_count(names, [*gone_names, *present_names])
    gone = {at for at in range(own, len(names)) if names[at] in gone_names and names[at] not in present_names}
    return _without(pod, "imagePullSecrets", gone), tuple(names[at] for at in sorted(gone))


def _own_count(names: Sequence[str], brought: Sequence[str]) -> int:
    """How many items of a list are the pod's own: as few as injection could have made these names of.

    Where somebody changed the list since, or unknown SidecarSets are in it, all up to the last that was not brought.
    """
    for count in range(len(names) + 1):
        if list(names[count:]) == [name for name in dict.fromkeys(brought) if name not in names[:count]]:
            return count
    return max((at + 1 for at, name in enumerate(names) if name not in brought), default=0)


def _secret_names(sets: Iterable[EffectiveSet]) -> list[str]:
    """In the order in which they are injected."""
    return [name for one in sets for name in one.secret_names]


def _without(pod: Pod, key: str, gone: Collection[int]) -> Pod:
    """The pod without those items of a list of its spec."""
    if not gone:
        return pod
    spec = cast("Mapping[str, object]", pod.get("spec") or {})
    items = cast("list[object]", spec.get(key) or [])
    kept = [item for index, item in enumerate(items) if index not in gone]
    return {**pod, "spec": cast("PodSpec", {**spec, key: kept})}


def _with_annotations(pod: Pod, left: Mapping[str, str]) -> Pod:
    """The pod with those of its annotations that are left."""
    metadata = cast("Mapping[str, object]", pod.get("metadata") or {})
    own = cast("Mapping[str, object]", metadata.get("annotations") or {})
    annotations = {key: left.get(key, value) for key, value in own.items() if key in left or not isinstance(value, str)}
    if annotations == own:
        return pod
    return {**pod, "metadata": cast("ObjectMeta", {**metadata, "annotations": annotations})}


def _tidied(stripped: Pod, pod: Pod, own: OwnFields | None) -> Pod:
    """The stripped pod without what is empty in it now and was not there before injection, as far as that shows.

    Injection adds keys behind all others: an emptied one that others stand behind was there, with nothing in it.
    """
    parts: dict[str, object] = {}
    for name in ("metadata", "spec"):
        before, after = (cast("Mapping[str, object]", one.get(name) or {}) for one in (pod, stripped))
        parts[name] = stripped.get(name) if before == after else _without_emptied_end(after, before, (name,), own)
    changed = {key: parts.get(key, value) for key, value in stripped.items()}
    return stripped if stripped is pod else cast("Pod", _without_emptied_end(changed, pod, (), own))


def _without_emptied_end(
    after: Mapping[str, object], before: Mapping[str, object], path: FieldPath, own: OwnFields | None
) -> Mapping[str, object]:
    """The entries up to the last that is the pod's own, or is not empty, or was so before."""
    keys = list(after)
    while keys and not after[keys[-1]] and before[keys[-1]] and not (own and (*path, keys[-1]) in own()):
        keys.pop()
    return {key: after[key] for key in keys}


def _replaced_finding(one: PodContainer, severity: Severity) -> Finding:
    return Finding(
        "UNI001",
        f"{one.name} took the place of a container that the pod had; that one is not in the file any more",
        ("spec", one.field, one.at),
        severity,
        help="--partial takes out what can be" if severity is Severity.ERROR else "",
    )


def _shared_finding(secret: str) -> Finding:
    return Finding(
        "UNI004",
        f"imagePullSecret {secret} stays: sidecars of a SidecarSet that is not at hand may need it",
        ("spec", "imagePullSecrets"),
        Severity.WARNING,
        help="give all SidecarSets that the Pod records",
    )


def _gone_finding(secret: str) -> Finding:
    return Finding(
        "UNI006",
        f"imagePullSecret {secret} goes, for a SidecarSet brings it; the Pod may have named it before, too",
        ("spec", "imagePullSecrets"),
        Severity.WARNING,
        help="put it back if the Pod's own images need it",
    )


def _used_finding(volume: str) -> Finding:
    return Finding(
        "UNI005",
        f"volume {volume}, which a SidecarSet brings, stays: other containers of the Pod use it",
        ("spec", "volumes"),
        Severity.WARNING,
        help="take it out yourself if the manifest counts on the SidecarSet for it",
    )


class SidecarContainers(Record):
    """The containers of some SidecarSets in a pod: those that were added, and those that replaced the pod's own."""

    added: tuple[PodContainer, ...]
    replacing: tuple[PodContainer, ...]


def sidecar_containers(pod: Pod, names: Collection[str], sets: Iterable[EffectiveSet] = ()) -> SidecarContainers:
    """Where the sidecars of these names stand in a decoded pod; `sets` tell on which side of its own they belong."""
    everything = list(pod_containers(pod))
    ours = [one for one in everything if one.name in names and is_marked(one.container)]
    recorded_names = names_in_pod([name for entry in recorded(pod).values() for name in entry.sidecars or ()], pod)
    others = [one for one in everything if one not in ours and not _is_sidecar(one, recorded_names)]
    goes_first = {name: made.goes_first for one in sets for made in one.sidecars for name in injected_names(made)}
    replacing = []
    for field in CONTAINER_FIELDS:
        own = [one.at for one in others if one.field == field]
        replacing += [one for one in ours if one.field == field and _has_replaced(one, own, goes_first)]
    return SidecarContainers(tuple(one for one in ours if one not in replacing), tuple(replacing))


def indexes(gone: Iterable[PodContainer], field: ContainerField) -> frozenset[int]:
    """Where in one list these containers stand."""
    return frozenset(one.at for one in gone if one.field == field)


def _is_sidecar(one: PodContainer, recorded_names: Collection[str]) -> bool:
    """Whether a container is some SidecarSet's: plain init containers are not recorded, only marked."""
    return is_marked(one.container) and (one.field == "initContainers" or one.name in recorded_names)


def _has_replaced(one: PodContainer, own: Sequence[int], goes_first: Mapping[str, bool]) -> bool:
    """Whether a sidecar stands where only one of the pod's own can have stood."""
    if not own:
        return one.field == "containers"  # no pod is without any
    is_first, is_last = one.at < own[0], one.at > own[-1]
    if one.field == "initContainers" or one.name not in goes_first:
        return not (is_first or is_last)
    return not (is_first if goes_first[one.name] else is_last)
