"""The command `uninject`."""

from collections.abc import Iterator

from sidecarctl.api.change import Change
from sidecarctl.api.editor import Editor
from sidecarctl.finding import Severity
from sidecarctl.shell.cli.command_flags import UninjectFlags
from sidecarctl.shell.cli.flags import limits_of
from sidecarctl.shell.errors import Refused
from sidecarctl.shell.input import rules
from sidecarctl.shell.input.sources import cluster_knowledge, gathered_input
from sidecarctl.shell.report.run_report import Reports, reported
from sidecarctl.shell.stream import formats
from sidecarctl.shell.stream.formats import print_shown
from sidecarctl.shell.stream.job import Job, proof_for, run_job
from sidecarctl.yamledit.stream.documents import Chunk


def run(flags: UninjectFlags) -> int:
    """Take sidecars out, write and report; return the exit code."""
    reports = formats.reports(flags)
    with reported(reports.fail):
        return _uninjected(flags, reports)


def _uninjected(flags: UninjectFlags, reports: Reports) -> int:
    source = gathered_input(flags, keeps_patches=True)
    known = cluster_knowledge(flags, source)
    reports.note(rules.flag_warnings(known, flags))
    uninjector = rules.uninjector(flags, source, known)
    proof = proof_for(flags.verify, source)
    editor = Editor(uninjector.made, limits_of(flags), proof, drops_sidecar_sets=flags.drop_sidecarsets)
    noticed = rules.noticing(editor.changes, flags)

    def changes(chunk: Chunk, file: str) -> Iterator[Change]:
        return map(_whole, noticed(chunk, file))

    show = formats.other_format(flags)
    writer = formats.writer(flags, show, source)
    job = Job(source, changes, uninjector.may_concern, show, writer, reports, verify=flags.verify, writing=flags)
    ended = run_job(job, flags)
    if show is not None:
        print_shown(flags.output, ended.shown)
    reports.write()
    return ended.code


def _whole(change: Change) -> Change:
    """Refuse a removal that would not give back what there was; --partial makes warnings of its errors."""
    for finding in change.findings:
        if finding.severity is Severity.ERROR:
            place = f"{finding.position}: {finding.resource}: "
            raise Refused(f"{place}{finding.message} [{finding.code}]; {finding.help}", [finding])
    return change
