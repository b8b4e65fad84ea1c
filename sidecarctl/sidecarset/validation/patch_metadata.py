"""Group C, patchPodMetadata: the annotations that a set puts on pods, and who allows them.

Upstream: VAL validateSidecarSetSpec; UTIL ValidateSidecarSetPatchMetadataWhitelist
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.finding import Key
from sidecarctl.sidecarset.validate.whitelist import Refusal, refusal_of_patches
from sidecarctl.sidecarset.validation.field_errors import SPEC, Place, as_warning, required
from sidecarctl.sidecarset.validation.metadata import annotation_findings
from sidecarctl.upstream.fields import sorted_text_map, struct, structs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

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
