"""Which of the objects that tell about a cluster is not of its kind, and where: a run that has found out asks."""

from collections.abc import Iterator
from typing import cast

from sidecarctl.api.knowledge import Knowledge, Known
from sidecarctl.finding import UndecodableObject
from sidecarctl.sidecarset.cluster import Cluster, Prepared
from sidecarctl.upstream.decode import decode
from sidecarctl.upstream.release import Release
from sidecarctl.upstream.types import ControllerRevision, SidecarSet


def first_undecodable(known: Knowledge, release: Release) -> UndecodableObject | None:
    """Return what is wrong with the first object that is none of its kind, with its place; None where all are sound."""
    return next(_undecodable(known, release), None)


def _undecodable(known: Knowledge, release: Release) -> Iterator[UndecodableObject]:
    for one in known.webhooks:
        try:
            Prepared(Cluster(webhook_configurations=[one.found.value], release=release))
        except UndecodableObject as error:
            yield one.undecodable(error)
    for kind, objects in (("Namespace", known.namespaces), ("ControllerRevision", known.revisions)):
        for one in objects:
            try:
                decode(one.found.value, kind, release)
            except UndecodableObject as error:
                yield one.undecodable(error)
    for one in known.sidecar_sets:
        try:
            _prepare(Cluster([_sidecar_set(one)], release=release), one)
        except UndecodableObject as error:
            yield one.undecodable(error)
        else:
            yield from _undecodable_revisions(one, known.revisions, release)


def _undecodable_revisions(one: Known, revisions: list[Known], release: Release) -> Iterator[UndecodableObject]:
    """What is wrong with the content of a revision that a SidecarSet names."""
    for revision in revisions:
        given = cast("ControllerRevision", revision.found.value)
        try:
            _prepare(Cluster([_sidecar_set(one)], revisions=[given], release=release), one)
        except UndecodableObject as error:
            yield revision.undecodable(error)


def _prepare(cluster: Cluster, one: Known) -> None:
    Prepared(cluster).states(one.name, "written")


def _sidecar_set(one: Known) -> SidecarSet:
    return cast("SidecarSet", one.found.value)
