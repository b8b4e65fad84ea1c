"""The command `check`."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import cast

from sidecarctl.api.check import Checker, Demands, secret_names
from sidecarctl.api.inject import Injector
from sidecarctl.api.knowledge import Knowledge, Known
from sidecarctl.api.locate import is_ignored, placed_within
from sidecarctl.finding import Finding, Position, Severity
from sidecarctl.record import Record
from sidecarctl.shell.allpods import AllPods, hidden_bases, known_secrets
from sidecarctl.shell.checkreport import Collected, code_for, wanted_reports, write_reports
from sidecarctl.shell.cli.command_flags import CheckFlags
from sidecarctl.shell.cli.flags import followed_release, limits_of
from sidecarctl.shell.cluster_warnings import cluster_findings
from sidecarctl.shell.errors import Exit, UsageError
from sidecarctl.shell.flagwarnings import flag_warnings
from sidecarctl.shell.input import rules
from sidecarctl.shell.input.sources import Input, cluster_input, gathered_input, joined, owned_in, theirs_and_ours
from sidecarctl.shell.input.versions import earlier_versions
from sidecarctl.shell.report.run_report import reported
from sidecarctl.shell.stream.job import Ended, Job, run_job
from sidecarctl.shell.stream.writers import Nowhere
from sidecarctl.shell.validationcontext import told_findings
from sidecarctl.sidecarset.warnings.selection import pull_secrets


class Judged(Record):
    """A SidecarSet of the input, and what there is to say about it."""

    one: Known
    findings: list[Finding]

    @property
    def is_refused(self) -> bool:
        """Whether no cluster would hold it."""
        return any(finding.severity is Severity.ERROR for finding in self.findings)


def run(flags: CheckFlags) -> int:
    """Check the SidecarSets of the input, and its Pods and pod templates; return the exit code."""
    wanted = wanted_reports(flags)
    source = gathered_input(flags)
    collected = Collected()

    def fail(errors: Sequence[Finding]) -> None:
        collected.note(errors)
        collected.findings.put_first(collected.of_sets)
        write_reports([spec for spec in wanted if spec.path], collected, source, flags)

    with reported(fail):
        code = _checked(source, flags, collected)
    found = code_for(collected.findings, flags.fail_on)
    write_reports(wanted, collected, source, flags)
    return max(code, found)


def _checked(source: Input, flags: CheckFlags, collected: Collected) -> Exit:
    """Collect what there is to say; return how going through the input ended."""
    cluster = cluster_input(flags, source)
    theirs, ours = theirs_and_ours(flags, source, cluster)
    known = joined(theirs, ours, flags)
    if flags.injected and not known.sidecar_sets:
        raise UsageError("no SidecarSet to compare with: name its file with --sidecarset (or put it into the input)")
    older = earlier_versions(ours.sidecar_sets, flags, source) or _in_the_cluster(theirs, ours, flags)
    of_cluster = [one for one in theirs.sidecar_sets if one.is_of_cluster]
    judged = list(_judged(ours, older, known, flags))
    release = followed_release(flags.kruise_version)
    of_flags = [*cluster.unread, *flag_warnings(known, flags, [release]), *cluster_findings(known)]
    collected.of_sets = [*of_flags, *(finding for one in judged for finding in one.findings)]
    ended = _check_pods(source, flags, (known, judged, of_cluster), collected)
    all_pods = None
    if collected.pods_seen and not flags.shard:
        wanted = frozenset(name for one in ours.sidecar_sets for name in pull_secrets(one.found.value))
        secrets = frozenset([*cast("list[str]", ended.shown), *known_secrets(cluster, wanted, limits_of(flags))])
        all_pods = AllPods(collected, secrets, hidden_bases(known.sidecar_sets, collected))
    all_of_sets = (_from_top_to_bottom(one, all_pods) for one in judged)
    collected.findings.put_first(chain(of_flags, chain.from_iterable(all_of_sets)))
    if ended.code is Exit.OK and not flags.allow_empty and not flags.shard:
        _refuse_nothing_checked(known, ours, collected, flags)
    return ended.code


def _refuse_nothing_checked(known: Knowledge, ours: Knowledge, collected: Collected, flags: CheckFlags) -> None:
    """Raise `UsageError` for a run that has looked at nothing: a pipeline must not take that for success."""
    limits = {"selector": flags.selector, "kind": flags.kind, "only-namespace": flags.only_namespace}
    filters = [f"--{name}" for name, given in limits.items() if given]
    within = f" within {', '.join(filters)}" if filters else ""
    if not ours.sidecar_sets and not collected.pods_seen:
        told = f"the input has no SidecarSet, and no Pod or workload{within}"
    elif filters and not collected.pods_seen:
        told = f"the input has no Pod or workload{within}"
    elif not known.sidecar_sets:
        told = "no SidecarSet is known; --sidecarset names its file"
    else:
        return
    raise UsageError(f"nothing to check: {told} (--allow-empty accepts that)")


def _in_the_cluster(theirs: Knowledge, ours: Knowledge, flags: CheckFlags) -> Mapping[Position, Known]:
    """What applying the SidecarSets of the input to a live cluster replaces."""
    if not flags.live:
        return {}
    by_name = {one.name: one for one in theirs.sidecar_sets}
    names = {one.position: one.name for one in ours.sidecar_sets}
    return {position: by_name[name] for position, name in names.items() if name in by_name}


def _judged(ours: Knowledge, older: Mapping[Position, Known], known: Knowledge, flags: CheckFlags) -> Iterator[Judged]:
    """The SidecarSets of the input itself: those of the cluster are there already, whatever we think of them."""
    for one in ours.sidecar_sets:
        found = told_findings(one, older.get(one.position), known, flags, upstream_messages=flags.upstream_messages)
        yield Judged(one, [finding for finding in found if not is_ignored(finding, one.document)])


def _check_pods(
    source: Input, flags: CheckFlags, judgement: tuple[Knowledge, list[Judged], list[Known]], collected: Collected
) -> Ended:
    """Go through the input, with the SidecarSets that a cluster would have; what is shown are names of Secrets."""
    known, judged, of_cluster = judgement
    refused = {one.one.position: one.one for one in judged if one.is_refused}
    usable = known._replace(sidecar_sets=[one for one in known.sidecar_sets if one.position not in refused])
    options, limits = rules.choice_options(flags), limits_of(flags)
    release = followed_release(flags.kruise_version)
    prepared = rules.prepared(usable, flags, release)
    with rules.placed(usable, release):
        injector = Injector(prepared, options)
    unjudged = frozenset(one.name for one in refused.values())
    held = known._replace(sidecar_sets=of_cluster)
    in_cluster = rules.prepared(held, flags, release) if flags.injected and of_cluster else None
    owned = owned_in(source, limits) if flags.injected else None
    if owned is not None:
        prepared.makers = owned.makers()
    demands = Demands(injected=flags.injected, unjudged=unjudged, cluster=in_cluster, owned=owned)
    checker = Checker(injector, prepared, options, limits, demands)
    wanted = frozenset(name for one in usable.sidecar_sets for name in pull_secrets(one.found.value))
    job = Job(source, checker.changes, lambda _: True, partial(secret_names, limits, wanted), Nowhere(), collected)
    return run_job(job, flags)


def _from_top_to_bottom(judged: Judged, all_pods: AllPods | None) -> list[Finding]:
    """What there is to say about a SidecarSet, from top to bottom."""
    known, found = judged.one, judged.findings
    if all_pods is not None and not judged.is_refused:
        found = [*found, *_afterwards(known, all_pods)]
    return sorted(found, key=lambda finding: finding.position or known.position)


def _afterwards(known: Known, all_pods: AllPods) -> Iterator[Finding]:
    for finding in (placed_within(finding, known) for finding in all_pods.findings(known)):
        if not is_ignored(finding, known.document):
            yield finding._replace(sidecar_set=known.name)
