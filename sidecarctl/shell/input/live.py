"""What a live cluster knows, asked through kubectl: whose login, proxies and contexts it uses are the user's own."""

from collections.abc import Iterator
from typing import IO, Final

from sidecarctl.api.targets import CONFIGURATION
from sidecarctl.finding import ClusterRefused, Finding, Severity
from sidecarctl.record import Record
from sidecarctl.shell.cli.command_flags import LiveFlags
from sidecarctl.shell.errors import UsageError
from sidecarctl.shell.files import Kept, Source
from sidecarctl.upstream.names import REVISION_NAMESPACE, WEBHOOK_CONFIGURATION

_SIDECAR_SETS: Final = "sidecarsets.apps.kruise.io"
_FORBIDDEN: Final = "(Forbidden)"  # how kubectl names HTTP status 403
_NO_SUCH_KIND: Final = "the server doesn't have a resource type"


class Question(Record):
    """What to ask for: a kind or KIND/NAME, and where to look for it."""

    resource: str
    flags: tuple[str, ...] = ()
    without: str = ""  # what a run cannot tell that may not read this; empty where there is no run without it


class LiveSources(Record):
    """What the cluster answered, one source for each kind, and findings about what it does not let the user read."""

    sources: list[Source]
    findings: tuple[Finding, ...]


PODS: Final = Question("pods", ("--all-namespaces",))
_KNOWN: Final = (
    Question(_SIDECAR_SETS),
    Question("namespaces", (), "a namespaceSelector is compared with the names of namespaces only"),
    Question(
        "controllerrevisions.apps",
        (f"--namespace={REVISION_NAMESPACE}",),
        "earlier versions of the SidecarSets are not known",
    ),
    Question(
        "configmaps",
        (f"--namespace={REVISION_NAMESPACE}", f"--field-selector=metadata.name={CONFIGURATION}"),
        "which annotations patchPodMetadata may write is not known",
    ),
    Question(
        "mutatingwebhookconfigurations.admissionregistration.k8s.io",
        (f"--field-selector=metadata.name={WEBHOOK_CONFIGURATION}",),
        "the webhook's configuration is taken for that of a standard install",
    ),
)


def known_sources(flags: LiveFlags, *more: Question) -> LiveSources:
    """Return what the cluster knows; what the user may not read is left out where the run can do without it.

    Raises `ClusterRefused`; `UsageError` beside --cluster.
    """
    if flags.cluster:
        raise UsageError("--live asks the cluster itself: leave --cluster out, or --live")
    found, findings = list[Source](), list[Finding]()
    for question in (*_KNOWN, *more):
        try:
            found.append(_source(question, flags))
        except ClusterRefused as error:
            if not question.without or _FORBIDDEN not in str(error):
                raise
            told = f"{question.without}, as the cluster does not let you read them: {error}"
            findings.append(Finding("LIV001", told, severity=Severity.WARNING))
    return LiveSources(found, tuple(findings))


def workload_sources(names: list[str], flags: LiveFlags) -> list[Source]:
    """Return workloads by their KIND/NAME.

    Raises `ClusterRefused`.
    """
    namespace = f"--namespace={flags.namespace}"
    return [_source(Question(name, (namespace,)), flags) for name in names]


def _source(question: Question, flags: LiveFlags) -> Source:
    shown = f"kubectl get {question.resource}"
    return Source(shown, shown, _answer(question, [*_passed_on(flags)]))


def _passed_on(flags: LiveFlags) -> Iterator[str]:
    """The flags that are kubectl's; each in one word, so that no value is taken for a flag."""
    passed_on = {
        "kubeconfig": flags.kubeconfig,
        "context": flags.context,
        "as": flags.as_,
        "request-timeout": flags.request_timeout,
    }
    for name, given in passed_on.items():
        if given:
            yield f"--{name}={given}"


def _answer(question: Question, passed_on: list[str]) -> Kept:
    import shutil
    import subprocess
    from tempfile import TemporaryFile

    kubectl = shutil.which("kubectl")
    if kubectl is None:
        raise ClusterRefused("--live asks the cluster through kubectl, which is not installed (or not on PATH)")
    command = [kubectl, *passed_on, "get", "--output=json", *question.flags, "--", question.resource]
    with (
        TemporaryFile() as said,
        subprocess.Popen(  # noqa: S603 - a list, no shell; no text of the user can be taken for a flag
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said
        ) as running,
    ):
        assert running.stdout is not None  # noqa: S101 - it is a pipe
        kept = Kept(running.stdout)
        if running.wait():
            raise _refused(question, said)
    return kept


def _refused(question: Question, said: IO[bytes]) -> ClusterRefused:
    said.seek(0)
    lines = said.read().decode(errors="backslashreplace").splitlines()
    told = next((line for line in reversed(lines) if line.strip()), "kubectl ended without a word")
    if question.resource == _SIDECAR_SETS and _NO_SUCH_KIND in told:
        return ClusterRefused(f"the cluster has no SidecarSets: OpenKruise is not installed there ({told})")
    return ClusterRefused(f"kubectl get {question.resource}: {told.removeprefix('error: ')}")
