"""Refuse SidecarSets that their webhook would refuse, before anything is injected."""

from sidecarctl.api.knowledge import Knowledge, Known
from sidecarctl.finding import Finding, Severity
from sidecarctl.shell.exits import Refused
from sidecarctl.shell.judge import context_for
from sidecarctl.shell.options import Values
from sidecarctl.shell.report import finding_lines
from sidecarctl.shell.terminal import Palette, palette, say
from sidecarctl.sidecarset.validate.schema import unknown_field_findings
from sidecarctl.sidecarset.validate.webhook import validate
from sidecarctl.upstream.release import Release


def refuse_invalid_sets(known: Knowledge, values: Values, release: Release) -> None:
    """Say what is wrong or doubtful with the SidecarSets; raise `Refused` where the webhook would not let one in.

    What only a cluster knows and nobody gave (the whitelist, revisions) does not count.
    """
    import sys

    colours = palette(str(values.get("color") or "auto"), sys.stderr)
    refused = [
        one.found.text_of("name") for one in known.sidecar_sets if _is_refused(one, known, values, release, colours)
    ]
    if refused:
        names = ", ".join(refused)
        raise Refused(f"the webhook would refuse SidecarSet {names}; --no-validate injects all the same")


def _is_refused(one: Known, known: Knowledge, values: Values, release: Release, colours: Palette) -> bool:
    told = (Severity.ERROR,) if values.get("quiet") else (Severity.ERROR, Severity.WARNING)
    findings = [finding for finding in _findings(one, known, values, release) if finding.severity in told]
    for finding in findings:
        for line in finding_lines(finding, colours):
            say(line)
    return any(finding.severity is Severity.ERROR for finding in findings)


def _findings(one: Known, known: Knowledge, values: Values, release: Release) -> list[Finding]:
    context = context_for(one, None, known, values)
    found = [*validate(one.found.value, context), *unknown_field_findings(one.found.value, release)]
    return [
        finding._replace(position=one.document.position((*one.found.path, *finding.path)), resource=one.found.resource)
        for finding in found
    ]
