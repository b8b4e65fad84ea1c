"""The Python API of `check`, `why` and `diff`: what is wrong with objects, why they are selected, what would change."""

from __future__ import annotations

from functools import partial
from json import dumps
from typing import TYPE_CHECKING, Final, cast

from sidecarctl.api import arguments
from sidecarctl.api.arguments import a_flag, a_release, all_objects, an_iterable, an_object
from sidecarctl.api.change import Limits, pod_identity
from sidecarctl.api.check import Checker, Demands
from sidecarctl.api.explain import Explainer
from sidecarctl.api.inject import Injector
from sidecarctl.api.targets import has_server_fields, knowledge
from sidecarctl.api.validate import held_by_cluster, validate, without_echoes
from sidecarctl.api.values import inject, prepared_cluster
from sidecarctl.finding import Severity, UndecodableObject
from sidecarctl.record import Record
from sidecarctl.sidecarset.injection.inject import Options
from sidecarctl.upstream.workload import templates, value_at
from sidecarctl.yamledit.document import Document, Origin
from sidecarctl.yamledit.edit import Edit
from sidecarctl.yamledit.edit import diff as edits_between
from sidecarctl.yamledit.stream.documents import Chunk

_VERSION: Final = "apps.kruise.io/v1beta1"  # of a SidecarSet that names none

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sidecarctl.finding import Finding
    from sidecarctl.sidecarset.injection.effective_set import Choice
    from sidecarctl.sidecarset.matching.match import RunningPods
    from sidecarctl.sidecarset.matching.scope import SystemNamespaces
    from sidecarctl.yamledit.value import Value

    Object = Mapping[str, object]


def check(  # noqa: PLR0913 - the public contract: one name per choice
    objects: Iterable[Object],
    sidecar_sets: Iterable[Object],
    *,
    injected: bool = False,
    old: Iterable[Object] = (),
    namespaces: Iterable[Object] = (),
    revisions: Iterable[Object] = (),
    kruise_config: Object | None = None,
    running_pods: RunningPods = "skip",
    system_namespaces: SystemNamespaces = "exclude",
    feature_gates: Mapping[str, bool] | None = None,
    choose_revision: Mapping[str, Choice] | None = None,
    kruise_version: str | None = None,
) -> list[Finding]:
    """Return what `sidecarctl check` says of SidecarSets, and of Pods and workloads that meet them.

    `objects` are any Kubernetes objects; those without Pods are passed over. `injected` demands that each selected Pod
    and template carries its sidecars; `old` are the SidecarSets that the given ones replace, by name.
    Findings carry the path of a field and the resource; they have no position, for values have none. A SidecarSet that
    its webhook would refuse is not injected anywhere. What only all Pods together show is for the command.
    Raises `UndecodableObject` for what is not of its Kubernetes type, TypeError for an argument of the wrong type,
    ValueError for an unknown choice or release.
    """
    sets, before = all_objects(sidecar_sets, "SidecarSet"), all_objects(old, "SidecarSet")
    known = all_objects(namespaces, "Namespace"), all_objects(revisions, "ControllerRevision")
    older = {_name(one): one for one in before}
    found: list[Finding] = []
    sound: list[Object] = []
    unsound: set[str] = set()
    judge = partial(
        _judged, sets, known[1], kruise_config=kruise_config, feature_gates=feature_gates, kruise_version=kruise_version
    )
    for number, one in enumerate(sets):
        said = judge(number, older.get(_name(one)))
        found += said
        if any(finding.severity is Severity.ERROR for finding in said):
            unsound.add(_name(one))
        else:
            sound.append(one)
    prepared = prepared_cluster(sound, *known, system_namespaces, feature_gates, kruise_version)
    options = Options(
        choose_revision=arguments.revision_choices(choose_revision), running_pods=arguments.running_pods(running_pods)
    )
    demands = Demands(injected=a_flag(injected, "injected"), unjudged=frozenset(unsound))
    checker = Checker(Injector(prepared, options), prepared, options, Limits(), demands)
    for item in an_iterable(objects, "objects"):
        found += _findings_of(item, checker)
    return found


class Explanation(Record):
    """Why a SidecarSet selects a Pod or a pod template, or does not.

    sidecar_set: its name; selected; reason: a stable name, such as "SelectorMismatch"; message: one sentence; hint:
    what to do, or empty; revision: the one that the Pod gets, empty for the latest; refusal: why the webhook refuses
    the SidecarSet, empty if it does not; code: the one with which `inject` skips a Pod for this reason, such as
    "SEL003", or empty.
    """

    sidecar_set: str
    selected: bool
    reason: str
    message: str
    hint: str = ""
    revision: str = ""
    refusal: str = ""
    code: str = ""

    def to_dict(self) -> dict[str, object]:
        """Return the explanation as a JSON-shaped value; texts that are empty are left out."""
        fields: dict[str, object] = {
            "sidecarSet": self.sidecar_set,
            "selected": self.selected,
            "reason": self.reason,
            "message": self.message,
            "hint": self.hint,
            "revision": self.revision,
            "refusal": self.refusal,
            "code": self.code,
        }
        return {name: value for name, value in fields.items() if value != ""}


