"""Warnings about ways that are barred: back from a hot upgrade, and the base of a canary."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, cast

from sidecarctl.finding import Finding, Severity
from sidecarctl.sidecarset.hash import admit
from sidecarctl.sidecarset.validation.webhook import validate
from sidecarctl.upstream import names
from sidecarctl.upstream.fields import struct, structs, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sidecarctl.sidecarset.validation.context import ValidationContext
    from sidecarctl.upstream.types import SidecarSet

# No tag has more than 128 characters, and Python reads no number of a few thousand.
_VERSION: Final = re.compile(r"(?P<name>.+):v?(?P<numbers>\d{1,128}(?:\.\d{1,128})*)(?!\d)(?P<rest>[^:/@]*)")
_CONFLICT: Final = "CNF"


def rollback_warnings(
    sidecar_set: Mapping[str, object], old: Mapping[str, object], revisions: Sequence[Mapping[str, object]]
) -> Iterator[Finding]:
    """Images of hot upgrades that were there before: a warning; others: a note that there is no way back."""
    before = {text(one, "name"): text(one, "image") for one in structs(struct(old, "spec"), "containers")}
    known = list(_earlier(sidecar_set, revisions))
    for index, container in enumerate(structs(struct(sidecar_set, "spec"), "containers")):
        name, image = text(container, "name"), text(container, "image")
        is_hot = text(struct(container, "upgradeStrategy"), "upgradeType") == names.HOT_UPGRADE
        if not is_hot or before.get(name, image) == image:
            continue
        path = ("spec", "containers", index, "image")
        if (name, image) in known or _is_lower(image, before[name]):
            told = f"{image} was there before {before[name]}: Pods in which that one never got ready go on running it,"
            told += " and count as updated"
            advice = "go forward instead: the same content under another tag"
            yield Finding("WRN026", told, path, Severity.WARNING, help=advice)
        else:
            told = f"there is no way back to {before[name]} for Pods in which {image} does not get ready"
            advice = "mend it with a third image; setting this one back changes nothing there"
            yield Finding("WRN026", told, path, Severity.INFO, help=advice)


def frozen_base(sidecar_set: Mapping[str, object], context: ValidationContext) -> Iterator[Finding]:
    """The canaries that keep a SidecarSet from being updated."""
    is_changed = context.old is not None and _stored(context.old, context) != _stored(sidecar_set, context)
    for canary in context.canaries:
        found = validate(sidecar_set, context._replace(others=[canary], old=None))
        refused = [finding for finding in found if finding.code.startswith(_CONFLICT)]
        if refused:
            name = text(struct(canary, "metadata"), "name")
            told = f"while its canary {name} is there, the webhook refuses every update of this SidecarSet"
            severity = Severity.WARNING if is_changed else Severity.INFO
            yield Finding(
                "WRN025",
                told,
                ("metadata", "name"),
                severity,
                help=f"delete {name} first, then update this one",
                upstream=refused[0].upstream,
            )


def _stored(sidecar_set: Mapping[str, object], context: ValidationContext) -> Mapping[str, object]:
    """The spec as the cluster has it, whatever was left to its defaults."""
    return struct(cast("Mapping[str, object]", admit(cast("SidecarSet", sidecar_set), context.release)), "spec")


def _earlier(sidecar_set: Mapping[str, object], revisions: Sequence[Mapping[str, object]]) -> Iterator[tuple[str, str]]:
    """The names and images of all containers that stored revisions of a SidecarSet have."""
    for revision in revisions:
        labels = struct(struct(revision, "metadata"), "labels")
        if text(labels, names.SIDECAR_SET_NAME) == text(struct(sidecar_set, "metadata"), "name"):
            for container in structs(struct(struct(revision, "data"), "spec"), "containers"):
                yield text(container, "name"), text(container, "image")


def _is_lower(image: str, other: str) -> bool:
    """Whether two tags of one image are version numbers, and the first is the lower one."""
    first, second = _VERSION.fullmatch(image), _VERSION.fullmatch(other)
    if first is None or second is None or (first["name"], first["rest"]) != (second["name"], second["rest"]):
        return False
    return _numbers(first) < _numbers(second)


def _numbers(version: re.Match[str]) -> list[int]:
    return [int(number) for number in version["numbers"].split(".")]
