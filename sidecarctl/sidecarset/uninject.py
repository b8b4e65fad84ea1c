"""Take out what injection put in.

# Strategy: only what can be told from the user's own is taken out.
The annotations record containers by name; a SidecarSet in hand tells its volumes, secrets and metadata as well. Each is
taken out where the pod holds just what injection would have put there, at the end of its list, where injection puts it.
What injection replaced is not in the pod any more: layout.py sees where that was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar, cast

from sidecarctl.finding import Finding, Severity
from sidecarctl.sidecarset.layout import Standing, indexes, standing
from sidecarctl.sidecarset.recorded import is_recorded, names_in_pod, places, recorded
from sidecarctl.sidecarset.unpatch import overwritten_finding, without_patches, without_records
from sidecarctl.upstream.decode import decode
from sidecarctl.upstream.poddefaults import volume_with_defaults

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from sidecarctl.sidecarset.effective import EffectiveSet
    from sidecarctl.sidecarset.recorded import Place
    from sidecarctl.upstream.types import ObjectMeta, Pod, PodSpec, Volume

Item = TypeVar("Item")


class Stripped(NamedTuple):
    """A pod without some sidecars (the very same one where it has none of them), and what cannot come back."""

    pod: Pod
    gone: tuple[Place, ...] = ()
    replaced: tuple[Place, ...] = ()  # the containers that stood in the place of the pod's own
    overwritten: tuple[tuple[str, str], ...] = ()  # name of the SidecarSet, annotation


def without_recorded(pod: Pod, name: str, staying: Collection[str] = ()) -> Stripped:
    """Take out the containers that the annotations record of a SidecarSet; all else that it brought stays.

    What has replaced a container of the pod's own stays as well if it is among the names `staying`.
    Raises UndecodableObject where it is no Pod.
    """
    seen = decode(pod, "Pod")
    entry = recorded(pod).get(name)
    names = names_in_pod(entry.sidecars or () if entry else (), pod)
    gone, stands = _gone(standing(seen, names), staying)
    annotations = without_records(pod, [name], names)
    return Stripped(_with_annotations(_without_containers(pod, gone), annotations), gone, stands.replacing)


def without_sets(
    pod: Pod, sets: Sequence[EffectiveSet], present: Sequence[EffectiveSet] = (), staying: Collection[str] = ()
) -> Stripped:
    """Take out all that these SidecarSets brought, as far as it can be told from the user's own.

    `present` are other SidecarSets that stand in the pod; `staying` is as for `without_recorded`.
    Raises UndecodableObject where it is no Pod.
    """
    seen = decode(pod, "Pod")
    sets = [one for one in sets if not one.injects_containers or is_recorded(one.name, pod)]
    names = names_in_pod({name for one in sets for name in _all_names(one, pod)}, pod)
    gone, stands = _gone(standing(seen, names, sets), staying)
    stripped = _without_volumes(_without_containers(pod, gone), [volume for one in sets for volume in _volumes(one)])
    stripped = _without_pull_secrets(stripped, sets, present)
    records = without_records(pod, [one.name for one in sets], names)
    left = without_patches(pod, records, sets, present)
    whole = _with_annotations(stripped, left.annotations)
    return Stripped(whole, gone, stands.replacing, tuple(left.overwritten))


def lost_findings(stripped: Stripped, severity: Severity) -> list[Finding]:
    """What a removal cannot bring back: the containers and annotations that injection took the place of."""
    replaced = [_replaced_finding(place, severity) for place in stripped.replaced]
    return [*replaced, *(overwritten_finding(name, key, severity) for name, key in stripped.overwritten)]


def volumes_used(seen: Pod) -> frozenset[str]:
    """The names of the volumes that the containers of a decoded pod use."""
    return frozenset(name for place in places(seen) for name in volumes_used_by(place))


def volumes_used_by(place: Place) -> list[str]:
    """The names of the volumes that a container uses."""
    mounts = [mount.get("name", "") for mount in place.container.get("volumeMounts", ())]
    return [*mounts, *(device.get("name", "") for device in place.container.get("volumeDevices", ()))]


def means_the_same(volume: Volume, other: Volume) -> bool:
    """Whether two volumes are the same to the API server, however they are written."""
    return volume_with_defaults(volume) == volume_with_defaults(other)


def _gone(stands: Standing, staying: Collection[str]) -> tuple[tuple[Place, ...], Standing]:
    """What goes, and where everything stands, as far as it does not stay."""
    replacing = tuple(place for place in stands.replacing if place.name not in staying)
    return (*stands.added, *replacing), stands._replace(replacing=replacing)


def _all_names(one: EffectiveSet, pod: Pod) -> Iterable[str]:
    entry = recorded(pod).get(one.name)
    own = {sidecar.name for sidecar in (*one.init_sidecars, *one.sidecars)}
    return {*own, *(entry.sidecars or () if entry else ())}


def _volumes(one: EffectiveSet) -> list[Volume]:
    return [volume for sidecar in (*one.init_sidecars, *one.sidecars) for volume in sidecar.volumes or ()]


def _without_containers(pod: Pod, gone: Collection[Place]) -> Pod:
    for kind in dict.fromkeys(place.kind for place in gone):
        pod = _without(pod, kind, indexes(gone, kind))
    return pod


def _without_volumes(pod: Pod, volumes: Iterable[Volume]) -> Pod:
    """Take out the volumes that are as a SidecarSet has them, and that nobody uses any more."""
    seen = decode(pod, "Pod")
    used = volumes_used(seen)
    injected = {volume.get("name", ""): volume for volume in volumes}
    gone = {
        index
        for index, volume in enumerate(seen.get("spec", {}).get("volumes", ()))
        if (name := volume.get("name", "")) not in used and name in injected and means_the_same(volume, injected[name])
    }
    return _without(pod, "volumes", gone)


def _without_pull_secrets(pod: Pod, sets: Sequence[EffectiveSet], present: Sequence[EffectiveSet]) -> Pod:
    """Take out the pull secrets of SidecarSets; one that stands before another of the pod's own was the pod's too."""
    names = [secret.get("name", "") for secret in decode(pod, "Pod").get("spec", {}).get("imagePullSecrets", ())]
    gone_names, present_names = _secret_names(sets), _secret_names(present)
    own = [index for index, name in enumerate(names) if name not in gone_names | present_names]
    first_added = own[-1] + 1 if own else 0
    gone = {i for i, name in enumerate(names) if i >= first_added and name in gone_names and name not in present_names}
    return _without(pod, "imagePullSecrets", gone)


def _secret_names(sets: Iterable[EffectiveSet]) -> frozenset[str]:
    return frozenset(secret.get("name", "") for one in sets for secret in one.pull_secrets)


def _without(pod: Pod, key: str, gone: Collection[int]) -> Pod:
    """The pod without those items of a list of its spec; without the list where none is left."""
    if not gone:
        return pod
    spec = cast("Mapping[str, object]", pod.get("spec") or {})
    items = cast("list[object]", spec.get(key) or [])
    kept = [item for index, item in enumerate(items) if index not in gone]
    smaller = {name: kept if name == key else value for name, value in spec.items() if name != key or kept}
    return {**pod, "spec": cast("PodSpec", smaller)}


def _with_annotations(pod: Pod, annotations: Mapping[str, str]) -> Pod:
    metadata: ObjectMeta = pod.get("metadata") or {}
    if (metadata.get("annotations") or {}) == annotations:
        return pod
    changed = {key: annotations if key == "annotations" else value for key, value in metadata.items()}
    if not annotations:
        del changed["annotations"]
    return {**pod, "metadata": cast("ObjectMeta", changed)}


def _replaced_finding(place: Place, severity: Severity) -> Finding:
    return Finding(
        "UNI001",
        f"{place.name} took the place of a container that the pod had; that one is not in the file any more",
        ("spec", place.kind, place.index),
        severity,
        help="--partial takes out what can be; compare with the version before injection",
    )
