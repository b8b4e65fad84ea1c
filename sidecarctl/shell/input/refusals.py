"""Refusals and warnings before any work: invalid SidecarSets, undecodable objects, unknown feature gates."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from sidecarctl.api.targets import CONFIGURATION, Knowledge, Known, is_in_force
from sidecarctl.api.validate import findings_about, held_by_cluster, refusals, without_echoes
from sidecarctl.finding import Finding, Severity, UndecodableObject
from sidecarctl.shell.cli.command_flags import ChoiceFlags, InputFlags, ReleaseFlags
from sidecarctl.shell.cli.flags import feature_gates, followed_release, revision_choices
from sidecarctl.shell.errors import Refused
from sidecarctl.shell.report.run_report import goes_to_a_program, tell
from sidecarctl.sidecarset.cluster import Cluster, Prepared
from sidecarctl.sidecarset.matching.scope import configuration_findings
from sidecarctl.sidecarset.validation.context import ValidationContext
from sidecarctl.sidecarset.validation.metadata import base_of_canary
from sidecarctl.upstream.decode import decode
from sidecarctl.upstream.names import REVISION_NAMESPACE
from sidecarctl.upstream.release import LATEST, Release, is_gate_elsewhere, nearest_gate

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from sidecarctl.upstream.types import ControllerRevision, SidecarSet


def refuse_invalid_sets(known: Knowledge, flags: ReleaseFlags, otherwise: str) -> list[Finding]:
    """Say what is wrong or doubtful with the SidecarSets, and return it; `otherwise`: what --no-validate does.

    Raises `Refused` where the webhook would not let one in. What only a cluster knows and nobody gave (the whitelist,
    revisions) does not count.
    """
    found = [finding for one in known.sidecar_sets for finding in refusing_findings(one, known, flags)]
    if not found:
        return []
    from sidecarctl.shell.report.run_report import goes_to_a_program, tell

    errors = [finding for finding in found if finding.severity is Severity.ERROR]
    if errors or not goes_to_a_program(flags):
        tell(found, flags)
    if errors:
        names = ", ".join(dict.fromkeys(finding.resource.partition("/")[2] for finding in errors))
        message = f"the webhook would refuse SidecarSet {names}; --no-validate {otherwise} all the same"
        raise Refused(message, found)
    return found


def first_undecodable(known: Knowledge, release: Release) -> UndecodableObject | None:
    """Return what is wrong with the first object that is none of its kind, with its place; None where all are sound."""
    return next(_undecodable(known, release), None)


def _undecodable(known: Knowledge, release: Release) -> Iterator[UndecodableObject]:
    for one in known.webhooks:
        try:
            Prepared(Cluster(webhook_configurations=[one.found.value], release=release))
        except UndecodableObject as error:
            yield one.undecodable(error)
    for kind, objects in (("Namespace", known.namespaces), ("ControllerRevision", known.revisions)):
        for one in objects:
            try:
                decode(one.found.value, kind, release)
            except UndecodableObject as error:
                yield one.undecodable(error)
    for one in known.sidecar_sets:
        try:
            _prepare(Cluster([_sidecar_set(one)], release=release), one)
        except UndecodableObject as error:
            yield one.undecodable(error)
        else:
            yield from _undecodable_revisions(one, known.revisions, release)


def _undecodable_revisions(one: Known, revisions: list[Known], release: Release) -> Iterator[UndecodableObject]:
    """What is wrong with the content of a revision that a SidecarSet names."""
    for revision in revisions:
        given = cast("ControllerRevision", revision.found.value)
        try:
            _prepare(Cluster([_sidecar_set(one)], revisions=[given], release=release), one)
        except UndecodableObject as error:
            yield revision.undecodable(error)


def _prepare(cluster: Cluster, one: Known) -> None:
    Prepared(cluster).states(one.name, "written")


def _sidecar_set(one: Known) -> SidecarSet:
    return cast("SidecarSet", one.found.value)


def flag_warnings(known: Knowledge, flags: InputFlags, releases: Iterable[Release]) -> list[Finding]:
    """Return a warning for each feature gate and each SidecarSet that flags name and that is not there."""
    gates, names = feature_gates(flags.feature_gates), {one.name for one in known.sidecar_sets}
    choices = revision_choices(flags.choose_revision) if isinstance(flags, ChoiceFlags) else ()
    about_gates = [finding for release in releases for gate in gates for finding in _about_gate(gate, release)]
    return list(dict.fromkeys([*about_gates, *_about_choices(choices, names)]))


def told_flag_warnings(
    known: Knowledge, flags: InputFlags, releases: Iterable[Release], more: Iterable[Finding] = ()
) -> list[Finding]:
    """Return the same and `more`, once it was said; nothing is where stderr is for a program alone."""
    found = [*flag_warnings(known, flags, releases), *more]
    if not goes_to_a_program(flags):
        tell(found, flags)
    return found


def _about_gate(gate: str, release: Release) -> Iterator[Finding]:
    if gate in release.feature_gates or is_gate_elsewhere(gate):
        return
    if gate in LATEST.feature_gates:
        told, advice = f"OpenKruise {release.name} does not know the feature gate {gate} yet, and would not start", ""
    else:
        near = nearest_gate(gate)
        told = f"{gate} is no feature gate of OpenKruise that sidecarctl knows; it changes nothing"
        advice = f"did you mean {near}?" if near else ""
    yield Finding("FLG001", told, severity=Severity.WARNING, help=advice)


def _about_choices(names: Iterable[str], sidecar_sets: Collection[str]) -> Iterator[Finding]:
    for name in names:
        if name not in sidecar_sets:
            told = f"--choose-revision is for SidecarSet {name}, which is not there"
            advice = f"there is {', '.join(sorted(sidecar_sets))}" if sidecar_sets else ""
            yield Finding("FLG002", told, severity=Severity.WARNING, help=advice)


def told_findings(
    one: Known, old: Known | None, known: Knowledge, flags: ReleaseFlags, *, upstream_messages: bool = False
) -> list[Finding]:
    """Return everything there is to say about a SidecarSet, with the places, as every command says it.

    upstream_messages: whether to keep all sentences of the webhook, also those that repeat another finding.
    Raises as `context_for` does.
    """
    context = context_for(one, old, known, flags, followed_release(flags.kruise_version))
    found = findings_about(one.found.value, context)
    return placed_findings(found, one, context, upstream_messages=upstream_messages)


def refusing_findings(one: Known, known: Knowledge, flags: ReleaseFlags) -> list[Finding]:
    """Return what the CRD and the webhook have against a SidecarSet, with the places, and none of our own advice.

    Raises as `context_for` does.
    """
    context = context_for(one, None, known, flags, followed_release(flags.kruise_version))
    return placed_findings(refusals(one.found.value, context), one, context)


def placed_findings(
    found: list[Finding], one: Known, context: ValidationContext, *, upstream_messages: bool = False
) -> list[Finding]:
    """Return findings with their places, each fault once; about what a cluster holds as it is, errors are warnings."""
    if not found:
        return []
    from sidecarctl.api.locate import placed_within

    if not upstream_messages:
        found = without_echoes(found, one.found.value)
    if is_in_force(one, context.old):
        found = held_by_cluster(found, one.found.value, context.release)
    return [placed_within(finding, one) for finding in found]


def context_for(
    one: Known, old: Known | None, known: Knowledge, flags: InputFlags, release: Release
) -> ValidationContext:
    """Return what is known beside a SidecarSet, and the one that it replaces.

    Raises `UndecodableObject`, with the place, where a revision or the webhook's configuration is malformed.
    """
    name = one.name
    others = [
        other.found.value
        for other in known.sidecar_sets
        if other.position != one.position
        and (other.is_stored or not one.is_stored)  # a newcomer disturbs none of these
    ]
    return ValidationContext(
        others=[other for other in others if base_of_canary(other) != name],  # a canary came after its base
        canaries=[other for other in others if base_of_canary(other) == name],
        old=old.found.value if old else None,
        revisions=[_revision(revision) for revision in known.revisions] or None,
        kruise_config=next(map(_configuration, known.configuration), None),
        namespaces=[namespace.found.value for namespace in known.namespaces],
        feature_gates=feature_gates(flags.feature_gates),
        release=release,
        cluster_known=False,
    )


def _revision(one: Known) -> Mapping[str, object]:
    try:
        return cast("Mapping[str, object]", decode(one.found.value, "ControllerRevision"))
    except UndecodableObject as error:
        raise one.undecodable(error) from None


def _configuration(one: Known) -> Mapping[str, object]:
    data = one.found.value.get("data") or {}
    if not isinstance(data, dict) or not all(isinstance(text, str) for text in data.values()):
        raise one.undecodable(UndecodableObject("must be a mapping of texts", ("data",)))
    return one.found.value


def cluster_findings(known: Knowledge) -> Iterator[Finding]:
    """Return what is doubtful about OpenKruise's own configuration, with the places."""
    from sidecarctl.api.locate import placed_within

    for one in known.webhooks:
        yield from (placed_within(finding, one) for finding in configuration_findings(one.found.value))
    for one in known.misplaced:
        told = f"OpenKruise reads {CONFIGURATION} from the namespace {REVISION_NAMESPACE} only: this one has no effect"
        finding = Finding("WBH004", told, ("metadata", "namespace"), Severity.WARNING)
        yield placed_within(finding, one)
