"""From flags to where results go: documents, other formats, reports."""

import sys
from typing import TYPE_CHECKING, Literal

from sidecarctl.shell import flags
from sidecarctl.shell.exits import UsageError
from sidecarctl.shell.formats import Show
from sidecarctl.shell.inputs import Input
from sidecarctl.shell.options import Values
from sidecarctl.shell.report import JsonReport, Reports, TextReport
from sidecarctl.shell.terminal import palette
from sidecarctl.shell.writers import Nowhere, Stdout, Writer

if TYPE_CHECKING:
    from sidecarctl.shell.report import Report
    from sidecarctl.shell.reports import ReportSpec


def reports(values: Values) -> Reports:
    """Return the reports that were asked for: text on stderr, unless it says otherwise; --quiet leaves the files."""
    if not flags.texts(values, "report"):
        return Reports([] if values.get("quiet") else [_text_report("", values)])
    from sidecarctl.shell.reports import report_specs

    return Reports([_report(spec, values) for spec in report_specs(values) if spec.path or not values.get("quiet")])


def writer(values: Values, show: Show | None, given: Input) -> Writer:
    """Return where the documents go."""
    in_place, directory = values.get("in_place"), flags.text(values, "output_dir")
    if sum(map(bool, (in_place, directory, show))) > 1:
        raise UsageError("--in-place, --output-dir and another --output than yaml exclude each other")
    is_cut = bool(values.get("shard")) and len(given.sources) == 1  # of several, each is in one shard whole
    for flag, drops in (("only-changed", bool(values.get("only_changed"))), ("shard", is_cut)):
        if drops and in_place:
            raise UsageError(f"--{flag} would drop documents from the files that --in-place writes")
    if show is not None:
        return Nowhere()
    if not in_place and not directory:
        return Stdout()
    from sidecarctl.shell.filewriters import InPlace, OutputDir

    breaks_links = bool(values.get("break_links"))
    if directory:
        documents: Literal["all", "some"] = "some" if values.get("only_changed") or is_cut else "all"
        return OutputDir(directory, documents, breaks_links=breaks_links)
    return InPlace([*flags.texts(values, "filename"), *flags.texts(values, "paths")], breaks_links=breaks_links)


def _report(spec: "ReportSpec", values: Values) -> "Report":
    if spec.format == "text":
        return _text_report(spec.path, values)
    if spec.format == "json":
        return JsonReport(spec.path)
    from sidecarctl.shell.findingsreport import FindingsReport

    return FindingsReport(spec)


def _text_report(path: str, values: Values) -> TextReport:
    colour = "never" if path else flags.text(values, "color", "auto")
    return TextReport(palette(colour, sys.stderr), flags.text(values, "namespace"), path)
