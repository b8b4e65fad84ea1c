"""The command `admit`."""

import sys
from collections.abc import Iterator, Sequence
from typing import cast

from sidecarctl.api.change import Outcome
from sidecarctl.api.knowledge import Known
from sidecarctl.api.values import admitted_as, revision_of
from sidecarctl.finding import UndecodableObject
from sidecarctl.shell import flags, outputs, rules
from sidecarctl.shell.exits import Exit, Refused, UsageError
from sidecarctl.shell.formats import print_shown, yaml_stream
from sidecarctl.shell.inputs import gathered_input, joined, theirs_and_ours
from sidecarctl.shell.options import ADMIT, Values
from sidecarctl.shell.report import Reports, reported
from sidecarctl.shell.settings import settled
from sidecarctl.shell.terminal import visible
from sidecarctl.upstream.names import HASH, HASH_WITHOUT_IMAGE
from sidecarctl.yamledit.value import Value


def run(given: Values) -> int:
    """Print the SidecarSets of the input as a cluster would store them; return the exit code."""
    values = settled(ADMIT, given)
    reports = outputs.reports(values)
    with reported(reports.fail):
        stored = list(_stored(values, reports))
    _print(flags.text(values, "output", "yaml"), stored, values)
    if flags.texts(values, "report"):
        reports.write()
    return Exit.OK


def _stored(values: Values, reports: Reports) -> Iterator[dict[str, Value]]:
    strictly = {**values, "keep_going": False}
    source = gathered_input(strictly)
    theirs, ours = theirs_and_ours(strictly, source)
    if not ours.sidecar_sets:
        raise UsageError("no SidecarSet in the input")
    known = joined(theirs, ours, values)
    reports.note([*rules.flag_warnings(known, values), *rules.validated(known, values, "prints it")])
    output = flags.text(values, "output", "yaml")
    for one in ours.sidecar_sets:
        if not one.name and output in {"name", "hash"}:
            raise Refused(f"{one.position}: a SidecarSet without a name cannot be printed as {output}")
        yield _admitted(one, values)
        reports.begin(one.position.file, one.position.file if len(source.sources) > 1 else "")
        reports.add([Outcome(one.found.resource, "", "admitted")], ())


def _admitted(one: Known, values: Values) -> dict[str, Value]:
    try:
        return admitted_as(one.found.value, flags.text(values, "to"), flags.release(values))
    except UndecodableObject as error:
        raise one.undecodable(error) from None


def _print(output: str, stored: Sequence[dict[str, Value]], values: Values) -> None:
    release = flags.release(values)
    if output == "hash":
        for one in stored:
            metadata = cast("dict[str, dict[str, str]]", one["metadata"])
            annotations = metadata["annotations"]
            revision = revision_of(one, release)
            hashes = f"{annotations[HASH]} {annotations[HASH_WITHOUT_IMAGE]}"
            sys.stdout.write(visible(f"{metadata['name']} {hashes} {revision}") + "\n")
    elif output == "name":
        print_shown(
            "name", [f"sidecarset.apps.kruise.io/{cast('dict[str, str]', one['metadata'])['name']}" for one in stored]
        )
    elif output == "json":
        print_shown("json", list(stored))
    else:
        texts = [f"# revision: {revision_of(one, release)}\n{yaml_stream([one])}" for one in stored]
        sys.stdout.write("\n---\n".join(texts) + "\n")
