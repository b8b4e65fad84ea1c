"""What is wrong with a SidecarSet: the CRD's schema, unknown fields, the webhook's rules, our own warnings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.finding import Severity, UndecodableObject
from sidecarctl.record import Record
from sidecarctl.sidecarset.validation.context import ValidationContext
from sidecarctl.sidecarset.validation.schema import schema_findings, unknown_field_findings
from sidecarctl.sidecarset.validation.webhook import validate as refused
from sidecarctl.upstream.decode import decode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sidecarctl.finding import FieldPath, Finding
    from sidecarctl.upstream.release import Release

    Object = Mapping[str, object]


_FAULTS_OF_SELECTORS: Final = ("SEL014", "SEL015", "SEL016")
_RESOURCE: Final = "RES001"
_SCHEMA: Final = "SCH"
_VOLUMES: Final = ("spec", "volumes")
_IN_FORCE: Final = "the cluster holds the SidecarSet, so it is in force; an update would be refused"


class _Problem(Record):
    """What makes two findings the same, whoever found them."""

    path: FieldPath
    code: str
    message: str


def validate(  # noqa: PLR0913 - the public contract: one name per thing that a cluster knows
    sidecar_set: Object,
    *,
    others: Iterable[Object] = (),
    old: Object | None = None,
    revisions: Iterable[Object] = (),
    kruise_config: Object | None = None,
    feature_gates: Mapping[str, bool] | None = None,
    kruise_version: str | None = None,
) -> list[Finding]:
    """Return what a cluster would refuse of a SidecarSet as written, and what would surprise its author.

    `old` is the SidecarSet that it replaces. Rules that need what nobody gave (revisions, the whitelist in
    `kruise_config`) warn instead of refusing.
    Raises `UndecodableObject` for what is no object, TypeError for an argument of the wrong type, ValueError for an
    unknown release.
    Upstream: VAL validateSidecarSet
    """
    from sidecarctl.api.arguments import a_release, all_objects, an_object, gates  # noqa: PLC0415 - commands check flags

    context = ValidationContext(
        others=all_objects(others, "SidecarSet"),
        old=None if old is None else an_object(old, "SidecarSet"),
        revisions=all_objects(revisions, "ControllerRevision") or None,
        kruise_config=None if kruise_config is None else an_object(kruise_config, "ConfigMap"),
        feature_gates=gates(feature_gates),
        release=a_release(kruise_version),
        cluster_known=False,
    )
    given = sidecar_set if isinstance(sidecar_set, dict) else an_object(sidecar_set, "SidecarSet")
    return findings_about(given, context)  # which says, too, if it is of another kind


def findings_about(sidecar_set: Object, context: ValidationContext) -> list[Finding]:
    """Return everything there is to say about a SidecarSet as written, each thing once."""
    found = refusals(sidecar_set, context)
    refused_fields = {finding.path for finding in found if finding.severity is Severity.ERROR}
    found += [finding for finding in _own_warnings(sidecar_set, context) if finding.path not in refused_fields]
    return _each_once(found, sidecar_set)


def refusals(sidecar_set: Object, context: ValidationContext) -> list[Finding]:
    """Return what the CRD and the webhook have against a SidecarSet as written, each thing once."""
    return _each_once([*_shape_findings(sidecar_set, context), *refused(sidecar_set, context)], sidecar_set)


def _each_once(found: Sequence[Finding], sidecar_set: Object) -> list[Finding]:
    metadata = sidecar_set.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    known_as = name if isinstance(name, str) else ""
    once: dict[_Problem, Finding] = {}
    for finding in found:
        once.setdefault(_Problem(finding.path, finding.code, finding.message), finding)
    return [finding._replace(sidecar_set=known_as) for finding in once.values()]


def without_echoes(found: Sequence[Finding], sidecar_set: Object) -> list[Finding]:
    """Return the findings without those that only follow from another: the webhook states some faults twice.

    A selector whose fault is named cannot be used; a faulty volume is not there for its mounts; the schema only
    repeats a rule of the webhook; and a resource that is not qualified is not one of containers either.
    """
    errors = [finding for finding in found if finding.severity is Severity.ERROR]
    named = {finding.path[:2] for finding in errors if finding.code in _FAULTS_OF_SELECTORS}
    of_volumes = {finding.path[:3] for finding in errors if finding.path[:2] == _VOLUMES}
    faulty = {_text_at((*path, "name"), sidecar_set) for path in of_volumes} - {""}
    by_webhook = {finding.path for finding in errors if not finding.code.startswith(_SCHEMA)}
    first_of_resource: dict[FieldPath, Finding] = {}
    for finding in errors:
        if finding.code == _RESOURCE:
            first_of_resource.setdefault(finding.path, finding)

    def is_echo(finding: Finding) -> bool:
        code, path = finding.code, finding.path
        return (
            (code == "SEL013" and path[:2] in named)
            or (code == "VOL021" and _text_at(path, sidecar_set) in faulty)
            or (code.startswith(_SCHEMA) and path in by_webhook)
            or (code == _RESOURCE and finding is not first_of_resource.get(path, finding))
        )

    return [finding for finding in found if not is_echo(finding)]


def held_by_cluster(found: Sequence[Finding], sidecar_set: Object, release: Release) -> list[Finding]:
    """Return the findings about a SidecarSet that a cluster holds: it is in force, so its errors are warnings.

    One that cannot be decoded keeps its errors, for no rule can be applied to it.
    """
    try:
        decode(sidecar_set, "SidecarSet", release)
    except UndecodableObject:
        return [*found]
    return [
        finding._replace(severity=Severity.WARNING, message=f"{finding.message} ({_IN_FORCE})")
        if finding.severity is Severity.ERROR
        else finding
        for finding in found
    ]


def _text_at(path: FieldPath, value: object) -> str:
    """The text at a path, empty where there is none."""
    for step in path:
        if isinstance(value, dict) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return ""
    return value if isinstance(value, str) else ""


def _shape_findings(sidecar_set: Object, context: ValidationContext) -> Iterator[Finding]:
    found = [*schema_findings(sidecar_set, context.release), *unknown_field_findings(sidecar_set, context.release)]
    if found:
        from sidecarctl.sidecarset.warnings.sidecarset import advised  # noqa: PLC0415 - few are malformed

        yield from (advised(finding, sidecar_set) for finding in found)


def _own_warnings(sidecar_set: Object, context: ValidationContext) -> Iterator[Finding]:
    """Ours come last; about what cannot be read there are none."""
    from sidecarctl.sidecarset.warnings.change import (  # noqa: PLC0415 - `inject` asks not
        change_warnings,
        frozen_base,
        rollback_warnings,
    )
    from sidecarctl.sidecarset.warnings.sidecarset import (  # noqa: PLC0415 - likewise
        foreign_revision,
        lone_warnings,
    )

    try:
        yield from lone_warnings(sidecar_set, context.release)
        yield from foreign_revision(sidecar_set, context.revisions or ())
        if context.old is not None:
            yield from change_warnings(sidecar_set, context.old, context.release)
            yield from rollback_warnings(sidecar_set, context.old, context.revisions or ())
        yield from frozen_base(sidecar_set, context)
    except UndecodableObject:
        return
