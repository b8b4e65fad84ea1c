"""What a command makes of one document: the edits, the bytes, and what there is to say."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from sidecarctl.finding import (
    FieldPath,
    Finding,
    Severity,
    UndecodableObject,
    UnreadableDocument,
)
from sidecarctl.record import Record
from sidecarctl.upstream.schema import merge_key_at
from sidecarctl.upstream.workload import WORKLOADS, GroupKind, Workload
from sidecarctl.yamledit.edit import Edit
from sidecarctl.yamledit.parse.nodes import MAX_DEPTH
from sidecarctl.yamledit.proof import Proof, prove
from sidecarctl.yamledit.write.geometry import UnsupportedEdit
from sidecarctl.yamledit.write.splice import resolved, spliced

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sidecarctl.finding import FieldPath, UndecodableObject
    from sidecarctl.upstream.selector import Requirement
    from sidecarctl.upstream.types import Pod
    from sidecarctl.yamledit.document import Document
    from sidecarctl.yamledit.edit import Edit, Identity, Splice
    from sidecarctl.yamledit.proof import Proof


# Kinds that make Pods or ReplicaSets, and no workload whose template restarts Pods: nothing refers to them here.
_OWN_NO_WORKLOADS: Final = frozenset(
    {"deployment", "statefulset", "daemonset", "cloneset", "rollout", "deploymentconfig"}
)


class Outcome(Record):
    """What became of one pod template."""

    resource: str  # "deployment/web"
    namespace: str
    done: str  # "injected", "uninjected", "unchanged" or "skipped"
    sidecar_sets: tuple[str, ...] = ()
    reason: str = ""
    code: str = ""
    pods: int | None = 0  # that a changed template restarts; None: as many as there are
    controller: str = ""  # the object that made it, such as "uniteddeployment/web", where a change restarts Pods
    lacks: tuple[Finding, ...] = ()  # what SidecarSets expect of it, in vain; their own place, for all pods together

    def to_dict(self) -> dict[str, object]:
        """Return the outcome as the JSON report of `inject` has it; texts that are empty are left out."""
        fields: dict[str, object] = {
            "resource": self.resource,
            "namespace": self.namespace,
            "done": self.done,
            "sidecarSets": list(self.sidecar_sets),
            "reason": self.reason,
            "code": self.code,
            "restarts": self.pods,
            "controller": self.controller,
        }
        return {name: value for name, value in fields.items() if value != ""}


class RestartBill:
    """Adds up the Pods that outcomes restart; those of an owner and of what it made count once."""

    def __init__(self) -> None:
        self._pods = 0
        self._without_number = 0
        self._owners: dict[tuple[str, str], int | None] = {}  # by namespace and resource: their Pods
        self._owned: list[tuple[tuple[str, str], int | None]] = []  # the owner of each, and its Pods

    def add(self, outcome: Outcome) -> None:
        """Take an outcome into account."""
        if outcome.pods == 0:
            return
        if outcome.pods is None:
            self._without_number += 1
        else:
            self._pods += outcome.pods
        if outcome.resource.partition("/")[0] not in _OWN_NO_WORKLOADS:
            self._owners[outcome.namespace, outcome.resource] = outcome.pods
        if outcome.controller:
            self._owned.append(((outcome.namespace, outcome.controller), outcome.pods))

    def totals(self) -> tuple[int, int]:
        """Return how many Pods restart, and of how many workloads the number is not known."""
        owned = [(owner, pods) for owner, pods in self._owned if owner in self._owners]
        twice = sum(pods for owner, pods in owned if pods is not None and self._owners[owner] is not None)
        told_by_others = {owner for owner, pods in owned if pods is not None and self._owners[owner] is None}
        without_number = sum(pods is None for _, pods in owned)
        return self._pods - twice, self._without_number - len(told_by_others) - without_number


class Change(Record):
    """A document, what changes in it, and what it is afterwards.

    `splices` are the stretches of the document's text that something else stands in for, where they are known.
    """

    document: Document
    edits: tuple[Edit, ...]
    output: bytes
    outcomes: tuple[Outcome, ...] = ()
    findings: tuple[Finding, ...] = ()
    splices: tuple[Splice, ...] = ()
    errors: tuple[UndecodableObject, ...] = ()  # of objects that were passed over

    def to_dict(self) -> dict[str, object]:
        """Return the change as a JSON-shaped value; `output` is the text of the document afterwards."""
        return {
            "output": self.output.decode(),
            "edits": [edit.to_dict() for edit in self.edits],
            "outcomes": [outcome.to_dict() for outcome in self.outcomes],
            "findings": [finding.to_dict() for finding in self.findings],
        }


class Edited(Record):
    """What edits make of a document; findings are for aliases written out, and for what is spelled anew."""

    output: bytes
    findings: list[Finding]
    splices: tuple[Splice, ...] = ()


def edited(document: Document, edits: list[Edit], proof: Proof, claims: Iterable[FieldPath] = ()) -> Edited:
    """Make edits in a document; `claims` are as for `resolved`.

    Raises `UnreadableDocument` where an edit cannot be made without guessing, `ConflictingEdits` where the result would
    not say what was meant.
    """
    if not edits:
        return Edited(document.data, [])
    try:
        splices, written_out = resolved(document, edits, claims)
    except UnsupportedEdit as error:
        message = f"{error.message}: sidecarctl does not guess; write this part out and try again"
        raise UnreadableDocument(message, document.position_at(error.index)) from None
    output = spliced(document.text, splices)
    prove(document, edits, output, proof, [splice.start for splice in splices])
    expanded = [
        Finding("YML001", "written out here: what this alias (or merge) stands for now differs", path, Severity.INFO)
        for path in written_out
    ]
    findings = [*expanded, *_respelled(document, edits, splices)]
    return Edited((document.bom + output).encode(), findings, tuple(splices))


def _respelled(document: Document, edits: list[Edit], splices: list[Splice]) -> Iterable[Finding]:
    if all(edit.op != "set" for edit in edits) and all(splice.depth <= MAX_DEPTH for splice in splices):
        return ()
    from sidecarctl.api.own_fields import respelled  # noqa: PLC0415 - most edits only add

    return respelled(document, edits, splices)


def pod_identity(prefix: FieldPath) -> Identity:
    """Return what tells list items of a pod template apart that stands at a path."""
    length = len(prefix)
    return lambda path: _merge_key(tuple("" if isinstance(part, int) else part for part in path[length:]))


@cache
def _merge_key(names: tuple[str, ...]) -> str | None:
    path: FieldPath = tuple(0 if name == "" else name for name in names)
    return merge_key_at("Pod", path)


class Limits(Record):
    """Which targets are meant; everything, unless it says otherwise."""

    selector: tuple[Requirement, ...] = ()  # on the labels of the object, as kubectl has it
    kinds: frozenset[str] = frozenset()  # lower case
    namespaces: frozenset[str] = frozenset()
    workloads: Mapping[GroupKind, Workload] = WORKLOADS
    namespace: str = "default"  # of objects that have none


class Made(Record):
    """What a rule makes of a Pod: the very same one where nothing changes."""

    pod: Pod
    done: str  # "injected", "uninjected", "unchanged" or "skipped"
    sidecar_sets: tuple[str, ...] = ()
    reason: str = ""
    code: str = ""
    findings: tuple[Finding, ...] = ()
    lacks: tuple[Finding, ...] = ()  # as in `Outcome`
