"""Why a pod gets no sidecars, in a sentence and a stable code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from sidecarctl.sidecarset.explain import explained
from sidecarctl.sidecarset.verdict import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sidecarctl.sidecarset.cluster import Prepared
    from sidecarctl.sidecarset.inject import Options
    from sidecarctl.upstream.types import Pod


class Why(NamedTuple):
    """A reason, for people and for scripts."""

    code: str
    sentence: str


NOTHING_SELECTS: Final = Why("SEL001", "no SidecarSet selects it")
_REASONS: Final[Mapping[Reason, Why]] = {
    Reason.POD_INACTIVE: Why("SEL010", "it has ended, or is being deleted"),
    Reason.POD_RUNNING: Why("SEL011", "already running: sidecars come at creation"),
    Reason.SYSTEM_NAMESPACE: Why("SEL020", "it is in a system namespace (--system-namespaces include lets it in)"),
    Reason.CONTROL_PLANE_NAMESPACE: Why("SEL021", "its namespace is labelled control-plane, which the webhook skips"),
    Reason.INJECTION_PAUSED: Why("SEL030", "the SidecarSet's injection is paused"),
    Reason.NAMESPACE_UNKNOWN: Why("SEL022", "its namespace is not described, and its labels decide"),
}


def reason_skipped(pod: Pod, prepared: Prepared, options: Options) -> Why:
    """Why no SidecarSet concerns a pod: what kept out the one that came nearest."""
    found = explained(pod, prepared, options)
    known = [_REASONS[verdict.reason] for verdict in found if verdict.reason in _REASONS]
    misses = any(verdict.reason is Reason.SELECTOR_MISMATCH for verdict in found)
    return known[0] if known and not misses else NOTHING_SELECTS
