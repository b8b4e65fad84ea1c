"""Warnings about a pod and the SidecarSets that select it: what of them does not come with injection."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, cast

from sidecarctl.finding import Finding, InjectionRefused, Severity
from sidecarctl.sidecarset.injection.hot_upgrade import pair_names
from sidecarctl.sidecarset.injection.records import is_marked
from sidecarctl.sidecarset.injection.resources import targets
from sidecarctl.sidecarset.sharing import is_injected, shares
from sidecarctl.upstream.decode import decode
from sidecarctl.upstream.pod_defaults import pod_with_defaults
from sidecarctl.upstream.quantity import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sidecarctl.upstream.types import Container, Pod, SidecarContainer, SidecarSet, Volume


def meeting_warnings(before: Pod, after: Pod, sidecar_sets: Sequence[SidecarSet]) -> Iterator[Finding]:
    """What SidecarSets, as the cluster stores them, bring to a pod and the pod does not get.

    `after` is the pod with their sidecars. Raises UndecodableObject where it is no Pod.
    """
    meeting = [one for one in sidecar_sets if _meets_pods(one)]
    if not meeting:  # as most: nothing of the pod needs to be read
        return
    pod, injected = (pod_with_defaults(decode(one, "Pod")) for one in (before, after))
    for one in meeting:
        found = chain(
            _volume_warnings(pod, one), _amount_warnings(pod, injected, one), _mount_warnings(pod, injected, one)
        )
        yield from (finding._replace(sidecar_set=_name(one)) for finding in found)


def _meets_pods(sidecar_set: SidecarSet) -> bool:
    """Whether what comes of a SidecarSet depends on what the pod has."""
    sidecars = _sidecars(sidecar_set)
    depends = any(shares(one.get("shareVolumePolicy")) or one.get("resourcesPolicy") for one in sidecars)
    return depends or bool(sidecar_set.get("spec", {}).get("volumes"))


def _volume_warnings(pod: Pod, sidecar_set: SidecarSet) -> Iterator[Finding]:
    used = {mount.get("name", "") for sidecar in _sidecars(sidecar_set) for mount in sidecar.get("volumeMounts", ())}
    brought = {volume.get("name", ""): volume for volume in sidecar_set.get("spec", {}).get("volumes", ())}
    for index, volume in enumerate(pod.get("spec", {}).get("volumes", ())):
        name = volume.get("name", "")
        if name in used and name in brought and not _is_same(volume, brought[name]):
            told = (
                f"SidecarSet {_name(sidecar_set)} has another volume {name}: this one stays, and its sidecars mount it"
            )
            path = ("spec", "volumes", index, "name")
            yield Finding("WRN046", told, path, Severity.WARNING, help="rename one of the two, if that is not meant")


def _is_same(volume: Volume, other: Volume) -> bool:
    pods = (cast("Pod", {"spec": {"volumes": [one]}}) for one in (volume, other))
    first, second = (pod_with_defaults(pod) for pod in pods)
    return first == second


def _amount_warnings(pod: Pod, injected: Pod, sidecar_set: SidecarSet) -> Iterator[Finding]:
    """Limits that are not set, for a container has none; requests that come to nothing, for no container has any."""
    names = {sidecar.get("name", "") for sidecar in _sidecars(sidecar_set)}
    own = [container for container in _containers(pod) if not is_marked(container)]
    for sidecar in _sidecars(sidecar_set):
        policy = sidecar.get("resourcesPolicy")
        if policy is None:
            continue
        try:
            aimed_at = targets(policy.get("targetContainersNameRegex", ""), own, names)
        except InjectionRefused:
            continue  # said of the whole Pod
        name = sidecar.get("name", "")
        expressions = cast("dict[str, dict[str, str]]", policy.get("resourcesExpr", {}))
        for kind, expression in expressions.get("limits", {}).items():
            yield from _without_limit(name, kind, _lacking(aimed_at, "limits", kind), expression)
        for kind, expression in expressions.get("requests", {}).items():
            lacking = _lacking(aimed_at, "requests", kind)
            if len(lacking) == len(aimed_at) and kind in expression and _requests_nothing(name, kind, injected):
                yield _without_request(name, kind, lacking)


def _requests_nothing(name: str, kind: str, injected: Pod) -> bool:
    """Whether the sidecar stands in the pod with an amount of 0: an expression may well have given it some."""
    made = {container.get("name", ""): container for container in _containers(injected)}
    sidecar = made.get(name) or made.get(pair_names(name)[0])
    amount = cast("dict[str, str]", (sidecar or {}).get("resources", {}).get("requests", {})).get(kind)
    return amount is not None and not parse(amount).nano


def _without_request(name: str, kind: str, lacking: Sequence[str]) -> Finding:
    told = f"{name} gets no {kind} request: it is computed from those of {', '.join(lacking)}, and there is none"
    advice = f"give {lacking[0]} a {kind} request: the expression takes requests, not limits"
    return Finding("WRN049", told, ("spec", "containers"), Severity.WARNING, help=advice)


def _without_limit(name: str, kind: str, lacking: Sequence[str], expression: str) -> Iterator[Finding]:
    if lacking and expression:
        told = f"{name} gets no {kind} limit, because there is none for {', '.join(lacking)}"
        advice = f"give {lacking[0]} a {kind} limit, or leave it out of targetContainersNameRegex"
        yield Finding("WRN047", told, ("spec", "containers"), Severity.WARNING, help=advice)


def _lacking(containers: Sequence[Container], field: str, kind: str) -> list[str]:
    """The names of the containers that do not say how much of something they need."""
    given = cast("Sequence[dict[str, dict[str, dict[str, str]]]]", containers)
    return [
        one.get("name", "")
        for one, container in zip(containers, given, strict=True)
        if kind not in container.get("resources", {}).get(field, {})
    ]


def _mount_warnings(pod: Pod, injected: Pod, sidecar_set: SidecarSet) -> Iterator[Finding]:
    """Mounts of the pod's containers whose path means another volume in a sidecar that shares them."""
    names = [one.get("name", "") for one in _sidecars(sidecar_set) if shares(one.get("shareVolumePolicy"))]
    sharing = {*names, *(f"{name}-1" for name in names)}  # the second of a hot upgrade's pair has the same mounts
    for sidecar in _containers(injected):
        if sidecar.get("name", "") not in sharing or not is_injected(sidecar):
            continue
        has = {mount.get("mountPath", ""): _what(mount) for mount in sidecar.get("volumeMounts", ())}
        for index, container in enumerate(_containers(pod)):
            for number, mount in enumerate(() if is_injected(container) else container.get("volumeMounts", ())):
                path = mount.get("mountPath", "")
                if has.get(path, _what(mount)) != _what(mount):
                    told = f"{sidecar.get('name', '')} does not share {mount.get('name', '')}: it has {path} already"
                    where = ("spec", "containers", index, "volumeMounts", number, "mountPath")
                    yield Finding("WRN048", told, where, Severity.WARNING, help="mount one of the two elsewhere")


def _what(mount: object) -> tuple[object, ...]:
    return tuple(cast("dict[str, object]", mount).get(key) for key in ("name", "subPath", "subPathExpr"))


def _containers(pod: Pod) -> Sequence[Container]:
    return pod.get("spec", {}).get("containers", [])


def _sidecars(sidecar_set: SidecarSet) -> Sequence[SidecarContainer]:
    return sidecar_set.get("spec", {}).get("containers", [])


def _name(sidecar_set: SidecarSet) -> str:
    return sidecar_set.get("metadata", {}).get("name", "")
