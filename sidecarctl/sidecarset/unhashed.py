"""What a pod has of a SidecarSet at its present hash, and not as the SidecarSet has it now.

# Strategy: only what injection writes alike into every pod is compared.
No hash speaks of volumes, pull secrets, patches of metadata, and plain init containers. What a cluster adds to a pod
(mounts of its tokens, defaults) is no difference, and neither is what is computed from the pod's own containers.
Upstream: HASH SidecarSetHash (what it leaves out)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from sidecarctl.finding import Finding, Severity
from sidecarctl.sidecarset.hash import is_native_sidecar
from sidecarctl.sidecarset.injection.records import pod_containers
from sidecarctl.sidecarset.removal.uninject import secrets_in
from sidecarctl.upstream.decode import decode
from sidecarctl.upstream.encode import as_encoded
from sidecarctl.upstream.fields import annotations_of
from sidecarctl.upstream.pod_defaults import container_with_defaults

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sidecarctl.sidecarset.injection.effective_set import EffectiveSet
    from sidecarctl.sidecarset.injection.sidecar import Sidecar
    from sidecarctl.upstream.types import Container, Pod

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
            *_init_containers(seen, one),
            *_volumes(seen, one),
            *_pull_secrets(seen, one),
            *_annotations(pod, one),
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


def _init_containers(seen: Pod, one: EffectiveSet) -> Iterator[str]:
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


def _volumes(seen: Pod, one: EffectiveSet) -> Iterator[str]:
    """Volumes that are missing; another one of the name may be the pod's own, which injection leaves."""
    names = {volume.get("name", "") for volume in seen.get("spec", {}).get("volumes", ())}
    return (f"volume {name}" for name in dict.fromkeys(one.volume_names) if name not in names)


def _pull_secrets(seen: Pod, one: EffectiveSet) -> Iterator[str]:
    has = secrets_in(seen)
    return (f"imagePullSecret {name}" for name in one.secret_names if name not in has)


def _annotations(pod: Pod, one: EffectiveSet) -> Iterator[str]:
    has = annotations_of(pod)
    return (f"annotation {key}" for key in dict.fromkeys(one.patched_keys) if key not in has)
