"""Refuse SidecarSets that their webhook would refuse, before anything is injected."""

from sidecarctl.api.knowledge import Knowledge
from sidecarctl.finding import Finding, Severity
from sidecarctl.shell.cli.command_flags import ReleaseFlags
from sidecarctl.shell.errors import Refused
from sidecarctl.shell.validationcontext import refusing_findings


def refuse_invalid_sets(known: Knowledge, flags: ReleaseFlags, otherwise: str) -> list[Finding]:
    """Say what is wrong or doubtful with the SidecarSets, and return it; `otherwise`: what --no-validate does.

    Raises `Refused` where the webhook would not let one in. What only a cluster knows and nobody gave (the whitelist,
    revisions) does not count.
    """
    found = [finding for one in known.sidecar_sets for finding in refusing_findings(one, known, flags)]
    if not found:
        return []
    from sidecarctl.shell.stderrfindings import goes_to_a_program, tell

    errors = [finding for finding in found if finding.severity is Severity.ERROR]
    if errors or not goes_to_a_program(flags):
        tell(found, flags)
    if errors:
        names = ", ".join(dict.fromkeys(finding.resource.partition("/")[2] for finding in errors))
        message = f"the webhook would refuse SidecarSet {names}; --no-validate {otherwise} all the same"
        raise Refused(message, found)
    return found
