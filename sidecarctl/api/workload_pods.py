"""Pods for `plan`: decoded from the input, or made from workloads; Pods of owned workloads are counted once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, cast

from sidecarctl.api.change import Limits
from sidecarctl.api.editor import is_meant, pod_of
from sidecarctl.api.inject import injection
from sidecarctl.api.targets import controller_reference
from sidecarctl.finding import Finding, InjectionRefused, Severity, UndecodableObject
from sidecarctl.record import Record
from sidecarctl.sidecarset.explain import explained
from sidecarctl.sidecarset.injection.inject import Options
from sidecarctl.sidecarset.matching.verdict import Reason
from sidecarctl.sidecarset.rollout.node_images import pulled_image_id
from sidecarctl.sidecarset.rollout.pod_traits import Owner
from sidecarctl.upstream import names
from sidecarctl.upstream.decode import decode
from sidecarctl.upstream.fields import name_of, namespace_of
from sidecarctl.upstream.workload import group_kind, pods_made, templates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sidecarctl.api.targets import Found, Target
    from sidecarctl.finding import SidecarctlError
    from sidecarctl.sidecarset.cluster import Prepared
    from sidecarctl.upstream.types import Container, ContainerStatus, OwnerReference, Pod, PodStatus

    PassOver = Callable[[SidecarctlError], None]
    from collections.abc import Mapping

    from sidecarctl.api.change import Limits

    Key = tuple[str, str, str, str]  # group, kind, namespace and name
    from collections.abc import Callable

    from sidecarctl.upstream.release import Release

    Object = Mapping[str, object]


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


_MOST_OWNERS = 16  # one above the other; real ones are three or four


class _Member(Record):
    """An object of the input, as far as ownership goes."""

    resource: str
    uid: str
    controller: Key | None  # that made it
    controller_uid: str
    is_counted: bool  # it has Pod templates, and the limits of the command let it through
    pods: int | None  # None: its number is not written in it


def object_key(found: Found, limits: Limits) -> Key | None:
    """Return what tells an object from the others of an input; None where it has no kind or no name."""
    group_and_kind, name = group_kind(found.value), found.text_of("name")
    return (*group_and_kind, namespace_of(found.value, limits.namespace), name) if group_and_kind and name else None


class OwnedWorkloads:
    """Tells which objects of an input have their Pods counted with an owner, a controller that is there as well.

    A reference counts where it says `controller: true`, and its group, kind, namespace and name are those of an object
    of the input, and the uids are equal where both are given. Owners of owners count, too.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._members: dict[Key, _Member] = {}
        self._makers: set[Key] | None = None  # objects without a number of their own, whose Pods others tell

    def add(self, objects: Iterable[Found]) -> None:
        """Take objects of the input into account."""
        self._makers = None
        for found in objects:
            if (key := object_key(found, self._limits)) is not None:
                self._members[key] = self._member(found, key)

    def owner(self, key: Key | None) -> str:
        """Return the owner that an object is counted with, such as "deployment/web"; empty where it counts itself."""
        member = self._members.get(key) if key is not None else None
        if member is None:
            return ""
        counted = [above for above in self._owners(member) if above.is_counted]
        numbered = [above for above in counted if above.pods is not None]
        if member.pods is not None:
            return numbered[-1].resource if numbered else ""
        return counted[-1].resource if counted else ""

    def makers(self) -> dict[Owner, Owner]:
        """Return the objects that a controller made, each with that controller."""
        return {
            Owner(key[2], key[1], key[3]): Owner(made_by[2], made_by[1], made_by[3])
            for key, member in self._members.items()
            if (made_by := member.controller) is not None
        }

    def is_told_by_others(self, key: Key | None) -> bool:
        """Whether an object has no number of its own, and objects that it owns tell how many Pods it has."""
        if self._makers is None:
            self._makers = set(self._keys_of_makers())
        return key in self._makers

    def _keys_of_makers(self) -> Iterator[Key]:
        for member in self._members.values():
            if member.is_counted and member.pods is not None:
                above = member.controller
                for owner in self._owners(member):
                    if above is not None and owner.pods is None:
                        yield above
                    above = owner.controller

    def _owners(self, member: _Member) -> list[_Member]:
        """The owner of an object, its owner, and so on, as far as they are in the input; none of those in a circle."""
        found = [member]
        while (
            len(found) <= _MOST_OWNERS
            and (key := found[-1].controller) is not None
            and (owner := self._members.get(key)) is not None
        ):
            if owner.uid and found[-1].controller_uid and owner.uid != found[-1].controller_uid:
                break
            if owner in found:
                return []
            found.append(owner)
        return found[1:]

    def _member(self, found: Found, key: Key) -> _Member:
        reference = controller_reference(found.metadata)
        group_and_kind, name = group_kind(reference), reference.get("name")
        controller = (*group_and_kind, key[2], name) if group_and_kind and isinstance(name, str) else None
        workloads = self._limits.workloads
        is_counted = any(True for _ in templates(found.value, workloads)) and is_meant(found, self._limits)
        pods = pods_made(found.value, workloads)
        return _Member(found.resource, found.text_of("uid"), controller, _text(reference, "uid"), is_counted, pods)


def _text(value: Mapping[str, object], key: str) -> str:
    found = value.get(key)
    return found if isinstance(found, str) else ""


def decoded_pods(pods: Iterable[Object], release: Release) -> Iterator[Pod]:
    """Return Pods as a release reads them.

    Raises `UndecodableObject`, which names the Pod.
    """
    for number, pod in enumerate(pods, 1):
        yield decoded_pod(pod, release, partial(_called, pod, number))


def decoded_pod(pod: Object, release: Release, place: Callable[[], str]) -> Pod:
    """Return a Pod as a release reads it.

    Raises `UndecodableObject` with the place, which is asked for only then.
    """
    try:
        return cast("Pod", decode(pod, "Pod", release))
    except UndecodableObject as error:
        raise UndecodableObject(error.message, error.path, place()) from None


def distinct_pods(pods: Iterable[Pod]) -> Iterator[Pod]:
    """Return the Pods as they come.

    Raises `UndecodableObject` if two have one name: only one of them can run.
    """
    names: dict[str, set[str]] = {}
    for pod in pods:
        namespace, name = namespace_of(pod), name_of(pod)
        known = names.setdefault(namespace, set())
        if not name:
            raise UndecodableObject("a Pod without a name: no cluster has one", ("metadata", "name"))
        if name in known:
            message = "given twice: only one Pod of this name can run"
            raise UndecodableObject(message, ("metadata", "name"), f"pod/{name} -n {namespace}")
        known.add(name)
        yield pod


def _called(pod: object, number: int) -> str:
    metadata = pod.get("metadata") if isinstance(pod, dict) else None
    name = f"pod/{metadata.get('name')}" if isinstance(metadata, dict) else "a Pod"
    return f"{name}, the {_ordinal(number)} given"


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
