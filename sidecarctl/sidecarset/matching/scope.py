"""Namespaces that a SidecarSet or OpenKruise's webhook covers.

Upstream: config/webhook/manifests.yaml, config/webhook/patch_manifests.yaml
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, cast

from sidecarctl.finding import Finding, Severity
from sidecarctl.record import Record
from sidecarctl.sidecarset.matching.verdict import Reason
from sidecarctl.upstream.decode import decode
from sidecarctl.upstream.defaults import to_v1beta1
from sidecarctl.upstream.names import CONTROL_PLANE, NAMESPACE_NAME, REVISION_NAMESPACE, SYSTEM_NAMESPACES
from sidecarctl.upstream.release import LATEST, Release
from sidecarctl.upstream.selector import InvalidSelector, Requirement, first_unmet, requirements

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sidecarctl.finding import FieldPath
    from sidecarctl.upstream.types import LabelSelector, Namespace, SidecarSet

    Object = Mapping[str, object]


SystemNamespaces = Literal["exclude", "include"]


LabelsByNamespace = dict[str, dict[str, str]]


class NamespaceRule(Record):
    """What a SidecarSet asks of a namespace."""

    name: str = ""  # spec.namespace, in releases that compare it as text
    wanted: tuple[Requirement, ...] = ()
    names: frozenset[str] | None = None  # the only ones it is looked up for; None: all
    is_invalid: bool = False  # such a selector matches nothing, without a word


class Reach(Record):
    """Whether a SidecarSet reaches a namespace: no reason against it, or the first one."""

    obstacle: Reason | None = None
    requirement: Requirement | None = None
    is_assumed: bool = False  # labels that nobody gave would have decided
    pods: tuple[Requirement, ...] = ()  # what the webhook's objectSelector asks of the Pods


REACHED: Final = Reach()


_NO_CONTROL_PLANE: Final = Requirement(CONTROL_PLANE, "DoesNotExist")


class WebhookScope(Record):
    """What the API server asks of a Pod before it calls the webhook; by default, that of a standard install."""

    namespaces: tuple[Requirement, ...] = (_NO_CONTROL_PLANE,)
    pods: tuple[Requirement, ...] = ()
    is_registered: bool = True  # for the creation of Pods

    def obstacle(self, namespace: str, described: LabelsByNamespace) -> Reach | None:
        """Return what keeps all Pods of a namespace from the webhook; None where nothing does."""
        if not self.is_registered:
            return Reach(Reason.WEBHOOK_ABSENT)
        labels = described.get(namespace)
        if labels is None:
            labels = {NAMESPACE_NAME: namespace}
            if namespace == REVISION_NAMESPACE:  # OpenKruise's manifests label its own namespace so
                labels[CONTROL_PLANE] = ""
        unmet = first_unmet(self.namespaces, labels)
        if unmet is None:
            return None
        return Reach(Reason.CONTROL_PLANE_NAMESPACE if unmet == _NO_CONTROL_PLANE else Reason.WEBHOOK_NAMESPACE, unmet)


def labels_by_namespace(namespaces: Iterable[Namespace]) -> LabelsByNamespace:
    """The labels of each namespace, with the one that the API server always sets."""
    described = ((namespace.get("metadata", {}).get("name", ""), namespace) for namespace in namespaces)
    return {
        name: {**(namespace.get("metadata", {}).get("labels") or {}), NAMESPACE_NAME: name}
        for name, namespace in described
    }


def namespace_rule(sidecar_set: SidecarSet, release: Release = LATEST) -> NamespaceRule:
    """What a SidecarSet asks of a namespace.

    Upstream: IDX IndexSidecarSet, CONV
    """
    spec = (to_v1beta1(sidecar_set) if release.namespace_is_a_selector else sidecar_set).get("spec", {})
    name = spec.get("namespace", "")
    selector = spec.get("namespaceSelector")
    if selector is None:
        return NamespaceRule(name=name, names=frozenset({name}) if name else None)
    names = frozenset({name}) if name else _names_in(selector)
    try:
        return NamespaceRule(name, requirements(selector), names)
    except InvalidSelector:
        return NamespaceRule(name, (), names, is_invalid=True)


def reach(rule: NamespaceRule, namespace: str, described: LabelsByNamespace) -> Reach:
    """Whether a rule lets a namespace in; one that nobody described is judged by its name alone.

    Upstream: UTIL matchPodNamespace
    """
    if rule.is_invalid:
        return Reach(Reason.NAMESPACE_SELECTOR_INVALID)
    if rule.name and rule.name != namespace:
        return Reach(Reason.NAMESPACE_MISMATCH, Requirement(NAMESPACE_NAME, "In", (rule.name,)))
    labels = described.get(namespace)
    if labels is None:
        return _reach_by_name(rule.wanted, {NAMESPACE_NAME: namespace})
    unmet = first_unmet(rule.wanted, labels)
    return Reach(Reason.NAMESPACE_MISMATCH, unmet) if unmet else REACHED


def is_left_alone(rule: NamespaceRule, namespace: str, system_namespaces: SystemNamespaces) -> bool:
    """Whether a namespace is the system's, and so is passed over; a SidecarSet that names one means it."""
    is_named = rule.names is not None and namespace in rule.names
    return system_namespaces == "exclude" and namespace in SYSTEM_NAMESPACES and not is_named


