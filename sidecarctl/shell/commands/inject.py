"""The command `inject`."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from sidecarctl.api.change import Limits, Made
from sidecarctl.api.editor import Editor
from sidecarctl.shell.cli.command_flags import InjectFlags
from sidecarctl.shell.cli.flags import limits_of
from sidecarctl.shell.errors import UsageError
from sidecarctl.shell.input import rules
from sidecarctl.shell.input.sources import cluster_knowledge, gathered_input
from sidecarctl.shell.report.run_report import Reports, reported
from sidecarctl.shell.stream import formats
from sidecarctl.shell.stream.job import Job, proof_for, run_job
from sidecarctl.shell.stream.pieces import Show

if TYPE_CHECKING:
    from sidecarctl.api.fastpath.prefilter import Prefilter
    from sidecarctl.upstream.types import Pod


def run(flags: InjectFlags) -> int:
    """Inject, write and report; return the exit code."""
    reports = formats.reports(flags)
    with reported(reports.fail):
        return _injected(flags, reports)


def _injected(flags: InjectFlags, reports: Reports) -> int:
    source = gathered_input(flags, keeps_patches=True)
    injector = rules.injector(flags, source, cluster_knowledge(flags, source), reports)
    limits = limits_of(flags)
    show = formats.other_format(flags)
    proof, drops = proof_for(flags.verify, source), flags.drop_sidecarsets
    road = injector.road(limits) if proof == "fast" and show is None and not drops else None
    editor = Editor(injector.made, limits, proof, quick=road.change if road else None, drops_sidecar_sets=drops)
    if flags.as_pods:
        show = _pods(flags, injector.made, limits)
    prefilter = injector.prefilter
    may_concern, sieve = (_or_is_dropped(prefilter), None) if drops else (prefilter.may_concern, prefilter.places)
    changes = rules.noticing(editor.changes, flags)
    writer = formats.writer(flags, show, source)
    job = Job(source, changes, may_concern, show, writer, reports, sieve=sieve, verify=flags.verify, writing=flags)
    ended = run_job(job, flags)
    if show is not None:
        from sidecarctl.shell.stream.formats import print_shown

        print_shown(flags.output, ended.shown)
    reports.write()
    return ended.code


def _pods(flags: InjectFlags, rule: "Callable[[Pod], Made]", limits: Limits) -> Show:
    if flags.output not in {"yaml", "json"}:
        raise UsageError("--as-pods prints yaml or json")
    from sidecarctl.api.convert import as_pods

    return partial(as_pods, rule, limits)


def _or_is_dropped(prefilter: "Prefilter") -> Callable[[bytes], bool]:
    return lambda data: b"SidecarSet" in data or prefilter.may_concern(data)
