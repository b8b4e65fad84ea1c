"""The SidecarSet that is really injected: as it is now, or as a revision of it was.

Upstream: SS getSuitableRevisionSidecarSet
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Literal, cast

from sidecarctl.finding import Finding, InjectionRefused, Severity
from sidecarctl.record import Record
from sidecarctl.sidecarset.injection.hot_upgrade import pair_names
from sidecarctl.sidecarset.injection.sidecar import Sidecar, sidecar
from sidecarctl.sidecarset.injection.volumes import volume_pool
from sidecarctl.upstream import schema
from sidecarctl.upstream.encode import as_encoded
from sidecarctl.upstream.names import HASH, HASH_WITHOUT_IMAGE, PARTIAL
from sidecarctl.upstream.selector import InvalidSelector, matches

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sidecarctl.sidecarset.injection.pod_view import Form
    from sidecarctl.sidecarset.injection.sidecar import ContainerField
    from sidecarctl.upstream.release import Release
    from sidecarctl.upstream.types import (
        LocalObjectReference,
        SidecarContainer,
        SidecarSet,
        SidecarSetPatchPodMetadata,
        SidecarSetSpec,
        SidecarSetUpdateStrategy,
        Volume,
    )

Choice = Literal["latest", "specified"]


class EffectiveSet(Record):
    """A SidecarSet, ready to be injected."""

    name: str
    hash: str
    hash_without_image: str
    revision: str
    init_sidecars: tuple[Sidecar, ...]
    sidecars: tuple[Sidecar, ...]
    listed_names: tuple[str, ...]  # the containers that the annotations record, sorted, once each
    pull_secrets: tuple[LocalObjectReference, ...]
    patches: tuple[SidecarSetPatchPodMetadata, ...]

    @property
    def all_sidecars(self) -> tuple[Sidecar, ...]:
        """Everything that becomes a container, the init containers first."""
        return (*self.init_sidecars, *self.sidecars)

    @property
    def volumes(self) -> list[Volume]:
        """All that it may inject, in the order in which it does; of several of one name, the first one comes in."""
        return [volume for made in self.all_sidecars for volume in made.volumes or ()]

    @property
    def volume_names(self) -> list[str]:
        """The names of `volumes`."""
        return [volume.get("name", "") for volume in self.volumes]

    @property
    def secret_names(self) -> list[str]:
        """The names of the pull secrets, in the order in which they come in."""
        return [secret.get("name", "") for secret in self.pull_secrets]

    @property
    def patched_keys(self) -> list[str]:
        """The keys of the annotations that its patches bring, be it by overwriting or merging."""
        return [key for patch in self.patches for key in patch.get("annotations", {})]

    @property
    def injects_containers(self) -> bool:
        """Whether any container comes with it: only then the hash annotations speak of it."""
        return bool(self.init_sidecars or self.sidecars)


class SetsOfPod(Record):
    """The SidecarSets that select a pod."""

    new: Sequence[EffectiveSet]  # those that are to be injected
    standing: Sequence[EffectiveSet] = ()  # those that stand in it already

    def sidecar_names(self) -> frozenset[str]:
        """Return the names of everything that is injected, as the sets have them, and of what it became already."""
        standing = [sidecar for one in self.standing for sidecar in one.all_sidecars]
        pairs = (pair_names(sidecar.name) for sidecar in standing if sidecar.empty)
        new = (sidecar for one in self.new for sidecar in one.all_sidecars)
        return frozenset((*(sidecar.name for sidecar in (*new, *standing)), *chain.from_iterable(pairs)))


class Draw(Record):
    """Which state of a SidecarSet a pod gets; where a cluster throws a die, how it is loaded."""

    choice: Choice
    probability: float | None = None  # of the specified revision


def effective_set(admitted: SidecarSet, written: SidecarSetSpec, form: Form, release: Release) -> EffectiveSet:
    """Prepare an admitted (or restored) SidecarSet; `written` is the spec that its author wrote."""
    metadata, spec = admitted.get("metadata", {}), admitted.get("spec", {})
    content = _encoded(spec, release) if form == "defaults" else written
    pool = volume_pool(_with_source(volume, release) for volume in content.get("volumes", ()))
    annotations = metadata.get("annotations", {})
    init_sidecars = _sidecars("initContainers", spec, content, pool, release)
    sidecars = _sidecars("containers", spec, content, pool, release)
    return EffectiveSet(
        name=metadata.get("name", ""),
        hash=annotations.get(HASH, ""),
        hash_without_image=annotations.get(HASH_WITHOUT_IMAGE, ""),
        revision=admitted.get("status", {}).get("latestRevision", ""),
        init_sidecars=init_sidecars,
        sidecars=sidecars,
        listed_names=tuple(sorted({made.name for made in (*init_sidecars, *sidecars) if made.is_listed})),
        pull_secrets=tuple(content.get("imagePullSecrets", ())),
        patches=tuple(spec.get("patchPodMetadata", ())),
    )


def revision_draw(sidecar_set: SidecarSet, labels: Mapping[str, str], release: Release) -> Draw:
    """Which state of an admitted SidecarSet a pod with these labels gets.

    Raises InjectionRefused where the strategy cannot be read.
    Upstream: SS getSuitableRevisionSidecarSet, selectRevisionRandomly
    """
    spec = sidecar_set.get("spec", {})
    revision = spec.get("injectionStrategy", {}).get("revision", {})
    if "revisionName" not in revision and "customVersion" not in revision:
        return Draw("latest")
    strategy = spec.get("updateStrategy", {})
    is_partial = release.knows_partial_revision_policy and revision.get("policy") == PARTIAL
    if not is_partial or strategy.get("paused") or not _is_selected(strategy, labels):
        return Draw("specified")
    partition = strategy.get("partition")
    return Draw("latest") if not isinstance(partition, str) else _loaded_draw(_fraction(partition))


def draw_finding(name: str, draw: Draw, choice: Choice, *, is_asked_for: bool) -> Finding:
    """What a cluster would have left to chance (INJ010); somebody who asked for a choice knows."""
    likely = f"{draw.probability or 0:.0%}"
    return Finding(
        "INJ010",
        f"a cluster gives {likely} of the pods the revision that injectionStrategy names, and the others the latest"
        f" SidecarSet; this one gets the {choice} one",
        severity=Severity.INFO if is_asked_for else Severity.WARNING,
        sidecar_set=name,
        help=f"--choose-revision {name}=latest|specified decides",
    )


def _encoded(spec: SidecarSetSpec, release: Release) -> SidecarSetSpec:
    return cast("SidecarSetSpec", as_encoded(spec, "SidecarSetSpec", release))


def _with_source(volume: Volume, release: Release) -> Volume:
    """A volume whose source is missing, or misspelt, is an emptyDir; better said than left to be filled in."""
    known = any(source in volume for source in schema.fields("VolumeSource", release))
    return volume if known else cast("Volume", {**volume, "emptyDir": {}})


def _sidecars(
    field: ContainerField, spec: SidecarSetSpec, content: SidecarSetSpec, pool: Mapping[str, Volume], release: Release
) -> tuple[Sidecar, ...]:
    behaviours: list[SidecarContainer] = spec.get(field, [])
    contents: list[SidecarContainer] = content.get(field, [])
    return tuple(
        sidecar(admitted, written, field, pool, release) for admitted, written in zip(behaviours, contents, strict=True)
    )


def _is_selected(strategy: SidecarSetUpdateStrategy, labels: Mapping[str, str]) -> bool:
    selector = strategy.get("selector")
    try:
        return selector is None or matches(selector, labels)
    except InvalidSelector as error:
        raise InjectionRefused(str(error)) from error


def _fraction(percentage: str) -> float:
    """Upstream: TOOLS ParsePercentage."""
    if not percentage.endswith("%"):
        raise InjectionRefused("invalid type: string is not a percentage")
    from sidecarctl.upstream.go.numbers import parsed_float  # noqa: PLC0415 - few SidecarSets draw

    digits = percentage.removesuffix("%")
    try:
        return parsed_float(digits) / 100
    except ValueError as error:
        raise InjectionRefused(f'strconv.ParseFloat: parsing "{digits}": {error}') from error


def _loaded_draw(fraction: float) -> Draw:
    if fraction >= 1:
        return Draw("specified")
    return Draw("latest", fraction) if fraction > 0 else Draw("latest")
