"""Pods that workloads would have, where nobody gives the real ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from sidecarctl.api.editor import Limits, pod_of
from sidecarctl.api.inject import injection
from sidecarctl.finding import Finding, InjectionRefused, Severity, UndecodableObject
from sidecarctl.sidecarset.explain import explained
from sidecarctl.sidecarset.injection.inject import Options
from sidecarctl.sidecarset.matching.verdict import Reason
from sidecarctl.sidecarset.rollout.imagedigest import pulled_image_id
from sidecarctl.upstream import names
from sidecarctl.upstream.decode import decode
from sidecarctl.upstream.fields import namespace_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sidecarctl.api.targets import Found, Target
    from sidecarctl.finding import SidecarctlError
    from sidecarctl.sidecarset.cluster import Prepared
    from sidecarctl.upstream.types import Container, ContainerStatus, OwnerReference, Pod, PodStatus

    PassOver = Callable[[SidecarctlError], None]

_SELECT: Final = (Reason.SELECTED, Reason.HIDDEN_BY_CANARY, Reason.INJECTION_PAUSED, Reason.REVISION_MISSING)


def pods_of_workloads(
    targets: Iterable[Target], prepared: Prepared, limits: Limits, pass_over: PassOver
) -> Iterator[Pod]:
    """Return the Pods of workloads, injected as the SidecarSets have it, all of them serving.

    `pass_over` gets `InjectionRefused` and `UndecodableObject`, which name the workload.
    """
    for target in targets:
        try:
            yield from _pods(target, prepared, limits)
        except (InjectionRefused, UndecodableObject) as error:
            pass_over(error)


def workloads_without_number(
    targets: Iterable[Target], prepared: Prepared, limits: Limits, counts: Callable[[Pod], bool]
) -> Iterator[Finding]:
    """Return a finding for each workload that counts and whose number of Pods only a cluster knows: it counts as one.

    What `pods_of_workloads` passes over has no Pod to count.
    """
    for target in targets:
        pods = pods_of_workloads([target], prepared, limits, lambda _: None)
        if target.pods is None and any(map(counts, pods)):
            told = "how many Pods it has depends on the cluster; planned as one"
            path, resource = (*target.path, "spec"), target.owner.resource
            yield Finding("PLN008", told, path, Severity.WARNING, resource=resource)


def workloads_without_record(
    targets: Iterable[Target], prepared: Prepared, limits: Limits, pass_over: PassOver
) -> Iterator[Target]:
    """Return the workloads whose Pods have sidecars, and which do not say of what version; Pods speak for themselves.

    `pass_over` gets `UndecodableObject`, which names the workload.
    """
    for target in targets:
        try:
            if target.template and _selecting(target, prepared, limits) - _rendered(target.value):
                yield target
        except UndecodableObject as error:
            pass_over(error)


def restarted_by(targets: Iterable[Target], sidecar_set: str) -> int:
    """Return how many Pods have the sidecars of a set in their workload's template: a new version restarts those."""
    found = [target.restarts for target in targets if sidecar_set in _rendered(target.value)]
    return sum(1 if restarts is None else restarts for restarts in found)


def _selecting(target: Target, prepared: Prepared, limits: Limits) -> set[str]:
    """The SidecarSets whose sidecars the Pods of a workload may have, though it may get none now."""
    options = Options(namespace=namespace_of(target.owner.value, limits.namespace), running_pods="inject")
    try:
        found = explained(pod_of(target, limits), prepared, options)
    except UndecodableObject as error:
        raise target.undecodable(error) from None
    return {verdict.sidecar_set for verdict in found if verdict.reason in _SELECT}


def _pods(target: Target, prepared: Prepared, limits: Limits) -> Iterator[Pod]:
    owner, number = target.owner, 1 if target.pods is None else target.pods
    try:
        template = decode(pod_of(target, limits), "Pod", prepared.release)
        template = injection(template, prepared, Options(namespace=namespace_of(owner.value, limits.namespace))).pod
    except UndecodableObject as error:
        raise target.undecodable(error) from None
    except InjectionRefused as error:
        raise target.refused(error) from None
    owned = {"ownerReferences": [_reference(owner)]} if target.template else {}
    width = 0 if owner.kind == "StatefulSet" else len(str(max(number - 1, 0)))
    for index in range(number):
        name = f"{owner.text_of('name')}-{index:0{width}}" if target.template else owner.text_of("name")
        metadata = {**(template.get("metadata") or {}), "name": name, **owned}
        yield cast("Pod", {**template, "metadata": metadata, "status": _serving(template)})


def _reference(owner: Found) -> OwnerReference:
    api_version = owner.value.get("apiVersion")
    return {"apiVersion": str(api_version), "kind": owner.kind, "name": owner.text_of("name"), "controller": True}


def _rendered(template: dict[str, object] | object) -> frozenset[str]:
    """The SidecarSets whose sidecars stand in a template."""
    metadata = template.get("metadata") if isinstance(template, dict) else None
    annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
    listed = annotations.get(names.INJECTED_LIST) if isinstance(annotations, dict) else None
    return frozenset(listed.split(",")) if isinstance(listed, str) and listed else frozenset()


def _serving(pod: Pod) -> PodStatus:
    containers = (pod.get("spec") or {}).get("containers") or []
    return {
        "phase": "Running",
        "conditions": [{"type": "Ready", "status": "True"}],
        "containerStatuses": [_running(container) for container in containers],
    }


def _running(container: Container) -> ContainerStatus:
    image = container.get("image") or ""
    return {"name": container.get("name", ""), "image": image, "imageID": pulled_image_id(image), "ready": True}
