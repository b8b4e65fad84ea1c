"""What is doubtful about OpenKruise's own configuration on a cluster."""

from collections.abc import Iterator

from sidecarctl.api.knowledge import CONFIGURATION, Knowledge
from sidecarctl.api.locate import placed_within
from sidecarctl.finding import Finding, Severity
from sidecarctl.sidecarset.webhook_scope import configuration_findings
from sidecarctl.upstream.names import REVISION_NAMESPACE


def cluster_findings(known: Knowledge) -> Iterator[Finding]:
    """Return what is doubtful about OpenKruise's own configuration, with the places."""
    for one in known.webhooks:
        yield from (placed_within(finding, one) for finding in configuration_findings(one.found.value))
    for one in known.misplaced:
        told = f"OpenKruise reads {CONFIGURATION} from the namespace {REVISION_NAMESPACE} only: this one has no effect"
        finding = Finding("WBH004", told, ("metadata", "namespace"), Severity.WARNING)
        yield placed_within(finding, one)
