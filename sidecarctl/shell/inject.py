"""The command `inject`."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from sidecarctl.api.editor import Editor, Limits, Made
from sidecarctl.shell import flags, outputs, rules
from sidecarctl.shell.exits import UsageError
from sidecarctl.shell.formats import Show, print_shown, show_for
from sidecarctl.shell.inputs import cluster_knowledge, gathered_input
from sidecarctl.shell.job import Job, proof_for, run_job
from sidecarctl.shell.options import INJECT, Values
from sidecarctl.shell.report import Reports, reported
from sidecarctl.shell.settings import settled

if TYPE_CHECKING:
    from sidecarctl.api.prefilter import Prefilter
    from sidecarctl.upstream.types import Pod


def run(given: Values) -> int:
    """Inject, write and report; return the exit code."""
    values = settled(INJECT, given)
    reports = outputs.reports(values)
    with reported(reports.fail):
        return _injected(values, reports)


def _injected(values: Values, reports: Reports) -> int:
    source = gathered_input(values)
    injector = rules.injector(values, source, cluster_knowledge(values, source), reports)
    limits = flags.limits(values)
    show = show_for(flags.text(values, "output", "yaml"))
    proof, drops = proof_for(values, source), bool(values.get("drop_sidecarsets"))
    road = injector.road(limits) if proof == "fast" and show is None and not drops else None
    editor = Editor(injector.made, limits, proof, quick=road.change if road else None, drops_sidecar_sets=drops)
    if values.get("as_pods"):
        show = _pods(values, injector.made, limits)
    prefilter = injector.prefilter
    may_concern, sieve = (_or_is_dropped(prefilter), None) if drops else (prefilter.may_concern, prefilter.places)
    changes = rules.noticing(editor.changes, values)
    job = Job(source, changes, may_concern, show, outputs.writer(values, show, source), reports, sieve)
    ended = run_job(job, values)
    if show is not None:
        print_shown(flags.text(values, "output", "yaml"), ended.shown)
    reports.write()
    return ended.code


def _pods(values: Values, rule: "Callable[[Pod], Made]", limits: Limits) -> Show:
    if flags.text(values, "output", "yaml") not in {"yaml", "json"}:
        raise UsageError("--as-pods prints yaml or json")
    from sidecarctl.api.shown import as_pods

    return partial(as_pods, rule, limits)


def _or_is_dropped(prefilter: "Prefilter") -> Callable[[bytes], bool]:
    return lambda data: b"SidecarSet" in data or prefilter.may_concern(data)
