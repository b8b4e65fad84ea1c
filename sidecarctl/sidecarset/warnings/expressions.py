"""Warnings about resource expressions: the webhook tries them with the number 1, a pod brings amounts with units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from sidecarctl.finding import Finding, InjectionRefused, Severity
from sidecarctl.sidecarset.injection.resources import computed_resources
from sidecarctl.upstream.fields import struct, structs, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sidecarctl.finding import FieldPath
    from sidecarctl.upstream.types import Container, ResourcesPolicy

# One target, of the size of many; all that matters is that its amounts have units.
_AMOUNTS: Final = {"cpu": "1", "memory": "1Gi"}
_TARGET: Final = cast("Container", {"name": "app", "resources": {"limits": _AMOUNTS, "requests": _AMOUNTS}})
_KINDS: Final = ("limits", "requests")


def expression_warnings(spec: Mapping[str, object]) -> Iterator[Finding]:
    """Expressions that pass the webhook and then have no value for a pod, or none but 0."""
    for field in ("initContainers", "containers"):
        for index, container in enumerate(structs(spec, field)):
            expressions = struct(struct(container, "resourcesPolicy"), "resourcesExpr")
            for kind in _KINDS:
                for resource in _AMOUNTS:
                    path = ("spec", field, index, "resourcesPolicy", "resourcesExpr", kind, resource)
                    yield from _warnings(text(struct(expressions, kind), resource), path)


def _warnings(expression: str, path: FieldPath) -> Iterator[Finding]:
    if not expression:
        return
    kind, resource = str(path[-2]), str(path[-1])
    policy = {"targetContainersNameRegex": "", "targetContainersMode": "sum"}
    wanted = cast("ResourcesPolicy", {**policy, "resourcesExpr": {kind: {resource: expression}}})
    try:
        computed = cast("dict[str, dict[str, str]]", computed_resources(wanted, [_TARGET], ()))
    except InjectionRefused as refused:
        cause = str(refused).rpartition(f'"{expression}": ')[2]
        told = f"no value for a Pod with {resource} {_AMOUNTS[resource]} ({cause}): such Pods cannot be created"
        yield Finding("WRN006", told, path, Severity.WARNING, upstream=str(refused))
        return
    amount = computed.get(kind, {}).get(resource, "")
    if resource == "memory" and amount.endswith("m"):
        told = f"gives {amount} for a Pod with {resource} {_AMOUNTS[resource]}: not whole bytes"
        advice = "multiply by a fraction that comes out even, such as 0.125"
        yield Finding("WRN018", told, path, Severity.INFO, help=advice)
    if amount == "0":
        told = f"gives 0 for a Pod with {resource} {_AMOUNTS[resource]}"
        advice = "a number, or an amount such as 100m or 1Gi: a unit that is not known makes it 0"
        yield Finding("WRN007", told, path, Severity.WARNING, help=advice)
