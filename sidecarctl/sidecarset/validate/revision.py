"""Group C, injectionStrategy.revision: which stored state of the set is injected.

Upstream: VAL validateSidecarSetSpec; HIST GetRevisionBasedOnRevisionName
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.sidecarset.validate.gosyntax import dumped
from sidecarctl.sidecarset.validation.field_errors import Place, Shown, as_warning, invalid
from sidecarctl.upstream import names
from sidecarctl.upstream.fields import struct, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sidecarctl.finding import Finding
    from sidecarctl.sidecarset.validation.context import ValidationContext
    from sidecarctl.upstream.release import Release

_REVISION: Final = Place(("spec", "injectionStrategy", "revision"), ("revision",))


def revision_findings(sidecar_set: Mapping[str, object], context: ValidationContext) -> Iterator[Finding]:
    """Whether the revision that is to be injected exists.

    Upstream: VAL validateSidecarSetSpec
    """
    revision = struct(struct(sidecar_set, "spec"), "injectionStrategy").get("revision")
    if revision is None:
        return
    wanted = struct(struct(struct(sidecar_set, "spec"), "injectionStrategy"), "revision")
    shown = Shown(dumped(wanted, "SidecarSetInjectRevision", context.release.go_package))
    if wanted.get("revisionName") is None and wanted.get("customVersion") is None:
        sentence = "revisionName and customVersion cannot be empty simultaneously"
        told = "name the revision: set revisionName or customVersion"
        yield invalid("REV001", _REVISION, shown, sentence, told)
    elif not _is_stored(wanted, text(struct(sidecar_set, "metadata"), "name"), context):
        missing = _missing(wanted, text(struct(sidecar_set, "metadata"), "name"))
        nobody_told = context.revisions is None and not context.cluster_known
        yield as_warning(missing) if nobody_told else missing
    yield from _policy_findings(text(wanted, "policy"), shown, context.release)


def _is_stored(wanted: Mapping[str, object], set_name: str, context: ValidationContext) -> bool:
    """Whether the ControllerRevision exists; by name, that of any SidecarSet will do.

    Upstream: HIST GetHistorySidecarSet
    """
    of_version = {names.SIDECAR_SET_NAME: set_name, names.CUSTOM_VERSION: text(wanted, "customVersion")}
    for revision in context.revisions or ():
        metadata = struct(revision, "metadata")
        if text(metadata, "namespace") != names.REVISION_NAMESPACE:
            continue
        if wanted.get("revisionName") is not None:
            if text(metadata, "name") == text(wanted, "revisionName"):
                return True
        elif of_version.items() <= struct(metadata, "labels").items():
            return True
    return False


def _missing(wanted: Mapping[str, object], set_name: str) -> Finding:
    if wanted.get("revisionName") is not None:
        name = text(wanted, "revisionName")
        where, missing = _REVISION.at("revisionName", called=()), f'controllerrevisions.apps "{name}" not found'
        told = f"there is no ControllerRevision {name}"
    else:
        where, missing = _REVISION.at("customVersion", called=()), f'ControllerRevision.apps "{set_name}" not found'
        version = text(wanted, "customVersion")
        told = f"no revision of this SidecarSet has the custom version {version}: it must be stored before it is named"
    return invalid("REV002", where, None, f"Cannot find specific ControllerRevision, err: {missing}", told)


def _policy_findings(policy: str, shown: Shown, release: Release) -> Iterator[Finding]:
    known = (names.ALWAYS, names.PARTIAL) if release.knows_partial_revision_policy else (names.ALWAYS,)
    if policy and policy not in known:
        choice = "supported: [Always, Partial]" if len(known) > 1 else "only support 'Always' currently"
        yield invalid("REV003", _REVISION.at("policy"), shown, f"Invalid policy {policy}, {choice}")
