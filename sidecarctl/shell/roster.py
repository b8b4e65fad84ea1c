"""The input of `status` and `plan`: SidecarSets, what a cluster knows, and the Pods (or workloads) that it runs."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Final, cast

from sidecarctl.api.editor import Limits, is_meant
from sidecarctl.api.knowledge import Knowledge, Known, knowledge
from sidecarctl.api.rollout import decoded_pod, distinct_pods
from sidecarctl.api.targets import Found, Object, Target, targets
from sidecarctl.record import Record
from sidecarctl.shell import flags
from sidecarctl.shell.exits import UsageError
from sidecarctl.shell.files import STDIN, KeptStdin, sources, stdin_is_piped
from sidecarctl.shell.gather import Input
from sidecarctl.shell.options import Values
from sidecarctl.shell.stock import Stock
from sidecarctl.upstream.release import Release
from sidecarctl.yamledit.value import Value

if TYPE_CHECKING:
    from sidecarctl.upstream.types import Pod

# Of a Pod in a long dump nothing else is looked at; what is left out need not be decoded.
_READ: Final = {
    "metadata": ("name", "namespace", "labels", "annotations", "creationTimestamp", "deletionTimestamp"),
    "spec": ("nodeName", "containers", "initContainers"),
    "status": ("phase", "conditions", "containerStatuses", "initContainerStatuses"),
}
_READ_OF_CONTAINERS: Final = ("name", "image", "imageID", "ready", "restartCount")
_CONTAINER_STATUSES: Final = ("containerStatuses", "initContainerStatuses")


_OF_OWNERS: Final = {**_READ, "metadata": (*_READ["metadata"], "ownerReferences")}


class Roster(Record):
    """What the command line gives, and what it tells of a cluster."""

    stocks: tuple[Stock, Stock]  # of the cluster, and the user's own
    sets: list[Known]  # to be rolled out
    known: Knowledge  # all of it; of two SidecarSets of one name the user's own counts
    older: dict[str, Known]  # the SidecarSets of --from, or those that the cluster has, by name
    limits: Limits
    read: Mapping[str, tuple[str, ...]] = _READ  # of each Pod in a long dump


def own_stock(values: Values) -> Stock:
    """Return what the command line gives, apart from --cluster.

    Raises `UsageError` where it gives nothing.
    """
    own_paths = [*flags.texts(values, "filename"), *flags.texts(values, "paths"), *flags.texts(values, "sidecarset")]
    if not own_paths and not names_cluster(values):
        if not stdin_is_piped():
            raise UsageError("nothing to work on: name files with --sidecarset, --cluster or -f, or pipe something in")
        own_paths = [STDIN]
    return Stock(_input(own_paths, values))


def gathered_roster(values: Values, own: Stock) -> Roster:
    """Return what the command line gives.

    Raises `UsageError` where no SidecarSet is in it.
    """
    cluster = Stock(_cluster_input(values))
    if own.given.stdin and cluster.given.stdin:
        raise UsageError("stdin can be read for one thing only")
    theirs, ours = (knowledge(stock.documents()) for stock in (cluster, own))
    known = Knowledge(*(_by_name([*a, *b]) for a, b in zip(theirs, ours, strict=True)))
    sets = _by_name(ours.sidecar_sets) or known.sidecar_sets
    if not sets:
        raise UsageError("no SidecarSet: name its file with --sidecarset (or put it into the input)")
    before = knowledge(Stock(_input(flags.texts(values, "from_"), values)).documents()).sidecar_sets
    if not before and ours.sidecar_sets:
        before = theirs.sidecar_sets
    older = {one.found.text_of("name"): one for one in before}
    read = _OF_OWNERS if values.get("group_by") else _READ
    return Roster((cluster, own), sets, known, older, flags.limits(values), read)


def names_cluster(values: Values) -> bool:
    """Whether the command line says where to learn about the cluster."""
    return bool(flags.texts(values, "cluster") or values.get("live"))


def pods_of(roster: Roster, release: Release) -> "Iterator[Pod]":
    """Return the Pods of the input, one at a time.

    Raises `UnreadableDocument` and `UndecodableObject` with the place; also where two Pods go by one name.
    """
    return distinct_pods(_pods(roster, release))


def targets_of(roster: Roster) -> Iterator[Target]:
    """Return the pod templates of the workloads in the input."""
    for stock in roster.stocks:
        for met in stock.workloads():
            if is_meant(met.found, roster.limits):
                yield from targets(met.found, roster.limits.workloads)


def _pods(roster: Roster, release: Release) -> "Iterator[Pod]":
    limits = roster.limits
    has_limits = bool(limits.selector or limits.kinds or limits.namespaces)
    for stock in roster.stocks:
        for met in stock.pods():
            if not has_limits or is_meant(met.found, limits):
                pod = _with_namespace(met.found, limits.namespace)
                pod = _slim(pod, roster.read) if met.document is None else pod
                yield decoded_pod(pod, release, partial(str, met))


def _slim(pod: Object, read: Mapping[str, tuple[str, ...]]) -> Object:
    slim = {name: _part(pod[name], keys) for name, keys in read.items() if name in pod}
    status = slim.get("status")
    if isinstance(status, dict):
        for key in _CONTAINER_STATUSES:
            if isinstance(statuses := status.get(key), list):
                status[key] = [_part(one, _READ_OF_CONTAINERS) for one in statuses]
    return slim


def _part(value: Value, keys: tuple[str, ...]) -> Value:
    return {key: value[key] for key in keys if key in value} if isinstance(value, dict) else value


def _with_namespace(found: Found, namespace: str) -> Object:
    if found.text_of("namespace") or not isinstance(found.value.get("metadata"), dict):
        return found.value
    return {**found.value, "metadata": {**cast("Object", found.metadata), "namespace": namespace}}


def _cluster_input(values: Values) -> Input:
    if not values.get("live"):
        return _input(flags.texts(values, "cluster"), values)
    from sidecarctl.shell.live import PODS, known_sources

    return Input(known_sources(values, PODS), (), flags.size(values, "max_document", "3Mi"))


def _input(paths: list[str], values: Values) -> Input:
    found = sources(paths, recursive=bool(values.get("recursive")))
    stdin = KeptStdin() if any(source.path == STDIN for source in found) else ()
    return Input(found, stdin, flags.size(values, "max_document", "3Mi"))


def _by_name(known: list[Known]) -> list[Known]:
    """The objects as a cluster has them once all are applied: of one name, the last counts."""
    return list({(one.found.text_of("namespace"), one.found.text_of("name")): one for one in known}.values())
