"""Warnings about a pod and what injection makes of it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from sidecarctl.finding import Finding, Severity
from sidecarctl.sidecarset.injection.records import is_marked, pod_containers
from sidecarctl.upstream.decode import decode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sidecarctl.sidecarset.injection.records import PodContainer
    from sidecarctl.upstream.types import Pod

_ENDING: Final = ("Never", "OnFailure")


def pod_warnings(before: Pod, after: Pod) -> Iterator[Finding]:
    """What injection does to a pod that its owner may not expect; the pods with and without sidecars.

    Raises UndecodableObject where one of them is no Pod.
    """
    own = {(one.field, one.name): one for one in pod_containers(decode(before, "Pod"))}
    injected = [one for one in pod_containers(decode(after, "Pod")) if is_marked(one.container)]
    for one in injected:
        replaced = own.get((one.field, one.name))
        if replaced is not None and not is_marked(replaced.container):
            yield _replaced(replaced)
    running = [one.name for one in injected if one.field == "containers"]
    if running and (after.get("spec") or {}).get("restartPolicy") in _ENDING:
        yield _kept_running(running)


def doubled_findings(before: Pod, after: Pod) -> Iterator[Finding]:
    """Names that stand twice only because of injection."""
    old, new = (Counter(one.name for one in pod_containers(decode(pod, "Pod"))) for pod in (before, after))
    for name, count in new.items():
        if count > 1 and count > old[name]:
            told = f"{count} containers of the Pod would be called {name}: the API server refuses it"
            yield Finding("CHK005", told, ("spec", "containers"), help="rename one of them")


def _replaced(one: PodContainer) -> Finding:
    told = f"the sidecar {one.name} takes the place of this container, as a whole: they have the same name"
    path = ("spec", one.field, one.at, "name")
    return Finding("WRN041", told, path, Severity.WARNING, help="rename one of the two, if that is not meant")


def _kept_running(names: list[str]) -> Finding:
    shown = ", ".join(dict.fromkeys(names))
    told = f"the Pod ends when all its containers have ended, and {shown} may never: the Job keeps running"
    advice = "make it a native sidecar: an initContainer with restartPolicy Always"
    return Finding("WRN042", told, ("spec", "restartPolicy"), Severity.WARNING, help=advice)
