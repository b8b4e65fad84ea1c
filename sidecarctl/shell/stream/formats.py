"""Output of results: objects, patches, names; and where results of `inject` go."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Literal

from sidecarctl.render.text import visible
from sidecarctl.shell.errors import UsageError
from sidecarctl.shell.report.run_report import JsonReport, Reports, TextReport
from sidecarctl.shell.stream.writers import Nowhere, Stdout, Writer
from sidecarctl.shell.terminal import palette
from sidecarctl.yamledit.write.emit import yaml_stream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sidecarctl.shell.cli.command_flags import InjectFlags, ReportFlags, UninjectFlags, WriteFlags
    from sidecarctl.shell.input.sources import Input
    from sidecarctl.shell.report.formats import ReportSpec
    from sidecarctl.shell.report.run_report import Report
    from sidecarctl.shell.stream.pieces import Show
    from sidecarctl.yamledit.value import Value


def show_for(output: str) -> Show:
    """Return what makes an output format, other than the documents' own, of a change."""
    from sidecarctl.api import convert

    by_name: dict[str, Show] = {
        "json": convert.as_objects,
        "json-patch": convert.as_json_patches,
        "merge-patch": convert.as_merge_patches,
        "name": convert.as_names,
    }
    return by_name[output]


def print_shown(output: str, values: Sequence[Value]) -> None:
    """Print what a format made of all documents."""
    if output == "json" and len(values) == 1:
        from json import JSONEncoder

        from sidecarctl.render.text import json_text

        sys.stdout.writelines(map(json_text, JSONEncoder(indent=2, ensure_ascii=False).iterencode(values[0])))  # long
        sys.stdout.write("\n")
    else:
        sys.stdout.write("".join(f"{text}\n" for text in _texts(output, values)))
    sys.stdout.flush()  # before anything is said of it


def _texts(output: str, values: Sequence[Value]) -> Sequence[str]:
    if output == "name":
        return [visible(str(value)) for value in values]
    if output == "yaml":
        return [yaml_stream(values)] if values else []
    if output in {"json-patch", "merge-patch"} and len(values) == 1 and isinstance(values[0], dict):
        return [_json(values[0]["patch"])]  # what `kubectl patch` takes
    if output == "merge-patch" and not values:
        return [_json({})]  # it takes no list; none is the JSON patch that changes nothing
    if output == "json" and len(values) != 1:
        return [_json({"apiVersion": "v1", "kind": "List", "items": list(values)})]
    return [_json(list(values) if output != "json" else values[0])]


def _json(value: Value) -> str:
    from json import dumps

    from sidecarctl.render.text import json_text

    return json_text(dumps(value, indent=2, ensure_ascii=False))


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


def _report(spec: ReportSpec, flags: ReportFlags) -> Report:
    if spec.format == "text":
        return _text_report(spec.path, flags)
    if spec.format == "json":
        return JsonReport(spec.path)
    from sidecarctl.shell.report.run_report import FindingsReport

    return FindingsReport(spec)


def _text_report(path: str, flags: ReportFlags) -> TextReport:
    colour = "never" if path else flags.color
    return TextReport(palette(colour, sys.stderr), flags.namespace, path)
