"""Groups of Pods for stages: canary, label values, owners."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from sidecarctl.record import Record
from sidecarctl.sidecarset.rollout.pod_traits import Mark, Owner
from sidecarctl.sidecarset.rollout.stages import Aim
from sidecarctl.upstream.fields import label_map, namespace_of
from sidecarctl.upstream.selector import Requirement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from sidecarctl.sidecarset.rollout.stages import Step
    from sidecarctl.upstream.types import Pod


_DIGITS: Final = re.compile(r"([0-9]+)")


class Group(Record):
    """Pods that are upgraded together, by the value of the label that tells groups apart."""

    name: str
    value: str | None  # None: they do not have it
    mark: str | Owner | None


class Groups(Record):
    """All of them, in the order of their stages."""

    label: str
    members: tuple[Group, ...]


def marker(
    canary: Sequence[Requirement] | None, group_of: Callable[[Pod], str | Owner | None]
) -> Callable[[Pod], Mark]:
    """What takes the Mark of a Pod."""

    def mark(pod: Pod) -> Mark:
        labels = label_map(pod)
        is_canary = canary is not None and all(one.holds_for(labels) for one in canary)
        return Mark(is_canary, group_of(pod))

    return mark


def label_of(key: str) -> Callable[[Pod], str | None]:
    """What reads a label of a Pod."""
    return lambda pod: label_map(pod).get(key)


def groups_by_label(key: str, marks: Iterable[Mark]) -> Groups:
    """The groups of Pods that have the same value, in natural order: zone-2, zone-10, and last those without any."""
    found = {mark.group for mark in marks}
    values = sorted((value for value in found if isinstance(value, str)), key=_natural)
    named = [Group(f"{key}={value}", value, value) for value in values]
    return Groups(key, (*named, *((Group(f"!{key}", None, None),) if None in found else ())))


def groups_by_owner(labels: OwnerLabels, marks: Iterable[Mark]) -> Groups | None:
    """The groups of Pods that one workload owns, by the label that tells workloads apart; None where there is none."""
    telling = labels.telling()
    if telling is None:
        return None
    key, value_of = telling
    owners = sorted(value_of, key=lambda owner: _natural(value_of[owner]))
    named = [Group(str(owner), value_of[owner], owner) for owner in owners]
    is_complete = all(mark.group is not None for mark in marks)
    return Groups(key, (*named, *(() if is_complete else (Group("no workload", None, None),))))


def canary_aim(selector: tuple[Requirement, ...]) -> Aim:
    """The stage of those that a selector chooses."""
    return Aim("canary", selector=selector, lets_through=lambda mark: mark.is_canary)


def step_aims(steps: Iterable[Step]) -> Iterator[Aim]:
    """A stage for each step, in the order in which the controller goes through the Pods."""
    return (Aim(step.text, step) for step in steps)


def group_aims(groups: Groups, steps: Sequence[Step]) -> Iterator[Aim]:
    """A stage for each step, which counts groups; without steps, a stage for each group.

    The stage of the last group selects nobody in particular, for whoever may be left.
    """
    total = len(groups.members)
    wanted = [(step.text, step.of(total)) for step in steps]
    wanted = wanted or [(group.name, number) for number, group in enumerate(groups.members, 1)]
    done = 0
    for name, size in wanted:
        yield _group_aim(groups, name, done, max(done, size))
        done = max(done, size)


def _group_aim(groups: Groups, name: str, done: int, size: int) -> Aim:
    added = tuple(group.name for group in groups.members[done:size])
    if size == len(groups.members):
        return Aim(name, groups=added)
    covered = groups.members[:size]
    values, marks = tuple(group.value or "" for group in covered), frozenset(group.mark for group in covered)
    selector = (Requirement(groups.label, "In", values),)
    return Aim(name, selector=selector, lets_through=lambda mark: mark.group in marks, groups=added)


def _natural(text: str) -> tuple[list[tuple[int, int, str]], str]:
    """What sorts texts so that numbers in them count as numbers; the longer one is the larger one."""
    parts = [(place % 2, part.lstrip("0") if place % 2 else part) for place, part in enumerate(_DIGITS.split(text))]
    return [(0, len(part), part) if is_number else (1, 0, part) for is_number, part in parts], text


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


_MOST: Final = 5


def why_nobody(wanted: Sequence[Requirement], labels: Iterable[Mapping[str, str]]) -> str:
    """Say why a selector chooses none of the Pods that have these labels."""
    keys: Counter[str] = Counter()
    values: dict[str, Counter[str]] = {one.key: Counter() for one in wanted}
    met: Counter[Requirement] = Counter()
    for of_pod in labels:
        keys.update(of_pod.keys())
        met.update(one for one in wanted if one.holds_for(of_pod))
        for key, found in values.items():
            if key in of_pod:
                found[of_pod[key]] += 1
    lacking = next((one for one in wanted if one not in met), None)
    if lacking is None:
        return "each condition holds for some of them, all together for none"
    if values[lacking.key]:
        return f"{lacking} holds for none; {lacking.key} is {_listed(values[lacking.key])}"
    return f"none has a label {lacking.key}; they have {_listed(keys)}" if keys else "they have no labels"


def _listed(found: Counter[str]) -> str:
    """The most frequent first."""
    names = sorted(found, key=lambda name: (-found[name], name))
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return ", ".join(names[:_MOST]) + more
