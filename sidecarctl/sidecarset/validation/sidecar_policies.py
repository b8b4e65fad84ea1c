"""Rules for a sidecar's resourcesPolicy and transferEnv.

Upstream: VAL validateResourcesPolicy; VAL validateDownwardAPI; UTIL ExtractContainerNameFromFieldPath
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.sidecarset.injection.expression import InvalidExpression, evaluated
from sidecarctl.sidecarset.validation import formats
from sidecarctl.sidecarset.validation.core.env import split_subscript
from sidecarctl.sidecarset.validation.field_errors import Place, Shown, all_invalid, dumped, invalid, required
from sidecarctl.upstream.fields import struct, structs, text
from sidecarctl.upstream.go.regexp import InvalidRegexp, search

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sidecarctl.finding import Finding
    from sidecarctl.upstream.release import Release


def misplaced_policy(sidecar: Mapping[str, object], where: Place, release: Release) -> Iterator[Finding]:
    """Of the initContainers only native sidecars may have a policy.

    Upstream: VAL validateContainersForSidecarSet
    """
    if sidecar.get("resourcesPolicy") is not None and text(sidecar, "restartPolicy") != "Always":
        shown = Shown(dumped(sidecar["resourcesPolicy"], "ResourcesPolicy", release.go_package))
        told = "resourcesPolicy is only supported for containers with RestartPolicy Always"
        yield invalid("RES021", where.at("resourcesPolicy"), shown, told)


def resources_policy_findings(sidecar: Mapping[str, object], where: Place, release: Release) -> Iterator[Finding]:
    """Whether the policy finds containers and can be calculated.

    Upstream: VAL validateResourcesPolicy
    """
    if sidecar.get("resourcesPolicy") is None:
        return
    policy, resources = struct(sidecar, "resourcesPolicy"), struct(sidecar, "resources")
    below = where.at("resourcesPolicy")
    if struct(resources, "limits") or struct(resources, "requests"):
        shown = Shown(dumped(policy, "ResourcesPolicy", release.go_package))
        told = "resourcesPolicy and resources cannot be configured together"
        yield invalid("RES022", below, shown, told)
        return
    yield from _regex_findings(text(policy, "targetContainersNameRegex"), below.at("targetContainersNameRegex"))
    yield from _expression_findings(struct(policy, "resourcesExpr"), below.at("resourcesExpr"), release)


def _regex_findings(regex: str, where: Place) -> Iterator[Finding]:
    if not regex:
        yield required("RES023", where, "invalid empty regex", message="an empty regular expression is refused")
        return
    try:
        search(regex)
    except InvalidRegexp as refused:
        yield invalid("RES023", where, regex, f"invalid regex pattern: {refused}")


def _expression_findings(expressions: Mapping[str, object], where: Place, release: Release) -> Iterator[Finding]:
    if expressions.get("limits") is None and expressions.get("requests") is None:
        shown = Shown(dumped(expressions, "ResourcesExpr", release.go_package))
        yield invalid("RES024", where, shown, "at least one of limits or requests must be configured")
        return
    for side in ("limits", "requests"):
        for resource in ("cpu", "memory"):
            expression = text(struct(expressions, side), resource)
            if expression and (why := _why_without_value(expression, resource)):
                yield invalid("RES025", where.at(side, resource), expression, f"invalid expression: {why}", why)


def _why_without_value(expression: str, resource: str) -> str:
    """The calculator's complaint when the resource is the plain number 1, as upstream tries it."""
    try:
        evaluated(expression, {resource: 1.0})
    except InvalidExpression as refused:
        return str(refused)
    return ""


_ADVICE = "only metadata.labels['KEY'] and metadata.annotations['KEY'] can name the container"


def transfer_env_findings(sidecar: Mapping[str, object], where: Place) -> Iterator[Finding]:
    """Whether a container is named by a label or an annotation of the pod, where it is named by a field at all.

    Upstream: VAL validateContainersForSidecarSet
    """
    for index, transfer in enumerate(structs(sidecar, "transferEnv")):
        field_ref = struct(transfer, "sourceContainerNameFrom").get("fieldRef")
        if field_ref is not None:
            path = ("transferEnv", index, "sourceContainerNameFrom", "fieldRef")
            reference = struct(struct(transfer, "sourceContainerNameFrom"), "fieldRef")
            yield from _field_ref_findings(reference, where.at(*path, called=("transferEnv", "fieldRef")))


def _field_ref_findings(reference: Mapping[str, object], where: Place) -> Iterator[Finding]:
    """Upstream: VAL validateObjectFieldSelector."""
    version, path = text(reference, "apiVersion"), text(reference, "fieldPath")
    if not path:
        yield required("TRE001", where.at("fieldPath"))
        return
    field, subscript = split_subscript(path)
    why = ""
    if version != "v1":
        why = f"unsupported pod version: {version}"
    elif subscript is None:
        why = f"field label not supported: {path}"
    elif field not in {"metadata.labels", "metadata.annotations"}:
        why = f"field path not supported: {field}"
    if why or subscript is None:
        told = f"{why}; {_ADVICE}"
        yield invalid("TRE002", where.at("fieldPath"), path, f"error converting fieldPath: {why}", told)
        return
    key = subscript.lower() if field == "metadata.annotations" else subscript
    entry = where.at("fieldPath", called=())
    yield from all_invalid("TRE003", entry, key, formats.qualified_name(key))
