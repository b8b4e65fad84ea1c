"""Why a pod gets no sidecars, in a sentence and a stable code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.record import Record
from sidecarctl.sidecarset.inject import namespace_of
from sidecarctl.sidecarset.match import concerned, labels_of, verdicts
from sidecarctl.sidecarset.verdict import Reason
from sidecarctl.upstream.decode import decode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sidecarctl.sidecarset.cluster import Prepared
    from sidecarctl.sidecarset.inject import Options
    from sidecarctl.upstream.types import Pod


class Why(Record):
    """A reason, for people and for scripts."""

    code: str
    sentence: str


NOTHING_SELECTS: Final = Why("SEL001", "no SidecarSet selects it")

NO_CONTAINERS: Final = Why("SEL011", "it has no containers: a patch fragment, or a Pod that the API server refuses")

_OUT_OF_SCOPE: Final = Why("SEL010", "the webhook's configuration leaves it out, by its selectors or its rules")

# In the order in which they are asked: the last one that holds came nearest to injection.
_REASONS: Final[Mapping[Reason, Why]] = {
    Reason.POD_INACTIVE: Why("SEL002", "it has ended, or is being deleted"),
    Reason.POD_RUNNING: Why("SEL003", "already running: sidecars come at creation"),
    Reason.SYSTEM_NAMESPACE: Why("SEL004", "it is in a system namespace (--system-namespaces include lets it in)"),
    Reason.CONTROL_PLANE_NAMESPACE: Why("SEL005", "its namespace is labelled control-plane, which the webhook skips"),
    Reason.WEBHOOK_ABSENT: _OUT_OF_SCOPE,
    Reason.WEBHOOK_NAMESPACE: _OUT_OF_SCOPE,
    Reason.WEBHOOK_POD: _OUT_OF_SCOPE,
    Reason.NAMESPACE_MISMATCH: Why("SEL006", "the SidecarSets for its labels are for other namespaces"),
    Reason.NAMESPACE_SELECTOR_INVALID: Why("SEL006", "the SidecarSets for its labels are for other namespaces"),
    Reason.NAMESPACE_UNKNOWN: Why("SEL007", "its namespace is not described, and its labels decide"),
    Reason.INJECTION_PAUSED: Why("SEL008", "the SidecarSet's injection is paused"),
    Reason.HIDDEN_BY_CANARY: Why("SEL009", "each SidecarSet that selects it is hidden by a canary"),
}
_RANK: Final = {reason: rank for rank, reason in enumerate(_REASONS)}


def reason_skipped(pod: Pod, prepared: Prepared, options: Options) -> Why:
    """Why no SidecarSet concerns a pod: of those whose selector it meets, what kept out the one that came nearest."""
    namespace = namespace_of(pod, options)
    selecting = concerned(prepared.prospects(namespace), labels_of(pod))
    found = verdicts(decode(pod, "Pod", prepared.release), namespace, selecting, options.running_pods)
    reasons = [verdict.reason for verdict in found if verdict.reason in _REASONS]
    if not reasons:
        return NOTHING_SELECTS
    return _REASONS[max(reasons, key=_RANK.__getitem__)]
