"""Warnings about a Pod and the SidecarSets that select it."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING, Final, cast

from sidecarctl.finding import FieldPath, Finding, InjectionRefused, Severity
from sidecarctl.sidecarset.injection.hot_upgrade import pair_names
from sidecarctl.sidecarset.injection.pod_view import env_table, is_injected, names_wanted, shares, source_of
from sidecarctl.sidecarset.injection.records import is_marked, is_recorded, pod_containers, recorded
from sidecarctl.sidecarset.injection.resources import targets
from sidecarctl.sidecarset.live_pod import recreation
from sidecarctl.sidecarset.matching.verdict import Reason
from sidecarctl.sidecarset.rollout.stage_groups import owner_of
from sidecarctl.upstream.decode import decode
from sidecarctl.upstream.fields import is_true, struct, structs, text
from sidecarctl.upstream.pod_defaults import pod_with_defaults
from sidecarctl.upstream.quantity import parse

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from sidecarctl.sidecarset.injection.pod_view import EnvTable
    from sidecarctl.sidecarset.injection.records import PodContainer
    from sidecarctl.sidecarset.matching.verdict import Verdict
    from sidecarctl.sidecarset.rollout.pod_traits import Owner
    from sidecarctl.upstream.types import Container, Pod, SidecarContainer, SidecarSet, TransferEnvVar, Volume


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


_Texts = dict[str, dict[str, str]]


def missing_transfers(before: Pod, after: Pod, sidecar_sets: Sequence[SidecarSet]) -> Iterator[Finding]:
    """What sidecars are to take over and do not find in this pod; worth a word where that is so of all pods (WRN050).

    `after` is the pod with their sidecars; the paths are those of the SidecarSets, as the cluster stores them.
    Raises UndecodableObject where it is no Pod.
    """
    transferring = [
        one for one in sidecar_sets if any(sidecar.get("transferEnv") for _, sidecar in _placed_sidecars(one))
    ]
    if not transferring:  # as most: nothing of the pod needs to be read
        return
    table = env_table(decode(before, "Pod").get("spec", {}).get("containers", []))
    metadata = decode(after, "Pod").get("metadata", {})
    texts: _Texts = {"annotations": metadata.get("annotations", {}), "labels": metadata.get("labels", {})}
    for one in transferring:
        for path, sidecar in _placed_sidecars(one):
            for index, transfer in enumerate(sidecar.get("transferEnv", ())):
                for finding in _missing(transfer, table, texts):
                    where = (*path, "transferEnv", index, *finding.path)
                    told = f"{finding.message}, for {sidecar.get('name', '')} to take over"
                    name = one.get("metadata", {}).get("name", "")
                    yield finding._replace(message=told, path=where, sidecar_set=name)


def _missing(transfer: TransferEnvVar, table: EnvTable, texts: Mapping[str, Mapping[str, str]]) -> Iterator[Finding]:
    source = source_of(transfer, texts)
    reference = transfer.get("sourceContainerNameFrom", {}).get("fieldRef")
    shown = (
        f"whose name is in {reference.get('fieldPath', '')}" if reference else transfer.get("sourceContainerName", "")
    )
    for name in names_wanted(transfer):
        if source is None or (source, name) not in table:
            told = f"no Pod of the input that it selects has env {name} in a container {shown}"
            advice = "env of app containers is copied, not what envFrom brings, nor that of init containers"
            yield Finding("WRN050", told, _place_of(name, transfer), Severity.WARNING, help=advice)


def _place_of(name: str, transfer: TransferEnvVar) -> FieldPath:
    names = transfer.get("envNames", [])
    return ("envNames", names.index(name)) if name in names else ("envName",)


def _placed_sidecars(sidecar_set: SidecarSet) -> Iterator[tuple[FieldPath, SidecarContainer]]:
    spec = sidecar_set.get("spec", {})
    for index, sidecar in enumerate(spec.get("initContainers", ())):
        yield ("spec", "initContainers", index), sidecar
    for index, sidecar in enumerate(spec.get("containers", ())):
        yield ("spec", "containers", index), sidecar


_ADVICE = "run sidecarctl inject"


_MAY_STAY = (Reason.HIDDEN_BY_CANARY, Reason.NAMESPACE_UNKNOWN, Reason.REVISION_MISSING, Reason.SYSTEM_NAMESPACE)


def demand_findings(
    pod: Pod, changed: Collection[str], settled: Collection[str], unjudged: Collection[str]
) -> Iterator[Finding]:
    """What is missing, outdated or left over in a pod.

    `changed` are the SidecarSets that injection would put into it now, `settled` those that stand there as they should;
    nothing is said of those that are `unjudged`.
    """
    for name in changed:
        if is_recorded(name, pod):
            told = f"the sidecars of {name} are not those of its present version"
            advice = f"{_ADVICE}; where the webhook runs, it replaces them by its own version when the Pod is created"
            yield Finding("CHK002", told, sidecar_set=name, help=advice)
        else:
            yield Finding("CHK001", f"the sidecars of {name} are missing", sidecar_set=name, help=_ADVICE)
    for name in recorded(pod):
        if name not in {*changed, *settled, *unjudged}:
            yield _left_over(name, "run sidecarctl uninject with that SidecarSet")


def live_findings(
    pod: Pod, verdicts: Sequence[Verdict], unjudged: Collection[str], makers: Mapping[Owner, Owner]
) -> Iterator[Finding]:
    """Return what is missing, outdated or left over in a Pod that exists.

    `verdicts` are those of `explained`; nothing is said of the SidecarSets that are `unjudged`.
    `makers` are workloads that another one made, as for `owner_of`.
    """
    advice, owner = recreation(pod, makers), owner_of(pod, makers)
    of_owner = f" ({owner})" if owner else ""  # so that reports that group what is alike list each workload
    of_pod = of_owner or " (a Pod that no workload owns)"
    for verdict in verdicts:
        name = verdict.sidecar_set
        if verdict.reason is Reason.NOT_INJECTED:
            told = f"the Pod runs without the sidecars of {name}, which selects it{of_owner}"
            yield Finding("CHK001", told, sidecar_set=name, help=advice)
        elif verdict.reason is Reason.OUTDATED:
            told = f"the Pod runs sidecars of {name} that are not those of its present version{of_owner}"
            yield Finding("CHK002", told, sidecar_set=name, help=f"sidecarctl plan shows its rollout; or {advice}")
        elif verdict.reason is Reason.INJECTION_PAUSED and verdict.is_carried:
            told = f"the Pod runs sidecars of {name} that are not those of its present version, and its injection is"
            told += f" paused{of_owner}"
            help_ = f"set paused to false, and {advice}"
            yield Finding("CHK006", told, (), Severity.WARNING, sidecar_set=name, help=help_)
        elif verdict.is_carried and verdict.reason not in _MAY_STAY:
            yield _left_over(name, advice, of_pod)
    known = {*unjudged, *(verdict.sidecar_set for verdict in verdicts)}
    yield from (_left_over(name, advice, of_pod) for name in recorded(pod) if name not in known)


def overruled_findings(names: Collection[str]) -> Iterator[Finding]:
    """Return a finding for each SidecarSet of which a template carries another version than the cluster holds."""
    for name in names:
        told = f"the cluster holds another version of {name} than this was rendered with: when the Pod is created, the"
        told += " webhook replaces the sidecars by those of the cluster's version"
        yield Finding("CHK007", told, sidecar_set=name, help="update the SidecarSet on the cluster first, or pause it")


def _left_over(name: str, advice: str, of_pod: str = "") -> Finding:
    told = f"it carries the sidecars of {name}, which does not select it (or is not there any more){of_pod}"
    return Finding("CHK003", told, sidecar_set=name, help=advice)


def paused_findings(pod: Pod, paused: Mapping[str, str]) -> Iterator[Finding]:
    """What is outdated in a pod and stays so: `paused` are SidecarSets that would select it, with their hashes of now.

    An empty hash is one that nobody knows.
    """
    entries = recorded(pod)
    for name, present in paused.items():
        if name in entries and present and entries[name].hash != present:
            told = f"the sidecars of {name} are not those of its present version, and its injection is paused"
            advice = "set paused to false, and run sidecarctl inject"
            yield Finding("CHK006", told, (), Severity.WARNING, sidecar_set=name, help=advice)


_MOST = 5


def selects_nothing() -> Finding:
    """None of the pods at hand is selected."""
    told = "it selects no Pod and no pod template of the input"
    return Finding("WRN043", told, ("spec", "selector"), Severity.WARNING, help="sidecarctl why says what is missing")


def is_paused(sidecar_set: Mapping[str, object]) -> bool:
    """Whether no pod gets its sidecars, whatever it selects."""
    return is_true(struct(struct(sidecar_set, "spec"), "injectionStrategy"), "paused")


def pull_secrets(sidecar_set: Mapping[str, object]) -> list[str]:
    """The names of the Secrets that a SidecarSet adds to its pods to pull images with."""
    return [text(reference, "name") for reference in structs(struct(sidecar_set, "spec"), "imagePullSecrets")]


def missing_secrets(
    sidecar_set: Mapping[str, object], namespaces: Collection[str], secrets: Collection[str]
) -> Iterator[Finding]:
    """The Secrets that its pods need to pull images and that are not among those known, as `namespace/name`."""
    for index, name in enumerate(pull_secrets(sidecar_set)):
        missing = sorted(namespace for namespace in namespaces if f"{namespace}/{name}" not in secrets)
        if name and missing:
            shown = ", ".join(missing[:_MOST]) + (f" and {len(missing) - _MOST} more" if missing[_MOST:] else "")
            path = ("spec", "imagePullSecrets", index, "name")
            told = f"Secret {name} must exist in the namespaces of the Pods; the input does not hold it in {shown}"
            yield Finding("WRN044", told, path, Severity.WARNING, help="create it there, or ignore this")
