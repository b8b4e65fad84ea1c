"""From flags and what is known of the cluster to the rules of injection."""

from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from sidecarctl.api.injector import Injector
from sidecarctl.api.knowledge import Knowledge, Known
from sidecarctl.finding import UndecodableObject
from sidecarctl.shell import flags
from sidecarctl.shell.exits import UsageError
from sidecarctl.shell.inputs import Input, older_sets
from sidecarctl.shell.options import Values
from sidecarctl.shell.report import Reports
from sidecarctl.sidecarset.cluster import Cluster, Prepared
from sidecarctl.sidecarset.inject import Options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sidecarctl.api.templatepaths import Changes
    from sidecarctl.api.uninjector import Uninjector
    from sidecarctl.finding import Finding
    from sidecarctl.sidecarset.effective import EffectiveSet
    from sidecarctl.sidecarset.match import RunningPods
    from sidecarctl.upstream.types import ControllerRevision, Namespace, SidecarSet


def injector(values: Values, given: Input, known: Knowledge, reports: Reports) -> Injector:
    """Return the rule of `inject`.

    Raises `Refused` for a SidecarSet that its webhook would refuse, `UsageError` where there is no SidecarSet at all.
    """
    if not known.sidecar_sets:
        named = [*flags.texts(values, "cluster"), *flags.texts(values, "sidecarset")]
        where = f" in {', '.join(named)}" if named else ": name its file with --sidecarset (or put it into the input)"
        raise UsageError(f"no SidecarSet{where}")
    reports.note([*flag_warnings(known, values), *validated(known, values)])
    older = older_sets(values, given)
    states = tuple(_states(older, known, values)) if older else ()
    made = prepared(known, values)
    with placed(known, values):
        return Injector(made, options(values), states)


def validated(known: Knowledge, values: Values, otherwise: str = "injects") -> "list[Finding]":
    """Return what the webhook would have to say of the SidecarSets, once it was said.

    `otherwise` is what --no-validate does.
    Raises `Refused` where it would not let one in.
    """
    if values.get("no_validate"):
        return []
    from sidecarctl.shell.refuse import refuse_invalid_sets

    return refuse_invalid_sets(known, values, otherwise)


def flag_warnings(known: Knowledge, values: Values) -> "list[Finding]":
    """Return what flags name that is not there, and what is doubtful about the cluster, once it was said."""
    tells_more = known.webhooks or known.misplaced
    if not (values.get("feature_gates") or values.get("choose_revision") or tells_more):
        return []
    from sidecarctl.shell.cluster_warnings import cluster_findings
    from sidecarctl.shell.flagwarnings import told_flag_warnings

    return told_flag_warnings(known, values, [flags.release(values)], cluster_findings(known))


def noticing(changes: "Changes", values: Values) -> "Changes":
    """Return changes that also say where nothing is at the path that --template-path names."""
    if not values.get("template_path"):
        return changes
    from sidecarctl.api.templatepaths import with_missing_templates

    return with_missing_templates(changes, flags.limits(values))


def uninjector(values: Values, given: Input, known: Knowledge) -> "Uninjector":
    """Return the rule of `uninject`; the SidecarSets of --from and of the cluster tell what goes."""
    from sidecarctl.api.uninjector import Uninjector

    known = known._replace(sidecar_sets=[*known.sidecar_sets, *older_sets(values, given)])
    made = prepared(known, values)
    with placed(known, values):
        return Uninjector(made, options(values), partial=bool(values.get("partial")))


def cluster(values: Values, known: Knowledge) -> Cluster:
    """Return what a cluster would know."""
    return Cluster(
        sidecar_sets=cast("list[SidecarSet]", [one.found.value for one in known.sidecar_sets]),
        namespaces=cast("list[Namespace]", [one.found.value for one in known.namespaces]),
        revisions=cast("list[ControllerRevision]", [one.found.value for one in known.revisions]),
        system_namespaces=flags.system_namespaces(values),
        feature_gates=flags.feature_gates(values),
        release=flags.release(values),
        webhook_configurations=[one.found.value for one in known.webhooks],
    )


def options(values: Values) -> Options:
    """Return how to inject where there is a choice."""
    return Options(
        form="defaults" if values.get("defaults") else "written",
        timestamp=flags.timestamp(values),
        choose_revision=flags.revision_choices(values),
        running_pods=cast("RunningPods", flags.text(values, "running_pods", "skip")),
        namespace=flags.text(values, "namespace", "default"),
    )


def prepared(known: Knowledge, values: Values) -> Prepared:
    """Return what a cluster knows, ready for any number of Pods.

    Raises `UndecodableObject`, with its place, for what is not of its kind, and for a named revision that is none.
    """
    with placed(known, values):
        made = Prepared(cluster(values, known))
        for name in filter(made.names_revision, made.names):
            made.states(name, options(values).form)
    return made


def _states(sets: list[Known], known: Knowledge, values: Values) -> "Iterator[EffectiveSet]":
    """SidecarSets in all their states, ready to be recognised in a pod."""
    older = prepared(known._replace(sidecar_sets=sets), values)
    for name in older.names:
        yield from older.states(name, options(values).form)


@contextmanager
def placed(known: Knowledge, values: Values) -> "Iterator[None]":
    """Say, of what cannot be decoded, which object it is in, and where."""
    try:
        yield
    except UndecodableObject as error:
        if error.position is not None:
            raise
        from sidecarctl.shell.undecodable import first_undecodable

        raise first_undecodable(known, flags.release(values)) or error from None
