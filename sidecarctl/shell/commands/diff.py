"""The command `diff`."""

import sys

from sidecarctl.api.editor import Editor
from sidecarctl.shell.cli.command_flags import DiffFlags
from sidecarctl.shell.cli.flags import limits_of
from sidecarctl.shell.errors import Exit
from sidecarctl.shell.input import rules
from sidecarctl.shell.input.sources import cluster_knowledge, gathered_input
from sidecarctl.shell.report.run_report import Reports, reported
from sidecarctl.shell.stream import formats
from sidecarctl.shell.stream.job import Job, proof_for, run_job
from sidecarctl.shell.stream.unified_diff import UnifiedDiff, lines_touched
from sidecarctl.shell.terminal import palette


def run(flags: DiffFlags) -> int:
    """Print what injection would change; return 1 where there is something, 0 where there is nothing."""
    reports = formats.reports(flags)
    with reported(reports.fail):
        return _differences(flags, reports)


def _differences(flags: DiffFlags, reports: Reports) -> int:
    source = gathered_input(flags)
    injector = rules.injector(flags, source, cluster_knowledge(flags, source), reports)
    limits, proof = limits_of(flags), proof_for(flags.verify, source)
    road = injector.road(limits) if proof == "fast" else None
    editor = Editor(injector.made, limits, proof, quick=road.change if road else None)
    writer = UnifiedDiff(palette(flags.color, sys.stdout))
    prefilter = injector.prefilter
    changes = rules.noticing(editor.changes, flags)
    job = Job(
        source, changes, prefilter.may_concern, None, writer, reports, prefilter.places, lines_touched, flags.verify
    )
    ended = run_job(job, flags)
    reports.write()
    return max(ended.code, Exit.FOUND if ended.is_changed else Exit.OK)
