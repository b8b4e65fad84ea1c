"""From flags and input to the status and the plan of each SidecarSet."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, cast

from sidecarctl.api.plan_document import (
    Rollout,
    none_counted,
    pods_without_status,
    restarts_of_idle_containers,
    unlike_the_manual,
    unreadable_records,
)
from sidecarctl.api.targets import Known
from sidecarctl.api.workload_pods import (
    pods_of_workloads,
    restarted_by,
    workloads_without_number,
    workloads_without_record,
)
from sidecarctl.finding import Finding, UndecodableObject
from sidecarctl.record import Record
from sidecarctl.shell.cli.command_flags import PlanFlags, RolloutFlags
from sidecarctl.shell.cli.flags import label_selector
from sidecarctl.shell.errors import UsageError
from sidecarctl.shell.input import rules
from sidecarctl.shell.input.rollout import RolloutInput, owned_workloads, pods_of, whole_pod, workload_targets
from sidecarctl.sidecarset.rollout.changes import NewVersion, applied, new_version
from sidecarctl.sidecarset.rollout.counted import Matcher, counted
from sidecarctl.sidecarset.rollout.new_pods import NewPods, new_pods, webhook_reach
from sidecarctl.sidecarset.rollout.plan import planned, target_of
from sidecarctl.sidecarset.rollout.pod_row import Obstacle
from sidecarctl.sidecarset.rollout.pod_traits import Pace, full_name, parsed_paces
from sidecarctl.sidecarset.rollout.target import RolloutContext
from sidecarctl.upstream import names
from sidecarctl.upstream.fields import annotations_of

if TYPE_CHECKING:
    from sidecarctl.api.targets import Target
    from sidecarctl.api.workload_pods import OwnedWorkloads
    from sidecarctl.sidecarset.cluster import Prepared
    from sidecarctl.sidecarset.rollout.pod_row import Counted
    from sidecarctl.sidecarset.rollout.target import RolloutTarget
    from sidecarctl.upstream.release import Release
    from sidecarctl.upstream.selector import Requirement
    from sidecarctl.upstream.types import ControllerRevision, Namespace, Pod, SidecarSet


class Crowd:
    """The Pods of a run: those of the input, or, where none of them runs, those that its workloads would have."""

    def __init__(self, rollout_input: RolloutInput, release: "Release", flags: RolloutFlags) -> None:
        self.input = rollout_input
        self.release = release
        self._flags = flags
        self._has_pods = any(_runs(pod) for pod in pods_of(rollout_input, release))

    def pods(self) -> "Iterator[Pod]":
        """Return the Pods, one at a time; raises `UsageError` where there is nothing to make them of."""
        if self._has_pods:
            return pods_of(self.input, self.release)
        found = {bool(target.template) for target in self._targets()}
        if not found:
            raise UsageError("no Pods and no workloads in the input: give a dump of Pods with --cluster")
        if not self.input.older:
            if not any(found):
                return pods_of(self.input, self.release)  # as they are: nothing was injected into them
            self._refuse_workloads_without_record()
        return pods_of_workloads(self._targets(), self._prepared_older, self.input.limits, self.input.own.pass_over)

    def findings(self, target: "RolloutTarget", context: RolloutContext) -> "Iterator[Finding]":
        """Return what is to be said of the Pods that a SidecarSet counts and nobody gave."""
        if self._has_pods:
            return iter(())
        matcher, prepared = Matcher(target, context), self._prepared_older
        return workloads_without_number(
            self._targets(), prepared, self.input.limits, lambda pod: any(matcher.matched([pod]))
        )

    def _refuse_workloads_without_record(self) -> None:
        """Raise `UsageError` where only the SidecarSet before could tell what the Pods of a workload carry."""
        prepared = self._prepared(self.input.sets)
        pass_over = self.input.own.pass_over
        for target in workloads_without_record(self._targets(), prepared, self.input.limits, pass_over):
            told = f"no Pods that run in the input, and {target.owner.resource} does not record their sidecars"
            raise UsageError(f"{told}: --from names the SidecarSet that they carry now")

    def _targets(self) -> "Iterator[Target]":
        return workload_targets(self.input, self._owned)

    @cached_property
    def _owned(self) -> "OwnedWorkloads":
        return owned_workloads(self.input)

    @cached_property
    def _prepared_older(self) -> "Prepared":
        """Made once: each SidecarSet asks for its Pods several times."""
        return self._prepared(self.input.older.values())

    def _prepared(self, sets: Iterable[Known]) -> "Prepared":
        return rules.prepared(self.input.known._replace(sidecar_sets=list(sets)), self._flags, self.release)

    def new_pods(self, target: "RolloutTarget", context: RolloutContext, found: "Counted") -> "list[NewPods]":
        """Return what new Pods get in the namespaces of those that count, or were created without their sidecars.

        Raises `UndecodableObject`, with its place, where a revision is none.
        """
        with rules.placed(self.input.known, self.release):
            missed = [one.examples for one in found.left_out if one.obstacle is Obstacle.NOT_INJECTED]
            namespaces = {row.namespace for row in found.rows}
            namespaces.update(name.partition("/")[0] for names_ in missed for name in names_)
            return new_pods(target, context, webhook_reach(self._prepared(()), namespaces))

    def restarted_by(self, sidecar_set: str) -> int:
        """Return how many Pods have the sidecars of a set in their workload's template."""
        return restarted_by(self._targets(), sidecar_set)


