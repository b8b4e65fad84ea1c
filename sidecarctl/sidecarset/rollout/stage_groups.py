"""Whom the stages of a rollout are for: a canary, so many Pods, one group of Pods after the other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sidecarctl.record import Record
from sidecarctl.sidecarset.rollout.mark import Mark
from sidecarctl.sidecarset.rollout.stages import Aim
from sidecarctl.upstream.fields import label_map
from sidecarctl.upstream.selector import Requirement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sidecarctl.sidecarset.rollout.owners import Owner, OwnerLabels
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
