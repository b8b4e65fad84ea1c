"""Warnings about a pod and what injection makes of it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from sidecarctl.finding import Finding, Severity
from sidecarctl.sidecarset.recorded import is_marked, places
from sidecarctl.upstream.decode import decode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sidecarctl.sidecarset.recorded import Place
    from sidecarctl.upstream.types import Pod

_ENDING: Final = ("Never", "OnFailure")


def pod_warnings(before: Pod, after: Pod) -> Iterator[Finding]:
    """What injection does to a pod that its owner may not expect; the pods with and without sidecars.

    Raises UndecodableObject where one of them is no Pod.
    """
    own = {(place.kind, place.name): place for place in places(decode(before, "Pod"))}
    injected = [place for place in places(decode(after, "Pod")) if is_marked(place.container)]
    for place in injected:
        replaced = own.get((place.kind, place.name))
        if replaced is not None and not is_marked(replaced.container):
            yield _replaced(replaced)
    yield from _doubled(before, after)
    running = [place.name for place in injected if place.kind == "containers"]
    if running and (after.get("spec") or {}).get("restartPolicy") in _ENDING:
        yield _kept_running(running)


def _doubled(before: Pod, after: Pod) -> Iterator[Finding]:
    """Names that stand twice only because of injection."""
    old, new = (Counter(place.name for place in places(decode(pod, "Pod"))) for pod in (before, after))
    for name, count in new.items():
        if count > 1 and count > old[name]:
            told = f"{count} containers of the Pod would be called {name}: the API server refuses it"
            yield Finding("CHK005", told, ("spec", "containers"), help="rename one of them")


def _replaced(place: Place) -> Finding:
    told = f"the sidecar {place.name} takes the place of this container, as a whole: they have the same name"
    path = ("spec", place.kind, place.at, "name")
    return Finding("WRN041", told, path, Severity.WARNING, help="rename one of the two, if that is not meant")


def _kept_running(names: list[str]) -> Finding:
    shown = ", ".join(dict.fromkeys(names))
    told = f"the Pod ends when all its containers have ended, and {shown} may never: the Job keeps running"
    advice = "make it a native sidecar: an initContainer with restartPolicy Always"
    return Finding("WRN042", told, ("spec", "restartPolicy"), Severity.WARNING, help=advice)
