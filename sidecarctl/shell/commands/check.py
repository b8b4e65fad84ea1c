"""The command `check`: SidecarSets, Pods, all Pods together, and the lines to show."""

from __future__ import annotations

import sys
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Final, cast

from sidecarctl.api.check import Checker, Demands, secret_names, secrets_in
from sidecarctl.api.fastpath.prefilter import has_escapes
from sidecarctl.api.inject import Injector
from sidecarctl.api.locate import Excerpt, excerpt, is_ignored, placed_within
from sidecarctl.api.targets import Known
from sidecarctl.finding import Finding, Position, Severity, SidecarctlError, UnreadableDocument
from sidecarctl.record import Record
from sidecarctl.shell.cli.command_flags import CheckFlags
from sidecarctl.shell.cli.flags import followed_release, limits_of
from sidecarctl.shell.errors import Exit, UsageError
from sidecarctl.shell.input import rules
from sidecarctl.shell.input.refusals import cluster_findings, flag_warnings, told_findings
from sidecarctl.shell.input.sources import Input, cluster_input, gathered_input, joined, owned_in, theirs_and_ours
from sidecarctl.shell.input.versions import earlier_versions
from sidecarctl.shell.report.formats import (
    Findings,
    ReportSpec,
    findings_writer,
    report_spec,
    report_specs,
    write_pieces,
)
from sidecarctl.shell.report.run_report import Reports, reported
from sidecarctl.shell.stream.job import Ended, Job, run_job
from sidecarctl.shell.stream.writers import Nowhere
from sidecarctl.shell.terminal import palette
from sidecarctl.sidecarset.validation.metadata import base_of_canary
from sidecarctl.sidecarset.warnings.pod import is_paused, missing_secrets, pull_secrets, selects_nothing
from sidecarctl.yamledit.stream.documents import documents

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from sidecarctl.api.change import Limits, Outcome
    from sidecarctl.api.targets import Knowledge, Known
    from sidecarctl.finding import Finding, Position
    from sidecarctl.shell.cli.command_flags import CheckFlags
    from sidecarctl.shell.input.sources import Input
    from sidecarctl.yamledit.stream.documents import Chunk


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


_UNREAD: Final = frozenset({"INP001", "INP002"})  # in such a text nobody knows what is secret: it is not shown


class Collected(Reports):
    """Collects what the pods of the input have to do with the SidecarSets; small, however many they are."""

    def __init__(self) -> None:
        super().__init__([])
        self.findings = Findings()
        self.of_sets: list[Finding] = []  # until they are among the findings
        self.errors: list[Finding] = []  # what could not be checked
        self.namespaces: dict[str, dict[str, None]] = {}  # those of the Pods that each SidecarSet selects
        self._selected: Counter[str] = Counter()  # how many Pods and templates each SidecarSet selects
        self._lacking: Counter[Finding] = Counter()  # of how many of them each is true
        self.pods_seen = False
        self.pods_hidden = False  # some run already: what selects them was not asked

    def __bool__(self) -> bool:
        return True

    def add(self, outcomes: Iterable[Outcome], findings: Iterable[Finding], *, passed_over: bytes = b"") -> None:
        """Take note of what became of a document's objects."""
        del passed_over  # it reads everything
        for outcome in outcomes:
            self.pods_seen = True
            self.pods_hidden = self.pods_hidden or outcome.code in {"SEL002", "SEL003"}
            self._lacking.update(outcome.lacks)
            for name in outcome.sidecar_sets:
                self._selected[name] += 1
                self.namespaces.setdefault(name, {})[outcome.namespace] = None
        self.findings.add(findings)

    def lacking_everywhere(self, sidecar_set: str) -> list[Finding]:
        """Return what a SidecarSet finds in none of the Pods that it selects."""
        everywhere = self._selected[sidecar_set]
        own = (one for one in self._lacking if one.sidecar_set == sidecar_set)
        return [one for one in own if self._lacking[one] == everywhere]

    def note(self, findings: Iterable[Finding]) -> None:
        """Take note of what could not be checked."""
        self.errors += findings

    def with_errors(self) -> None:
        """Put what could not be checked among the findings."""
        self.findings.add(self.errors)
        self.errors = []


def wanted_reports(flags: CheckFlags) -> list[ReportSpec]:
    """Return the reports that were asked for: text on stdout, unless it says otherwise.

    Raises `UsageError` for a format that nobody knows, and for two on stdout.
    """
    given = report_specs(flags) or [report_spec("text")]
    if sum(not spec.path for spec in given) > 1:
        raise UsageError("two reports on stdout: give one of them a file, as --report json=report.json")
    return given


def write_reports(wanted: Sequence[ReportSpec], found: Collected, given: Input, flags: CheckFlags) -> None:
    """Write every report where it was asked for; what could not be checked a person at stdout reads on stderr."""
    for spec in sorted(wanted, key=_is_complete):
        if _is_complete(spec):
            found.with_errors()
        shown = _errors(found.findings) if flags.quiet and not spec.path else found.findings
        pieces = _writer(spec, given, flags)(shown)
        if spec.path:
            write_pieces(spec.path, pieces)
        elif shown or not flags.quiet:
            sys.stdout.writelines(pieces)


