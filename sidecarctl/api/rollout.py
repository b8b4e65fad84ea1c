"""The Python API of rollouts: the status that Pods give, and the plan of what the controller will do to them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from sidecarctl.api import choices
from sidecarctl.api.given import an_object
from sidecarctl.finding import UndecodableObject
from sidecarctl.sidecarset.rollout.context import RolloutContext
from sidecarctl.sidecarset.rollout.plan import RolloutPlan, rollout_plan
from sidecarctl.sidecarset.rollout.podname import namespace_of
from sidecarctl.sidecarset.rollout.status import status as counted_status
from sidecarctl.upstream.decode import decode
from sidecarctl.upstream.release import LATEST, Release, release_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from sidecarctl.sidecarset.namespaces import SystemNamespaces
    from sidecarctl.upstream.types import Namespace, Pod, SidecarSet

    Object = Mapping[str, object]


def status(
    sidecar_set: Object,
    pods: Iterable[Object],
    *,
    namespaces: Iterable[Object] = (),
    system_namespaces: SystemNamespaces = "exclude",
) -> dict[str, object]:
    """Return the status that the controller writes into a SidecarSet over these Pods.

    Raises `UndecodableObject` where one of the values is none of its kind, or two Pods go by one name, ValueError where
    `system_namespaces` is neither "exclude" nor "include".
    """
    wanted = choices.system_namespaces(system_namespaces)
    context = RolloutContext(namespaces=_namespaces(namespaces), system_namespaces=wanted)
    found = counted_status(
        cast("SidecarSet", an_object(sidecar_set, "SidecarSet")), distinct_pods(decoded_pods(pods, LATEST)), context
    )
    return cast("dict[str, object]", found)


def plan(  # noqa: PLR0913 - the public contract: one name per choice
    sidecar_set: Object,
    pods: Iterable[Object],
    *,
    namespaces: Iterable[Object] = (),
    never_ready: Iterable[str] = (),
    system_namespaces: SystemNamespaces = "exclude",
    kruise_version: str | None = None,
) -> RolloutPlan:
    """Return the rounds in which the controller brings these Pods up to date, and how they are in the end.

    SidecarSets are taken as written, or as `admit` gives them. Each round is one reconcile; then the containers that it
    changed run again and are ready, but for those of the `never_ready` Pods ("namespace/name").
    Raises `UndecodableObject` where one of the values is none of its kind, or two Pods go by one name, ValueError where
    `system_namespaces` is neither "exclude" nor "include", or for a release that nobody knows.
    """
    release = release_for(kruise_version)
    context = RolloutContext(
        namespaces=_namespaces(namespaces),
        never_ready=frozenset(never_ready),
        system_namespaces=choices.system_namespaces(system_namespaces),
        release=release,
    )
    return rollout_plan(
        cast("SidecarSet", an_object(sidecar_set, "SidecarSet")),
        list(distinct_pods(decoded_pods(pods, release))),
        context,
    )


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

    Raises `UndecodableObject` where two go by one name: nobody could tell which of them runs.
    """
    names: dict[str, set[str]] = {}
    for pod in pods:
        namespace, name = namespace_of(pod), (pod.get("metadata") or {}).get("name") or ""
        known = names.setdefault(namespace, set())
        if not name:
            raise UndecodableObject("a Pod without a name: no cluster has one", ("metadata", "name"))
        if name in known:
            message = "given twice: nobody can tell which of the two runs"
            raise UndecodableObject(message, ("metadata", "name"), f"pod/{name} -n {namespace}")
        known.add(name)
        yield pod


def _namespaces(namespaces: Iterable[Object]) -> list[Namespace]:
    return [cast("Namespace", decode(namespace, "Namespace")) for namespace in namespaces]


def _called(pod: object, number: int) -> str:
    metadata = pod.get("metadata") if isinstance(pod, dict) else None
    name = f"pod/{metadata.get('name')}" if isinstance(metadata, dict) else "a Pod"
    return f"{name}, the {_ordinal(number)} given"


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
