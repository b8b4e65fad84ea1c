"""What the input tells about a cluster: SidecarSets, Namespaces, revisions, the webhook's configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.api.targets import Found, objects
from sidecarctl.record import Record
from sidecarctl.upstream.names import REVISION_NAMESPACE, WEBHOOK_CONFIGURATION
from sidecarctl.upstream.workload import group_kind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from sidecarctl.finding import Position, UndecodableObject
    from sidecarctl.yamledit.document import Document

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
