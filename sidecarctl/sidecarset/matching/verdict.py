"""Whether a SidecarSet concerns a pod, and what decides that."""

from enum import StrEnum

from sidecarctl.record import Record
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
