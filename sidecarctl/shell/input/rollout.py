"""The input of `status` and `plan`: SidecarSets, cluster objects, and Pods or workloads."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Final, cast

from sidecarctl.api.editor import is_meant
from sidecarctl.api.targets import Found, Knowledge, Known, Object, Target, knowledge, objects, sound_targets
from sidecarctl.api.uninject import missing_template
from sidecarctl.api.workload_pods import OwnedWorkloads, decoded_pod, distinct_pods, object_key
from sidecarctl.finding import Finding, SidecarctlError, UndecodableObject, UnreadableDocument
from sidecarctl.record import Record
from sidecarctl.render.text import visible
from sidecarctl.shell.cli.flags import limits_of
from sidecarctl.shell.dumps.layout import ListSource, layout_of
from sidecarctl.shell.dumps.packed import PackedList, whole_value
from sidecarctl.shell.dumps.pods import NO_KIND
from sidecarctl.shell.errors import Exit, UsageError, exit_code
from sidecarctl.shell.files import STDIN, Source, stdin_is_piped
from sidecarctl.shell.input.sources import (
    Input,
    documents_of,
    found_sources,
    input_named,
    input_of,
    refuse_none,
    tell_unread,
    without_patches,
)
from sidecarctl.shell.pool import jobs_worth
from sidecarctl.shell.terminal import Progress, progress_for, say
from sidecarctl.sidecarset.rollout.pod_traits import Sibling
from sidecarctl.upstream.fields import namespace_of
from sidecarctl.upstream.workload import group_kind, has_containers, is_pod
from sidecarctl.yamledit.document import Document, Origin
from sidecarctl.yamledit.stream.documents import documents

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sidecarctl.api.change import Limits
    from sidecarctl.shell.cli.command_flags import RolloutFlags
    from sidecarctl.upstream.release import Release
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
    given, progress = _whole_lists(without_patches(input_named(own_paths, flags))), progress_for(flags.progress)
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


def pods_of(rollout_input: RolloutInput, release: Release) -> Iterator[Pod]:
    """Return the Pods of the input, one at a time.

    Raises `UnreadableDocument` and `UndecodableObject` with the place; also where two Pods go by one name.
    """
    pods = distinct_pods(_pods(rollout_input, release))
    return _watched(pods, rollout_input.progress) if rollout_input.progress.is_on else pods


def whole_pod(release: Release, pod: Pod) -> Pod:
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


def _pods(rollout_input: RolloutInput, release: Release) -> Iterator[Pod]:
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


def _decoded(one: InputObject, namespace: str, release: Release) -> Pod:
    try:
        return decoded_pod(_with_namespace(one.found, namespace), release, str)
    except UndecodableObject as error:
        raise one.undecodable(error) from None


def _watched(pods: Iterator[Pod], progress: Progress) -> Iterator[Pod]:
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


_REMEMBERED: Final = 16 * 1024 * 1024  # bytes of a source, up to which its objects are kept


_LONG: Final = 1024 * 1024  # bytes from which on any List in JSON is read item by item


class InputObject(Record):
    """An object, and where it stands."""

    found: Found
    file: str
    document: Document | None = None  # None for an item of a long List

    def undecodable(self, error: UndecodableObject) -> UndecodableObject:
        """Return what is wrong with it, with its place; the path in `error` is one within the object."""
        if self.document is not None:
            return self.document.undecodable(error.message, (*self.found.path, *error.path), self.found.resource)
        namespace = self.found.text_of("namespace")
        place = f"{self.file}: {self.found.resource}{f' -n {namespace}' if namespace else ''}"
        return UndecodableObject(error.message, error.path, place)


class InputObjects:
    """The objects of an input; long Lists are read once.

    Where it keeps going, files and Pods that cannot be read are passed over, each with a word; `code` is what the worst
    of them would have ended with.
    """

    def __init__(self, given: Input, progress: Progress, jobs: int = 0, *, keep_going: bool = False) -> None:
        self.given = given
        self.progress = progress
        self.code = Exit.OK
        self._jobs = jobs
        self._keep_going = keep_going
        self._said: set[str] = set()
        for error in given.missing:
            self.pass_over(error)
        self._remembered: dict[str, list[InputObject]] = {}

    @cached_property
    def _lists(self) -> dict[str, PackedList]:
        """The Lists among the sources that are read item by item."""
        return {source.path: packed for source in self.given.sources if (packed := self._packed_list(source))}

    def is_dump(self, source: Source) -> bool:
        """Whether a source is a List that is read item by item."""
        return source.path in self._lists

    def pass_over(self, error: SidecarctlError) -> None:
        """Say why something is left out, once; raise the error where that ends the run."""
        if not self._keep_going:
            raise error
        self.code = max(self.code, exit_code(error))
        told = visible(f"sidecarctl: {error}")
        if told not in self._said:
            self._said.add(told)
            say(told)

    def documents(self) -> Iterator[Document]:
        """Return the documents that may tell something about a cluster."""
        for source in self.given.sources:
            if source.path in self._lists:
                yield from _others(self._lists[source.path], source)
            else:
                yield from documents_of(self.given._replace(sources=[source]), keep_going=self._keep_going)

    def pods(self) -> Iterator[InputObject | Sibling]:
        """Return the Pods, one at a time; what a long List holds is decoded already, unless it cannot be."""
        for source in self.given.sources:
            if source.path in self._lists:
                for pod in self._lists[source.path].pods():
                    yield pod if isinstance(pod, Sibling) else InputObject(Found((), pod.value), source.shown)
            else:
                yield from (one for one in self._objects(source) if is_pod(one.found.value))

    def workloads(self) -> Iterator[InputObject]:
        """Return everything that may be a workload: Pods only where they are no items of a dump."""
        for source in self.given.sources:
            if source.path in self._lists:
                for document in _others(self._lists[source.path], source):
                    yield from (InputObject(found, source.shown) for found in objects(document))
            else:
                yield from self._objects(source)

    def _objects(self, source: Source) -> Iterator[InputObject]:
        if self.given.size(source) > _REMEMBERED:
            return self._readable(source)
        if source.path not in self._remembered:
            self._remembered[source.path] = list(self._readable(source))
        return iter(self._remembered[source.path])

    def _readable(self, source: Source) -> Iterator[InputObject]:
        try:
            yield from _objects(self.given, source)
        except SidecarctlError as error:
            self.pass_over(error)

    def _packed_list(self, source: Source) -> PackedList | None:
        size = self.given.size(source)
        layout = layout_of(self.given.blocks(source), is_long=size >= _LONG)
        if layout is None:
            return None
        is_file = source.path != STDIN and source.kept is None
        list_source = ListSource(partial(self.given.blocks, source), source.shown, source.path if is_file else None)

        def seen(done: int, pods: int) -> None:
            self.progress.tell(lambda: f"reading {source.shown}: {self.progress.part(done, size)}, {pods:,} Pods")

        try:
            return PackedList(list_source, layout, jobs_worth(self._jobs, size), seen)
        finally:
            self.progress.clear()


def _objects(given: Input, source: Source) -> Iterator[InputObject]:
    for chunk in given.chunks(source):
        for document in documents(chunk, source.shown):
            _refuse_broken_list(document)
            for found in objects(document):
                yield InputObject(_typed(found, document), source.shown, document)


def _refuse_broken_list(document: Document) -> None:
    """Raise `UnreadableDocument` for items without the kind that kubectl prints after them: YAML does not miss it."""
    value = document.value()
    if not isinstance(value, dict) or "apiVersion" not in value or not isinstance(items := value.get("items"), list):
        return
    if not str(value.get("kind", "")).endswith("List"):
        message = "a list of items without its kind: is this dump cut off?"
        raise UnreadableDocument(message, document.position_at(len(document.text)))
    for index, item in enumerate(items):
        if not isinstance(item, dict):
            raise UnreadableDocument(NO_KIND, document.position(("items", index)))


def _typed(found: Found, document: Document) -> Found:
    """An item with the kind that a typed list leaves out, as the API server does where kubectl does not print."""
    if not found.path or group_kind(found.value) is not None:
        return found
    around = document.value(found.path[:-2])
    if not isinstance(around, dict) or around.get("kind") != "PodList":
        raise UnreadableDocument(NO_KIND, document.position(found.path))
    return found._replace(value={**found.value, "apiVersion": "v1", "kind": "Pod"})


def _others(packed: PackedList, source: Source) -> Iterator[Document]:
    """What in a List is no Pod, each as a document of its own."""
    from json import dumps

    for value in packed.others:
        yield Document(dumps(value, ensure_ascii=False, indent=4), Origin(source.shown))
