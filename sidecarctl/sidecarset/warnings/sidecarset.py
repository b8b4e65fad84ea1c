"""Warnings about one SidecarSet."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final, cast

from sidecarctl.finding import FieldPath, Finding, InjectionRefused, Key, Severity
from sidecarctl.record import Record
from sidecarctl.sidecarset.injection.resources import computed_resources
from sidecarctl.sidecarset.validation.context import type_of_set
from sidecarctl.sidecarset.validation.formats import LABEL_LENGTH
from sidecarctl.upstream import names
from sidecarctl.upstream.decode import decode
from sidecarctl.upstream.defaults import V1ALPHA1
from sidecarctl.upstream.fields import is_true, number, struct, structs, text
from sidecarctl.upstream.go.json_text import InvalidJson, read_json
from sidecarctl.upstream.image import InvalidImage, tag, with_registry
from sidecarctl.upstream.workload import value_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sidecarctl.finding import FieldPath
    from sidecarctl.upstream.release import Release
    from sidecarctl.upstream.types import Container, ResourcesPolicy


_LISTS: Final = ("initContainers", "containers")


def lone_warnings(sidecar_set: Mapping[str, object], release: Release) -> Iterator[Finding]:
    """What the webhook takes and its author may not have meant.

    Raises UndecodableObject where it is no SidecarSet.
    """
    seen = decode(sidecar_set, type_of_set(sidecar_set, release), release)
    spec = struct(seen, "spec")
    return chain(
        _metadata_warnings(seen, release),
        _namespace_warnings(seen, release),
        strategy_warnings(spec, release),
        _container_warnings(spec),
        expression_warnings(spec),
        word_warnings(spec),
        pair_warnings(spec),
        hot_upgrade_warnings(spec),
        _volume_warnings(spec),
        _patch_warnings(spec),
    )


def warning(code: str, path: FieldPath, message: str, advice: str = "") -> Finding:
    """A finding of our own."""
    return Finding(code, message, path, Severity.WARNING, help=advice)


def sidecars(spec: Mapping[str, object]) -> Iterator[tuple[FieldPath, Mapping[str, object]]]:
    """All containers of a SidecarSet's spec, and where they stand."""
    for field in _LISTS:
        for index, container in enumerate(structs(spec, field)):
            yield ("spec", field, index), container


def _metadata_warnings(sidecar_set: Mapping[str, object], release: Release) -> Iterator[Finding]:
    metadata = struct(sidecar_set, "metadata")
    annotations = struct(metadata, "annotations")
    canary = text(annotations, names.CANARY)
    if release.honours_canaries and names.BASE in annotations and canary != "true":
        path = ("metadata", "annotations", Key(names.CANARY if canary else names.BASE))
        told = f"this is no canary: {names.CANARY} must be exactly true"
        yield warning("WRN010", path, told, f'write {names.CANARY}: "true"')
    is_label = names.CUSTOM_VERSION in struct(metadata, "labels")
    if is_label and release.custom_version_is_a_field and sidecar_set.get("apiVersion") != V1ALPHA1:
        path = ("metadata", "labels", Key(names.CUSTOM_VERSION))
        yield warning("WRN011", path, "v1beta1 has a field for this: the label is just a label", "use customVersion")


def _namespace_warnings(sidecar_set: Mapping[str, object], release: Release) -> Iterator[Finding]:
    spec = struct(sidecar_set, "spec")
    if release.namespace_is_a_selector and text(spec, "namespace") and spec.get("namespaceSelector") is not None:
        told = f"the namespaceSelector is dropped without a word, because namespace is set: {text(spec, 'namespace')}"
        yield warning("WRN005", ("spec", "namespaceSelector"), told, "remove one of the two")


