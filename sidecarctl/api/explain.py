"""Why the pods of documents get the sidecars that they get, and no others, with the places in the user's files."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, cast

from sidecarctl.api.editor import is_meant, pod_of
from sidecarctl.api.inject import names_brought
from sidecarctl.api.locate import caret
from sidecarctl.api.targets import objects, sound_targets
from sidecarctl.api.workload_pods import object_key
from sidecarctl.finding import InjectionRefused, UndecodableObject
from sidecarctl.record import Record
from sidecarctl.sidecarset.explain import Labels, VerdictText, explained, verdict_text
from sidecarctl.sidecarset.injection.additions import Additions, Cost, additions, cost
from sidecarctl.sidecarset.matching.match import labels_of
from sidecarctl.sidecarset.matching.verdict import Reason
from sidecarctl.upstream.decode import decode
from sidecarctl.upstream.fields import annotations_of, namespace_of
from sidecarctl.upstream.selector import InvalidSelector, requirements
from sidecarctl.upstream.workload import has_containers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sidecarctl.api.change import Limits
    from sidecarctl.api.inject import Injector
    from sidecarctl.api.targets import Found, Knowledge, Known, Target
    from sidecarctl.api.workload_pods import Key
    from sidecarctl.finding import FieldPath, Position
    from sidecarctl.sidecarset.cluster import Prepared
    from sidecarctl.sidecarset.injection.inject import Options
    from sidecarctl.sidecarset.matching.verdict import Verdict
    from sidecarctl.upstream.types import Pod, SidecarSet
    from sidecarctl.yamledit.document import Document

REFUSED: Final = "SidecarSetRefused"  # by its webhook: there is none then
_MANY: Final = 99
_INDEPENDENT: Final = frozenset(  # they keep a SidecarSet out whether it is valid or not
    {
        Reason.SELECTOR_MISMATCH,
        Reason.NAMESPACE_MISMATCH,
        Reason.SYSTEM_NAMESPACE,
        Reason.CONTROL_PLANE_NAMESPACE,
        Reason.WEBHOOK_ABSENT,
        Reason.WEBHOOK_NAMESPACE,
        Reason.WEBHOOK_POD,
        Reason.INJECTION_PAUSED,
        Reason.POD_INACTIVE,
    }
)
_SELECTED: Final = frozenset({Reason.SELECTED, Reason.INJECTED, Reason.OUTDATED, Reason.NOT_INJECTED})


class Answer(Record):
    """What decides about one SidecarSet at one workload."""

    sidecar_set: str
    reason: str
    sentence: str
    hint: str = ""
    set_position: Position | None = None
    position: Position | None = None  # in the workload, or its namespace
    revision: str = ""
    distance: int = 0  # how many conditions are not met, and the rank of what decides
    refusal: str = ""  # why its webhook refuses the SidecarSet, where that is not what keeps it out of this pod
    code: str = ""  # with which `inject` says the same

    @property
    def is_selected(self) -> bool:
        """Whether it selects the pod, be it one that exists already."""
        return self.reason in _SELECTED


class RefusedSet(Record):
    """A SidecarSet that its webhook refuses: what there is to say about that, and a cluster that has it alone."""

    answer: Answer
    alone: Prepared | None = None


class Brought(Record):
    """What one SidecarSet brings to a pod: the names of it, and what its containers request."""

    names: frozenset[str]
    cost: Cost


class Explained(Record):
    """A workload, what each SidecarSet has to do with it, and what injection adds."""

    resource: str
    namespace: str
    pods: int | None
    position: Position
    answers: tuple[Answer, ...]  # those that select it first, then the nearest misses
    adds: Additions
    brought: Mapping[str, Brought]  # by each SidecarSet that selects it
    refusal: str = ""  # the webhook's sentence, where it would refuse the Pod
    is_settled: bool = False  # it carries already what injection would add
    key: Key | None = None  # what tells it from the other objects of the input
    counted_with: str = ""  # the owner in the input whose Pods are these

    @property
    def selected(self) -> tuple[str, ...]:
        """The SidecarSets that select it."""
        return tuple(answer.sidecar_set for answer in self.answers if answer.is_selected)


class Explainer:
    """Explains the pods of documents, with SidecarSets that were prepared."""

    def __init__(self, injector: Injector, prepared: Prepared, options: Options, limits: Limits) -> None:
        self._injector = injector
        self._prepared = prepared
        self._options = options
        self._limits = limits

    def explained(
        self, document: Document, known: Knowledge, refused: Mapping[str, RefusedSet]
    ) -> Iterator[Explained | UndecodableObject]:
        """Yield what there is to say of each pod template of a document; `refused` are sets that no cluster has.

        Of an object that is not of its kind the error is what there is to say, with its place. Raises
        `UnreadableDocument`.
        """
        sets, namespaces = _by_name(known.sidecar_sets), _by_name(known.namespaces)
        for found in filter(partial(is_meant, limits=self._limits), objects(document)):
            try:
                for target in sound_targets(found, self._limits.workloads, document):
                    if not has_containers(target.value):
                        continue  # the shell says that it was passed over
                    try:
                        yield self._of_target(_Site(target, document, sets, namespaces), refused)
                    except UndecodableObject as error:
                        yield target.undecodable(error)
            except UndecodableObject as error:
                yield error

    def _of_target(self, site: _Site, refused: Mapping[str, RefusedSet]) -> Explained:
        pod, owner = pod_of(site.target, self._limits), site.target.owner
        namespace = namespace_of(owner.value, self._limits.namespace)
        verdicts = explained(pod, self._prepared, self._options)
        answers = [self._answer(verdict, pod, namespace, site) for verdict in verdicts]
        answers += [self._of_refused(one, pod, namespace, site) for one in refused.values()]
        answers.sort(key=lambda answer: (not answer.is_selected, answer.distance))
        refusal, after = "", pod
        try:
            after = self._injector.made(pod).pod
        except InjectionRefused as error:
            refusal = str(error)
        place = caret(site.document, (*owner.path, "metadata", "name"))
        return Explained(
            owner.resource,
            namespace,
            site.target.pods,
            place,
            tuple(answers),
            additions(pod, after),
            {name: self._brought(name, after) for name in (one.sidecar_set for one in answers if one.is_selected)},
            refusal,
            after is pod and not refusal and any(answer.reason == Reason.SELECTED for answer in answers),
            object_key(owner, self._limits),
        )

    def _of_refused(self, one: RefusedSet, pod: Pod, namespace: str, site: _Site) -> Answer:
        """Return what keeps a SidecarSet out that its webhook refuses: its selection first, if that can be read."""
        name = one.answer.sidecar_set
        verdict = next(iter(explained(pod, one.alone, self._options)), None) if one.alone else None
        if verdict is None or verdict.reason not in _INDEPENDENT:
            return one.answer._replace(distance=_unmet(site.sets[name], labels_of(pod)))
        return self._answer(verdict, pod, namespace, site)._replace(refusal=one.answer.sentence)

    def _brought(self, name: str, after: Pod) -> Brought:
        made = self._prepared.states(name, self._options.form)
        names = frozenset(brought for one in made for brought in names_brought(one))
        return Brought(names, cost(after, names))

    def _answer(self, verdict: Verdict, pod: Pod, namespace: str, site: _Site) -> Answer:
        one, pod_labels = site.sets[verdict.sidecar_set], labels_of(pod)
        described = self._prepared.namespace_labels(namespace)
        own = site.target.owner
        annotations = annotations_of(pod)
        names_namespace = bool(own.text_of("namespace"))
        labels = Labels(pod_labels, described, _texts(own), annotations, names_namespace)
        told = verdict_text(verdict, one.found.value, labels, namespace)
        return Answer(
            verdict.sidecar_set,
            verdict.reason.value,
            told.sentence,
            told.hint,
            caret(one.document, (*one.found.path, *told.in_set)),
            _position(told, site, namespace),
            verdict.revision,
            0 if verdict.is_carried else _unmet(one, pod_labels) + (verdict.reason is not Reason.SELECTOR_MISMATCH),
            code=told.code,
        )


class _Site(Record):
    """A pod template, where it stands, and what is known around it."""

    target: Target
    document: Document
    sets: Mapping[str, Known]
    namespaces: Mapping[str, Known]


def _by_name(known: Iterable[Known]) -> Mapping[str, Known]:
    """The objects by name; of one name the last counts."""
    return {one.name: one for one in known}


def _texts(found: Found) -> Mapping[str, str]:
    labels = found.metadata.get("labels")
    return {key: str(value) for key, value in labels.items()} if isinstance(labels, dict) else {}


def _position(told: VerdictText, site: _Site, namespace: str) -> Position:
    if told.whose == "namespace" and namespace in site.namespaces:
        one = site.namespaces[namespace]
        return caret(one.document, (*one.found.path, *told.path))
    is_the_owners = told.path == ("metadata", "namespace")
    base: FieldPath = site.target.owner.path if is_the_owners else site.target.path
    return caret(site.document, (*base, *told.path))


def _unmet(one: Known, labels: Mapping[str, str]) -> int:
    """How many conditions of a SidecarSet's selector these labels do not meet; many where it cannot be read."""
    try:
        read = decode(one.found.value, "SidecarSet")
        wanted = requirements(cast("SidecarSet", read).get("spec", {}).get("selector", {}))
    except (InvalidSelector, UndecodableObject):
        return _MANY
    return sum(not requirement.holds_for(labels) for requirement in wanted)
