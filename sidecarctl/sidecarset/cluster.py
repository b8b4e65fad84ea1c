"""What a cluster knows that matters for injection, and what is made of it once for all pods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.finding import InjectionRefused
from sidecarctl.record import Record
from sidecarctl.sidecarset.hash import admit
from sidecarctl.sidecarset.injection.effective_set import Choice, EffectiveSet, effective_set
from sidecarctl.sidecarset.matching.candidates import Prospects, candidate, prospects
from sidecarctl.sidecarset.matching.scope import SystemNamespaces, WebhookScope, labels_by_namespace
from sidecarctl.sidecarset.revision import restore, revision_wanted
from sidecarctl.upstream import schema
from sidecarctl.upstream.decode import decode
from sidecarctl.upstream.names import NAMESPACE_NAME
from sidecarctl.upstream.release import LATEST, SORT_SIDECARS, Release, gate_is_on

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sidecarctl.sidecarset.injection.pod_view import Form
    from sidecarctl.sidecarset.matching.scope import Reach
    from sidecarctl.sidecarset.rollout.pod_traits import Owner
    from sidecarctl.upstream.types import ControllerRevision, Namespace, SidecarSet


class Cluster(Record):
    """What a cluster knows: Kubernetes values as they are written, or as the cluster gives them."""

    sidecar_sets: Sequence[SidecarSet] = ()  # of one name, the last counts
    namespaces: Sequence[Namespace] = ()
    revisions: Sequence[ControllerRevision] = ()
    system_namespaces: SystemNamespaces = "exclude"
    feature_gates: Mapping[str, bool] = {}
    release: Release = LATEST
    webhook_configurations: Sequence[Mapping[str, object]] = ()  # OpenKruise's MutatingWebhookConfiguration


class Prepared:
    """A cluster whose SidecarSets are admitted and whose selectors are read; remembers what it works out."""

    def __init__(self, cluster: Cluster) -> None:
        """Read a cluster, once for all pods; UndecodableObject where one of its values is none of its kind."""
        self.cluster = cluster
        self.release = cluster.release
        self.sorts_containers = gate_is_on(SORT_SIDECARS, cluster.feature_gates, cluster.release)
        written = [self._decoded(given) for given in cluster.sidecar_sets]
        self._written = {given.get("metadata", {}).get("name", ""): given for given in written}
        self._admitted = {name: admit(given, self.release) for name, given in self._written.items()}
        self.patches_metadata = any("patchPodMetadata" in one.get("spec", {}) for one in self._admitted.values())
        self._candidates = [candidate(given, self.release) for given in self._admitted.values()]
        self._described = labels_by_namespace(decode(given, "Namespace") for given in cluster.namespaces)
        self._revisions = [decode(given, "ControllerRevision", self.release) for given in cluster.revisions]
        self.webhook_scope = WebhookScope()
        if cluster.webhook_configurations:
            from sidecarctl.sidecarset.matching.scope import webhook_scope  # noqa: PLC0415 - few inputs have one

            self.webhook_scope = webhook_scope(cluster.webhook_configurations[-1])
        self.makers: Mapping[Owner, Owner] = {}  # workloads that another one made
        self._prospects: dict[str, Prospects] = {}
        self._effective: dict[tuple[str, Choice, Form], EffectiveSet] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the SidecarSets."""
        return tuple(self._admitted)

    def admitted(self, name: str) -> SidecarSet:
        """A SidecarSet as the cluster stores it."""
        return self._admitted[name]

    def prospects(self, namespace: str) -> Prospects:
        """The SidecarSets that may concern the pods of a namespace."""
        known = self._prospects.get(namespace)
        if known is None:
            system_namespaces = self.cluster.system_namespaces
            known = prospects(
                self._candidates, namespace, self._described, system_namespaces, self.release, self.webhook_scope
            )
            self._prospects[namespace] = known
        return known

    def outside_webhook(self, namespace: str) -> Reach | None:
        """What keeps all Pods of a namespace from the webhook; None where nothing does."""
        return self.webhook_scope.obstacle(namespace, self._described)

    def namespace_labels(self, namespace: str) -> Mapping[str, str]:
        """The labels of a namespace; of one that nobody described, the one that the API server always sets."""
        return self._described.get(namespace) or {NAMESPACE_NAME: namespace}

    def names_revision(self, name: str) -> bool:
        """Whether a SidecarSet's injectionStrategy asks for a revision."""
        return "revision" in self._admitted[name].get("spec", {}).get("injectionStrategy", {})

    def revision(self, name: str) -> ControllerRevision | None:
        """The revision that a SidecarSet's injectionStrategy names; InjectionRefused where there is none."""
        return revision_wanted(self._admitted[name], self._revisions)

    def effective(self, name: str, choice: Choice, form: Form) -> EffectiveSet:
        """A SidecarSet as it is injected: the latest, or the revision that it names."""
        known = self._effective.get((name, choice, form))
        if known is None:
            known = self._effective[name, choice, form] = self._made(name, choice, form)
        return known

    def states(self, name: str, form: Form) -> list[EffectiveSet]:
        """All that a SidecarSet is injected as: the latest and, where it names a revision that is there, that one."""
        found = [self.effective(name, "latest", form)]
        if self.names_revision(name):
            try:
                found.append(self.effective(name, "specified", form))
            except InjectionRefused:
                return found
        return found

    def _made(self, name: str, choice: Choice, form: Form) -> EffectiveSet:
        revision = self.revision(name) if choice == "specified" else None
        if revision is None:
            return effective_set(self._admitted[name], self._written[name].get("spec", {}), form, self.release)
        restored = restore(self._admitted[name], revision, self.release)
        return effective_set(restored, restored.get("spec", {}), form, self.release)

    def _decoded(self, sidecar_set: SidecarSet) -> SidecarSet:
        return decode(sidecar_set, schema.type_of(sidecar_set) or "SidecarSet", self.release)
