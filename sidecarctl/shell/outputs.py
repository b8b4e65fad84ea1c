"""From flags to where results go: documents, other formats, reports."""

import sys

from sidecarctl.shell import flags
from sidecarctl.shell.exits import UsageError
from sidecarctl.shell.formats import Show
from sidecarctl.shell.options import Values
from sidecarctl.shell.report import JsonReport, Reports, TextReport
from sidecarctl.shell.terminal import palette
from sidecarctl.shell.writers import Nowhere, Stdout, Writer


def reports(values: Values) -> Reports:
    """Return the reports that were asked for: text on stderr, unless it says otherwise; --quiet leaves the files."""
    wishes = flags.texts(values, "report") or ["text"]
    return Reports([_report(wish, values) for wish in wishes if "=" in wish or not values.get("quiet")])


def writer(values: Values, show: Show | None) -> Writer:
    """Return where the documents go."""
    in_place, directory = values.get("in_place"), flags.text(values, "output_dir")
    if sum(map(bool, (in_place, directory, show))) > 1:
        raise UsageError("--in-place, --output-dir and another --output than yaml exclude each other")
    for flag in ("only_changed", "shard"):
        if values.get(flag) and in_place:
            name = flag.replace("_", "-")
            raise UsageError(f"--{name} would drop documents from the files that --in-place writes")
    if show is not None:
        return Nowhere()
    if not in_place and not directory:
        return Stdout()
    from sidecarctl.shell.filewriters import InPlace, OutputDir

    if directory:
        return OutputDir(directory)
    return InPlace([*flags.texts(values, "filename"), *flags.texts(values, "paths")])


def _report(wish: str, values: Values) -> TextReport | JsonReport:
    name, _, path = wish.partition("=")
    if name == "json":
        return JsonReport(path)
    if name == "text" and not path:
        return TextReport(palette(flags.text(values, "color", "auto"), sys.stderr), flags.text(values, "namespace"))
    raise UsageError(f"--report takes text, json or json=PATH; {wish} is none of these")
