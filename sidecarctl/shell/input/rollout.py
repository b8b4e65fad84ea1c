"""The input of `status` and `plan`: SidecarSets, what a cluster knows, and the Pods (or workloads) that it runs."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Final, cast

from sidecarctl.api.decoded_pods import decoded_pod, distinct_pods
from sidecarctl.api.editor import Limits, is_meant
from sidecarctl.api.knowledge import Knowledge, Known, knowledge
from sidecarctl.api.owned_workloads import OwnedWorkloads, object_key
from sidecarctl.api.targets import Found, Object, Target, sound_targets
from sidecarctl.api.templatepaths import missing_template
from sidecarctl.finding import Finding, UndecodableObject
from sidecarctl.record import Record
from sidecarctl.shell.cli.command_flags import RolloutFlags
from sidecarctl.shell.cli.flags import limits_of
from sidecarctl.shell.dumps.packed import whole_value
from sidecarctl.shell.errors import UsageError
from sidecarctl.shell.files import STDIN, Source, stdin_is_piped
from sidecarctl.shell.input.sources import Input, found_sources, input_named, input_of, refuse_none, tell_unread
from sidecarctl.shell.inputobjects import InputObject, InputObjects
from sidecarctl.shell.progress import Progress, progress_for
from sidecarctl.sidecarset.rollout.sibling import Sibling
from sidecarctl.upstream.fields import namespace_of
from sidecarctl.upstream.release import Release
from sidecarctl.upstream.workload import has_containers

if TYPE_CHECKING:
    from sidecarctl.upstream.types import Pod

_TELL_EVERY: Final = 4096  # Pods


class RolloutInput(Record):
    """What the command line gives, and what it tells of a cluster."""

    objects: tuple[InputObjects, InputObjects]  # of the cluster, and the user's own
    sets: list[Known]  # to be rolled out
    known: Knowledge  # all of it; of two SidecarSets of one name the user's own counts
    older: dict[str, Known]  # the SidecarSets of --from, or those that the cluster has, by name
    stored: dict[str, Known]  # the SidecarSets as the cluster has them, by name
    limits: Limits
    progress: Progress

    @property
    def own(self) -> InputObjects:
        """What the user gave, apart from the cluster."""
        return self.objects[1]


def own_objects(flags: RolloutFlags) -> InputObjects:
    """Return what the command line gives, apart from --cluster.

    Raises `UsageError` where it gives nothing.
    """
    own_paths = [*flags.filename, *flags.paths, *flags.sidecarset]
    if not own_paths and not names_cluster(flags):
        if not stdin_is_piped():
            raise UsageError("nothing to work on: name files with --sidecarset, --cluster or -f, or pipe something in")
        own_paths = [STDIN]
    given, progress = _whole_lists(input_named(own_paths, flags)), progress_for(flags.progress)
    return InputObjects(given, progress, flags.jobs, keep_going=flags.keep_going)


def gathered_rollout_input(flags: RolloutFlags, own: InputObjects) -> RolloutInput:
    """Return what the command line gives.

    Raises `UsageError` where no SidecarSet is in it.
    """
    cluster = _cluster_objects(flags, own.progress)
    if own.given.stdin and cluster.given.stdin:
        raise UsageError("stdin can be read for one thing only")
    of_cluster = frozenset(source.shown for source in cluster.given.sources)
    theirs, ours = knowledge(cluster.documents(), of_cluster), knowledge(own.documents())
    known = Knowledge(*(_by_name([*a, *b]) for a, b in zip(theirs, ours, strict=True)))
    sets = _by_name(ours.sidecar_sets) or known.sidecar_sets
    if not sets:
        raise UsageError("no SidecarSet: name its file with --sidecarset (or put it into the input)")
    before = knowledge(_objects_in(flags.from_, flags, own.progress).documents()).sidecar_sets
    refuse_none(before, flags.from_)
    if not before and ours.sidecar_sets:
        before = theirs.sidecar_sets
    older = {one.name: one for one in before}
    dumped = [one for one in before if one.found.metadata.get("generation")]
    stored = {one.name: one for one in (*dumped, *theirs.sidecar_sets)}
    return RolloutInput((cluster, own), sets, known, older, stored, limits_of(flags), own.progress)


def names_cluster(flags: RolloutFlags) -> bool:
    """Whether the command line says where to learn about the cluster."""
    return bool(flags.cluster or flags.live)


def pods_of(rollout_input: RolloutInput, release: Release) -> "Iterator[Pod]":
    """Return the Pods of the input, one at a time.

    Raises `UnreadableDocument` and `UndecodableObject` with the place; also where two Pods go by one name.
    """
    pods = distinct_pods(_pods(rollout_input, release))
    return _watched(pods, rollout_input.progress) if rollout_input.progress.is_on else pods


def whole_pod(release: Release, pod: "Pod") -> "Pod":
    """Return a Pod with all that its containers hold.

    Raises `UndecodableObject` where that is not what a release takes.
    """
    if not isinstance(pod, Sibling):
        return pod
    name = f"pod/{pod.own.name} -n {namespace_of(cast('Pod', pod))}"
    return decoded_pod(whole_value(pod), release, lambda: name)


def owned_workloads(rollout_input: RolloutInput) -> OwnedWorkloads:
    """Return which workloads of the input have their Pods counted with another one, their owner."""
    owned = OwnedWorkloads(rollout_input.limits)
    for source in rollout_input.objects:
        owned.add(one.found for one in source.workloads())
    return owned


def workload_targets(rollout_input: RolloutInput, owned: OwnedWorkloads) -> Iterator[Target]:
    """Return the pod templates of the workloads in the input whose Pods are not counted with another one."""
    for source in rollout_input.objects:
        for one in source.workloads():
            key = object_key(one.found, rollout_input.limits)
            if owned.owner(key) or owned.is_told_by_others(key):
                continue
            if is_meant(one.found, rollout_input.limits):
                try:
                    found = sound_targets(one.found, rollout_input.limits.workloads, one.document)
                    yield from (target for target in found if has_containers(target.value))
                except UndecodableObject as error:
                    source.pass_over(error)


def missing_templates(rollout_input: RolloutInput, flags: RolloutFlags) -> Iterator[Finding]:
    """Return a warning for each object that has no template where --template-path says that its kind has one."""
    for source in rollout_input.objects if flags.template_path else ():
        for one in source.workloads():
            if (finding := missing_template(one.found, rollout_input.limits)) is not None:
                position = one.document.position(finding.path) if one.document is not None else None
                yield finding._replace(position=position)


def _pods(rollout_input: RolloutInput, release: Release) -> "Iterator[Pod]":
    limits = rollout_input.limits
    has_limits = bool(limits.selector or limits.kinds or limits.namespaces)
    for source in rollout_input.objects:
        for one in source.pods():
            if has_limits and not is_meant(Found((), one) if isinstance(one, Sibling) else one.found, limits):
                continue
            if isinstance(one, Sibling):
                _give_namespace(one, limits.namespace)
                yield cast("Pod", one)
            else:
                try:
                    yield _decoded(one, limits.namespace, release)
                except UndecodableObject as error:
                    source.pass_over(error)


def _decoded(one: InputObject, namespace: str, release: Release) -> "Pod":
    try:
        return decoded_pod(_with_namespace(one.found, namespace), release, str)
    except UndecodableObject as error:
        raise one.undecodable(error) from None


def _watched(pods: "Iterator[Pod]", progress: Progress) -> "Iterator[Pod]":
    """The Pods as they come; how many is told now and then."""
    try:
        for number, pod in enumerate(pods, 1):
            if number % _TELL_EVERY == 0:
                progress.tell(partial("counting Pods: {:,}".format, number))
            yield pod
    finally:
        progress.clear()


def _give_namespace(pod: Sibling, namespace: str) -> None:
    metadata = pod.get("metadata")
    if metadata is not None and not metadata.get("namespace"):
        metadata["namespace"] = namespace


def _with_namespace(found: Found, namespace: str) -> Object:
    if found.text_of("namespace") or not isinstance(found.value.get("metadata"), dict):
        return found.value
    return {**found.value, "metadata": {**cast("Object", found.metadata), "namespace": namespace}}


def _cluster_objects(flags: RolloutFlags, progress: Progress) -> InputObjects:
    if not flags.live:
        return _objects_in(flags.cluster, flags, progress)
    from sidecarctl.shell.input.live import PODS, known_sources

    live = known_sources(flags, PODS)
    found = _of(live.sources, flags, progress)
    tell_unread(found.given._replace(unread=live.findings), flags)
    return found


def _objects_in(paths: list[str], flags: RolloutFlags, progress: Progress) -> InputObjects:
    return _of(found_sources(paths, flags), flags, progress)


def _of(found: list[Source], flags: RolloutFlags, progress: Progress) -> InputObjects:
    return InputObjects(_whole_lists(input_of(found, flags)), progress, flags.jobs)


def _whole_lists(given: Input) -> Input:
    """An input whose Lists stay whole: what is said of an item may depend on the List."""
    return given._replace(known_lists=None)


def _by_name(known: list[Known]) -> list[Known]:
    """The objects as a cluster has them once all are applied: of one name, the last counts."""
    return list({(one.found.text_of("namespace"), one.name): one for one in known}.values())
