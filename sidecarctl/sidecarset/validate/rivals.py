"""Which of many SidecarSets are worth a closer look beside one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.sidecarset.validate.canary import base_of_canary
from sidecarctl.sidecarset.validate.submitted import existing
from sidecarctl.upstream.fields import name_of, struct, structs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sidecarctl.upstream.release import Release

_NAMED_LISTS: Final = ("initContainers", "containers", "volumes")


def rivals_of(
    sidecar_set: Mapping[str, object], others: Iterable[Mapping[str, object]], release: Release
) -> Sequence[Mapping[str, object]]:
    """The other sets, decoded, that bring something of the same name, and the base of a canary.

    Decoding is what costs, and most sets have nothing in common. Up to 1.6 any other set can crash the webhook.
    """
    brought, base = set(_brought(sidecar_set)), base_of_canary(sidecar_set)
    close = [
        other
        for other in others
        if release.checks_conflicts_despite_errors
        or not brought.isdisjoint(_brought(other))
        or (base and name_of(other) == base)
    ]
    return list(existing(close, release))


def _brought(sidecar_set: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """What a set puts into pods, by kind and name; the set may not have been decoded, and be of any shape."""
    spec = struct(sidecar_set, "spec")
    for field in _NAMED_LISTS:
        yield from ((field, str(item.get("name", ""))) for item in structs(spec, field))
    for patch in structs(spec, "patchPodMetadata"):
        yield from (("annotations", key) for key in struct(patch, "annotations"))
