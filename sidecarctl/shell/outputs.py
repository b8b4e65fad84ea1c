"""From flags to where results go: documents, other formats, reports."""

import sys
from typing import TYPE_CHECKING, Literal

from sidecarctl.shell.cli.command_flags import InjectFlags, ReportFlags, UninjectFlags, WriteFlags
from sidecarctl.shell.errors import UsageError
from sidecarctl.shell.input.sources import Input
from sidecarctl.shell.report.run_report import JsonReport, Reports, TextReport
from sidecarctl.shell.stream.pieces import Show
from sidecarctl.shell.stream.writers import Nowhere, Stdout, Writer
from sidecarctl.shell.terminal import palette

if TYPE_CHECKING:
    from sidecarctl.shell.report.formats import ReportSpec
    from sidecarctl.shell.report.run_report import Report


def reports(flags: ReportFlags) -> Reports:
    """Return the reports that were asked for: text on stderr, unless it says otherwise; --quiet leaves the files."""
    if not flags.report:
        return Reports([] if flags.quiet else [_text_report("", flags)])
    from sidecarctl.shell.report.formats import report_specs

    return Reports([_report(spec, flags) for spec in report_specs(flags) if spec.path or not flags.quiet])


def other_format(flags: WriteFlags) -> Show | None:
    """Return what prints a document in another format; None for its own."""
    if flags.output == "yaml":
        return None
    from sidecarctl.shell.stream.formats import show_for

    return show_for(flags.output)


def writer(flags: InjectFlags | UninjectFlags, show: Show | None, given: Input) -> Writer:
    """Return where the documents go."""
    if sum(map(bool, (flags.in_place, flags.output_dir, show))) > 1:
        raise UsageError("--in-place, --output-dir and another --output than yaml exclude each other")
    is_cut = bool(flags.shard) and len(given.sources) == 1  # of several, each is in one shard whole
    for flag, drops in (("only-changed", flags.only_changed), ("shard", is_cut)):
        if drops and flags.in_place:
            raise UsageError(f"--{flag} would drop documents from the files that --in-place writes")
    if show is not None:
        return Nowhere()
    if not flags.in_place and not flags.output_dir:
        return Stdout()
    from sidecarctl.shell.stream.file_writers import InPlace, OutputDir

    if flags.output_dir:
        documents: Literal["all", "some"] = "some" if flags.only_changed or is_cut else "all"
        return OutputDir(flags.output_dir, documents, breaks_links=flags.break_links)
    return InPlace([*flags.filename, *flags.paths], breaks_links=flags.break_links)


def _report(spec: "ReportSpec", flags: ReportFlags) -> "Report":
    if spec.format == "text":
        return _text_report(spec.path, flags)
    if spec.format == "json":
        return JsonReport(spec.path)
    from sidecarctl.shell.findingsreport import FindingsReport

    return FindingsReport(spec)


def _text_report(path: str, flags: ReportFlags) -> TextReport:
    colour = "never" if path else flags.color
    return TextReport(palette(colour, sys.stderr), flags.namespace, path)
