"""What a pod has of its own that looks like something injected, or like nothing at all: uninject cannot tell.

# Strategy: a cheap question first, then a trial.
Few pods have anything of the kind. For those, what uninject would make of the injected pod is compared with the pod
that came; where the two differ, injection says so, for it is the last to see what was there.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final, cast

from sidecarctl.finding import Finding, Severity
from sidecarctl.sidecarset.recorded import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sidecarctl.sidecarset.effective import EffectiveSet
    from sidecarctl.upstream.types import Pod

_LISTS: Final = ("initContainers", "containers", "volumes", "imagePullSecrets")
_ABSENT: Final = object()


def has_lookalikes(pod: Pod, sets: Iterable[EffectiveSet]) -> bool:
    """Whether uninject might not give a pod back, which was injected, so that its fields are what they should be."""
    metadata, spec = _mapping(pod, "metadata"), _mapping(pod, "spec")
    if any(_is_empty(spec.get(key, _ABSENT)) for key in _LISTS) or _is_empty(metadata.get("annotations", _ABSENT)):
        return True
    secrets = list(_names_in(spec, "imagePullSecrets"))
    if len(set(secrets)) < len(secrets):
        return True
    names = {*secrets, *(metadata.get("annotations") or ()), *_volume_names(spec)}
    return any(name in names for one in sets for name in _names_brought(one))


def unreturned_findings(before: Pod, after: Pod, sets: Sequence[EffectiveSet]) -> Iterator[Finding]:
    """What `uninject` will not give back of a pod without sidecars, though it succeeds (INJ005, INJ006).

    `sets` are the SidecarSets of which `after` has everything.
    """
    from sidecarctl.sidecarset.uninject import lost_findings, without_sets  # noqa: PLC0415 - few pods come here

    stripped = without_sets(after, sets)
    if lost_findings(stripped, Severity.ERROR):
        return  # it refuses, and says why
    for part, key in (("metadata", "annotations"), *(("spec", key) for key in _LISTS)):
        was, now = (_mapping(one, part).get(key, _ABSENT) for one in (before, stripped.pod))
        if _is_empty(was):
            if was != now:
                yield _filled(part, key)
        elif lost := _difference(was, now):
            told = f"{key} would not be the same after uninject: {'; '.join(lost)}"
            yield Finding("INJ006", told, (part, key), Severity.INFO)


def _names_brought(one: EffectiveSet) -> Iterator[str]:
    """The names of what a SidecarSet adds beside containers."""
    for made in (*one.init_sidecars, *one.sidecars):
        for volume in made.volumes or ():
            yield volume.get("name", "")
    for secret in one.pull_secrets:
        yield secret.get("name", "")
    for patch in one.patches:
        yield from patch.get("annotations", {})


def _volume_names(spec: Mapping[str, Any]) -> Iterator[str]:
    """The names of the volumes that a pod has, and of those that it only uses."""
    yield from _names_in(spec, "volumes")
    for kind in KINDS:
        for container in spec.get(kind) or ():
            yield from _names_in(container or {}, "volumeMounts")
            yield from _names_in(container or {}, "volumeDevices")


def _names_in(fields: Mapping[str, Any], key: str) -> Iterator[str]:
    return ((item or {}).get("name") or "" for item in fields.get(key) or ())


def _is_empty(value: object) -> bool:
    """Whether it is there and says nothing, or a list with a null in it."""
    return value is not _ABSENT and (not value or (isinstance(value, list) and None in value))


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


def _mapping(pod: Pod, key: str) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", pod.get(key) or {})
