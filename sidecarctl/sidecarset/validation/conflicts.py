"""Rules for two SidecarSets that may select one Pod: overlapping selectors, names, volumes.

Upstream: VAL validateSidecarConflict; SEL IsSelectorOverlapping; VALU isSidecarSetNamespaceOverlapping

# Strategy: a value is turned into another one that Python's `==` compares as reflect.DeepEqual would. Missing is the
same as zero, except for pointers; a list without items is not the same as no list; and two quantities of one amount
differ when only one of them remembers the text it was read from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.finding import Finding, Key
from sidecarctl.sidecarset.validation.field_errors import SPEC, Place, invalid
from sidecarctl.sidecarset.validation.metadata import base_of_canary
from sidecarctl.upstream import names, schema
from sidecarctl.upstream.encode import as_encoded
from sidecarctl.upstream.fields import label_selector, sorted_text_map, struct, structs, text, texts
from sidecarctl.upstream.quantity import Format, Quantity, parse
from sidecarctl.upstream.selector import InvalidSelector, matches

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sidecarctl.sidecarset.validation.context import ValidationContext
    from sidecarctl.upstream.release import Release
    from sidecarctl.upstream.schema import Field
    from sidecarctl.upstream.types import LabelSelector


_CRASH: Final = "runtime error: invalid memory address or nil pointer dereference"


def conflict_findings(
    sidecar_set: Mapping[str, object], others: Sequence[Mapping[str, object]], context: ValidationContext
) -> Iterator[Finding]:
    """What another SidecarSet, which may select the same pods, brings already.

    Upstream: VAL validateSidecarConflict
    """
    rivals = [other for other in others if _is_rival(sidecar_set, other, context)]
    spec = struct(sidecar_set, "spec")
    if spec.get("selector") is None:
        if rivals:
            yield _crash()
        return
    meeting = [rival for rival in rivals if selectors_overlap(struct(spec, "selector"), _selector(rival))]
    meeting.sort(key=_name)
    for field in ("initContainers", "containers"):
        yield from _container_conflicts(spec, meeting, field)
    yield from _volume_conflicts(spec, meeting, context)
    yield from _patch_conflicts(spec, meeting)


def _is_rival(sidecar_set: Mapping[str, object], other: Mapping[str, object], context: ValidationContext) -> bool:
    exempt = {_name(sidecar_set)}
    if context.release.checks_canaries:
        exempt.add(base_of_canary(sidecar_set))
    return _name(other) not in exempt and _namespaces_meet(sidecar_set, other, context)


def _namespaces_meet(
    sidecar_set: Mapping[str, object], other: Mapping[str, object], context: ValidationContext
) -> bool:
    """Whether some namespace may be in the scope of both.

    Upstream: VALU isSidecarSetNamespaceOverlapping; up to 1.8 isSidecarSetNamespaceDiff
    """
    spec, other_spec = struct(sidecar_set, "spec"), struct(other, "spec")
    mine, theirs = spec.get("namespaceSelector"), other_spec.get("namespaceSelector")
    if context.release.compares_namespaces_as_text:
        namespace, their_namespace = text(spec, "namespace"), text(other_spec, "namespace")
        if namespace and their_namespace:
            return namespace == their_namespace
        if namespace and theirs is not None:
            return _selects(label_selector(other_spec, "namespaceSelector"), namespace, context)
        if their_namespace and mine is not None:
            return False  # a slip of upstream's
    if mine is None or theirs is None:
        return True
    return selectors_overlap(struct(spec, "namespaceSelector"), struct(other_spec, "namespaceSelector"))


def _selects(selector: LabelSelector, namespace: str, context: ValidationContext) -> bool:
    for known in context.namespaces:
        if _name(known) == namespace:
            try:
                return matches(selector, sorted_text_map(struct(known, "metadata"), "labels"))
            except InvalidSelector:
                return False
    return False


def _container_conflicts(
    spec: Mapping[str, object], meeting: Sequence[Mapping[str, object]], field: str
) -> Iterator[Finding]:
    owners = {text(item, "name"): _name(rival) for rival in meeting for item in _items(rival, field)}
    for index, container in enumerate(structs(spec, field)):
        name = text(container, "name")
        if name in owners:
            # The webhook says `spec.containers` of initContainers too.
            where = Place(SPEC.at(field, index, "name").path, SPEC.at("containers").called)
            told = f"the SidecarSet {owners[name]}, which may select the same pods, has a container {name}: rename one"
            yield invalid("CNF001", where, name, f"container {name} already exist in {owners[name]}", told)


def _volume_conflicts(
    spec: Mapping[str, object], meeting: Sequence[Mapping[str, object]], context: ValidationContext
) -> Iterator[Finding]:
    equal = equals_stored if context.cluster_known else equal_once_stored
    owners = {text(volume, "name"): rival for rival in meeting for volume in _items(rival, "volumes")}
    for index, volume in enumerate(structs(spec, "volumes")):
        name = text(volume, "name")
        if name in owners and not equal(volume, _volume_of(owners[name], name), "Volume", context.release):
            owner = _name(owners[name])
            where = SPEC.at("volumes", index, "name", called=("volumes",))
            told = f"the SidecarSet {owner}, which may select the same pods, has another volume {name}: rename one,"
            told += " or write both alike"
            yield invalid("CNF002", where, name, f"volume {name} is in conflict with sidecarset {owner}", told)


def _volume_of(sidecar_set: Mapping[str, object], name: str) -> Mapping[str, object] | None:
    return next((volume for volume in _items(sidecar_set, "volumes") if text(volume, "name") == name), None)


def _patch_conflicts(spec: Mapping[str, object], meeting: Sequence[Mapping[str, object]]) -> Iterator[Finding]:
    """Two sets may merge into one annotation, but not overwrite it; what is only retained disturbs no one."""
    owners = {
        key: (_name(rival), policy) for rival in meeting for key, policy, _ in _forced_keys(struct(rival, "spec"))
    }
    for key, policy, index in _forced_keys(spec):
        owner, other_policy = owners.get(key, ("", ""))
        if owner and names.OVERWRITE in {policy, other_policy}:
            where = SPEC.at("patchPodMetadata", index, "annotations", Key(key), called=("patchPodMetadata",))
            told = f"the SidecarSet {owner}, which may select the same pods, patches the annotation {key} too"
            yield invalid("CNF003", where, key, f"annotation {key} is in conflict with sidecarset {owner}", told)


def _forced_keys(spec: Mapping[str, object]) -> Iterator[tuple[str, str, int]]:
    """The annotations that are not only retained, each with its policy and the index of its patch."""
    for index, patch in enumerate(structs(spec, "patchPodMetadata")):
        policy = text(patch, "patchPolicy")
        if policy != names.RETAIN:
            yield from ((key, policy, index) for key in sorted_text_map(patch, "annotations"))


def _crash() -> Finding:
    """Up to 1.6 the webhook compares selectors even where there is none."""
    told = "the webhook of this release crashes on a missing selector, which refuses the SidecarSet"
    return Finding("CNF004", told, SPEC.at("selector").path, upstream=_CRASH)


def _selector(sidecar_set: Mapping[str, object]) -> Mapping[str, object]:
    return struct(struct(sidecar_set, "spec"), "selector")


def _items(sidecar_set: Mapping[str, object], field: str) -> Sequence[Mapping[str, object]]:
    return structs(struct(sidecar_set, "spec"), field)


def _name(value: Mapping[str, object]) -> str:
    return text(struct(value, "metadata"), "name")


_ANY: Final = "ALL"  # a value like any other as far as the rules below go, which is one of the slips


def selectors_overlap(one: Mapping[str, object], other: Mapping[str, object]) -> bool:
    """Whether OpenKruise takes it that a pod may match both.

    Upstream: SEL IsSelectorOverlapping
    """
    return not (_excludes(one, other) or _excludes(other, one))


def _excludes(one: Mapping[str, object], other: Mapping[str, object]) -> bool:
    """Whether what the first selector asks for rules the second one out.

    Upstream: SEL isDisjoint
    """
    wanted = _wanted_values(one)
    for key, value in sorted_text_map(other, "matchLabels").items():
        if key in wanted and not {_ANY, value} & set(wanted[key]):
            return True
    return any(
        _expression_excluded(wanted, text(expression, "key"), text(expression, "operator"), texts(expression, "values"))
        for expression in structs(other, "matchExpressions")
    )


def _wanted_values(selector: Mapping[str, object]) -> Mapping[str, Sequence[str]]:
    """The values that a selector lets each label have; what it forbids is not looked at."""
    wanted: dict[str, list[str]] = {key: [value] for key, value in sorted_text_map(selector, "matchLabels").items()}
    for expression in structs(selector, "matchExpressions"):
        key, operator = text(expression, "key"), text(expression, "operator")
        if operator == "In":
            wanted[key] = [*wanted.get(key, ()), *texts(expression, "values")]
        elif operator == "Exists":
            wanted[key] = [_ANY]
    return wanted


def _expression_excluded(wanted: Mapping[str, Sequence[str]], key: str, operator: str, values: Sequence[str]) -> bool:
    match operator:
        case "In":
            return key in wanted and not {_ANY, *values} & set(wanted[key])
        case "NotIn":
            return key in wanted and set(wanted[key]) <= set(values)
        case "Exists":
            return key not in wanted
        case "DoesNotExist":
            return key in wanted
        case _:
            return False


_UNSET_QUANTITY: Final = Quantity(0, Format.NONE)


_POINTERS: Final = ("if set", "null if unset")


def equals_stored(value: object, other: object, type_name: str, release: Release) -> bool:
    """Whether a value that has only been decoded equals one that has been stored and read again.

    Upstream: reflect.DeepEqual
    """
    stored = as_encoded(other, type_name, release)
    return _comparable(value, type_name, release) == _comparable(stored, type_name, release)


def equal_once_stored(value: object, other: object, type_name: str, release: Release) -> bool:
    """Whether two values are equal once a cluster has stored both.

    In a cluster the mutating webhook writes what is submitted anew, so that an unset quantity is "0" before the
    validating one sees it. Upstream's validator by itself takes an unset one and a stored "0" for different.
    """
    return equals_stored(as_encoded(value, type_name, release), other, type_name, release)


def _comparable(value: object, type_name: str, release: Release) -> object:
    if isinstance(value, list):
        item_type = schema.item_type(type_name) or "any"
        return [_comparable(item, item_type, release) for item in value]
    if type_name == "Quantity":
        return parse(value) if isinstance(value, str | int | float) else _UNSET_QUANTITY
    if schema.is_struct(type_name):
        given = value if isinstance(value, dict) else {}
        compared = {
            name: _comparable_field(given.get(name), field, release)
            for name, field in schema.fields(type_name, release).items()
        }
        return {name: item for name, item in compared.items() if item is not None}
    if isinstance(value, dict):
        item_type = schema.item_type(type_name) or "any"
        return {key: _comparable(item, item_type, release) for key, item in value.items()}
    return value


def _comparable_field(value: object, field: Field, release: Release) -> object:
    """The field's value; None where Go has nothing there, or a zero."""
    if field.presence in _POINTERS:
        return None if value is None else _comparable(value, field.type, release)
    if value is None and not schema.is_struct(field.type) and field.type != "Quantity":
        return None
    if isinstance(value, str | int | float) and not value and field.type != "Quantity":
        return None
    return _comparable(value, field.type, release)
