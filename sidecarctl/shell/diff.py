"""The command `diff`."""

import sys

from sidecarctl.api.editor import Editor
from sidecarctl.shell import flags, outputs, rules
from sidecarctl.shell.differences import lines_touched
from sidecarctl.shell.exits import Exit
from sidecarctl.shell.inputs import cluster_knowledge, gathered_input
from sidecarctl.shell.job import Job, proof_for, run_job
from sidecarctl.shell.options import DIFF, Values
from sidecarctl.shell.report import Reports, reported
from sidecarctl.shell.settings import settled
from sidecarctl.shell.terminal import palette
from sidecarctl.shell.unified import UnifiedDiff


def run(given: Values) -> int:
    """Print what injection would change; return 1 where there is something, 0 where there is nothing."""
    values = settled(DIFF, given)
    reports = outputs.reports(values)
    with reported(reports.fail):
        return _differences(values, reports)


def _differences(values: Values, reports: Reports) -> int:
    source = gathered_input(values)
    injector = rules.injector(values, source, cluster_knowledge(values, source), reports)
    limits, proof = flags.limits(values), proof_for(values, source)
    road = injector.road(limits) if proof == "fast" else None
    editor = Editor(injector.made, limits, proof, quick=road.change if road else None)
    writer = UnifiedDiff(palette(flags.text(values, "color", "auto"), sys.stdout))
    prefilter = injector.prefilter
    changes = rules.noticing(editor.changes, values)
    job = Job(source, changes, prefilter.may_concern, None, writer, reports, prefilter.places, lines_touched)
    ended = run_job(job, values)
    reports.write()
    return max(ended.code, Exit.FOUND if ended.is_changed else Exit.OK)
