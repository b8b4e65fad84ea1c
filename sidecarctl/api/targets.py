"""Pods and Pod templates in a document, and what the document says of the cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias, cast

from sidecarctl.finding import InjectionRefused, UndecodableObject, UnreadableDocument
from sidecarctl.record import Record
from sidecarctl.upstream.decode import decode
from sidecarctl.upstream.names import REVISION_NAMESPACE, WEBHOOK_CONFIGURATION
from sidecarctl.upstream.workload import (
    WORKLOADS,
    GroupKind,
    Workload,
    group_kind,
    looks_like_a_workload,
    mappings,
    pods_made,
    rolls,
    typed_item,
    value_at,
)
from sidecarctl.upstream.workload import templates as template_paths
from sidecarctl.yamledit.value import Value

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from sidecarctl.finding import FieldPath, Position
    from sidecarctl.yamledit.document import Document


Object: TypeAlias = dict[str, Value]


# An object that the rules look at value by value. 1.5 MiB, the most that etcd stores, are more than 50,000 short ones;
# real Pods and SidecarSets have some hundreds.
MAX_VALUES: Final = 20_000


MAX_CONTAINERS: Final = 1_000


_SHORTEST: Final = 2  # characters of a value, with what sets it apart


_SHORTEST_CONTAINER: Final = 10  # likewise, with its name


_LIMITED: Final = frozenset({"SidecarSet", "ControllerRevision"})


_NAMED: Final = ("name", "namespace")


_SAID: Final = {list: "a list", str: "a text", bool: "a bool", int: "a number", float: "a number"}


class Found(Record):
    """An object of a document: a document's root, or an item of a List."""

    path: FieldPath
    value: Object

    @property
    def kind(self) -> str:
        """Its kind, empty where it says none."""
        kind = self.value.get("kind")
        return kind if isinstance(kind, str) else ""

    @property
    def metadata(self) -> Mapping[str, Value]:
        """Its metadata, empty where there are none."""
        metadata = self.value.get("metadata")
        return metadata if isinstance(metadata, dict) else {}

    def text_of(self, key: str) -> str:
        """A text of its metadata: its name, its namespace."""
        text = self.metadata.get(key)
        return text if isinstance(text, str) else ""

    @property
    def resource(self) -> str:
        """What kubectl calls it: "deployment/web"."""
        name = self.text_of("name") or f"{self.text_of('generateName')}*"
        return f"{self.kind.lower()}/{name}"


class Target(Record):
    """A pod template (or a Pod, which is its own), and whose it is."""

    owner: Found
    template: FieldPath  # within its owner; empty for a Pod
    pods: int | None  # None: as many as there are nodes, or schedules, or requests
    rolls: bool = True
    document: Document | None = None  # None: nobody can tell where it stands

    @property
    def restarts(self) -> int | None:
        """How many Pods a change restarts; None as for `pods`."""
        return self.pods if self.template and self.rolls else 0

    @property
    def path(self) -> FieldPath:
        """Where the template stands in its document."""
        return (*self.owner.path, *self.template)

    @property
    def value(self) -> Object:
        """The template: `metadata` and `spec` of a Pod."""
        value: Value = self.owner.value
        for part in self.template:
            value = value[part] if isinstance(value, dict) and isinstance(part, str) else {}
        return value if isinstance(value, dict) else {}

    def undecodable(self, error: UndecodableObject) -> UndecodableObject:
        """Return what is wrong with the template, with its place; the path in `error` is one within the template."""
        path, resource = (*self.path, *error.path), self.owner.resource
        if self.document is None:
            return UndecodableObject(error.message, path, resource)
        return self.document.undecodable(error.message, path, resource)

    def refused(self, error: InjectionRefused) -> InjectionRefused:
        """Return why its Pods are refused, with its place."""
        if self.document is None:
            return InjectionRefused(f"{self.owner.resource}: the webhook refuses its Pods: {error}")
        return InjectionRefused(error.sentence, self.document.position(self.path), self.owner.resource)


def objects(document: Document) -> Iterator[Found]:
    """Return the objects of a document, those of nested Lists one by one.

    Raises `UnreadableDocument`, also for a SidecarSet or workload that is larger than Kubernetes could store.
    """
    may_be_large = len(document.text) > _SHORTEST_CONTAINER * MAX_CONTAINERS
    for found in _objects((), document.value()):
        if may_be_large:
            check_size(found, document)
        yield found


