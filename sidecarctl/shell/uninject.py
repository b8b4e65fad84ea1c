"""The command `uninject`."""

from collections.abc import Iterator

from sidecarctl.api.change import Change
from sidecarctl.api.editor import Editor
from sidecarctl.finding import Severity
from sidecarctl.shell import flags, outputs, rules
from sidecarctl.shell.exits import Refused
from sidecarctl.shell.formats import print_shown, show_for
from sidecarctl.shell.inputs import cluster_knowledge, gathered_input
from sidecarctl.shell.job import Job, proof_for, run_job
from sidecarctl.shell.options import UNINJECT, Values
from sidecarctl.shell.report import Reports, reported
from sidecarctl.shell.settings import settled
from sidecarctl.yamledit.stream import Chunk


def run(given: Values) -> int:
    """Take sidecars out, write and report; return the exit code."""
    values = settled(UNINJECT, given)
    reports = outputs.reports(values)
    with reported(reports.fail):
        return _uninjected(values, reports)


def _uninjected(values: Values, reports: Reports) -> int:
    source = gathered_input(values)
    known = cluster_knowledge(values, source)
    reports.note(rules.flag_warnings(known, values))
    uninjector = rules.uninjector(values, source, known)
    editor = Editor(
        uninjector.made,
        flags.limits(values),
        proof_for(values, source),
        drops_sidecar_sets=bool(values.get("drop_sidecarsets")),
    )

    noticed = rules.noticing(editor.changes, values)

    def changes(chunk: Chunk, file: str) -> Iterator[Change]:
        return map(_whole, noticed(chunk, file))

    output = flags.text(values, "output", "yaml")
    show = show_for(output)
    ended = run_job(
        Job(source, changes, uninjector.may_concern, show, outputs.writer(values, show, source), reports), values
    )
    if show is not None:
        print_shown(output, ended.shown)
    reports.write()
    return ended.code


def _whole(change: Change) -> Change:
    """Refuse a removal that would not give back what there was; --partial makes warnings of its errors."""
    for finding in change.findings:
        if finding.severity is Severity.ERROR:
            place = f"{finding.position}: {finding.resource}: "
            raise Refused(f"{place}{finding.message} [{finding.code}]; {finding.help}", [finding])
    return change