def _names_in(selector: LabelSelector) -> frozenset[str] | None:
    """The namespaces that a selector names by the label of their name."""
    name = selector.get("matchLabels", {}).get(NAMESPACE_NAME)
    if name is not None:
        return frozenset({name})
    for expression in selector.get("matchExpressions", ()):
        if expression.get("key") == NAMESPACE_NAME and expression.get("operator") == "In":
            return frozenset(expression.get("values", ()))
    return None


def _reach_by_name(wanted: tuple[Requirement, ...], name_label: Mapping[str, str]) -> Reach:
    about_name = [requirement for requirement in wanted if requirement.key == NAMESPACE_NAME]
    unmet = first_unmet(about_name, name_label)
    if unmet:
        return Reach(Reason.NAMESPACE_MISMATCH, unmet)
    others = [requirement for requirement in wanted if requirement.key != NAMESPACE_NAME]
    if not others:
        return REACHED
    missed = first_unmet(others, name_label)
    return (
        Reach(Reason.NAMESPACE_UNKNOWN, missed, is_assumed=True) if missed else Reach(None, others[0], is_assumed=True)
    )


_POD_WEBHOOK: Final = "mpod.kb.io"


_POD_PATH: Final = "/mutate-pod"


def webhook_scope(configuration: Object) -> WebhookScope:
    """Return the scope that a MutatingWebhookConfiguration gives.

    Raises UndecodableObject where a selector is none.
    """
    for _, webhook in _pod_webhooks(configuration):
        try:
            return WebhookScope(_wanted(webhook, "namespaceSelector"), _wanted(webhook, "objectSelector"))
        except InvalidSelector:
            continue  # the API server does not store such a configuration
    return WebhookScope(is_registered=False)


def configuration_findings(configuration: Object) -> Iterator[Finding]:
    """Return what a MutatingWebhookConfiguration lets happen that a SidecarSet's author may not expect."""
    found = list(_pod_webhooks(configuration))
    if not found:
        told = f"no webhook in it ({_POD_WEBHOOK}) is called when Pods are created: no sidecar is injected"
        yield Finding("WBH002", told, ("webhooks",), Severity.WARNING)
    for path, webhook in found:
        if webhook.get("failurePolicy") == "Ignore":
            told = "Pods are created without sidecars while the webhook cannot be reached or fails"
            yield Finding("WBH001", told, (*path, "failurePolicy"), Severity.WARNING, help="failurePolicy: Fail")
        # matchConditions are CEL with Kubernetes' own functions, over a request and its user that only a cluster knows.
        if webhook.get("matchConditions"):
            told = "matchConditions are not evaluated: the webhook may get fewer Pods than is said here"
            yield Finding("WBH003", told, (*path, "matchConditions"), Severity.WARNING)


def _pod_webhooks(configuration: Object) -> Iterator[tuple[FieldPath, Object]]:
    """The webhooks that are called for new Pods, with their paths."""
    for index, webhook in enumerate(_list(configuration, "webhooks")):
        if _is_for_sidecars(webhook) and any(_takes_new_pods(rule) for rule in _list(webhook, "rules")):
            yield ("webhooks", index), webhook


def _is_for_sidecars(webhook: Object) -> bool:
    client = webhook.get("clientConfig")
    service = client.get("service") if isinstance(client, dict) else None
    path = service.get("path") if isinstance(service, dict) else None
    return webhook.get("name") == _POD_WEBHOOK or path == _POD_PATH


def _takes_new_pods(rule: Object) -> bool:
    """Whether a rule matches the creation of core/v1 Pods; `*` stands for all."""

    def has(field: str, *values: str) -> bool:
        listed = rule.get(field)
        return isinstance(listed, list) and any(value in listed for value in values)

    return (
        has("apiGroups", "", "*")
        and has("apiVersions", "v1", "*")
        and has("operations", "CREATE", "*")
        and has("resources", "pods", "*", "*/*")
        and rule.get("scope") != "Cluster"
    )


def _wanted(webhook: Object, field: str) -> tuple[Requirement, ...]:
    selector = webhook.get(field)
    return requirements(cast("LabelSelector", decode(selector, "LabelSelector"))) if selector is not None else ()


def _list(value: Object, field: str) -> list[Object]:
    items = value.get(field)
    return [item if isinstance(item, dict) else {} for item in items] if isinstance(items, list) else []
