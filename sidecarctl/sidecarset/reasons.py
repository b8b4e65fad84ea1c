"""Reasons why a Pod gets no sidecars: the code, the sentence and the hint of each, the same in every command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.record import Record
from sidecarctl.sidecarset.matching.match import concerned, labels_of, verdicts
from sidecarctl.sidecarset.matching.verdict import Reason
from sidecarctl.upstream.decode import decode
from sidecarctl.upstream.fields import namespace_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sidecarctl.sidecarset.cluster import Prepared
    from sidecarctl.sidecarset.injection.inject import Options
    from sidecarctl.upstream.types import Pod


class Why(Record):
    """A reason, for people and for scripts: a stable code, a sentence, and what to do about it."""

    code: str
    sentence: str
    hint: str = ""


NOTHING_SELECTS: Final = Why("SEL001", "no SidecarSet selects it")

NO_CONTAINERS: Final = Why("SEL011", "it has no containers: a patch fragment, or a Pod that the API server refuses")

_OUT_OF_SCOPE: Final = Why("SEL010", "the webhook's configuration leaves it out, by its selectors or its rules")
_OTHER_NAMESPACES: Final = Why("SEL006", "the SidecarSet is for other namespaces")

# What keeps a SidecarSet out of a Pod that its selector may match, as every command says it. In the order in which the
# conditions are asked: the last one that holds came nearest to injection.
OBSTACLES: Final[Mapping[Reason, Why]] = {
    Reason.POD_INACTIVE: Why("SEL002", "it has ended, or is being deleted"),
    Reason.POD_RUNNING: Why("SEL003", "already running: sidecars come at creation", "recreate the Pod"),
    Reason.SYSTEM_NAMESPACE: Why(
        "SEL004",
        "it is in a system namespace (--system-namespaces include lets it in)",
        "OpenKruise since 1.3 injects there all the same: --system-namespaces include",
    ),
    Reason.CONTROL_PLANE_NAMESPACE: Why("SEL005", "its namespace is labelled control-plane, which the webhook skips"),
    Reason.WEBHOOK_ABSENT: _OUT_OF_SCOPE,
    Reason.WEBHOOK_NAMESPACE: _OUT_OF_SCOPE,
    Reason.WEBHOOK_POD: _OUT_OF_SCOPE,
    Reason.NAMESPACE_MISMATCH: _OTHER_NAMESPACES,
    Reason.NAMESPACE_SELECTOR_INVALID: _OTHER_NAMESPACES._replace(
        hint="operators are In, NotIn, Exists and DoesNotExist"
    ),
    Reason.NAMESPACE_UNKNOWN: Why(
        "SEL007", "its namespace is not described, and its labels decide", "give the Namespace with --cluster"
    ),
    Reason.INJECTION_PAUSED: Why("SEL008", "the SidecarSet's injection is paused", "set paused to false"),
    Reason.HIDDEN_BY_CANARY: Why("SEL009", "a canary hides the SidecarSet"),
}
_RANK: Final = {reason: rank for rank, reason in enumerate(OBSTACLES)}


def reason_skipped(pod: Pod, prepared: Prepared, options: Options) -> Why:
    """Return what kept out the SidecarSet that came nearest, of those whose selector matches the Pod."""
    namespace = namespace_of(pod, options.namespace)
    selecting = concerned(prepared.prospects(namespace), labels_of(pod))
    found = verdicts(decode(pod, "Pod", prepared.release), namespace, selecting, options.running_pods)
    reasons = [verdict.reason for verdict in found if verdict.reason in OBSTACLES]
    if not reasons:
        return NOTHING_SELECTS
    return OBSTACLES[max(reasons, key=_RANK.__getitem__)]