def _container_warnings(spec: Mapping[str, object]) -> Iterator[Finding]:
    for path, container in sidecars(spec):
        if text(container, "image") and not _is_image(text(container, "image")):
            told = "no image can be called so: the kubelet will not pull it"
            yield warning("WRN017", (*path, "image"), told, "write REGISTRY/NAME:TAG, in lower case but for the tag")
        elif "@" in text(container, "image") and with_registry(text(container, "image")) != text(container, "image"):
            told = "a runtime reports a digest with its registry: the Pod never counts as ready, and stops the rollout"
            shown = with_registry(text(container, "image")).partition("@")[0]
            yield warning("WRN020", (*path, "image"), told, f"write the image as the runtime does: {shown}@…")
        upgrade = struct(container, "upgradeStrategy")
        if text(upgrade, "upgradeType") == names.HOT_UPGRADE and not text(upgrade, "hotUpgradeEmptyImage"):
            name = text(container, "name")
            told = f"a hot upgrade needs an image for {name}-2, the container that waits: no Pod can be created without"
            yield warning("WRN004", (*path, "upgradeStrategy"), told, "set hotUpgradeEmptyImage")
        for index, variable in enumerate(structs(container, "env")):
            if text(variable, "name") == names.IS_INJECTED:
                told = f"injection sets {names.IS_INJECTED} itself: it will stand there twice"
                yield warning("WRN013", (*path, "env", index, "name"), told, "remove it")


def _is_image(name: str) -> bool:
    try:
        tag(name)
    except InvalidImage:
        return False
    return True


def _volume_warnings(spec: Mapping[str, object]) -> Iterator[Finding]:
    mounted = {
        text(mount, "name")
        for _, container in sidecars(spec)
        for mount in (*structs(container, "volumeMounts"), *structs(container, "volumeDevices"))
    }
    for index, volume in enumerate(structs(spec, "volumes")):
        path, name = ("spec", "volumes", index), text(volume, "name")
        if volume.keys() <= {"name"}:
            told = f"no source is known for volume {name}: it becomes an emptyDir"
            yield warning("WRN003", path, told, "name its source (configMap, hostPath, ...), or write emptyDir: {}")
        if name and name not in mounted:
            told = f"no container of the SidecarSet mounts volume {name}: it is not injected"
            yield warning("WRN012", (*path, "name"), told, "mount it, or remove it")


def _patch_warnings(spec: Mapping[str, object]) -> Iterator[Finding]:
    for index, patch in enumerate(structs(spec, "patchPodMetadata")):
        if text(patch, "patchPolicy") != names.MERGE_PATCH_JSON:
            continue
        for key, given in struct(patch, "annotations").items():
            if not _is_json_object(str(given)):
                told = f"{key} must be a JSON object to be merged: where the Pod has it already, the Pod is refused"
                yield warning("WRN014", ("spec", "patchPodMetadata", index, "annotations", Key(key)), told)


def _is_json_object(given: str) -> bool:
    try:
        return isinstance(read_json(given), dict)
    except InvalidJson:
        return False


class _Word(Record):
    """A field that takes some words, and what any other does."""

    path: FieldPath
    known: tuple[str, ...]
    otherwise: str


_SHARING: Final = (names.ENABLED, "disabled")


_DEVICES: Final = _Word(("shareVolumeDevicePolicy", "type"), _SHARING, "no device is shared")


_UPGRADE: Final = _Word(("upgradeStrategy", "upgradeType"), ("ColdUpgrade", names.HOT_UPGRADE), "it is a ColdUpgrade")


_OF_CONTAINERS: Final = (_DEVICES, _UPGRADE)


_OF_INIT_CONTAINERS: Final = (  # the webhook checks these two of containers only
    _DEVICES,
    _Word(("shareVolumePolicy", "type"), _SHARING, "no volume is shared"),
    _Word(("podInjectPolicy",), ("BeforeAppContainer", "AfterAppContainer"), "it goes after the Pod's own"),
)


_OF_PATCHES: Final = _Word(("patchPolicy",), ("Retain", "Overwrite", names.MERGE_PATCH_JSON), "nothing is patched")


def word_warnings(spec: Mapping[str, object]) -> Iterator[Finding]:
    """Words that are not spelt exactly as somebody knows them."""
    return chain(
        _word_warnings(spec, "initContainers", _OF_INIT_CONTAINERS),
        _word_warnings(spec, "containers", _OF_CONTAINERS),
        _word_warnings(spec, "patchPodMetadata", (_OF_PATCHES,)),
    )


