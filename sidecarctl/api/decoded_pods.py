"""Pods as a release reads them, each under a name of its own."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from sidecarctl.finding import UndecodableObject
from sidecarctl.upstream.decode import decode
from sidecarctl.upstream.fields import name_of, namespace_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from sidecarctl.upstream.release import Release
    from sidecarctl.upstream.types import Pod

    Object = Mapping[str, object]


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
