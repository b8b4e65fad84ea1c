"""What the SidecarSets of the input are judged against."""

from collections.abc import Mapping
from typing import cast

from sidecarctl.api.knowledge import Knowledge, Known, is_in_force
from sidecarctl.api.validate import findings_about, held_by_cluster, refusals, without_echoes
from sidecarctl.finding import Finding, UndecodableObject
from sidecarctl.shell.cli.command_flags import InputFlags, ReleaseFlags
from sidecarctl.shell.cli.flags import feature_gates, followed_release
from sidecarctl.sidecarset.validate.canary import base_of_canary
from sidecarctl.sidecarset.validation.context import ValidationContext
from sidecarctl.upstream.decode import decode
from sidecarctl.upstream.release import Release


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
