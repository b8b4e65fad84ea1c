"""Inject SidecarSets into pods, whatever document they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.api.change import Limits, Made
from sidecarctl.api.fastpath.prefilter import Prefilter, texts_selected
from sidecarctl.finding import Severity
from sidecarctl.sidecarset.injection.inject import Injection, Options, inject, reason_skipped
from sidecarctl.sidecarset.injection.records import injected_names, may_carry_sidecars, recorded
from sidecarctl.sidecarset.matching.match import concerned
from sidecarctl.sidecarset.matching.verdict import NO_CONTAINERS
from sidecarctl.sidecarset.pod_validation.hazards import enforces_a_level, has_doubled_names, hazards, may_be_refused
from sidecarctl.sidecarset.removal.replaced import has_lookalikes, reordered_findings, replacement_findings
from sidecarctl.upstream.decode import decode
from sidecarctl.upstream.fields import annotations_of, namespace_of
from sidecarctl.upstream.workload import has_containers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sidecarctl.api.fastpath.inject import QuickRoad
    from sidecarctl.finding import Finding
    from sidecarctl.sidecarset.cluster import Prepared
    from sidecarctl.sidecarset.injection.effective_set import EffectiveSet
    from sidecarctl.sidecarset.matching.candidates import Prospect
    from sidecarctl.sidecarset.removal.uninject import OwnFields
    from sidecarctl.upstream.types import Pod


def injection(
    pod: Pod,
    prepared: Prepared,
    options: Options,
    older: Sequence[EffectiveSet] = (),
    own: OwnFields | None = None,
) -> Injection:
    """Return a pod with its sidecars, whether it carries some already or not.

    `own` returns the fields that its text shows to be its own; None for a pod that stands in no text.
    Raises `InjectionRefused` and `UndecodableObject`.
    """
    is_new = not may_carry_sidecars(annotations_of(pod))
    if is_new and not prepared.patches_metadata:
        result = inject(pod, prepared, options)
    else:
        from sidecarctl.sidecarset.removal.reinject import injected_again  # noqa: PLC0415 - most pods come without sidecars

        result = injected_again(pod, prepared, options, older, own)
    if result.pod is pod:
        return result
    return result._replace(findings=(*result.findings, *_losses(pod, result, prepared, own)))


def _losses(pod: Pod, result: Injection, prepared: Prepared, own: OwnFields | None) -> Iterator[Finding]:
    """What nothing will bring back of a pod, once it is injected."""
    replaced = list(replacement_findings(pod, result.pod)) if result.pod.get("spec") is not pod.get("spec") else []
    yield from replaced
    yield from reordered_findings(pod, result.pod)
    if recorded(pod) or (replaced and own is not None):
        return  # what was before the first injection is not known here, and what uninject refuses needs no more words
    sets = [prepared.effective(name, "latest", "written") for name in result.sidecar_sets]
    is_latest = not any(map(prepared.names_revision, result.sidecar_sets))
    if not is_latest or has_lookalikes(pod, sets):
        from sidecarctl.sidecarset.removal.unrecoverable import unreturned_findings  # noqa: PLC0415 - few pods come here

        yield from unreturned_findings(pod, result.pod, sets, own)


class Injector:
    """The rule of `inject`."""

    def __init__(self, prepared: Prepared, options: Options, older: tuple[EffectiveSet, ...] = ()) -> None:
        self._prepared = prepared
        self._options = options
        self._older = older
        self.prefilter = Prefilter(map(texts_selected, map(prepared.admitted, prepared.names)))
        self._hazards = hazards(map(prepared.admitted, prepared.names))
        self._forbidding: dict[str, bool] = {}  # namespaces whose Pod Security level may forbid sidecars

    def road(self, limits: Limits) -> QuickRoad | None:
        """Return the short road for long streams; None where a SidecarSet asks for more than it reads."""
        if self._older or self._hazards.always or not all(map(self._reads_little, self._prepared.names)):
            return None
        from sidecarctl.api.fastpath.inject import Interest, QuickRoad  # noqa: PLC0415 - short runs never take it

        sets = [self._prepared.effective(name, "latest", self._options.form) for name in self._prepared.names]
        names = frozenset(name for one in sets for name in names_brought(one))
        volumes = frozenset(name for one in sets for name in one.volume_names)
        has_patches = any(one.patches for one in sets)
        hazards = (self._hazards, self._may_forbid)
        return QuickRoad(Interest(self.made, self._concerned, names, volumes, has_patches, *hazards), limits)

    def _reads_little(self, name: str) -> bool:
        one = self._prepared.effective(name, "latest", self._options.form)
        depends = any(sidecar.finished is None for sidecar in one.all_sidecars)
        return not depends and not self._prepared.names_revision(name)

    def _concerned(self, namespace: str, labels: Mapping[str, str]) -> tuple[Prospect, ...]:
        return tuple(concerned(self._prepared.prospects(namespace), labels))

    def made(self, pod: Pod, own: OwnFields | None = None) -> Made:
        """Return a pod with its sidecars, and why it has them or not.

        `own` is as in `injection`.
        Raises `InjectionRefused` and `UndecodableObject`.
        """
        if not has_containers(pod):
            decode(pod, "Pod", self._prepared.release)
            return Made(pod, "skipped", (), NO_CONTAINERS.sentence, NO_CONTAINERS.code)
        result = injection(pod, self._prepared, self._options, self._older, own)
        if result.pod is not pod:
            refusals = (one._replace(severity=Severity.WARNING) for one in self._refusals(pod, result))
            return Made(result.pod, "injected", result.sidecar_sets, findings=(*result.findings, *refusals))
        already = tuple(finding.sidecar_set for finding in result.findings if finding.code == "INJ001")
        if already or result.sidecar_sets:
            names = (*already, *result.sidecar_sets)
            return Made(pod, "unchanged", names, "already injected", "INJ001", result.findings)

        why = reason_skipped(pod, self._prepared, self._options)
        return Made(pod, "skipped", (), why.sentence, why.code, result.findings)

    def _refusals(self, pod: Pod, result: Injection) -> Iterator[Finding]:
        """Return why the API server would refuse the Pod with its sidecars."""
        if has_doubled_names(result.pod):
            from sidecarctl.sidecarset.warnings.pod import doubled_findings  # noqa: PLC0415 - few Pods come here

            yield from doubled_findings(pod, result.pod)
        namespace = namespace_of(pod, self._options.namespace)
        names_revision = any(map(self._prepared.names_revision, result.sidecar_sets))
        if not (may_be_refused(pod, self._hazards) or names_revision or self._may_forbid(namespace)):
            return
        from sidecarctl.sidecarset.pod_validation.findings import refusal_findings  # noqa: PLC0415 - as above

        sets = [*map(self._prepared.admitted, result.sidecar_sets)]
        labels = self._prepared.namespace_labels(namespace)
        yield from refusal_findings(pod, result.pod, sets, (namespace, labels))

    def _may_forbid(self, namespace: str) -> bool:
        known = self._forbidding.get(namespace)
        if known is None:
            labels = self._prepared.namespace_labels(namespace)
            known = self._forbidding[namespace] = enforces_a_level(labels) and self._breaks_level(labels)
        return known

    def _breaks_level(self, labels: Mapping[str, str]) -> bool:
        from sidecarctl.sidecarset.pod_validation.findings import may_break_level  # noqa: PLC0415 - as above

        return may_break_level(map(self._prepared.admitted, self._prepared.names), labels)


def names_brought(one: EffectiveSet) -> Iterator[str]:
    """The names of what a SidecarSet adds to a pod's lists."""
    for sidecar in one.all_sidecars:
        yield from injected_names(sidecar)
    yield from one.volume_names
    yield from one.secret_names
