"""Rules for patchPodMetadata, and the whitelist that allows its annotations.

Upstream: VAL validateSidecarSetSpec; UTIL ValidateSidecarSetPatchMetadataWhitelist; UTIL
ValidateSidecarSetPatchMetadataWhitelist; pkg/util/configuration
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from sidecarctl.finding import FieldPath, Key, UndecodableObject
from sidecarctl.record import Record
from sidecarctl.sidecarset.validation.field_errors import SPEC, Place, as_warning, required
from sidecarctl.sidecarset.validation.metadata import annotation_findings
from sidecarctl.upstream.decode import decode
from sidecarctl.upstream.fields import label_selector, sorted_text_map, struct, structs, texts
from sidecarctl.upstream.go.json_text import InvalidJson, read_json
from sidecarctl.upstream.go.regexp import InvalidRegexp, search
from sidecarctl.upstream.release import PATCH_ANY_METADATA, gate_is_on
from sidecarctl.upstream.selector import InvalidSelector, matches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sidecarctl.finding import Finding
    from sidecarctl.sidecarset.validation.context import ValidationContext
    from sidecarctl.upstream.release import Release


_PATCHES: Final = SPEC.at("patchPodMetadata")


def pod_metadata_findings(sidecar_set: Mapping[str, object], context: ValidationContext) -> Iterator[Finding]:
    """Whether each patch names annotations, none of them twice, and the cluster's administrator allows them.

    Upstream: VAL validateSidecarSetSpec
    """
    patches = structs(struct(sidecar_set, "spec"), "patchPodMetadata")
    refusal = refusal_of_patches(sidecar_set, context)
    if refusal:
        yield _disallowed(refusal, context)
    yield from _patch_findings(patches, context.release)


def _disallowed(refusal: Refusal, context: ValidationContext) -> Finding:
    sentence, told, parts = refusal
    finding = required("PPM001", _PATCHES.at(*parts, called=()), sentence, message=told)
    return as_warning(finding) if context.kruise_config is None and not context.cluster_known else finding


def _patch_findings(patches: Sequence[Mapping[str, object]], release: Release) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, patch in enumerate(patches):
        where = _PATCHES.at(index, called=())
        annotations = sorted_text_map(patch, "annotations")
        if annotations:
            entries = Place(where.at("annotations").path, ("patchPodMetadata", "annotations"))
            yield from annotation_findings("PPM003", entries, annotations, release)
        else:
            yield required("PPM002", where, "no annotations defined for SidecarSet", message="names no annotations")
        for key in annotations:
            if key in seen:
                told = f"the annotation {key} is patched twice"
                entry = where.at("annotations", Key(key), called=())
                yield required("PPM004", entry, f"patch annotation[{key}] already exist", message=told)
            seen.add(key)


CONFIG_NAME: Final = "kruise-configuration"


KEY: Final = "SidecarSet_PatchPodMetadata_WhiteList"


_ADVICE: Final = f"add its key to {KEY} in the ConfigMap {CONFIG_NAME}"


class Refusal(Record):
    """Why a patch is not allowed: the webhook's words, ours, and the field below patchPodMetadata."""

    sentence: str
    message: str
    parts: FieldPath = ()


def refusal_of_patches(sidecar_set: Mapping[str, object], context: ValidationContext) -> Refusal | None:
    """Why the annotations that a set patches are not allowed; None where they are.

    Upstream: UTIL ValidateSidecarSetPatchMetadataWhitelist
    """
    patches = structs(struct(sidecar_set, "spec"), "patchPodMetadata")
    listed = sorted_text_map(context.kruise_config or {}, "data").get(KEY)
    allows_all = gate_is_on(PATCH_ANY_METADATA, context.feature_gates, context.release)
    if not patches or (listed is None and allows_all):
        return None
    if listed is None:
        told = f"no annotation may be patched before the cluster allows it: {_ADVICE}"
        return Refusal("SidecarSet patch metadata whitelist not found", told)
    try:
        allowed = list(
            _allowed_keys(_rules(listed, context.release), sorted_text_map(struct(sidecar_set, "metadata"), "labels"))
        )
        refused = _first_refused(patches, allowed) if allowed else None
    except (_UnreadableWhitelist, InvalidSelector, InvalidRegexp) as unreadable:
        return Refusal(str(unreadable), f"{KEY} in the ConfigMap {CONFIG_NAME} cannot be read: {unreadable}")
    if not allowed:
        told = f"no rule of the cluster's whitelist is for this SidecarSet: {_ADVICE}"
        return None if allows_all else Refusal("sidecarSet patch metadata annotation is not allowed", told)
    return refused


class _UnreadableWhitelist(ValueError):
    pass


def _first_refused(patches: Sequence[Mapping[str, object]], allowed: Sequence[Callable[[str], bool]]) -> Refusal | None:
    for index, patch in enumerate(patches):
        for key in sorted_text_map(patch, "annotations"):
            if not any(allows(key) for allows in allowed):
                told = f"the cluster does not let SidecarSets patch the annotation {key}: {_ADVICE}"
                sentence = f"sidecarSet patch metadata annotation({key}) is not allowed"
                return Refusal(sentence, told, (index, "annotations", Key(key)))
    return None


def _allowed_keys(rules: Sequence[Mapping[str, object]], labels: Mapping[str, str]) -> Iterator[Callable[[str], bool]]:
    for rule in rules:
        if rule.get("selector") is None or matches(label_selector(rule, "selector"), labels):
            yield from (search(expression) for expression in texts(rule, "allowedAnnotationKeyExprs"))


def _rules(listed: str, release: Release) -> Sequence[Mapping[str, object]]:
    try:
        read = read_json(listed)
        whitelist = {} if read is None else decode(read, "SidecarSetPatchMetadataWhiteList", release)
    except InvalidJson as error:
        raise _UnreadableWhitelist(str(error)) from None
    except UndecodableObject as error:
        raise _UnreadableWhitelist(error.message) from None
    return structs(cast("Mapping[str, object]", whitelist), "rules")
