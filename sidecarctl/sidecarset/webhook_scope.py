"""Which Pods the API server sends to OpenKruise's webhook, as its MutatingWebhookConfiguration says.

Upstream: config/webhook/manifests.yaml, config/webhook/patch_manifests.yaml
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from sidecarctl.finding import Finding, Severity
from sidecarctl.sidecarset.matching.scope import WebhookScope
from sidecarctl.upstream.decode import decode
from sidecarctl.upstream.selector import InvalidSelector, requirements

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sidecarctl.finding import FieldPath
    from sidecarctl.upstream.selector import Requirement
    from sidecarctl.upstream.types import LabelSelector

    Object = Mapping[str, object]

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
