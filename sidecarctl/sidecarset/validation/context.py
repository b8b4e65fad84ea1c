"""The cluster objects and the release that a SidecarSet is validated against."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, cast

from sidecarctl.finding import UndecodableObject
from sidecarctl.record import Record
from sidecarctl.sidecarset.hash import hash_annotations
from sidecarctl.upstream import schema
from sidecarctl.upstream.decode import decode
from sidecarctl.upstream.defaults import admitted, to_v1beta1
from sidecarctl.upstream.fields import struct, text
from sidecarctl.upstream.release import LATEST, Release

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sidecarctl.upstream.release import Release
    from sidecarctl.upstream.types import SidecarSet


_NO_GATES: Final[Mapping[str, bool]] = MappingProxyType({})


class ValidationContext(Record):
    """The cluster as far as it is known; None says that nobody told.

    With `cluster_known` what is missing does not exist, as for the webhook itself; without it, a rule that would
    need it warns instead.
    """

    others: Sequence[Mapping[str, object]] | None = None  # the SidecarSets that exist
    canaries: Sequence[Mapping[str, object]] = ()  # of the one that is judged; not among the others
    old: Mapping[str, object] | None = None  # the one that is replaced
    revisions: Sequence[Mapping[str, object]] | None = None  # ControllerRevisions
    kruise_config: Mapping[str, object] | None = None  # the ConfigMap `kruise-configuration`
    namespaces: Sequence[Mapping[str, object]] = ()
    feature_gates: Mapping[str, bool] = _NO_GATES
    release: Release = LATEST
    cluster_known: bool = True


_SERVED_SINCE_1_9: Final = "SidecarSet"  # the struct of v1beta1


_SERVED_ALWAYS: Final = "SidecarSetV1alpha1"


def submitted(sidecar_set: Mapping[str, object], release: Release) -> Mapping[str, object]:
    """A SidecarSet as the validating webhook gets to see it; raises UndecodableObject where nothing gets that far.

    Unlike the stored one it keeps the empty lists that its author wrote: some sentences print them.
    Upstream: MUT; VAL decodeSidecarSet
    """
    defaulted = _defaulted(sidecar_set, release)
    metadata = defaulted.get("metadata", {})
    annotations = {**metadata.get("annotations", {}), **hash_annotations(defaulted, release)}
    return _served({**defaulted, "metadata": {**metadata, "annotations": annotations}}, release)


def type_of_set(sidecar_set: Mapping[str, object], release: Release) -> str:
    """The struct that a SidecarSet is decoded into; UndecodableObject for a version that the release does not serve."""
    type_name = schema.type_of(sidecar_set)
    if type_name == _SERVED_ALWAYS or (type_name == _SERVED_SINCE_1_9 and release.serves_v1beta1):
        return type_name
    served = "v1alpha1 or v1beta1" if release.serves_v1beta1 else "v1alpha1"
    told = f"must be apps.kruise.io/{served}: OpenKruise {release.name} serves no other version"
    raise UndecodableObject(told, ("apiVersion",))


def existing(others: Iterable[Mapping[str, object]], release: Release) -> Iterator[Mapping[str, object]]:
    """Other SidecarSets as the webhook reads them, without hashes; what no cluster could hold is left out."""
    for other in others:
        try:
            yield _served(_defaulted(other, release), release)
        except UndecodableObject:
            continue


def named(sidecar_sets: Iterable[Mapping[str, object]], name: str) -> Mapping[str, object] | None:
    """The one with this name."""
    return next((found for found in sidecar_sets if text(struct(found, "metadata"), "name") == name), None)


def _defaulted(sidecar_set: Mapping[str, object], release: Release) -> SidecarSet:
    written = cast("SidecarSet", sidecar_set)
    return admitted(decode(written, type_of_set(sidecar_set, release), release), release)


def _served(sidecar_set: SidecarSet, release: Release) -> SidecarSet:
    return to_v1beta1(sidecar_set) if release.serves_v1beta1 else sidecar_set