def check_size(found: Found, document: Document) -> None:
    """Raise `UnreadableDocument`, with its place, for a SidecarSet or workload with very many values or containers."""
    is_known = found.kind in _LIMITED or group_kind(found.value) in WORKLOADS
    is_long = is_known and len(document.text) > _SHORTEST * MAX_VALUES
    if is_long and not _left_of(MAX_VALUES, found.value):
        said = f"more than {MAX_VALUES:,} values in one {found.kind} (the limit values; no flag raises it)"
        raise UnreadableDocument(said, document.position(found.path))
    if is_known:
        for path in (("spec",), *((*path, "spec") for path in template_paths(found.value))):
            _check_containers(found, path, document)


def _check_containers(found: Found, path: FieldPath, document: Document) -> None:
    spec = value_at(found.value, path)
    for field in ("containers", "initContainers"):
        containers = spec.get(field) if isinstance(spec, dict) else None
        if isinstance(containers, list) and len(containers) > MAX_CONTAINERS:
            said = f"more than {MAX_CONTAINERS:,} {field} (the limit containers; no flag raises it)"
            raise UnreadableDocument(said, document.position((*found.path, *path, field, MAX_CONTAINERS)))
        if isinstance(containers, list):
            _check_patterns({_pattern_of(one) for one in containers} - {""}, (*found.path, *path, field), document)


def _check_patterns(patterns: Collection[str], path: FieldPath, document: Document) -> None:
    if len(patterns) < 2:  # noqa: PLR2004 - one alone has its own limits, and is refused in Go's words
        return
    from sidecarctl.upstream.go.regexp import are_too_large  # noqa: PLC0415 - few SidecarSets have any

    if are_too_large(patterns):
        said = f"regular expressions of {path[-1]} that are too large together (the limit regexps; no flag raises it)"
        raise UnreadableDocument(said, document.position(path))


def _pattern_of(sidecar: Value) -> str:
    policy = sidecar.get("resourcesPolicy") if isinstance(sidecar, dict) else None
    pattern = policy.get("targetContainersNameRegex") if isinstance(policy, dict) else None
    return pattern if isinstance(pattern, str) else ""


def _left_of(most: int, value: Value) -> int:
    """Return how much of a number is left once the values within a value are counted; 0 where there are as many."""
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            most = _left_of(most - 1, item)
            if most <= 0:
                return 0
    return most


def targets(
    found: Found, workloads: Mapping[GroupKind, Workload] = WORKLOADS, document: Document | None = None
) -> Iterator[Target]:
    """Return the pod templates of an object; none where it is no workload."""
    for path in template_paths(found.value, workloads):
        yield Target(found, path, pods_made(found.value, workloads), rolls(found.value, workloads), document)


def sound_targets(found: Found, workloads: Mapping[GroupKind, Workload], document: Document | None) -> Iterator[Target]:
    """Return the pod templates of an object whose shape is that of its kind.

    Raises `UndecodableObject`, with its place, where it is not.
    """
    try:
        check_shape(found, workloads)
    except UndecodableObject as error:
        raise Target(found, (), None, document=document).undecodable(error) from None
    yield from targets(found, workloads, document)


def check_shape(found: Found, workloads: Mapping[GroupKind, Workload] = WORKLOADS) -> None:
    """Raise `UndecodableObject`, its path within the object, where no Kubernetes would find out what an object is.

    That is its name, its namespace and what leads to its pod templates; of kinds that nobody knows, nothing is asked.
    """
    for path in mappings(found.value, workloads):
        value = value_at(found.value, path)
        if value is not None and not isinstance(value, dict):
            raise UndecodableObject(f"{_SAID[type(value)]} where {found.kind} has a mapping", path)
    if group_kind(found.value) in workloads:
        named = {key: found.metadata[key] for key in _NAMED if key in found.metadata}
        if not all(isinstance(value, str) for value in named.values()):
            decode(named, "ObjectMeta", path=("metadata",))


def is_unknown_workload(found: Found, workloads: Mapping[GroupKind, Workload] = WORKLOADS) -> bool:
    """Whether an object has containers where workloads have them, and is of a kind that we do not know."""
    return group_kind(found.value) not in workloads and looks_like_a_workload(found.value)


