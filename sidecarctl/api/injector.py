"""Inject into documents, one by one: match, inject, diff, splice."""

from collections.abc import Mapping
from typing import NamedTuple, cast

from sidecarctl.api.change import Change, Outcome, edited, pod_identity
from sidecarctl.api.knowledge import is_sidecar_set
from sidecarctl.api.prefilter import Prefilter, texts_selected
from sidecarctl.api.targets import Found, Target, is_unknown_workload, objects, targets
from sidecarctl.finding import FieldPath, Finding, InjectionRefused, Severity, UndecodableObject
from sidecarctl.sidecarset.effective import EffectiveSet
from sidecarctl.sidecarset.inject import Injection, Options, Prepared
from sidecarctl.sidecarset.reasons import reason_skipped
from sidecarctl.sidecarset.reinject import injected_again
from sidecarctl.upstream.selector import Requirement
from sidecarctl.upstream.types import Pod
from sidecarctl.upstream.workload import WORKLOADS, GroupKind, Workload
from sidecarctl.yamledit.document import Document
from sidecarctl.yamledit.edit import Edit, diff
from sidecarctl.yamledit.proof import Proof
from sidecarctl.yamledit.value import Value


class Limits(NamedTuple):
    """Which targets are meant; everything, unless it says otherwise."""

    selector: tuple[Requirement, ...] = ()  # on the labels of the object, as kubectl has it
    kinds: frozenset[str] = frozenset()  # lower case
    namespaces: frozenset[str] = frozenset()
    workloads: Mapping[GroupKind, Workload] = WORKLOADS


class Injector:
    """Injects SidecarSets into any number of documents."""

    def __init__(
        self,
        prepared: Prepared,
        options: Options,
        limits: Limits,
        proof: Proof = "full",
        older: tuple[EffectiveSet, ...] = (),
    ) -> None:
        self.prepared = prepared
        self.options = options
        self.limits = limits
        self.proof = proof
        self.older = older
        self.drops_sidecar_sets = False
        self.prefilter = Prefilter(map(texts_selected, prepared.cluster.sidecar_sets))

    def change(self, document: Document) -> Change:
        """Return what injection makes of a document.

        Raises `UnreadableDocument`, and `InjectionRefused` or `UndecodableObject` for a pod that the webhook refuses,
        with the document's position in the message.
        """
        edits: list[Edit] = []
        outcomes: list[Outcome] = []
        findings: list[Finding] = []
        for found in objects(document):
            if self.drops_sidecar_sets and is_sidecar_set(found):
                if not found.path:
                    return Change(document, (), b"")
                edits.append(Edit("remove", found.path))
            if not self._is_meant(found):
                continue
            for target in targets(found, self.limits.workloads):
                made, outcome, said = self._injected(target, document)
                edits += made
                outcomes.append(outcome)
                findings += said
            if is_unknown_workload(found, self.limits.workloads):
                findings.append(_unknown(found))
        output, written_out = edited(document, edits, self.proof)
        placed = [finding._replace(position=document.position(finding.path)) for finding in (*findings, *written_out)]
        return Change(document, tuple(edits), output, tuple(outcomes), tuple(placed))

    def pod_of(self, target: Target) -> Pod:
        """Return the Pod that a template gives, in the namespace of its owner."""
        template = target.value
        metadata = template.get("metadata")
        namespace = self._namespace(target.owner)
        named = {**(metadata if isinstance(metadata, dict) else {}), "namespace": namespace}
        return cast("Pod", {**template, "metadata": named})

    def injection(self, target: Target) -> Injection:
        """Return the Pod that a template gives once it is injected; raises as `inject` does."""
        return injected_again(self.pod_of(target), self.prepared, self.options, self.older)

    def _injected(self, target: Target, document: Document) -> tuple[list[Edit], Outcome, list[Finding]]:
        try:
            result = self.injection(target)
        except InjectionRefused as error:
            place = document.position(target.path)
            raise InjectionRefused(f"{place}: {target.owner.resource}: the webhook refuses this Pod: {error}") from None
        except UndecodableObject as error:
            path = (*target.path, *error.path)
            raise UndecodableObject(
                f"{document.position(path)}: {target.owner.resource}: {error.message}", path
            ) from None
        edits = template_edits(target, result.pod)
        said = [
            finding._replace(path=(*target.path, *finding.path), resource=target.owner.resource)
            for finding in result.findings
        ]
        return edits, self._outcome(target, result, edits), said

    def _outcome(self, target: Target, result: Injection, edits: list[Edit]) -> Outcome:
        resource, namespace = target.owner.resource, self._namespace(target.owner)
        if edits:
            return Outcome(resource, namespace, "injected", result.sidecar_sets, pods=_restarts(target))
        already = tuple(finding.sidecar_set for finding in result.findings if finding.code == "INJ001")
        if already or result.sidecar_sets:
            return Outcome(
                resource, namespace, "unchanged", (*already, *result.sidecar_sets), "already injected", "INJ001"
            )
        why = reason_skipped(self.pod_of(target), self.prepared, self.options)
        return Outcome(resource, namespace, "skipped", (), why.sentence, why.code)

    def _namespace(self, owner: Found) -> str:
        return owner.text_of("namespace") or self.options.namespace

    def _is_meant(self, found: Found) -> bool:
        limits = self.limits
        if limits.kinds and found.kind.lower() not in limits.kinds:
            return False
        if limits.namespaces and self._namespace(found) not in limits.namespaces:
            return False
        labels = found.metadata.get("labels")
        texts = {key: str(value) for key, value in labels.items()} if isinstance(labels, dict) else {}
        return all(requirement.holds_for(texts) for requirement in limits.selector)


def template_edits(target: Target, pod: Pod) -> list[Edit]:
    """Return the edits that give a template the annotations and the spec of a Pod; nothing else of it is touched."""
    before = target.value
    annotations = (pod.get("metadata") or {}).get("annotations")
    metadata = before.get("metadata")
    own = metadata if isinstance(metadata, dict) else {}
    after: dict[str, Value] = {**before, "spec": cast("Value", pod.get("spec", before.get("spec")))}
    if annotations != own.get("annotations"):
        after["metadata"] = _with_annotations(own, cast("Value", annotations))
        if not after["metadata"]:
            del after["metadata"]
    return diff(before, after, pod_identity(target.path), target.path)


def _with_annotations(metadata: dict[str, Value], annotations: Value) -> dict[str, Value]:
    if annotations is None:
        return {key: value for key, value in metadata.items() if key != "annotations"}
    return {**metadata, "annotations": annotations}


def _restarts(target: Target) -> int | None:
    """How many running Pods a changed template replaces; a Pod's own file replaces none."""
    return 0 if not target.template else target.pods


def _unknown(found: Found) -> Finding:
    path: FieldPath = (*found.path, "spec", "template")
    return Finding(
        "KND001",
        f"this kind ({found.value.get('apiVersion')} {found.kind}) holds a pod template that sidecarctl does not know;"
        " it is left alone",
        path,
        Severity.WARNING,
        resource=found.resource,
        help=f"--template-path {found.kind}.{str(found.value.get('apiVersion')).partition('/')[0]}=spec.template",
    )
