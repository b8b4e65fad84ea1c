"""The pod as the admission webhook would let it in.

Upstream: SS sidecarsetMutatingPod
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from sidecarctl.finding import Finding, InjectionRefused, Severity
from sidecarctl.record import Record
from sidecarctl.sidecarset.injection.annotations import (
    all_entries,
    injected_list,
    patched_annotations,
    pod_hash_annotations,
)
from sidecarctl.sidecarset.injection.effective_set import Choice, SetsOfPod, draw_finding, revision_draw
from sidecarctl.sidecarset.injection.hot_upgrade import hot_upgrade_annotations, refuse_null_record
from sidecarctl.sidecarset.injection.pod_view import Form, Host
from sidecarctl.sidecarset.injection.records import is_recorded
from sidecarctl.sidecarset.injection.sidecar import (
    Injected,
    appended_containers,
    injected,
    merged_containers,
    sorted_by_name,
)
from sidecarctl.sidecarset.injection.volumes import merged_pull_secrets, merged_volumes
from sidecarctl.sidecarset.matching.match import RunningPods, concerned, labels_of, verdicts
from sidecarctl.sidecarset.matching.verdict import NOTHING_SELECTS, OBSTACLES, Reason, Why
from sidecarctl.upstream.decode import decode
from sidecarctl.upstream.fields import namespace_of
from sidecarctl.upstream.names import DEFAULT_NAMESPACE, INJECTED_LIST

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sidecarctl.sidecarset.cluster import Prepared
    from sidecarctl.sidecarset.injection.annotations import Entry
    from sidecarctl.sidecarset.injection.effective_set import EffectiveSet
    from sidecarctl.sidecarset.injection.sidecar import Sidecar
    from sidecarctl.sidecarset.matching.verdict import Verdict
    from sidecarctl.upstream.types import LocalObjectReference, ObjectMeta, Pod, PodSpec, Volume

Item = TypeVar("Item")


class Options(Record):
    """How to inject, where upstream leaves a choice or a file asks for another one than a cluster."""

    form: Form = "written"
    timestamp: str | None = None
    choose_revision: Mapping[str, Choice] = {}
    running_pods: RunningPods = "skip"
    namespace: str = DEFAULT_NAMESPACE  # of pods that have none
    leave: frozenset[str] = frozenset()  # SidecarSets that stand in the pod already
    former: Mapping[str, Mapping[str, Entry]] = {}  # what the pod recorded before an older version was taken out of it
    again: bool = False  # whether SidecarSets without containers, which leave no record, may be there already


class Injection(Record):
    """A pod after injection (the very same one where nothing changed), and the SidecarSets that were injected.

    pod: a JSON-shaped object; sidecar_sets: names, in the order of injection; findings: what the user should know.
    """

    pod: Pod
    sidecar_sets: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """Return the result as a JSON-shaped value."""
        findings = [finding.to_dict() for finding in self.findings]
        return {"pod": self.pod, "sidecarSets": list(self.sidecar_sets), "findings": findings}


def inject(pod: Pod, prepared: Prepared, options: Options) -> Injection:
    """Return the pod as the admission webhook would let it in.

    Raises InjectionRefused, with the webhook's sentence, where it would not, and UndecodableObject where it is no Pod.
    Upstream: SS sidecarsetMutatingPod
    """
    labels = labels_of(pod)
    namespace = namespace_of(pod, options.namespace)
    offered = concerned(prepared.prospects(namespace), labels)
    if not offered:
        return Injection(pod)
    seen = decode(pod, "Pod", prepared.release)
    found = verdicts(seen, namespace, offered, options.running_pods)
    states = _states(found, labels, prepared, options)
    findings = [_namespace_finding(verdict) for verdict in found if verdict.is_assumed]
    new = [(one, chance) for one, chance in states if one.name not in options.leave]
    findings += [finding for _, chance in new for finding in chance]
    if not new:
        return Injection(pod, (), tuple(findings))
    sets = SetsOfPod([one for one, _ in new], [one for one, _ in states if one.name in options.leave])
    request, names = _Request(pod, seen, namespace), tuple(one.name for one in sets.new)
    return Injection(_with_sidecars(request, sets, prepared, options), names, tuple(findings))


class _Request(Record):
    pod: Pod  # as it is written
    seen: Pod  # as it is decoded
    namespace: str


class _Additions(Record):
    """What all SidecarSets together add to a pod, in their order."""

    init_containers: list[Injected]
    containers: list[Injected]
    volumes: list[Volume]
    pull_secrets: list[LocalObjectReference]
    hot_upgrades: list[str]  # the sidecars that come as pairs


def _states(
    found: Iterable[Verdict], labels: Mapping[str, str], prepared: Prepared, options: Options
) -> list[tuple[EffectiveSet, list[Finding]]]:
    """The SidecarSets that are selected, each in the state that the pod gets, and what that leaves to chance.

    The first that refuses the pod has the word, even a base that is hidden then: its revision is looked up before.
    Upstream: SS sidecarsetMutatingPod
    """
    states = []
    for verdict in found:
        if verdict.reason is Reason.SELECTOR_INVALID:
            raise InjectionRefused(verdict.detail)
        if not verdict.is_matched:
            continue
        choice, chance = chosen_state(verdict.sidecar_set, labels, prepared, options)
        if verdict.is_selected:
            states.append((prepared.effective(verdict.sidecar_set, choice, options.form), chance))
    return states


def chosen_state(
    name: str, labels: Mapping[str, str], prepared: Prepared, options: Options
) -> tuple[Choice, list[Finding]]:
    """The state of a SidecarSet that a pod with these labels gets, and a word where a cluster throws a die.

    Raises InjectionRefused where the revision that it names is missing.
    """
    prepared.revision(name)  # refuses the pod where it is missing, even if it would not be chosen
    draw = revision_draw(prepared.admitted(name), labels, prepared.release)
    if draw.probability is None:
        return draw.choice, []
    choice = options.choose_revision.get(name, draw.choice)
    return choice, [draw_finding(name, draw, choice, is_asked_for=name in options.choose_revision)]


def _with_sidecars(request: _Request, sets: SetsOfPod, prepared: Prepared, options: Options) -> Pod:
    """Everything below reads the pod as patchPodMetadata left it, never what another SidecarSet adds."""
    metadata: ObjectMeta = {**request.seen.get("metadata", {}), "namespace": request.namespace}
    annotations: Mapping[str, str] = metadata.get("annotations", {})
    for sidecar_set in sets.new:
        again = options.again and (not sidecar_set.injects_containers or is_recorded(sidecar_set.name, request.pod))
        annotations = patched_annotations(annotations, sidecar_set.patches, again=again)
    recorded = all_entries(metadata, annotations)
    host = Host(request.seen, annotations, sets.sidecar_names, options.form, prepared.release)
    additions = _additions(sets.new, host)
    if not additions.init_containers and not additions.containers:
        return _with_annotations(request, annotations)
    annotations = {
        **annotations,
        **pod_hash_annotations(sets.new, recorded, options.former, options.timestamp, prepared.release),
        INJECTED_LIST: injected_list(annotations, [sidecar_set.name for sidecar_set in sets.new]),
        **hot_upgrade_annotations(additions.hot_upgrades, annotations),
    }
    return {**_with_annotations(request, annotations), "spec": _with_additions(request, additions, prepared)}


def _additions(sets: Sequence[EffectiveSet], host: Host) -> _Additions:
    added = _Additions([], [], [], [], [])
    for sidecar_set in sets:
        for sidecar in sidecar_set.init_sidecars:
            added.init_containers.extend(_from(sidecar, host, added))
        added.pull_secrets.extend(sidecar_set.pull_secrets)
        for sidecar in sidecar_set.sidecars:
            added.containers.extend(_from(sidecar, host, added))
    return added


def _from(sidecar: Sidecar, host: Host, added: _Additions) -> tuple[Injected, ...]:
    made = injected(sidecar, host)
    if sidecar.volumes is None:
        # What the webhook of these releases died of; failurePolicy Fail turns that into a refusal.
        raise InjectionRefused("runtime error: invalid memory address or nil pointer dereference")
    added.volumes.extend(sidecar.volumes)
    if sidecar.empty:
        refuse_null_record(host.metadata["annotations"])  # here, before anything is asked of the next container
        added.hot_upgrades.append(sidecar.name)
    return made


def _with_additions(request: _Request, additions: _Additions, prepared: Prepared) -> PodSpec:
    spec: PodSpec = {**(request.pod.get("spec") or {})}
    seen = request.seen.get("spec", {})
    if additions.init_containers:
        merge_init = merged_containers if prepared.release.merges_init_containers else appended_containers
        own = _own(spec.get("initContainers"), seen.get("initContainers", []))
        spec["initContainers"] = merge_init(own, sorted_by_name(additions.init_containers))
    if additions.containers:
        containers = sorted_by_name(additions.containers) if prepared.sorts_containers else additions.containers
        spec["containers"] = merged_containers(_own(spec.get("containers"), seen.get("containers", [])), containers)
    own_volumes = _own(spec.get("volumes"), seen.get("volumes", []))
    volumes = merged_volumes(own_volumes, additions.volumes)
    if volumes is not own_volumes:
        spec["volumes"] = volumes
    own_secrets = _own(spec.get("imagePullSecrets"), seen.get("imagePullSecrets", []))
    secrets = merged_pull_secrets(own_secrets, additions.pull_secrets)
    if secrets is not own_secrets:
        spec["imagePullSecrets"] = secrets
    return spec


def _own(written: list[Item] | None, seen: list[Item]) -> list[Item]:
    """The items of a list as they are written; a null among them counts as empty."""
    if written is None:
        return seen
    return [item if item is not None else decoded for item, decoded in zip(written, seen, strict=True)]


def _with_annotations(request: _Request, annotations: Mapping[str, str]) -> Pod:
    before = request.seen.get("metadata", {}).get("annotations", {})
    changed = {key: value for key, value in annotations.items() if before.get(key) != value}
    if not changed:
        return request.pod
    metadata: ObjectMeta = request.pod.get("metadata") or {}
    return {**request.pod, "metadata": {**metadata, "annotations": {**(metadata.get("annotations") or {}), **changed}}}


def _namespace_finding(verdict: Verdict) -> Finding:
    """A namespace that nobody described, although its labels decide (NSP001)."""
    done = "injected" if verdict.is_selected else "not injected"
    return Finding(
        "NSP001",
        f"namespace {verdict.detail} is not described, and SidecarSet {verdict.sidecar_set} asks for"
        f" `{verdict.requirement}` of it: {done}, as if it had no labels but its name",
        severity=Severity.WARNING,
        sidecar_set=verdict.sidecar_set,
        help="give the Namespace with --cluster",
    )


def reason_skipped(pod: Pod, prepared: Prepared, options: Options) -> Why:
    """Return what kept out the SidecarSet that came nearest, of those whose selector matches the Pod."""
    namespace = namespace_of(pod, options.namespace)
    selecting = concerned(prepared.prospects(namespace), labels_of(pod))
    found = verdicts(decode(pod, "Pod", prepared.release), namespace, selecting, options.running_pods)
    reasons = [verdict.reason for verdict in found if verdict.reason in OBSTACLES]
    if not reasons:
        return NOTHING_SELECTS
    order = list(OBSTACLES)
    return OBSTACLES[max(reasons, key=order.index)]
