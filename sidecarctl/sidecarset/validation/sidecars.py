"""Group C, what OpenKruise itself asks of the containers of a set.

Upstream: VAL validateContainersForSidecarSet
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.sidecarset.validation.field_errors import SPEC, Place, Shown, dumped, invalid
from sidecarctl.upstream import names
from sidecarctl.upstream.fields import struct, structs, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sidecarctl.finding import Finding
    from sidecarctl.upstream.release import Release


def sidecar_findings(spec: Mapping[str, object], release: Release) -> Iterator[Finding]:
    """Whether policies are known ones and transferEnv and resourcesPolicy can work; less is asked of initContainers.

    Upstream: VAL validateContainersForSidecarSet
    """
    for index, sidecar in enumerate(structs(spec, "initContainers")):
        where = _place("initContainers", index)
        if sidecar.get("resourcesPolicy") is not None:
            from sidecarctl.sidecarset.validation.sidecar_policies import misplaced_policy  # noqa: PLC0415 - few have one

            yield from misplaced_policy(sidecar, where, release)
        yield from _resources_policy_findings(sidecar, where, release)
    for index, sidecar in enumerate(structs(spec, "containers")):
        where = _place("containers", index)
        yield from _policy_findings(sidecar, where, release)
        if sidecar.get("transferEnv") is not None:
            from sidecarctl.sidecarset.validation.sidecar_policies import transfer_env_findings  # noqa: PLC0415 - few have any

            yield from transfer_env_findings(sidecar, where)
        yield from _resources_policy_findings(sidecar, where, release)


def _resources_policy_findings(sidecar: Mapping[str, object], where: Place, release: Release) -> Iterator[Finding]:
    if sidecar.get("resourcesPolicy") is not None:
        from sidecarctl.sidecarset.validation.sidecar_policies import resources_policy_findings  # noqa: PLC0415 - few have one

        yield from resources_policy_findings(sidecar, where, release)


def _place(field: str, index: int) -> Place:
    """The webhook says `spec[0]` of containers and initContainers alike."""
    return Place((*SPEC.path, field, index), (*SPEC.called, index))


def _policy_findings(sidecar: Mapping[str, object], where: Place, release: Release) -> Iterator[Finding]:
    nameless = ("spec", "container")  # what the webhook calls any container here
    if text(sidecar, "podInjectPolicy") not in {names.BEFORE_APP_CONTAINER, names.AFTER_APP_CONTAINER}:
        there = Place(where.at("podInjectPolicy").path, (*nameless, "podInjectPolicy"))
        told = f"must be {names.BEFORE_APP_CONTAINER} or {names.AFTER_APP_CONTAINER}"
        yield invalid("CON010", there, text(sidecar, "podInjectPolicy"), "unsupported pod inject policy", told)
    policy = struct(sidecar, "shareVolumePolicy")
    if text(policy, "type") not in {names.ENABLED, names.DISABLED}:
        there = Place(where.at("shareVolumePolicy", "type").path, (*nameless, "shareVolumePolicy"))
        shown = Shown(dumped(policy, "ShareVolumePolicy", release.go_package))
        told = f"must be {names.ENABLED} or {names.DISABLED}, in lower case"
        yield invalid("CON011", there, shown, "unsupported share volume policy", told)