class Gathered(Record):
    """The Pods that a SidecarSet counts, the cluster with those that never get ready, and what was noticed."""

    found: "Counted"
    context: RolloutContext
    findings: tuple[Finding, ...]


class NeverReady:
    """Which Pods never get ready: by name, or by label."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.names: set[str] = set()
        self._selectors: list[tuple[Requirement, ...]] = []
        self._used: set[str] = set()
        self._wanted: set[str] = set()
        for text in texts:
            if set(text) & set("=!,() "):
                self._selectors.append(label_selector(text))
            else:
                self._wanted.add(text)

    def noted(self, pods: "Iterable[Pod]") -> "Iterator[Pod]":
        """Return the Pods as they come, and remember which are meant."""
        if not self._selectors and not self._wanted:
            yield from pods
            return
        for pod in pods:
            metadata, full = pod.get("metadata") or {}, full_name(pod)
            name, labels = metadata.get("name") or "", metadata.get("labels") or {}
            if any(all(one.holds_for(labels) for one in selector) for selector in self._selectors):
                self.names.add(full)
            for given in self._wanted & {name, full}:
                self.names.add(full)
                self._used.add(given)
            yield pod

    def refuse_unused(self) -> None:
        """Raise `UsageError` for a name that no Pod bears."""
        if unused := sorted(self._wanted - self._used):
            raise UsageError(f"--never-ready names no Pod of the input: {', '.join(unused)}")


def rollout(one: Known, crowd: Crowd, flags: PlanFlags) -> Rollout:
    """Return the plan of a SidecarSet.

    Raises what reading the Pods raises, and `UndecodableObject` with the place where it is no SidecarSet.
    """
    target, version = target_of(applied_at(one, crowd), crowd.release), version_of(one, crowd)
    context = context_of(one, crowd, flags.rounds, flags.ready_after)
    found, context, noticed = gathered(target, context, crowd, flags.never_ready)
    with crowd.input.progress.stage("planning the rounds"):
        made = planned(found, target, context)
    none = none_counted(found, target.name)
    findings = [
        *crowd.findings(target, context),
        *([none] if none else ()),
        *noticed,
        *(restarts_of_idle_containers(version) if version else ()),
        *unlike_the_manual(made, target),
    ]
    restarts = crowd.restarted_by(target.name) if version else 0
    created = crowd.new_pods(target, context, found)
    return Rollout(made, target, found.rows, version, restarts, tuple(findings), context.max_rounds, created)


def gathered(target: "RolloutTarget", context: RolloutContext, crowd: Crowd, never_ready: Iterable[str]) -> Gathered:
    """Return the Pods that a SidecarSet counts, read once.

    Raises `UsageError` where --never-ready names no Pod, and what reading the Pods raises.
    """
    from dataclasses import replace

    failing, idle = NeverReady(never_ready), list[str]()
    found = counted(_without_status(failing.noted(crowd.pods()), target.name, idle), target, context)
    failing.refuse_unused()
    noticed = (*pods_without_status(idle), *unreadable_records(found.rows))
    return Gathered(found, replace(context, never_ready=frozenset(failing.names)), noticed)


def context_of(one: Known, crowd: Crowd, rounds: int = 0, ready_after: Sequence[str] = ()) -> RolloutContext:
    """Return the cluster around a SidecarSet; `rounds`: the most to plan, 0 for all.

    Raises `UsageError` for a text of --ready-after that cannot be read.
    """
    known, older = crowd.input.known, crowd.input.older.get(one.name)
    previous = [*([older] if older else ()), *known.revisions]
    return RolloutContext(
        namespaces=[cast("Namespace", namespace.found.value) for namespace in known.namespaces],
        release=crowd.release,
        max_rounds=rounds or None,
        paces=_paces(ready_after),
        previous=cast("list[SidecarSet | ControllerRevision]", [version.found.value for version in previous]),
        whole=partial(whole_pod, crowd.release),
    )


def _paces(ready_after: Sequence[str]) -> tuple[Pace, ...]:
    try:
        return parsed_paces(ready_after, "--ready-after")
    except ValueError as error:
        raise UsageError(str(error)) from None


def applied_at(one: Known, crowd: Crowd) -> "SidecarSet":
    """Return a SidecarSet as the cluster has it once it is applied.

    Raises `UndecodableObject` with the place where this one, or the one that the cluster has, is no SidecarSet.
    """
    given, before = _checked(one, crowd.release), crowd.input.stored.get(one.name)
    return given if before is None else applied(_checked(before, crowd.release), given, crowd.release)


def stored_version(one: Known, crowd: Crowd) -> "SidecarSet | None":
    """Return a SidecarSet as the cluster has it now; None where its generation is not known.

    Raises `UndecodableObject` with the place where that is no SidecarSet.
    """
    before = crowd.input.stored.get(one.name, one)
    return _checked(before, crowd.release) if before.found.metadata.get("generation") else None


def _checked(one: Known, release: "Release") -> "SidecarSet":
    sidecar_set = cast("SidecarSet", one.found.value)
    try:
        target_of(sidecar_set, release)
    except UndecodableObject as error:
        raise one.undecodable(error) from None
    return sidecar_set


def version_of(one: Known, crowd: Crowd) -> NewVersion | None:
    """Return what a SidecarSet changes; None where nobody gave the one before."""
    older = crowd.input.older.get(one.name)
    if older is None:
        return None
    return new_version(_checked(older, crowd.release), cast("SidecarSet", one.found.value), crowd.release)


def _runs(pod: "Pod") -> bool:
    """Whether a Pod is one of a cluster, rather than a manifest that one could create."""
    annotations = annotations_of(pod)
    return bool(pod.get("status") or (pod.get("spec") or {}).get("nodeName") or names.INJECTED_LIST in annotations)


def _without_status(pods: "Iterable[Pod]", sidecar_set: str, found: list[str]) -> "Iterator[Pod]":
    """The Pods as they come; those with the sidecars of a set and no status are noted."""
    for pod in pods:
        if not pod.get("status"):
            annotations = annotations_of(pod)
            if sidecar_set in (annotations.get(names.INJECTED_LIST) or "").split(","):
                found.append(full_name(pod))
        yield pod