def _errors(findings: Findings) -> Findings:
    """Return the errors alone, which --quiet still prints."""
    return Findings(finding for finding in findings if finding.severity is Severity.ERROR)


def _is_complete(spec: ReportSpec) -> bool:
    """Whether a report has to say by itself what could not be checked."""
    return spec.format != "text" or bool(spec.path)


def code_for(findings: Findings, fail_on: str) -> Exit:
    """Return the exit code: whether a finding is as bad as `fail_on`, or worse."""
    order = [*Severity]
    failing = order[: order.index(Severity(fail_on)) + 1] if fail_on != "never" else []
    return Exit.FOUND if any(findings.totals[severity] for severity in failing) else Exit.OK


def _writer(spec: ReportSpec, given: Input, flags: CheckFlags) -> Callable[[Findings], Iterable[str]]:
    if spec.format == "text":
        return lambda findings: _text(findings, given, flags, "never" if spec.path else flags.color)
    return findings_writer(spec.format)


def _text(findings: Findings, given: Input, flags: CheckFlags, colour: str) -> Iterator[str]:
    from sidecarctl.render.findings.text import grouped, in_words, text_lines

    groups = grouped(findings)
    shown = [finding for group in groups for finding in group.shown]
    readable = [finding for finding in shown if finding.code not in _UNREAD]
    lines = excerpts(given, [finding.position for finding in readable if finding.position])
    colours = palette(colour, sys.stdout)
    for line in text_lines(groups, lines, colours, upstream_messages=flags.upstream_messages):
        yield f"{line}\n"
    yield f"{colours(in_words(findings.totals), 'bold')}\n"


_SECRET = b"Secret"


class AllPods(Record):
    """What the whole input has to do with its SidecarSets."""

    collected: Collected
    secrets: frozenset[str]  # that are there, as "namespace/name"
    hidden: frozenset[str]  # SidecarSets in whose place their canaries select Pods

    def findings(self, known: Known) -> Iterator[Finding]:
        """Return what there is to say of a SidecarSet that a cluster would take; the paths are its own."""
        name = known.name
        namespaces = [*self.collected.namespaces.get(name, ())]
        yield from missing_secrets(known.found.value, namespaces, self.secrets)
        if self.collected.pods_hidden:
            return
        yield from self.collected.lacking_everywhere(name)
        is_idle = name in self.hidden or is_paused(known.found.value)  # it selects, and brings nothing
        if not namespaces and not is_idle:
            yield selects_nothing()


def hidden_bases(sets: Iterable[Known], collected: Collected) -> frozenset[str]:
    """Return the names of the SidecarSets whose canaries select Pods."""
    selecting = (one for one in sets if one.name in collected.namespaces)
    return frozenset(base_of_canary(one.found.value) for one in selecting)


def known_secrets(cluster: Input, wanted: Collection[str], limits: Limits) -> Iterator[str]:
    """Return those Secrets of --cluster whose names are wanted, as "namespace/name"; none of what cannot be read."""
    words = [name.encode() for name in wanted]
    for source in cluster.sources if words else ():
        for chunk in cluster.chunks(source):
            if _may_hold(chunk.data, words):
                with suppress(UnreadableDocument):
                    for document in documents(chunk, source.shown):
                        yield from secrets_in(limits, wanted, document)


def _may_hold(data: bytes, names: Iterable[bytes]) -> bool:
    return has_escapes(data) or (_SECRET in data and any(name in data for name in names))


Excerpts = dict["Position", Excerpt]


def excerpts(given: Input, positions: Iterable[Position]) -> Excerpts:
    """Return the line of each position; none for what cannot be read any more."""
    wanted: dict[str, list[Position]] = {}
    for position in sorted(set(positions)):
        wanted.setdefault(position.file, []).append(position)
    found: Excerpts = {}
    for source in given.sources:
        if source.shown not in wanted:
            continue
        try:
            for chunk in given.chunks(source):
                found.update(_in_chunk(chunk, wanted[source.shown]))
        except SidecarctlError:
            continue
    return found


def _in_chunk(chunk: Chunk, wanted: Sequence[Position]) -> Excerpts:
    """The lines of those positions, which are in their order, that stand in a piece of the input."""
    start, end = chunk.extent
    first = bisect_left(wanted, start, key=_place)
    here = wanted[first : bisect_left(wanted, end, first, key=_place)]
    if not here:
        return {}
    found: Excerpts = {}
    for document in documents(chunk, here[0].file):
        for position in here:
            shown = excerpt(document, position) if position.line > document.origin.line else None
            if shown is not None:
                found[position] = shown
    return found


def _place(position: Position) -> tuple[int, int]:
    return position.line - 1, position.column - 1