def why(  # noqa: PLR0913 - the public contract: one name per choice
    pod: Object,
    sidecar_sets: Iterable[Object],
    *,
    namespaces: Iterable[Object] = (),
    revisions: Iterable[Object] = (),
    running_pods: RunningPods = "skip",
    system_namespaces: SystemNamespaces = "exclude",
    kruise_config: Object | None = None,
    feature_gates: Mapping[str, bool] | None = None,
    choose_revision: Mapping[str, Choice] | None = None,
    kruise_version: str | None = None,
) -> list[Explanation]:
    """Return why each SidecarSet selects a Pod or workload or does not: those that do first, then the nearest misses.

    A workload with several pod templates gets an explanation of each SidecarSet for each of them.
    Raises as `check` does.
    """
    sets = all_objects(sidecar_sets, "SidecarSet")
    known = all_objects(namespaces, "Namespace"), all_objects(revisions, "ControllerRevision")
    refusals: dict[str, str] = {}
    judge = partial(
        _judged, sets, known[1], kruise_config=kruise_config, feature_gates=feature_gates, kruise_version=kruise_version
    )
    for number, one in enumerate(sets):
        said = judge(number)
        errors = (finding for finding in said if finding.severity is Severity.ERROR)
        if (error := next(errors, None)) is not None:
            refusals[_name(one)] = f"{error.message} [{error.code}]"
    prepared = prepared_cluster(sets, *known, system_namespaces, feature_gates, kruise_version)
    options = Options(
        choose_revision=arguments.revision_choices(choose_revision), running_pods=arguments.running_pods(running_pods)
    )
    about = knowledge(_document({"apiVersion": _VERSION, "kind": "SidecarSet", **one}) for one in sets)
    explainer = Explainer(Injector(prepared, options), prepared, options, Limits())
    found: list[Explanation] = []
    for explained in explainer.explained(_document(_typed(pod)), about, {}):
        if isinstance(explained, UndecodableObject):
            raise _without_place(explained)
        for answer in explained.answers:
            told = (answer.reason, answer.sentence, answer.hint, answer.revision, refusals.get(answer.sidecar_set, ""))
            found.append(Explanation(answer.sidecar_set, answer.is_selected, *told, code=answer.code))
    return found


def _judged(  # noqa: PLR0913 - one name per choice, as in the functions that pass them on
    sets: list[Object],
    revisions: list[Object],
    number: int,
    old: Object | None = None,
    *,
    kruise_config: Object | None,
    feature_gates: Mapping[str, bool] | None,
    kruise_version: str | None,
) -> list[Finding]:
    """Return what there is to say of one of the SidecarSets, as the commands say it.

    Those with a uid or a resourceVersion are in force: newcomers must not clash with them, and disturb none of them.
    """
    one = sets[number]
    is_stored = has_server_fields(one)
    others = [*sets[:number], *sets[number + 1 :]]
    found = validate(
        one,
        others=[other for other in others if has_server_fields(other) or not is_stored],
        old=old,
        revisions=revisions,
        kruise_config=kruise_config,
        feature_gates=feature_gates,
        kruise_version=kruise_version,
    )
    found = without_echoes(found, one)
    if is_stored and (old is None or old.get("spec") == one.get("spec")):
        found = held_by_cluster(found, one, a_release(kruise_version))
    return found


def _findings_of(given: object, checker: Checker) -> Iterator[Finding]:
    for change in checker.changes(Chunk(dumps(_typed(given), allow_nan=False).encode(), 0, 0), ""):
        for error in change.errors:
            raise _without_place(error)
        for finding in change.findings:
            yield finding._replace(position=None)


def _typed(given: object) -> Object:
    """Return an object with its kind; one that names none is a Pod."""
    value = given if isinstance(given, dict) else an_object(given, "Pod")
    return value if value.get("kind") else {"apiVersion": "v1", "kind": "Pod", **value}


def _document(value: Object) -> Document:
    return Document(dumps(value, allow_nan=False), Origin())


def _without_place(error: UndecodableObject) -> UndecodableObject:
    return UndecodableObject(error.message, error.path, error.resource, resource=error.resource)


def diff(  # noqa: PLR0913 - as for inject
    pod: Object,
    sidecar_sets: Iterable[Object],
    *,
    namespaces: Iterable[Object] = (),
    revisions: Iterable[Object] = (),
    defaults: bool = False,
    timestamp: str | None = None,
    system_namespaces: SystemNamespaces = "exclude",
    feature_gates: Mapping[str, bool] | None = None,
    choose_revision: Mapping[str, Choice] | None = None,
    kruise_version: str | None = None,
) -> list[Edit]:
    """Return what `inject` would change in a Pod or a workload, as edits of the value that was given.

    An empty list says that nothing would change. Takes the arguments of `inject`, and raises what it raises.
    """
    injection = inject(
        pod,
        sidecar_sets,
        namespaces=namespaces,
        revisions=revisions,
        defaults=defaults,
        timestamp=timestamp,
        system_namespaces=system_namespaces,
        feature_gates=feature_gates,
        choose_revision=choose_revision,
        kruise_version=kruise_version,
    )
    before, after = cast("Value", pod), cast("Value", injection.pod)
    paths = [*templates(pod)] if pod.get("kind") else [()]
    made: list[Edit] = []
    for path in paths:
        old, new = cast("Value", value_at(before, path)), cast("Value", value_at(after, path))
        made += edits_between(old, new, pod_identity(path), path)
    return made


def _name(sidecar_set: Object) -> str:
    metadata = sidecar_set.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    return name if isinstance(name, str) else ""
