"""What patchPodMetadata makes of a pod's annotations.

Upstream: UTIL PatchPodMetadata
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.finding import InjectionRefused
from sidecarctl.upstream.names import MERGE_PATCH_JSON, OVERWRITE, RETAIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sidecarctl.upstream.types import SidecarSetPatchPodMetadata


def patched_annotations(
    annotations: Mapping[str, str], patches: Iterable[SidecarSetPatchPodMetadata], *, again: bool = False
) -> Mapping[str, str]:
    """Return the annotations after these patches, one after the other; the same ones where nothing changes.

    `again` says that the patches may have been made before: a text that is no JSON is then kept where it stands, for a
    merge with nothing writes it word for word.
    Raises InjectionRefused where an annotation, or its patch, is no JSON to merge.
    Upstream: UTIL PatchPodMetadata
    """
    for patch in patches:
        policy = patch.get("patchPolicy") or RETAIN
        given = patch.get("annotations", {}).items()
        new = {
            key: _patched(annotations.get(key), value, policy, again=again and annotations.get(key) == value)
            for key, value in given
        }
        changed = {key: value for key, value in new.items() if value is not None and value != annotations.get(key)}
        if changed:
            annotations = {**annotations, **changed}
    return annotations


def _patched(current: str | None, patch: str, policy: str, *, again: bool) -> str | None:
    """Return the value that a policy gives an annotation; None if it leaves it alone."""
    if policy == OVERWRITE or (policy == RETAIN and current is None):
        return patch
    if policy != MERGE_PATCH_JSON:
        return current
    return _merged(current, patch, again=again) if current else patch


def _merged(current: str, patch: str, *, again: bool) -> str:
    from sidecarctl.sidecarset.injection.json_merge import InvalidMerge, merged_json  # noqa: PLC0415 - rare, and slow to load

    try:
        return merged_json(current, patch)
    except InvalidMerge as error:
        if again:
            return current
        raise InjectionRefused(str(error)) from error
