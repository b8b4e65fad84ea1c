"""Verdicts on a SidecarSet at a Pod, and the one table from Reason to code, sentence and hint."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from sidecarctl.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sidecarctl.upstream.selector import Requirement


class Reason(StrEnum):
    """What decides first whether a SidecarSet concerns a pod; stable, so that scripts may ask for it."""

    SELECTED = "Selected"
    POD_INACTIVE = "PodInactive"  # Succeeded, Failed, or being deleted
    POD_RUNNING = "PodAlreadyRunning"  # sidecars come at creation
    INJECTED = "Injected"  # a Pod that exists: it carries the present version
    OUTDATED = "InjectedOutdated"  # a Pod that exists: it carries another version
    NOT_INJECTED = "CreatedWithoutSidecars"  # a Pod that exists, and should carry them
    SYSTEM_NAMESPACE = "SystemNamespace"
    CONTROL_PLANE_NAMESPACE = "ControlPlaneNamespace"  # never reaches the webhook of a standard install
    WEBHOOK_ABSENT = "WebhookNotForPods"  # its configuration has no webhook for new Pods
    WEBHOOK_NAMESPACE = "WebhookNamespaceSelector"  # its configuration leaves the namespace out
    WEBHOOK_POD = "WebhookObjectSelector"  # its configuration leaves the Pod out
    INJECTION_PAUSED = "InjectionPaused"
    NAMESPACE_MISMATCH = "NamespaceMismatch"
    NAMESPACE_SELECTOR_INVALID = "NamespaceSelectorInvalid"
    NAMESPACE_UNKNOWN = "NamespaceNotDescribed"  # its labels would decide, and nobody gave them
    SELECTOR_MISSING = "SelectorMissing"
    SELECTOR_EMPTY = "SelectorEmpty"
    SELECTOR_INVALID = "SelectorInvalid"  # the webhook refuses the pod for it
    SELECTOR_MISMATCH = "SelectorMismatch"
    REVISION_MISSING = "RevisionMissing"  # the one that injectionStrategy names; the webhook refuses the pod for it
    HIDDEN_BY_CANARY = "HiddenByCanary"


_SELECTED = frozenset({Reason.SELECTED, Reason.INJECTED, Reason.OUTDATED, Reason.NOT_INJECTED})


class Verdict(Record):
    """What became of one SidecarSet at one pod."""

    sidecar_set: str
    reason: Reason
    requirement: Requirement | None = None  # the one that is not met, or that the namespace's labels had to meet
    detail: str = ""  # the namespace, the pod's state, the canary, or the webhook's sentence
    is_assumed: bool = False  # by the namespace's name alone
    revision: str = ""  # the ControllerRevision that is injected instead of the SidecarSet as it is
    is_carried: bool = False  # a Pod that exists carries its sidecars, although it does not select it now

    @property
    def is_selected(self) -> bool:
        """Whether it selects the pod: its sidecars go into it, or would if the pod were created now."""
        return self.reason in _SELECTED

    @property
    def is_matched(self) -> bool:
        """Whether it selects the pod, even where a canary then hides it."""
        return self.is_selected or self.reason is Reason.HIDDEN_BY_CANARY


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