def _word_warnings(spec: Mapping[str, object], field: str, words: tuple[_Word, ...]) -> Iterator[Finding]:
    for index, item in enumerate(structs(spec, field)):
        for word in words:
            given = value_at(item, word.path)
            if isinstance(given, str) and given and given not in word.known:
                field_name = " of ".join(map(str, reversed(word.path)))
                told = f"{given} is no {field_name}, and without effect: {word.otherwise}"
                path = ("spec", field, index, *word.path)
                yield Finding("WRN019", told, path, Severity.WARNING, help=f"write {_or(word.known)}")


def pair_warnings(spec: Mapping[str, object]) -> Iterator[Finding]:
    """Containers that are called as one of the two that a hot upgrade makes of another."""
    pairs = {f"{name}-{number}": name for name in _hot(spec) for number in (1, 2)}
    for field in ("initContainers", "containers"):
        for index, container in enumerate(structs(spec, field)):
            name = text(container, "name")
            if name in pairs:
                told = f"a hot upgrade makes {pairs[name]}-1 and {pairs[name]}-2 of {pairs[name]}, so {name} is there"
                told += " twice: no Pod can be created"
                yield Finding("WRN028", told, ("spec", field, index, "name"), Severity.WARNING, help="rename it")


def hot_upgrade_warnings(spec: Mapping[str, object]) -> Iterator[Finding]:
    """Warn of what the two containers of a hot upgrade cannot both have: a port of the node, a name that long."""
    for at, container in enumerate(structs(spec, "containers")):
        if not _is_hot(container):
            continue
        name = text(container, "name")
        for index, port in enumerate(structs(container, "ports")):
            if number(port, "hostPort"):
                told = f"a hot upgrade makes {name}-1 and {name}-2 of {name}, and both take this hostPort:"
                told += " the API server refuses each Pod"
                path = ("spec", "containers", at, "ports", index, "hostPort")
                yield Finding("WRN029", told, path, Severity.WARNING, help="remove the hostPort, or the hot upgrade")
        if LABEL_LENGTH - len("-1") < len(name) <= LABEL_LENGTH:
            told = f"a hot upgrade makes {name}-1 of {name}, which is too long for a container's name:"
            told += " the API server refuses each Pod"
            where = ("spec", "containers", at, "name")
            yield Finding("WRN030", told, where, Severity.WARNING, help=f"use at most {LABEL_LENGTH - 2} characters")


def _hot(spec: Mapping[str, object]) -> Iterator[str]:
    return (text(container, "name") for container in structs(spec, "containers") if _is_hot(container))


def _is_hot(container: Mapping[str, object]) -> bool:
    return text(struct(container, "upgradeStrategy"), "upgradeType") == names.HOT_UPGRADE


