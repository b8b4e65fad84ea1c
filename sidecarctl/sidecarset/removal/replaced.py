"""What of a pod nothing will bring back once it is injected, or perhaps nothing: cheap questions, asked of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sidecarctl.finding import Finding, Key, Severity
from sidecarctl.sidecarset.injection.pod_view import is_injected
from sidecarctl.sidecarset.injection.records import recorded
from sidecarctl.upstream.decode import decode
from sidecarctl.upstream.fields import annotations_of, struct
from sidecarctl.upstream.names import INJECTED_LIST

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sidecarctl.sidecarset.injection.effective_set import EffectiveSet
    from sidecarctl.upstream.types import Pod

LISTS: Final = ("initContainers", "containers", "volumes", "imagePullSecrets")
ABSENT: Final = object()
REPLACED: Final = "INJ004"  # a container of the pod's own, by a sidecar


def replacement_findings(before: Pod, after: Pod) -> Iterator[Finding]:
    """A finding for each container of a pod that injection replaced (INJ004): nothing can bring it back.

    What injection leaves alone is the very same value in both pods. What bears the mark of injection is a sidecar of an
    older version, where the pod records any.
    """
    old, new = before.get("spec") or {}, after.get("spec") or {}
    is_old = bool(recorded(before))
    kept = {id(container) for one in (new.get("initContainers"), new.get("containers")) for container in one or ()}
    for field, own in (("initContainers", old.get("initContainers")), ("containers", old.get("containers"))):
        for at, container in enumerate(own or ()):
            if container and id(container) not in kept and not (is_old and is_injected(decode(container, "Container"))):
                name = container.get("name", "")
                told = f"the sidecar {name} takes the place of this container, whole: uninject cannot bring it back"
                yield Finding(REPLACED, told, ("spec", field, at), Severity.WARNING, help="rename one of the two")


def reordered_findings(before: Pod, after: Pod) -> Iterator[Finding]:
    """Report a list of injected SidecarSets that injection sorted (INJ006): uninject only takes names out of it."""
    was, now = (annotations_of(pod).get(INJECTED_LIST) for pod in (before, after))
    if was is None or now is None or was == now:
        return
    names = was.split(",")
    if [name for name in now.split(",") if name in names] != names:
        told = "injection sorts this list and drops repeated or empty names; uninject cannot restore how it was written"
        yield Finding("INJ006", told, ("metadata", "annotations", Key(INJECTED_LIST)), Severity.INFO)


def has_lookalikes(pod: Pod, sets: Iterable[EffectiveSet]) -> bool:
    """Whether uninject might not give a pod back, which was injected, so that its fields are what they should be."""
    metadata, spec = struct(pod, "metadata"), struct(pod, "spec")
    if any(is_empty(spec.get(key, ABSENT)) for key in LISTS) or is_empty(metadata.get("annotations", ABSENT)):
        return True
    secrets = list(_names_in(spec, "imagePullSecrets"))
    if len(set(secrets)) < len(secrets):
        return True
    names = {*secrets, *struct(metadata, "annotations"), *_volume_names(spec)}
    return any(not names.isdisjoint((*one.volume_names, *one.secret_names, *one.patched_keys)) for one in sets)


def _volume_names(spec: Mapping[str, Any]) -> Iterator[str]:
    """The names of the volumes that a pod has, and of those that it only uses."""
    yield from _names_in(spec, "volumes")
    for field in LISTS[:2]:
        for container in spec.get(field) or ():
            yield from _names_in(container or {}, "volumeMounts")
            yield from _names_in(container or {}, "volumeDevices")


def _names_in(fields: Mapping[str, Any], key: str) -> Iterator[str]:
    return ((item or {}).get("name") or "" for item in fields.get(key) or ())


def is_empty(value: object) -> bool:
    """Whether a field is there and says nothing, or a list with a null in it."""
    return value is not ABSENT and (not value or (isinstance(value, list) and None in value))
