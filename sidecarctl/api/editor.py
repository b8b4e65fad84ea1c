"""Edit the pod templates of documents, one by one: find them, change them, diff, splice."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from sidecarctl.api.change import Change, Limits, Made, Outcome, edited, pod_identity
from sidecarctl.api.targets import (
    Found,
    Target,
    controller_named,
    is_sidecar_set,
    is_unknown_workload,
    objects,
    sound_targets,
)
from sidecarctl.finding import Finding, InjectionRefused, Severity, UndecodableObject, nearest
from sidecarctl.sidecarset.removal.replaced import REPLACED
from sidecarctl.upstream.fields import namespace_of
from sidecarctl.upstream.workload import WORKLOADS
from sidecarctl.yamledit.edit import Edit, diff
from sidecarctl.yamledit.stream.documents import Chunk, documents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sidecarctl.finding import FieldPath
    from sidecarctl.sidecarset.removal.uninject import OwnFields
    from sidecarctl.upstream.types import Pod
    from sidecarctl.yamledit.document import Document, Origin
    from sidecarctl.yamledit.proof import Proof
    from sidecarctl.yamledit.value import Value


class Editor:
    """Changes the pod templates of any number of documents as a rule has it."""

    def __init__(
        self,
        rule: Callable[[Pod, OwnFields], Made],
        limits: Limits,
        proof: Proof = "full",
        *,
        quick: Callable[[str, Origin], Change | None] | None = None,
        drops_sidecar_sets: bool = False,
        keeps_going: bool = False,
    ) -> None:
        self._rule = rule
        self._limits = limits
        self._proof = proof
        self._quick = _quickly(quick) if quick else None
        self._drops_sidecar_sets = drops_sidecar_sets
        self._keeps_going = keeps_going  # past objects that are not of their kind: their errors are part of the change

    def changes(self, chunk: Chunk, file: str) -> Iterable[Change]:
        """Return what the rule makes of the documents of a piece of a stream; raises as `change` does."""
        quick = self._quick(chunk, file) if self._quick is not None else None
        return map(self.change, documents(chunk, file)) if quick is None else (quick,)

    def change(self, document: Document) -> Change:
        """Return what the rule makes of a document.

        Raises `UnreadableDocument`, and `InjectionRefused` or `UndecodableObject` where the rule has no result for a
        Pod, with the place in the message.
        """
        edits: list[Edit] = []
        outcomes: list[Outcome] = []
        findings: list[Finding] = []
        dropped: list[FieldPath] = []
        errors: list[UndecodableObject] = []
        for found in objects(document):
            if self._drops_sidecar_sets and is_sidecar_set(found):
                dropped.append(found.path)
            elif is_meant(found, self._limits):
                try:
                    for target in sound_targets(found, self._limits.workloads, document):
                        made, outcome, said = self._changed(target, document)
                        edits += made
                        outcomes.append(outcome)
                        findings += said
                except UndecodableObject as error:
                    if not self._keeps_going:
                        raise
                    errors.append(error)
                findings += _unknown(found, self._limits)
        taken_out = _with_lists_emptied(document, dropped)
        if () in taken_out:
            return Change(document, (), b"")
        edits += [Edit("remove", path) for path in taken_out]
        claims = [finding.path for finding in findings if finding.code == REPLACED]  # so that uninject can see it
        output, rewritten, splices = edited(document, edits, self._proof, claims)
        said_already = {finding.path for finding in findings}  # of what a field says; how it is spelled matters less
        findings += [finding for finding in rewritten if finding.path not in said_already]
        placed = [finding._replace(position=document.position(finding.path)) for finding in findings]
        placed.sort(key=_where)
        return Change(document, tuple(edits), output, tuple(outcomes), tuple(placed), splices, tuple(errors))

    def _changed(self, target: Target, document: Document) -> tuple[list[Edit], Outcome, list[Finding]]:
        owner = target.owner
        try:
            own = partial(_own_fields, document, target.path)
            made = self._rule(pod_of(target, self._limits), own)
        except InjectionRefused as error:
            raise target.refused(error) from None
        except UndecodableObject as error:
            raise target.undecodable(error) from None
        edits = [_as_it_was(edit, document, target.path) for edit in template_edits(target, made.pod, own)]
        restarts = target.restarts if edits else 0
        namespace = namespace_of(owner.value, self._limits.namespace)
        became = (made.done, made.sidecar_sets, made.reason, made.code)
        controller = controller_named(owner.metadata) if restarts != 0 else ""
        outcome = Outcome(owner.resource, namespace, *became, restarts, controller, made.lacks)
        said = [
            finding._replace(path=(*target.path, *finding.path), resource=owner.resource) for finding in made.findings
        ]
        return edits, outcome, said


def _with_lists_emptied(document: Document, dropped: list[FieldPath]) -> list[FieldPath]:
    """Return what to take out of a document: where all items of a List go, the List goes; the empty path is all."""
    left: list[FieldPath] = []
    gone = dropped
    for depth in range(max(map(len, gone), default=0), 0, -2):
        inside: dict[FieldPath, list[FieldPath]] = {}
        for path in (path for path in gone if len(path) == depth):
            inside.setdefault(path[:-1], []).append(path)
        gone = [path for path in gone if len(path) < depth]
        for items, paths in inside.items():
            if len(cast("list[Value]", document.value(items))) == len(paths):
                gone.append(items[:-1])
            else:
                left += paths
    return sorted([*gone, *left])


def _quickly(quick: Callable[[str, Origin], Change | None]) -> Callable[[Chunk, str], Change | None]:
    from sidecarctl.api.fastpath.inject import quick_change  # noqa: PLC0415 - short runs never take this road

    return lambda chunk, file: quick_change(chunk, file, quick)


def _where(finding: Finding) -> tuple[int, int]:
    position = finding.position
    return (position.line, position.column) if position else (0, 0)


def is_meant(found: Found, limits: Limits) -> bool:
    """Whether an object is within the limits."""
    if limits.kinds and found.kind.lower() not in limits.kinds:
        return False
    if limits.namespaces and namespace_of(found.value, limits.namespace) not in limits.namespaces:
        return False
    labels = found.metadata.get("labels")
    texts = {key: str(value) for key, value in labels.items()} if isinstance(labels, dict) else {}
    return all(requirement.holds_for(texts) for requirement in limits.selector)


def pod_of(target: Target, limits: Limits) -> Pod:
    """Return the Pod that a template gives, in the namespace of its owner."""
    template = target.value
    metadata = template.get("metadata")
    own = {} if metadata is None else metadata
    if not isinstance(own, dict):
        return cast("Pod", template)  # whoever reads it refuses it
    namespace = {"namespace": namespace_of(target.owner.value, limits.namespace)}
    named = {**own, **namespace} if "namespace" in own else {**namespace, **own}  # the order of its own keys stays
    return cast("Pod", {**template, "metadata": named})


def template_edits(target: Target, pod: Pod, own: OwnFields) -> list[Edit]:
    """Return the edits that give a template the annotations and the spec of a Pod; nothing else of it is touched.

    `own` are fields that stay even where nothing is left in them.
    """
    before = target.value
    annotations = cast("Value", (pod.get("metadata") or {}).get("annotations"))
    metadata = before.get("metadata")
    given = metadata if isinstance(metadata, dict) else {}
    after: dict[str, Value] = {**before, "spec": cast("Value", pod.get("spec"))}
    if "spec" not in pod:
        del after["spec"]
    if annotations is not given.get("annotations"):
        after["metadata"] = _with_annotations(given, annotations)
        if not after["metadata"] and ("metadata",) not in own() and next(reversed(after)) == "metadata":
            del after["metadata"]  # injection writes what is new behind everything
    return diff(before, after, pod_identity(target.path), target.path)


def _own_fields(document: Document, template: FieldPath) -> frozenset[FieldPath]:
    from sidecarctl.api.own_fields import own_fields  # noqa: PLC0415 - few Pods have fields that hold nothing

    return own_fields(document, template)


def _as_it_was(edit: Edit, document: Document, template: FieldPath) -> Edit:
    if edit.op != "set" or edit.value:
        return edit
    from sidecarctl.api.own_fields import as_it_was  # noqa: PLC0415 - as above

    return as_it_was(edit, document, template)


def _with_annotations(metadata: dict[str, Value], annotations: Value) -> dict[str, Value]:
    if annotations is None:
        return {key: value for key, value in metadata.items() if key != "annotations"}
    return {**metadata, "annotations": annotations}


def _unknown(found: Found, limits: Limits) -> list[Finding]:
    """Say that an object holds a pod template which nobody will look at."""
    if not is_unknown_workload(found, limits.workloads):
        return []
    api_version = str(found.value.get("apiVersion"))
    return [
        Finding(
            "KND001",
            f"sidecarctl does not know where {api_version} {found.kind} keeps its pod template; it is left alone",
            (*found.path, "spec", "template"),
            Severity.WARNING,
            resource=found.resource,
            help=f"{_meant(found.kind)}--template-path {found.kind}.{api_version.partition('/')[0]}=spec.template",
        )
    ]


def _meant(kind: str) -> str:
    near = nearest(kind, {known for _, known in WORKLOADS}, cutoff=0.8)
    return f"did you mean {near}? Else " if near else ""
