"""Warnings about a change of a SidecarSet: Pods that will never see it, rollbacks."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, Final, cast

from sidecarctl.finding import FieldPath, Finding, Severity, show_path
from sidecarctl.sidecarset.hash import admit, is_native_sidecar
from sidecarctl.sidecarset.validation.webhook import validate
from sidecarctl.upstream import names
from sidecarctl.upstream.fields import struct, structs, text
from sidecarctl.upstream.names import HASH, HASH_WITHOUT_IMAGE
from sidecarctl.upstream.workload import value_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sidecarctl.sidecarset.validation.context import ValidationContext
    from sidecarctl.upstream.release import Release
    from sidecarctl.upstream.types import SidecarSet


_IN_NO_HASH: Final = ("volumes", "imagePullSecrets", "patchPodMetadata")


_MISSING: Final = object()


def change_warnings(
    sidecar_set: Mapping[str, object], old: Mapping[str, object], release: Release
) -> Iterator[Finding]:
    """What of a change running Pods do not get, or get all at once.

    Raises UndecodableObject where one of the two is no SidecarSet.
    """
    before, after = (
        cast("Mapping[str, object]", admit(cast("SidecarSet", one), release)) for one in (old, sidecar_set)
    )
    return chain(
        _upgrade_warnings(before, after, sidecar_set),
        _native_image_warnings(struct(before, "spec"), struct(after, "spec")),
        _unseen_warnings(before, after),
    )


def _upgrade_warnings(
    before: Mapping[str, object], after: Mapping[str, object], written: Mapping[str, object]
) -> Iterator[Finding]:
    """Changes of the containers' upgrade strategy and content."""
    changes = list(_container_changes(struct(before, "spec"), struct(after, "spec")))
    if _annotation(before, HASH_WITHOUT_IMAGE) == _annotation(after, HASH_WITHOUT_IMAGE):
        return
    for path in changes or [("spec", "containers")]:  # else containers came or went
        if path[-1] == "hotUpgradeEmptyImage":
            told = "a new empty image is put into every Pod at once, whatever partition and maxUnavailable say"
            yield Finding("WRN023", told, path, Severity.WARNING)
        elif path[-1] == "imagePullPolicy" and not _is_written(written, path):
            told = f"the new tag changes imagePullPolicy to {value_at(after, path)}: Pods that run cannot be upgraded"
            advice = "write imagePullPolicy as it was, or keep the tag's kind"
            yield Finding("WRN022", told, (*path[:-1], "image"), Severity.WARNING, help=advice)
        else:
            told = f"{show_path(path)} changes, and more than images: Pods that run cannot be upgraded in place"
            yield Finding("WRN021", told, path, Severity.WARNING, help="restart the workloads, or undo this change")


def _native_image_warnings(old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[Finding]:
    """New images of native sidecars, which the controller never upgrades.

    Upstream: PROC updatePodSidecarContainer
    """
    known = {text(container, "name"): text(container, "image") for container in structs(old, "initContainers")}
    for index, container in enumerate(structs(new, "initContainers")):
        path, image = ("spec", "initContainers", index, "image"), text(container, "image")
        if is_native_sidecar(container) and known.get(text(container, "name"), image) != image:
            told = f"{show_path(path)} changes: no init container is upgraded in place, only new Pods get it"
            yield Finding("WRN021", told, path, Severity.WARNING, help="restart the workloads, or undo this change")


def _unseen_warnings(before: Mapping[str, object], after: Mapping[str, object]) -> Iterator[Finding]:
    """Changes that leave the hash as it is."""
    if _annotation(before, HASH) != _annotation(after, HASH):
        return
    old, new = struct(before, "spec"), struct(after, "spec")
    for field in _IN_NO_HASH if _has_native_sidecar(new) else (*_IN_NO_HASH, "initContainers"):
        if old.get(field) != new.get(field):
            told = f"a change of {field} alone leaves the hash as it is: Pods that run keep what they have"
            yield Finding("WRN024", told, ("spec", field), Severity.WARNING)


def _container_changes(old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[FieldPath]:
    """The fields, images aside, in which containers differ from those of their names."""
    hashed = ("initContainers", "containers") if _has_native_sidecar(new) else ("containers",)
    for field in hashed:
        known = {text(container, "name"): container for container in structs(old, field)}
        for index, container in enumerate(structs(new, field)):
            before = known.get(text(container, "name"))
            if before is not None:
                yield from _differences({**before, "image": ""}, {**container, "image": ""}, ("spec", field, index))


def _differences(before: object, after: object, path: FieldPath) -> Iterator[FieldPath]:
    """Where two values differ, as deep as both have the same shape."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in {**after, **before}:
            yield from _differences(before.get(key, _MISSING), after.get(key, _MISSING), (*path, key))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from _differences(old, new, (*path, index))
    elif before != after:
        yield path


def _has_native_sidecar(spec: Mapping[str, object]) -> bool:
    """Whether init containers are part of the hash."""
    return any(map(is_native_sidecar, structs(spec, "initContainers")))


def _annotation(sidecar_set: Mapping[str, object], key: str) -> str:
    return text(struct(struct(sidecar_set, "metadata"), "annotations"), key)


def _is_written(value: Mapping[str, object], path: FieldPath) -> bool:
    return value_at(value, path) is not None


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
