# Strategy: a stream has many pods in few namespaces, and most of them concern no SidecarSet. So everything that depends
# on the namespace alone is decided once for each, and a pod's labels are looked up in an index rather than held against
# every selector.
"""The SidecarSets that may concern the pods of a namespace, in the order in which they are injected.

Upstream: SS sidecarsetMutatingPod, IDX
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.record import Record
from sidecarctl.sidecarset.matching.scope import NamespaceRule, Reach, is_left_alone, namespace_rule, reach
from sidecarctl.sidecarset.matching.verdict import Reason
from sidecarctl.upstream.names import BASE, CANARY
from sidecarctl.upstream.selector import InvalidSelector, Requirement, is_empty, requirements

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sidecarctl.sidecarset.matching.scope import LabelsByNamespace, SystemNamespaces, WebhookScope
    from sidecarctl.upstream.release import Release
    from sidecarctl.upstream.types import LabelSelector, SidecarSet


class Candidate(Record):
    """What decides whether a SidecarSet concerns a pod, read once."""

    name: str
    rule: NamespaceRule
    wanted: tuple[Requirement, ...] = ()
    obstacle: Reason | None = None  # its selector: missing, empty or invalid
    sentence: str = ""  # the webhook's, about an invalid selector
    is_paused: bool = False
    base: str = ""  # the SidecarSet that it hides, being a canary


class Prospect(Record):
    """A candidate in a namespace: what keeps it out, or whether the namespace's labels had to be assumed."""

    candidate: Candidate
    reach: Reach


class Prospects:
    """All candidates in one namespace."""

    def __init__(self, ordered: Iterable[Prospect]) -> None:
        self.ordered = tuple(ordered)
        self._unindexed: list[int] = []
        self._by_label: dict[str, dict[str, list[int]]] = {}
        for place, prospect in enumerate(self.ordered):
            self._index(place, prospect.candidate.wanted)

    def near(self, labels: Mapping[str, str]) -> list[Prospect]:
        """Those that these labels do not rule out at first sight."""
        places = [*self._unindexed]
        for key, places_of in self._by_label.items():
            if key in labels:
                places.extend(places_of.get(labels[key], ()))
        return [self.ordered[place] for place in sorted(places)]

    def _index(self, place: int, wanted: Iterable[Requirement]) -> None:
        """Remember a candidate by the first label that must have one of a few values."""
        picked = next((requirement for requirement in wanted if requirement.operator == "In"), None)
        if picked is None:
            self._unindexed.append(place)
            return
        places_of = self._by_label.setdefault(picked.key, {})
        for value in dict.fromkeys(picked.values):
            places_of.setdefault(value, []).append(place)


def candidate(sidecar_set: SidecarSet, release: Release) -> Candidate:
    """Read what decides about a SidecarSet, which must be decoded."""
    metadata, spec = sidecar_set.get("metadata", {}), sidecar_set.get("spec", {})
    annotations = metadata.get("annotations", {})
    is_canary = release.honours_canaries and annotations.get(CANARY) == "true"
    wanted, obstacle, sentence = _pod_selector(spec.get("selector"))
    return Candidate(
        name=metadata.get("name", ""),
        rule=namespace_rule(sidecar_set, release),
        wanted=wanted,
        obstacle=obstacle,
        sentence=sentence,
        is_paused=spec.get("injectionStrategy", {}).get("paused", False),
        base=annotations.get(BASE, "") if is_canary else "",
    )


def prospects(
    candidates: Iterable[Candidate],
    namespace: str,
    described: LabelsByNamespace,
    system_namespaces: SystemNamespaces,
    release: Release,
    scope: WebhookScope,
) -> Prospects:
    """The candidates in a namespace, with what it has to say about them.

    Those that name the namespace come first where the release has it so, then by name; a cluster's order is random.
    Upstream: SS sidecarsetMutatingPod, IDX
    """

    def place(candidate: Candidate) -> tuple[bool, str]:
        return release.orders_namespaced_sets_first and candidate.rule.names is None, candidate.name

    def obstacle_or_reach(candidate: Candidate) -> Reach:
        """What the user can switch comes last: it is to blame only where nothing else keeps the SidecarSet out."""
        outside = scope.obstacle(namespace, described)
        if outside is not None:
            return outside
        found = reach(candidate.rule, namespace, described)
        if found.obstacle and not found.is_assumed:
            return found
        if candidate.is_paused:
            return Reach(Reason.INJECTION_PAUSED)
        if is_left_alone(candidate.rule, namespace, system_namespaces):
            return Reach(found.obstacle or Reason.SYSTEM_NAMESPACE, found.requirement)
        return found

    ordered = sorted(candidates, key=place)
    return Prospects(Prospect(one, obstacle_or_reach(one)._replace(pods=scope.pods)) for one in ordered)


def _pod_selector(selector: LabelSelector | None) -> tuple[tuple[Requirement, ...], Reason | None, str]:
    """Its requirements, or what is wrong with it and the webhook's sentence about that."""
    if selector is None:
        return (), Reason.SELECTOR_MISSING, ""
    if is_empty(selector):
        return (), Reason.SELECTOR_EMPTY, ""
    try:
        return requirements(selector), None, ""
    except InvalidSelector as error:
        return (), Reason.SELECTOR_INVALID, str(error)
