"""Warnings about a SidecarSet and all pods together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.finding import Finding, Severity
from sidecarctl.upstream.fields import is_true, struct, structs, text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

_MOST = 5


def selects_nothing() -> Finding:
    """None of the pods at hand is selected."""
    told = "it selects no Pod and no pod template of the input"
    return Finding("WRN043", told, ("spec", "selector"), Severity.WARNING, help="sidecarctl why says what is missing")


def is_paused(sidecar_set: Mapping[str, object]) -> bool:
    """Whether no pod gets its sidecars, whatever it selects."""
    return is_true(struct(struct(sidecar_set, "spec"), "injectionStrategy"), "paused")


def pull_secrets(sidecar_set: Mapping[str, object]) -> list[str]:
    """The names of the Secrets that a SidecarSet adds to its pods to pull images with."""
    return [text(reference, "name") for reference in structs(struct(sidecar_set, "spec"), "imagePullSecrets")]


def missing_secrets(
    sidecar_set: Mapping[str, object], namespaces: Collection[str], secrets: Collection[str]
) -> Iterator[Finding]:
    """The Secrets that its pods need to pull images and that are not among those known, as `namespace/name`."""
    for index, name in enumerate(pull_secrets(sidecar_set)):
        missing = sorted(namespace for namespace in namespaces if f"{namespace}/{name}" not in secrets)
        if name and missing:
            shown = ", ".join(missing[:_MOST]) + (f" and {len(missing) - _MOST} more" if missing[_MOST:] else "")
            path = ("spec", "imagePullSecrets", index, "name")
            told = f"Secret {name} must exist in the namespaces of the Pods; the input does not hold it in {shown}"
            yield Finding("WRN044", told, path, Severity.WARNING, help="create it there, or ignore this")
