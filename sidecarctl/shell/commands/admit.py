"""The command `admit`."""

import sys
from collections.abc import Iterator, Sequence
from typing import cast

from sidecarctl.api.change import Outcome
from sidecarctl.api.targets import Known
from sidecarctl.api.values import admitted_as, revision_of
from sidecarctl.finding import UndecodableObject
from sidecarctl.render.text import visible
from sidecarctl.shell.cli.command_flags import AdmitFlags
from sidecarctl.shell.cli.flags import followed_release
from sidecarctl.shell.errors import Exit, Refused, UsageError
from sidecarctl.shell.input import rules
from sidecarctl.shell.input.sources import gathered_input, joined, theirs_and_ours
from sidecarctl.shell.report.run_report import Reports, reported
from sidecarctl.shell.stream import formats
from sidecarctl.shell.stream.formats import print_shown
from sidecarctl.upstream.names import HASH, HASH_WITHOUT_IMAGE
from sidecarctl.yamledit.value import Value
from sidecarctl.yamledit.write.emit import yaml_stream


def run(flags: AdmitFlags) -> int:
    """Print the SidecarSets of the input as a cluster would store them; return the exit code."""
    reports = formats.reports(flags)
    with reported(reports.fail):
        stored = list(_stored(flags, reports))
    _print(stored, flags)
    if flags.report:
        reports.write()
    return Exit.OK


def _stored(flags: AdmitFlags, reports: Reports) -> Iterator[dict[str, Value]]:
    source = gathered_input(flags)
    theirs, ours = theirs_and_ours(flags, source)
    if not ours.sidecar_sets:
        raise UsageError("no SidecarSet in the input")
    known = joined(theirs, ours, flags)
    reports.note([*rules.flag_warnings(known, flags), *rules.validated(known, flags, "prints it")])
    for one in ours.sidecar_sets:
        if not one.name and flags.output in {"name", "hash"}:
            raise Refused(f"{one.position}: a SidecarSet without a name cannot be printed as {flags.output}")
        yield _admitted(one, flags)
        reports.begin(one.position.file, one.position.file if len(source.sources) > 1 else "")
        reports.add([Outcome(one.found.resource, "", "admitted")], ())


def _admitted(one: Known, flags: AdmitFlags) -> dict[str, Value]:
    try:
        return admitted_as(one.found.value, flags.to or "", followed_release(flags.kruise_version))
    except UndecodableObject as error:
        raise one.undecodable(error) from None


def _print(stored: Sequence[dict[str, Value]], flags: AdmitFlags) -> None:
    release = followed_release(flags.kruise_version)
    if flags.output == "hash":
        for one in stored:
            metadata = cast("dict[str, dict[str, str]]", one["metadata"])
            annotations = metadata["annotations"]
            revision = revision_of(one, release)
            hashes = f"{annotations[HASH]} {annotations[HASH_WITHOUT_IMAGE]}"
            sys.stdout.write(visible(f"{metadata['name']} {hashes} {revision}") + "\n")
    elif flags.output == "name":
        print_shown(
            "name", [f"sidecarset.apps.kruise.io/{cast('dict[str, str]', one['metadata'])['name']}" for one in stored]
        )
    elif flags.output == "json":
        print_shown("json", list(stored))
    else:
        texts = [f"# revision: {revision_of(one, release)}\n{yaml_stream([one])}" for one in stored]
        sys.stdout.write("\n---\n".join(texts) + "\n")
