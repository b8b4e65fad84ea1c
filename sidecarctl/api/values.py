"""The Python API: plain JSON-shaped values in and out; nothing given is changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import IO, TYPE_CHECKING, cast

from sidecarctl.api import arguments
from sidecarctl.api.arguments import a_flag, a_release, all_objects, an_object, gates
from sidecarctl.api.change import Limits
from sidecarctl.api.editor import Editor, pod_of, template_edits
from sidecarctl.api.fastpath.replay import readable_again
from sidecarctl.api.inject import Injector, injection
from sidecarctl.api.targets import Found, sound_targets
from sidecarctl.api.uninject import Uninjector
from sidecarctl.finding import InjectionRefused, Severity, UndecodableObject
from sidecarctl.sidecarset.cluster import Cluster, Prepared
from sidecarctl.sidecarset.hash import admit as admitted
from sidecarctl.sidecarset.injection.inject import Injection, Options
from sidecarctl.sidecarset.removal.uninject import lost_findings, without_sets
from sidecarctl.sidecarset.revision import revision_name
from sidecarctl.upstream.defaults import to_v1alpha1, to_v1beta1
from sidecarctl.upstream.workload import group_kind
from sidecarctl.yamledit.edit import Edit, applied
from sidecarctl.yamledit.stream.documents import MAX_DOCUMENT, Chunk, chunks
from sidecarctl.yamledit.stream.lists import Lists

if TYPE_CHECKING:
    from sidecarctl.api.change import Change
    from sidecarctl.finding import Finding
    from sidecarctl.sidecarset.injection.effective_set import Choice
    from sidecarctl.sidecarset.injection.pod_view import Form
    from sidecarctl.sidecarset.matching.scope import SystemNamespaces
    from sidecarctl.upstream.release import Release
    from sidecarctl.upstream.types import ControllerRevision, Namespace, Pod, SidecarSet
    from sidecarctl.yamledit.proof import Proof
    from sidecarctl.yamledit.value import Value

Object = Mapping[str, object]


def admit(sidecar_set: Object, *, kruise_version: str | None = None) -> dict[str, Value]:
    """Return a SidecarSet as the API server would store it: CRD and webhook defaults, both hash annotations.

    Raises `UndecodableObject` where it is no SidecarSet, ValueError for a release that nobody knows.
    """
    return admitted_as(sidecar_set, "", a_release(kruise_version))


def inject(  # noqa: PLR0913 - the public contract: one name per choice
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
) -> Injection:
    """Return a Pod as the admission webhook would let it in: `.pod`, the names `.sidecar_sets`, and `.findings`.

    A workload (Deployment, CronJob, CloneSet, …) gets its sidecars into its pod templates, as the command `inject`
    writes it; `.pod` is then the workload. An object that names no kind is taken for a Pod.
    SidecarSets are taken as written, or as `admit` gives them; they are not validated. A Pod that carries them at
    their present version is left as it is.
    `timestamp` is the update timestamp in the annotations, as RFC 3339 has it; `system_namespaces` is "exclude" or
    "include"; `choose_revision` says "latest" or "specified" for the name of a SidecarSet with a Partial policy.
    Raises `InjectionRefused` with the webhook's sentence where it would refuse the Pod, `UndecodableObject` where
    something is not what Kubernetes takes there (a kind without Pods, too), TypeError for an argument of the wrong
    type, ValueError for an unknown choice or release, or a timestamp that is no time.
    """
    cluster = sidecar_sets, namespaces, revisions
    prepared = prepared_cluster(*cluster, system_namespaces, feature_gates, kruise_version)
    options = _options(timestamp, choose_revision, defaults=defaults)
    return in_templates(pod, lambda one: injection(one, prepared, options))


def uninject(
    pod: Object,
    sidecar_sets: Iterable[Object],
    *,
    namespaces: Iterable[Object] = (),
    revisions: Iterable[Object] = (),
) -> Injection:
    """Return a Pod or workload without what these SidecarSets brought, the names of those it carried, and findings.

    They name what injection had overwritten. It carries those that its annotations record, at the revision that
    injectionStrategy names where that one is recorded, and those without containers that select it. Where nothing of
    them is in it the very same Pod comes back.
    Raises `UndecodableObject` where something is not what Kubernetes takes there, `InjectionRefused` where the webhook
    could not read the Pod's records either, or a SidecarSet that selects it names a revision that is not given.
    """
    known = _known(sidecar_sets, namespaces, revisions)
    uninjector = Uninjector(Prepared(known._replace(system_namespaces="include")), Options(), partial=False)

    def stripped(given: Pod) -> Injection:
        carried = uninjector.carried(given)
        found = without_sets(given, carried)
        names = () if found.pod is given else tuple(one.name for one in carried)
        return Injection(found.pod, names, tuple(lost_findings(found, Severity.ERROR)))

    return in_templates(pod, stripped)


def inject_stream(  # noqa: PLR0913 - likewise
    stream: IO[bytes] | Iterable[bytes],
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
    file: str = "<stream>",
    verify: Proof = "full",
) -> Iterator[Change]:
    """Inject into a stream of YAML or JSON documents, one at a time; joined, the `output` of all changes is the result.

    A List of more than 1 MB comes item by item: each is a change of its own, whose `document` is a List of one. Of a
    stream that cannot be sought in, such a List is held in memory.
    Raises `UnreadableDocument` and `InjectionRefused`, with the place, at the document that they are about; TypeError
    for a stream of text or a path, and what `inject` raises, when the first change is asked for.
    """
    cluster = sidecar_sets, namespaces, revisions
    prepared = prepared_cluster(*cluster, system_namespaces, feature_gates, kruise_version)
    injector = Injector(prepared, _options(timestamp, choose_revision, defaults=defaults))
    road = injector.road(Limits()) if verify == "fast" else None
    editor = Editor(injector.made, Limits(), verify, quick=road.change if road else None)
    given = readable_again(stream)
    lists = Lists(file, given.blocks, MAX_DOCUMENT, {})
    for chunk in chunks(given.blocks(0), file, MAX_DOCUMENT, lists):
        given.let_go(chunk.offset)
        yield from _in_stream(editor.changes(chunk, file), chunk)


def admitted_as(sidecar_set: Object, version: str, release: Release) -> dict[str, Value]:
    """Return a SidecarSet as it is stored, in the API version that is asked for; empty: its own."""
    stored = admitted(cast("SidecarSet", an_object(sidecar_set, "SidecarSet")), release)
    if version:
        stored = to_v1alpha1(stored) if version == "v1alpha1" else to_v1beta1(stored)
    return cast("dict[str, Value]", stored)


def revision_of(sidecar_set: Object, release: Release) -> str:
    """Return the name of the ControllerRevision that a stored SidecarSet gets."""
    return revision_name(to_v1beta1(cast("SidecarSet", sidecar_set)), release)


def in_templates(given: object, rule: Callable[[Pod], Injection]) -> Injection:
    """Return what a rule makes of a Pod, or of each pod template of a workload.

    Raises `UndecodableObject` for an object without pod templates, and what the rule raises, with the workload's name.
    """
    value = given if isinstance(given, dict) else {}
    if not isinstance(given, dict) or value.get("kind") in {None, "", "Pod"}:
        return rule(cast("Pod", an_object(given, "Pod")))
    found, limits = Found((), value), Limits()
    edits: list[Edit] = []
    names: dict[str, None] = {}
    findings: list[Finding] = []
    is_workload = False
    for target in sound_targets(found, limits.workloads, None):
        is_workload = True
        try:
            made = rule(pod_of(target, limits))
        except InjectionRefused as error:
            raise target.refused(error) from None
        except UndecodableObject as error:
            raise target.undecodable(error) from None
        edits += template_edits(target, made.pod, frozenset)
        names.update(dict.fromkeys(made.sidecar_sets))
        findings += [
            one._replace(path=(*target.path, *one.path), resource=one.resource or found.resource)
            for one in made.findings
        ]
    if not is_workload and group_kind(value) not in limits.workloads:
        raise UndecodableObject(f"{value['kind']} ({value.get('apiVersion')}) has no pod template", ("kind",))
    return Injection(cast("Pod", applied(value, edits)), tuple(names), tuple(findings))


def _options(timestamp: str | None, choose_revision: Mapping[str, Choice] | None, *, defaults: bool) -> Options:
    form: Form = "defaults" if a_flag(defaults, "defaults") else "written"
    return Options(form, arguments.update_time(timestamp), arguments.revision_choices(choose_revision))


def _known(sidecar_sets: Iterable[Object], namespaces: Iterable[Object], revisions: Iterable[Object]) -> Cluster:
    return Cluster(
        cast("Sequence[SidecarSet]", all_objects(sidecar_sets, "SidecarSet")),
        cast("Sequence[Namespace]", all_objects(namespaces, "Namespace")),
        cast("Sequence[ControllerRevision]", all_objects(revisions, "ControllerRevision")),
    )


def prepared_cluster(
    sidecar_sets: Iterable[Object],
    namespaces: Iterable[Object],
    revisions: Iterable[Object],
    system_namespaces: SystemNamespaces,
    feature_gates: Mapping[str, bool] | None,
    kruise_version: str | None,
) -> Prepared:
    """Return what a cluster knows, ready for any number of Pods; raises as `inject` does."""
    return Prepared(
        _known(sidecar_sets, namespaces, revisions)._replace(
            system_namespaces=arguments.checked_system_namespaces(system_namespaces),
            feature_gates=gates(feature_gates),
            release=a_release(kruise_version),
        )
    )


def _in_stream(changes: Iterable[Change], chunk: Chunk) -> Iterator[Change]:
    """Changes as they are in the stream: an item that was cut out of a List was a List of one until here."""
    if chunk.cut is None:
        yield from changes
        return
    for change in changes:
        place_of = change.document.path_in_file
        edits = tuple(edit._replace(path=place_of(edit.path)) for edit in change.edits)
        findings = tuple(finding._replace(path=place_of(finding.path)) for finding in change.findings)
        yield change._replace(edits=edits, findings=findings, output=chunk.in_stream(change.output))
