"""Files with Pods and workloads, to be gone through several times."""

from collections.abc import Iterator
from functools import cached_property, partial
from typing import Final

from sidecarctl.api.targets import Found, objects
from sidecarctl.finding import SidecarctlError, UndecodableObject, UnreadableDocument
from sidecarctl.record import Record
from sidecarctl.shell.dumps.layout import layout_of
from sidecarctl.shell.dumps.packed import PackedList
from sidecarctl.shell.dumps.pods import NO_KIND
from sidecarctl.shell.errors import Exit, exit_code
from sidecarctl.shell.files import STDIN, Source
from sidecarctl.shell.input.sources import Input, documents_of
from sidecarctl.shell.itemranges import ListSource
from sidecarctl.shell.pool import jobs_worth
from sidecarctl.shell.progress import Progress
from sidecarctl.shell.terminal import say, visible
from sidecarctl.sidecarset.rollout.sibling import Sibling
from sidecarctl.upstream.workload import group_kind, is_pod
from sidecarctl.yamledit.document import Document, Origin
from sidecarctl.yamledit.stream.documents import documents

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