def _or(words: tuple[str, ...]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"


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
                    yield from _expression_warnings(text(struct(expressions, kind), resource), path)


def _expression_warnings(expression: str, path: FieldPath) -> Iterator[Finding]:
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


# What a volume's source is called where only one thing of it was written.
_ONLY_FIELD: Final = {
    "configMap": "name",
    "downwardAPI": "items",
    "emptyDir": "sizeLimit",
    "hostPath": "path",
    "persistentVolumeClaim": "claimName",
    "secret": "secretName",
}


_WRONG_TYPE: Final = "SCH001"


_UNKNOWN_FIELD: Final = "SCH004"


_SELECTORS: Final = ("selector", "namespaceSelector", "matchSelector")


def advised(finding: Finding, sidecar_set: Mapping[str, object]) -> Finding:
    """The finding, with what to write instead where a value has the wrong shape or the wrong place."""
    if finding.code == _UNKNOWN_FIELD and finding.path[-2:-1] and finding.path[-2] in _SELECTORS:
        return finding._replace(help="labels stand below matchLabels")
    if finding.code != _WRONG_TYPE:
        return finding
    advice = _advice(finding.message, value_at(sidecar_set, finding.path), finding.path)
    return finding._replace(help=advice) if advice else finding


def _advice(message: str, value: object, path: FieldPath) -> str:
    name = next((part for part in reversed(path) if isinstance(part, str)), "")
    if message.endswith("a mapping"):
        if isinstance(value, list):
            return "write `key: value` lines, without dashes"
        return (
            f"write {name}: {{{_ONLY_FIELD[name]}: ...}}"
            if name in _ONLY_FIELD
            else "write `key: value` lines below it"
        )
    if message.endswith("a list"):
        return f"put a dash before each item of {name}"
    return ""


_STRATEGY: Final[FieldPath] = ("spec", "updateStrategy")


_TYPES: Final = ("", "RollingUpdate", "NotUpdate")


def strategy_warnings(spec: Mapping[str, object], release: Release) -> Iterator[Finding]:
    """What will not roll out, or not be injected, as it reads."""
    strategy = struct(spec, "updateStrategy")
    return chain(
        _type_warnings(strategy),
        _order_warnings(strategy),
        _scatter_warnings(strategy),
        _pause_warnings(spec, strategy),
        _revision_warnings(spec, strategy, release),
    )


def foreign_revision(sidecar_set: Mapping[str, object], revisions: Iterable[Mapping[str, object]]) -> Iterator[Finding]:
    """The revision that a SidecarSet names belongs to another one."""
    wanted = text(struct(struct(struct(sidecar_set, "spec"), "injectionStrategy"), "revision"), "revisionName")
    for metadata in (struct(revision, "metadata") for revision in revisions):
        owner = text(struct(metadata, "labels"), names.SIDECAR_SET_NAME)
        is_named = wanted and text(metadata, "name") == wanted
        if is_named and owner and owner != text(struct(sidecar_set, "metadata"), "name"):
            told = f"{wanted} is a revision of SidecarSet {owner}: its containers would be injected in place of these"
            yield Finding("WRN015", told, ("spec", "injectionStrategy", "revision", "revisionName"), Severity.WARNING)


def _type_warnings(strategy: Mapping[str, object]) -> Iterator[Finding]:
    kind = text(strategy, "type")
    if kind not in _TYPES:
        told = f"{kind} is no type of update: Pods are upgraded all the same, and nothing of the strategy is checked"
        yield Finding("WRN002", told, (*_STRATEGY, "type"), Severity.WARNING, help="write RollingUpdate or NotUpdate")
    if kind != "NotUpdate" and strategy.get("maxUnavailable") in (0, "0%"):
        told = "with maxUnavailable 0 no Pod that is ready is ever upgraded"
        advice = "1 is the default; to stop a rollout, use paused"
        yield Finding("WRN001", told, (*_STRATEGY, "maxUnavailable"), Severity.WARNING, help=advice)


def _order_warnings(strategy: Mapping[str, object]) -> Iterator[Finding]:
    if structs(struct(strategy, "priorityStrategy"), "orderPriority"):
        told = "Pods that have none of these keys are upgraded first, not last"
        yield Finding("WRN009", told, (*_STRATEGY, "priorityStrategy", "orderPriority"), Severity.INFO)


def _scatter_warnings(strategy: Mapping[str, object]) -> Iterator[Finding]:
    if structs(strategy, "scatterStrategy"):
        told = "Pods are scattered anew in each round, among those that are left"
        advice = "sidecarctl plan shows which Pods come when"
        yield Finding("WRN027", told, (*_STRATEGY, "scatterStrategy"), Severity.INFO, help=advice)


def _pause_warnings(spec: Mapping[str, object], strategy: Mapping[str, object]) -> Iterator[Finding]:
    upgrades = (struct(container, "upgradeStrategy") for container in structs(spec, "containers"))
    if is_true(strategy, "paused") and any(text(one, "upgradeType") == names.HOT_UPGRADE for one in upgrades):
        told = "paused holds Pods in the middle of a hot upgrade as they are: with both containers, and not ready"
        yield Finding("WRN016", told, (*_STRATEGY, "paused"), Severity.INFO)


def _revision_warnings(
    spec: Mapping[str, object], strategy: Mapping[str, object], release: Release
) -> Iterator[Finding]:
    revision = struct(struct(spec, "injectionStrategy"), "revision")
    if not release.knows_partial_revision_policy or text(revision, "policy") != names.PARTIAL:
        return
    if not isinstance(strategy.get("partition"), str) and strategy.get("selector") is None:
        told = "Partial without a partition in percent: every new Pod gets the newest version, none this revision"
        path = ("spec", "injectionStrategy", "revision", "policy")
        yield Finding(
            "WRN008", told, path, Severity.WARNING, help='set updateStrategy.partition to a text such as "50%"'
        )
