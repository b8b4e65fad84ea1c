"""Files with Pods and workloads, to be gone through several times; long dumps are streamed each time."""

from collections.abc import Iterator
from typing import Final

from sidecarctl.api.targets import Found, objects
from sidecarctl.finding import Position, UnreadableDocument
from sidecarctl.record import Record
from sidecarctl.shell.dump import decoded_items, holds_only_pods, is_dump, item_texts
from sidecarctl.shell.files import STDIN, KeptStdin, Source
from sidecarctl.shell.gather import Input, documents_of
from sidecarctl.upstream.workload import group_kind, is_pod
from sidecarctl.yamledit.document import Document, Place
from sidecarctl.yamledit.stream import documents

_NO_KIND: Final = "an item that is no Kubernetes object: it says no apiVersion and kind"
_REMEMBERED: Final = 16 * 1024 * 1024  # bytes of a source, up to which its objects are kept


class Met(Record):
    """An object, and where it was met."""

    found: Found
    file: str
    document: Document | None = None  # None for an item of a dump

    def __str__(self) -> str:
        where = str(self.document.position(self.found.path)) if self.document else self.file
        namespace = self.found.text_of("namespace")
        return f"{where}: {self.found.resource}{f' -n {namespace}' if namespace else ''}"


class Stock:
    """The objects of an input."""

    def __init__(self, given: Input) -> None:
        self.given = given
        # What in a dump is no Pod is little; it is read once.
        dumps = [source for source in given.sources if is_dump(given.blocks(source))]
        self._beside_pods = {source.path: list(_beside_pods(given, source)) for source in dumps}
        self._remembered: dict[str, list[Met]] = {}

    def documents(self) -> Iterator[Document]:
        """Return the documents that may tell something about a cluster."""
        for source in self.given.sources:
            if source.path in self._beside_pods:
                yield from self._beside_pods[source.path]
            else:
                yield from documents_of(self.given._replace(sources=[source]))

    def pods(self) -> Iterator[Met]:
        """Return the Pods, one at a time."""
        for source in self.given.sources:
            if source.path in self._beside_pods:
                for items in item_texts(self.given.blocks(source), source.shown):
                    for value in decoded_items(items, source.shown):
                        if group_kind(value) is None:
                            raise UnreadableDocument(_NO_KIND, Position(source.shown, items.line + 1, 1))
                        if is_pod(value):
                            yield Met(Found((), value), source.shown)
            else:
                yield from (met for met in self._objects(source) if is_pod(met.found.value))

    def workloads(self) -> Iterator[Met]:
        """Return everything that may be a workload: Pods only where they are no items of a dump."""
        for source in self.given.sources:
            if source.path in self._beside_pods:
                for document in self._beside_pods[source.path]:
                    yield from (Met(found, source.shown, document) for found in objects(document))
            else:
                yield from self._objects(source)

    def _objects(self, source: Source) -> Iterator[Met]:
        if self._size(source) > _REMEMBERED:
            return _objects(self.given, source)
        if source.path not in self._remembered:
            self._remembered[source.path] = list(_objects(self.given, source))
        return iter(self._remembered[source.path])

    def _size(self, source: Source) -> int:
        if source.path != STDIN:
            return source.size
        return self.given.stdin.size if isinstance(self.given.stdin, KeptStdin) else 0


def _objects(given: Input, source: Source) -> Iterator[Met]:
    for chunk in given.chunks(source):
        for document in documents(chunk, source.shown):
            _refuse_broken_list(document)
            for found in objects(document):
                yield Met(_typed(found, document), source.shown, document)


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
            raise UnreadableDocument(_NO_KIND, document.position(("items", index)))


def _typed(found: Found, document: Document) -> Found:
    """An item with the kind that a typed list leaves out, as the API server does where kubectl does not print."""
    if not found.path or group_kind(found.value) is not None:
        return found
    around = document.value(found.path[:-2])
    if not isinstance(around, dict) or around.get("kind") != "PodList":
        raise UnreadableDocument(_NO_KIND, document.position(found.path))
    return found._replace(value={**found.value, "apiVersion": "v1", "kind": "Pod"})


def _beside_pods(given: Input, source: Source) -> Iterator[Document]:
    """The items of a dump that are no Pods, each as a document of its own."""
    from json import dumps

    for items in item_texts(given.blocks(source), source.shown):
        if not holds_only_pods(items):
            for value in decoded_items(items, source.shown):
                if not is_pod(value):
                    yield Document(dumps(value, ensure_ascii=False, indent=4), Place(source.shown))
