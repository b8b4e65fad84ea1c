"""Check pods, whatever document they come from: is what should be injected there, and does it do what is meant."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from sidecarctl.api.change import Limits, Made
from sidecarctl.api.editor import Editor
from sidecarctl.api.locate import is_ignored, placed
from sidecarctl.api.targets import is_sidecar_set, objects
from sidecarctl.api.uninject import missing_templates
from sidecarctl.api.workload_pods import object_key
from sidecarctl.finding import Finding, InjectionRefused, Severity
from sidecarctl.record import Record
from sidecarctl.sidecarset.explain import explained, overruled, paused_hashes
from sidecarctl.sidecarset.injection.records import recorded
from sidecarctl.sidecarset.matching.match import pod_obstacle
from sidecarctl.sidecarset.matching.verdict import Reason
from sidecarctl.sidecarset.pod_validation.findings import POD_SECURITY, refusal_findings
from sidecarctl.sidecarset.pod_validation.judged import without_sidecars
from sidecarctl.sidecarset.warnings.pod import (
    demand_findings,
    doubled_findings,
    live_findings,
    meeting_warnings,
    missing_transfers,
    overruled_findings,
    paused_findings,
    pod_warnings,
)
from sidecarctl.upstream.decode import decode
from sidecarctl.upstream.fields import namespace_of
from sidecarctl.upstream.workload import WORKLOADS, group_kind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sidecarctl.api.change import Change
    from sidecarctl.api.inject import Injector
    from sidecarctl.api.targets import Found
    from sidecarctl.api.workload_pods import OwnedWorkloads
    from sidecarctl.finding import FieldPath
    from sidecarctl.sidecarset.cluster import Prepared
    from sidecarctl.sidecarset.injection.inject import Options
    from sidecarctl.sidecarset.removal.uninject import OwnFields
    from sidecarctl.upstream.types import Pod
    from sidecarctl.yamledit.document import Document
    from sidecarctl.yamledit.stream.documents import Chunk
    from sidecarctl.yamledit.value import Value

_ABOUT_EDITS = ("INJ", "UNI")  # what an injection would leave behind: nothing is injected here
_REFUSED_PODS = ("POD", "PSS", "CHK005")  # which are errors here
_KEPT_RUNNING = "WRN042"
_STALE = "INJ007"  # what is there already and not as it should be


class Demands(Record):
    """What is asked of pods beyond that injection works."""

    injected: bool = False
    unjudged: frozenset[str] = frozenset()  # SidecarSets that are themselves in doubt
    cluster: Prepared | None = None  # the SidecarSets that a cluster holds, whatever the input has
    owned: OwnedWorkloads | None = None  # tells which workloads another object of the input made


class Checker:
    """Says of each document what there is to say; changes nothing."""

    def __init__(
        self, injector: Injector, prepared: Prepared, options: Options, limits: Limits, demands: Demands
    ) -> None:
        self._injector = injector
        self._prepared = prepared
        self._options = options
        self._demands = demands
        self._limits = limits
        self._editor = Editor(self._checked, limits, keeps_going=True)
        self._looks_for_templates = limits.workloads != WORKLOADS  # --template-path names some

    def changes(self, chunk: Chunk, file: str) -> Iterator[Change]:
        """Return the documents of a piece of a stream, unchanged, with what there is to say.

        Raises as `Editor` does.
        """
        return map(self._judged, self._editor.changes(chunk, file))

    def checked(self, document: Document) -> Change:
        """Return a document, unchanged, with what there is to say; raises as `Editor` does."""
        return self._judged(self._editor.change(document))

    def _judged(self, change: Change) -> Change:
        document = change.document
        missing = missing_templates(document, self._limits) if self._looks_for_templates else ()
        said = [*misspelt_kinds(document), *missing, *change.findings]
        made = self._made_by_others(document)
        if made:
            said = [one for one in said if not any(one.path[:end] in made for end in range(len(one.path) + 1))]
        found = [placed(finding, document, finding.path) for finding in said if _is_meant(finding, document)]
        return change._replace(findings=tuple(one for one in found if not is_ignored(one, document)))

    def _made_by_others(self, document: Document) -> set[FieldPath]:
        """Return the paths of workloads whose templates come from an owner in the input, which is judged itself."""
        owned = self._demands.owned
        if owned is None:
            return set()
        workloads = (found for found in objects(document) if found.kind != "Pod")
        return {found.path for found in workloads if owned.owner(object_key(found, self._limits))}

    def _checked(self, pod: Pod, own: OwnFields) -> Made:
        try:
            made = self._injector.made(pod, own)
        except InjectionRefused as refused:
            return self._refused(pod, str(refused))
        sets = [*map(self._prepared.admitted, made.sidecar_sets)]
        findings = [finding for finding in made.findings if _concerns_pods(finding)]
        findings += pod_warnings(pod, made.pod)
        findings += meeting_warnings(pod, made.pod, sets)
        findings += self._refusals(pod, made)
        if self._demands.injected:
            seen = decode(pod, "Pod", self._prepared.release)
            obstacle, _ = pod_obstacle(seen, self._options.running_pods)
            if obstacle is Reason.POD_RUNNING:
                found = explained(seen, self._prepared, self._options)
                findings += live_findings(seen, found, self._demands.unjudged, self._prepared.makers)
            elif obstacle is None:
                demanded = list(self._demanded(pod, made))
                findings += demanded
                if self._demands.cluster is not None:
                    told = {finding.sidecar_set for finding in demanded}
                    names = overruled(seen, self._demands.cluster, self._options)
                    findings += overruled_findings([name for name in names if name not in told])
        lacks = tuple(missing_transfers(pod, made.pod, sets))
        return made._replace(pod=pod, findings=tuple(findings), lacks=lacks)

    def _refusals(self, pod: Pod, made: Made) -> Iterator[Finding]:
        """Return why the API server refuses the Pod; injection warns of that already where it changes the Pod."""
        found: Iterator[Finding] = (finding for finding in made.findings if finding.code.startswith(_REFUSED_PODS))
        if made.pod is pod and made.sidecar_sets:
            namespace = namespace_of(pod, self._options.namespace)
            labels = self._prepared.namespace_labels(namespace)
            sets = [*map(self._prepared.admitted, made.sidecar_sets)]
            own = without_sidecars(decode(pod, "Pod"))
            found = chain(doubled_findings(own, pod), refusal_findings(pod, pod, sets, (namespace, labels)))
        for finding in found:
            is_security = finding.code == POD_SECURITY
            yield finding._replace(severity=Severity.WARNING if is_security else Severity.ERROR)

    def _demanded(self, pod: Pod, made: Made) -> Iterator[Finding]:
        settled = {finding.sidecar_set for finding in made.findings if finding.code == "INJ001"}
        changed = [] if made.pod is pod else [name for name in made.sidecar_sets if name not in settled]
        settled.update(made.sidecar_sets)
        paused = paused_hashes(pod, self._prepared, self._options) if recorded(pod).keys() - settled else {}
        yield from demand_findings(pod, changed, {*settled, *paused}, self._demands.unjudged)
        yield from paused_findings(pod, paused)

    def _refused(self, pod: Pod, sentence: str) -> Made:
        told = f"the webhook would refuse this Pod: {sentence}"
        found = explained(pod, self._prepared, self._options)
        selected = tuple(verdict.sidecar_set for verdict in found if verdict.is_selected)
        return Made(pod, "refused", selected, findings=(Finding("CHK004", told, upstream=sentence),))


def _is_meant(finding: Finding, document: Document) -> bool:
    """Whether a finding that is for Jobs alone is about one, or about a Pod of one."""
    kind = finding.resource.partition("/")[0]
    if finding.code != _KEPT_RUNNING or kind.endswith("job"):
        return True
    pods = (found.metadata for found in objects(document) if kind == "pod" and found.resource == finding.resource)
    references = (metadata.get("ownerReferences") for metadata in pods)
    owners = (owner for listed in references if isinstance(listed, list) for owner in listed)
    return any(isinstance(owner, dict) and str(owner.get("kind", "")).endswith("Job") for owner in owners)


def _concerns_pods(finding: Finding) -> bool:
    is_about_edits = finding.code.startswith((*_ABOUT_EDITS, *_REFUSED_PODS)) and finding.code != _STALE
    return finding.severity is not Severity.INFO and not is_about_edits


def secret_names(limits: Limits, wanted: Collection[str], change: Change) -> tuple[Value, ...]:
    """Return what `secrets_in` does of the document of a change, as a job shows it."""
    return tuple(secrets_in(limits, wanted, change.document))


def secrets_in(limits: Limits, wanted: Collection[str], document: Document) -> Iterator[str]:
    """Return those Secrets of a document whose names are wanted, as `namespace/name`."""
    all_objects = objects(document) if wanted else ()
    secrets = (found for found in all_objects if group_kind(found.value) == ("", "Secret"))
    named = (found for found in secrets if found.text_of("name") in wanted)
    return (f"{namespace_of(found.value, limits.namespace)}/{found.text_of('name')}" for found in named)


def misspelt_kinds(document: Document) -> Iterator[Finding]:
    """Return a warning for each object whose kind is nearly SidecarSet."""
    for found in objects(document):
        if _is_nearly_a_sidecar_set(found):
            said = f"{found.value.get('apiVersion')} {found.kind}"
            told = f"{said} is no SidecarSet: it must be apps.kruise.io/v1alpha1 or v1beta1, SidecarSet"
            path = (*found.path, "kind")
            yield Finding("WRN045", told, path, Severity.WARNING, resource=found.resource)


def _is_nearly_a_sidecar_set(found: Found) -> bool:
    return found.kind.lower().rstrip("s") == "sidecarset" and not is_sidecar_set(found)
