"""Whose a Pod is, and the label that tells owners apart: a SidecarSet can only select by labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.record import Record
from sidecarctl.upstream.fields import label_map, namespace_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sidecarctl.upstream.types import Pod

# A ReplicaSet is named after what made it, and the hash that its Pods carry under one of these labels.
_MAKERS: Final = {"pod-template-hash": "Deployment", "rollouts-pod-template-hash": "Rollout"}
_PREFERRED: Final = ("app.kubernetes.io/name", "app.kubernetes.io/instance", "app")
_MOST_OWNERS: Final = 4  # one above the other
# They name a revision or a single Pod: the next change of a workload gives them other values.
_PASSING: Final = frozenset(
    {
        *_MAKERS,
        "controller-revision-hash",
        "controller-uid",
        "pod-template-generation",
        "apps.kruise.io/cloneset-instance-id",
        "apps.kubernetes.io/pod-index",
        "batch.kubernetes.io/controller-uid",
        "batch.kubernetes.io/job-completion-index",
        "statefulset.kubernetes.io/pod-name",
    }
)


class Owner(Record):
    """The workload of a Pod."""

    namespace: str
    kind: str
    name: str

    def __str__(self) -> str:
        namespace = "" if self.kind == "Node" else f" -n {self.namespace}"
        return f"{self.kind.lower()}/{self.name}{namespace}"


_NOTHING_KNOWN: Final[Mapping[Owner, Owner]] = {}


def owner_of(pod: Pod, makers: Mapping[Owner, Owner] = _NOTHING_KNOWN) -> Owner | None:
    """Return the workload of a Pod, the Deployment where that is a ReplicaSet of one; None for a Pod that nothing made.

    `makers` are workloads of the input that another one made, with that one; its own maker counts, too.
    """
    metadata = pod.get("metadata") or {}
    references = metadata.get("ownerReferences") or []
    if not references:
        return None
    reference = next((one for one in references if one.get("controller")), references[0])
    kind, name = reference.get("kind", ""), reference.get("name", "")
    labels = metadata.get("labels") or {}
    for label, maker in _MAKERS.items() if kind == "ReplicaSet" else ():
        if (template := labels.get(label)) and name.endswith(f"-{template}"):
            kind, name = maker, name.removesuffix(f"-{template}")
    owner = Owner(namespace_of(pod), kind, name)
    for _ in range(_MOST_OWNERS):
        owner = makers.get(owner, owner)
    return owner


class OwnerLabels:
    """What the labels of many Pods say about their owners; a Pod is looked at once and forgotten."""

    def __init__(self) -> None:
        self._common: dict[Owner, dict[str, str]] = {}  # the labels that all Pods of an owner have alike
        self._of_nobody: dict[str, set[str]] = {}
        self._keys: set[str] = set()

    def note(self, pod: Pod) -> Owner | None:
        """Take a Pod into account; whose it is."""
        owner, labels = owner_of(pod), label_map(pod)
        if owner is None:
            for key, value in labels.items():
                self._of_nobody.setdefault(key, set()).add(value)
            return None
        common = self._common.get(owner)
        if common is None:
            self._common[owner] = {key: value for key, value in labels.items() if key not in _PASSING}
            self._keys.update(self._common[owner])
        else:
            for key in [key for key, value in common.items() if labels.get(key) != value]:
                del common[key]
        return owner

    def telling(self) -> tuple[str, Mapping[Owner, str]] | None:
        """The label that tells owners apart, with the value of each; None where none does, or nobody owns a Pod."""
        for key in self._candidates():
            if not any(self._objections(key)):
                return key, {owner: common[key] for owner, common in self._common.items()}
        return None

    def objections(self) -> Iterator[str]:
        """What is wrong with each label that was tried."""
        for key in self._candidates():
            yield f"{key}: {next(self._objections(key))}"

    def _candidates(self) -> list[str]:
        rank = {key: place for place, key in enumerate(_PREFERRED)}
        return sorted(self._keys, key=lambda key: (rank.get(key, len(rank)), key))

    def _objections(self, key: str) -> Iterator[str]:
        bearers: dict[str, Owner] = {}
        for owner, common in sorted(self._common.items()):
            value = common.get(key)
            if value is None:
                yield f"not one value for all Pods of {owner}"
                continue
            if (other := bearers.setdefault(value, owner)) != owner:
                yield f"{value} for both {other} and {owner}"
            if value in self._of_nobody.get(key, ()):
                yield f"{value} for {owner} and for a Pod that no workload owns"
