"""From flags and what is known of the cluster to the rules of injection."""

from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from sidecarctl.api.inject import Injector
from sidecarctl.api.targets import Knowledge
from sidecarctl.finding import UndecodableObject
from sidecarctl.shell.cli.command_flags import (
    AdmitFlags,
    ChoiceFlags,
    DiffFlags,
    InjectFlags,
    InputFlags,
    ReleaseFlags,
    TargetFlags,
    UninjectFlags,
)
from sidecarctl.shell.cli.flags import feature_gates, followed_release, limits_of, revision_choices, update_timestamp
from sidecarctl.shell.errors import UsageError
from sidecarctl.shell.input.sources import Input, older_sets
from sidecarctl.shell.report.run_report import Reports
from sidecarctl.sidecarset.cluster import Cluster, Prepared
from sidecarctl.sidecarset.injection.inject import Options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sidecarctl.api.uninject import Changes, Uninjector
    from sidecarctl.finding import Finding
    from sidecarctl.sidecarset.injection.effective_set import EffectiveSet
    from sidecarctl.sidecarset.injection.pod_view import Form
    from sidecarctl.upstream.release import Release
    from sidecarctl.upstream.types import ControllerRevision, Namespace, SidecarSet


def injector(flags: InjectFlags | DiffFlags, given: Input, known: Knowledge, reports: Reports) -> Injector:
    """Return the rule of `inject`.

    Raises `Refused` for a SidecarSet that its webhook would refuse, `UsageError` where there is no SidecarSet at all.
    """
    if not known.sidecar_sets:
        named = [*flags.cluster, *flags.sidecarset]
        where = f" in {', '.join(named)}" if named else ": name its file with --sidecarset (or put it into the input)"
        raise UsageError(f"no SidecarSet{where}")
    reports.note([*flag_warnings(known, flags), *validated(known, flags)])
    release, options = followed_release(flags.kruise_version), injection_options(flags)
    older = older_sets(flags.from_, flags, given)
    states: tuple[EffectiveSet, ...] = ()
    if older:  # ready to be recognised in a Pod
        before = prepared(known._replace(sidecar_sets=older), flags, release, options.form)
        states = tuple(state for name in before.names for state in before.states(name, options.form))
    made = prepared(known, flags, release, options.form)
    with placed(known, release):
        return Injector(made, options, states)


def validated(
    known: Knowledge, flags: InjectFlags | DiffFlags | AdmitFlags, otherwise: str = "injects"
) -> "list[Finding]":
    """Return what the webhook would have to say of the SidecarSets, once it was said.

    `otherwise` is what --no-validate does.
    Raises `Refused` where it would not let one in.
    """
    if flags.no_validate:
        return []
    from sidecarctl.shell.input.refusals import refuse_invalid_sets

    return refuse_invalid_sets(known, flags, otherwise)


def flag_warnings(known: Knowledge, flags: ReleaseFlags) -> "list[Finding]":
    """Return what flags name that is not there, and what is doubtful about the cluster, once it was said."""
    has_choices = isinstance(flags, ChoiceFlags) and flags.choose_revision
    if not (flags.feature_gates or has_choices or known.webhooks or known.misplaced):
        return []
    from sidecarctl.shell.input.refusals import cluster_findings, told_flag_warnings

    return told_flag_warnings(known, flags, [followed_release(flags.kruise_version)], cluster_findings(known))


def noticing(changes: "Changes", flags: InputFlags) -> "Changes":
    """Return changes that also say where nothing is at the path that --template-path names."""
    if not flags.template_path:
        return changes
    from sidecarctl.api.uninject import with_missing_templates

    return with_missing_templates(changes, limits_of(flags))


def uninjector(flags: UninjectFlags, given: Input, known: Knowledge) -> "Uninjector":
    """Return the rule of `uninject`; the SidecarSets of --from and of the cluster tell what goes."""
    from sidecarctl.api.uninject import Uninjector

    known = known._replace(sidecar_sets=[*known.sidecar_sets, *older_sets(flags.from_, flags, given)])
    release = followed_release(flags.kruise_version)
    made = prepared(known, flags, release)
    with placed(known, release):
        return Uninjector(made, Options(namespace=flags.namespace), partial=flags.partial)


def cluster(known: Knowledge, flags: InputFlags, release: "Release") -> Cluster:
    """Return what a cluster would know that runs a release of OpenKruise."""
    return Cluster(
        sidecar_sets=cast("list[SidecarSet]", [one.found.value for one in known.sidecar_sets]),
        namespaces=cast("list[Namespace]", [one.found.value for one in known.namespaces]),
        revisions=cast("list[ControllerRevision]", [one.found.value for one in known.revisions]),
        system_namespaces=flags.system_namespaces,
        feature_gates=feature_gates(flags.feature_gates),
        release=release,
        webhook_configurations=[one.found.value for one in known.webhooks],
    )


def injection_options(flags: TargetFlags) -> Options:
    """Return how to inject where there is a choice."""
    return choice_options(flags)._replace(
        form="defaults" if flags.defaults else "written", timestamp=update_timestamp(flags.timestamp)
    )


def choice_options(flags: ChoiceFlags) -> Options:
    """Return which Pods to inject, and which revision where there is a choice."""
    return Options(
        choose_revision=revision_choices(flags.choose_revision),
        running_pods=flags.running_pods,
        namespace=flags.namespace,
    )


def prepared(known: Knowledge, flags: InputFlags, release: "Release", form: "Form" = "written") -> Prepared:
    """Return what a cluster knows, ready for any number of Pods.

    Raises `UndecodableObject`, with its place, for what is not of its kind, and for a named revision that is none.
    """
    with placed(known, release):
        made = Prepared(cluster(known, flags, release))
        for name in filter(made.names_revision, made.names):
            made.states(name, form)
    return made


@contextmanager
def placed(known: Knowledge, release: "Release") -> "Iterator[None]":
    """Say, of what cannot be decoded, which object it is in, and where."""
    try:
        yield
    except UndecodableObject as error:
        if error.position is not None:
            raise
        from sidecarctl.shell.input.refusals import first_undecodable

        raise first_undecodable(known, release) or error from None