def controller_reference(metadata: Mapping[str, object]) -> Mapping[str, object]:
    """Return the reference to the object that made this one; empty where there is none.

    Upstream: k8s.io/apimachinery/pkg/apis/meta/v1/controller_ref.go GetControllerOf
    """
    references = metadata.get("ownerReferences")
    for one in references if isinstance(references, list) else ():
        if isinstance(one, dict) and one.get("controller") is True:
            return cast("Mapping[str, object]", one)
    return {}


def controller_named(metadata: Mapping[str, object]) -> str:
    """Return what kubectl calls the object that made this one, such as "uniteddeployment/web"; empty for none."""
    reference = controller_reference(metadata)
    return f"{str(reference.get('kind')).lower()}/{reference.get('name')}" if reference else ""


def _objects(path: FieldPath, value: Value) -> Iterator[Found]:
    if not isinstance(value, dict):
        return
    items = value.get("items")
    if isinstance(items, list) and str(value.get("kind", "")).endswith("List"):
        for index, item in enumerate(items):
            yield from _objects((*path, "items", index), typed_item(value, item))
    else:
        yield Found(path, value)


CONFIGURATION = "kruise-configuration"


class Known(Record):
    """An object, and the document that it came from."""

    found: Found
    document: Document
    is_of_cluster: bool = False  # a cluster was asked for it, or a dump of one was given

    @property
    def name(self) -> str:
        """Its metadata.name, empty where it has none."""
        return self.found.text_of("name")

    @property
    def is_stored(self) -> bool:
        """Whether a cluster holds it: it came from one, or carries what only an API server writes."""
        return self.is_of_cluster or has_server_fields(self.found.value)

    @property
    def position(self) -> Position:
        """Where it stands."""
        return self.document.position(self.found.path)

    def undecodable(self, error: UndecodableObject) -> UndecodableObject:
        """Return what is wrong with it, with its place; the path in `error` is one within the object."""
        return self.document.undecodable(error.message, (*self.found.path, *error.path), self.found.resource)


class Knowledge(Record):
    """Everything that a cluster would know, as far as it was given."""

    sidecar_sets: list[Known]
    namespaces: list[Known]
    revisions: list[Known]
    configuration: list[Known]
    webhooks: list[Known]  # OpenKruise's MutatingWebhookConfiguration
    misplaced: list[Known]  # ConfigMaps with the name of OpenKruise's configuration, in other namespaces


def knowledge(documents: Iterable[Document], of_cluster: Collection[str] = ()) -> Knowledge:
    """Sort out of documents what a cluster knows; everything else in them is passed over.

    `of_cluster` are the files that show a cluster, and not what is to be applied to it.
    """
    gathered = Knowledge([], [], [], [], [], [])
    by_kind = {
        ("apps.kruise.io", "SidecarSet"): gathered.sidecar_sets,
        ("", "Namespace"): gathered.namespaces,
        ("apps", "ControllerRevision"): gathered.revisions,
        ("", "ConfigMap"): gathered.configuration,
        ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"): gathered.webhooks,
    }
    for document in documents:
        for found in objects(document):
            kept = by_kind.get(group_kind(found.value) or ("", ""))
            if kept is gathered.configuration and not _is_configuration(found):
                kept = gathered.misplaced if found.text_of("name") == CONFIGURATION else None
            if kept is gathered.webhooks and found.text_of("name") != WEBHOOK_CONFIGURATION:
                continue
            if kept is not None:
                kept.append(Known(found, document, document.position(found.path).file in of_cluster))
    return gathered


def has_server_fields(value: Mapping[str, object]) -> bool:
    """Whether an object carries what only an API server writes: it is stored there, or was."""
    metadata = value.get("metadata")
    return isinstance(metadata, dict) and any(
        isinstance(metadata.get(field), str) and metadata[field] for field in ("uid", "resourceVersion")
    )


def is_in_force(one: Known, old: Mapping[str, object] | None) -> bool:
    """Whether a SidecarSet is as a cluster holds it; one that differs from `old`, which it replaces, is a change."""
    is_change = old is not None and old.get("spec") != one.found.value.get("spec")
    return one.is_of_cluster or (one.is_stored and not is_change)


def is_sidecar_set(found: Found) -> bool:
    """Whether an object is a SidecarSet."""
    return group_kind(found.value) == ("apps.kruise.io", "SidecarSet")


def _is_configuration(found: Found) -> bool:
    return found.text_of("name") == CONFIGURATION and found.text_of("namespace") in {"", REVISION_NAMESPACE}
