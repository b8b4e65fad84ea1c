"""Explanations for `why`: what decides about each SidecarSet at a Pod, in sentences and with places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from sidecarctl.finding import FieldPath, InjectionRefused, Key, nearest
from sidecarctl.record import Record
from sidecarctl.sidecarset.injection.inject import Options, chosen_state
from sidecarctl.sidecarset.live_pod import carried
from sidecarctl.sidecarset.matching.match import labels_of, pod_obstacle, selection
from sidecarctl.sidecarset.matching.verdict import OBSTACLES, Reason, Verdict
from sidecarctl.upstream.decode import decode
from sidecarctl.upstream.fields import namespace_of
from sidecarctl.upstream.names import CONTROL_PLANE, NAMESPACE_NAME

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sidecarctl.sidecarset.cluster import Prepared
    from sidecarctl.sidecarset.injection.inject import Options
    from sidecarctl.upstream.selector import Requirement
    from sidecarctl.upstream.types import Pod


def explained(pod: Pod, prepared: Prepared, options: Options) -> list[Verdict]:
    """What decides about each SidecarSet of the cluster at this pod, in the order of injection, and at which revision.

    Of a Pod that exists: whether it is selected, and then what its annotations record.
    Raises UndecodableObject where it is no Pod.
    """
    seen = decode(pod, "Pod", prepared.release)
    namespace = namespace_of(seen, options.namespace)
    found = selection(seen, namespace, prepared.prospects(namespace).ordered)
    judged = [_with_revision(verdict, seen, prepared, options) if verdict.is_matched else verdict for verdict in found]
    obstacle, state = pod_obstacle(seen, options.running_pods)
    return judged if obstacle is None else [carried(one, (obstacle, state), seen, prepared) for one in judged]


def overruled(pod: Pod, prepared: Prepared, options: Options) -> list[str]:
    """Return the SidecarSets that a new Pod carries at another version than the cluster's webhook gives it."""
    seen = decode(pod, "Pod", prepared.release)
    created = (Reason.POD_RUNNING, "")
    selecting = [verdict for verdict in explained(pod, prepared, options) if verdict.reason is Reason.SELECTED]
    found = [carried(verdict, created, seen, prepared) for verdict in selecting]
    return [verdict.sidecar_set for verdict in found if verdict.reason is Reason.OUTDATED]


def paused_hashes(pod: Pod, prepared: Prepared, options: Options) -> dict[str, str]:
    """The SidecarSets that nothing keeps out of a pod but that they are paused, with the hash of what it would get.

    The hash is empty where the revision is missing that one names. Raises UndecodableObject where it is no Pod.
    """
    found = explained(pod, prepared, options)
    names = [verdict.sidecar_set for verdict in found if verdict.reason is Reason.INJECTION_PAUSED]
    return {name: _hash(name, pod, prepared, options) for name in names}


def _hash(name: str, pod: Pod, prepared: Prepared, options: Options) -> str:
    try:
        choice, _ = chosen_state(name, labels_of(pod), prepared, options)
    except InjectionRefused:
        return ""
    return prepared.effective(name, choice, options.form).hash


def _with_revision(verdict: Verdict, pod: Pod, prepared: Prepared, options: Options) -> Verdict:
    try:
        choice, _ = chosen_state(verdict.sidecar_set, labels_of(pod), prepared, options)
    except InjectionRefused as refused:
        return verdict._replace(reason=Reason.REVISION_MISSING, detail=str(refused))
    names_revision = verdict.is_selected and choice == "specified"
    revision = prepared.revision(verdict.sidecar_set) if names_revision else None
    return verdict if revision is None else verdict._replace(revision=revision.get("metadata", {}).get("name", ""))


_SELECTOR: Final[FieldPath] = ("spec", "selector")


_NAMESPACE_SELECTOR: Final[FieldPath] = ("spec", "namespaceSelector")


_LABELS: Final[FieldPath] = ("metadata", "labels")


_ANNOTATIONS: Final[FieldPath] = ("metadata", "annotations")


class Labels(Record):
    """The labels that matching looks at, and what a person might think it does."""

    pod: Mapping[str, str]
    namespace: Mapping[str, str]
    owner: Mapping[str, str] = {}  # of the workload itself, which nobody asks for
    annotations: Mapping[str, str] = {}  # of the pod, likewise
    names_namespace: bool = True  # else it goes to the default one


class VerdictText(Record):
    """A reason: the sentence, the field of the SidecarSet, and the field of the pod or of its namespace.

    `code` is that of the table `OBSTACLES`; empty for what only `why` tells apart.
    """

    sentence: str
    in_set: FieldPath = _SELECTOR
    whose: Literal["pod", "namespace"] = "pod"
    path: FieldPath = ()
    hint: str = ""
    code: str = ""


def verdict_text(verdict: Verdict, sidecar_set: Mapping[str, object], labels: Labels, namespace: str) -> VerdictText:
    """Put a verdict into words; the SidecarSet is as its author wrote it."""
    told = _WORDS[verdict.reason](_Asked(verdict, sidecar_set, labels, namespace))
    if (why := OBSTACLES.get(verdict.reason)) is not None:  # here `told` has only the details
        sentence = f"{why.sentence}; {told.sentence}" if told.sentence else why.sentence
        told = told._replace(sentence=sentence, hint=told.hint or why.hint, code=why.code)
    if not verdict.is_carried:
        return told
    return told._replace(sentence=f"{told.sentence}; the Pod carries its sidecars all the same, from its creation")


class _Asked(Record):
    verdict: Verdict
    sidecar_set: Mapping[str, object]
    labels: Labels
    namespace: str


def _selected(asked: _Asked) -> VerdictText:
    verdict = asked.verdict
    revision = f", at revision {verdict.revision}" if verdict.revision else ""
    assumed = f", if namespace {verdict.detail}, which nobody described, meets {verdict.requirement}"
    return VerdictText(f"selected{revision}{assumed if verdict.is_assumed else ''}", path=_LABELS)


def _inactive(asked: _Asked) -> VerdictText:
    state = asked.verdict.detail
    if state == "being deleted":
        return VerdictText("it has a deletionTimestamp", path=("metadata", "deletionTimestamp"))
    return VerdictText(f"its phase is {state}", path=("status", "phase"))


def _running(asked: _Asked) -> VerdictText:
    state = asked.verdict.detail
    if state.startswith("on "):
        return VerdictText(f"it is {state}", path=("spec", "nodeName"))
    return VerdictText(f"its phase is {state}", path=("status", "phase"))


def _injected(asked: _Asked) -> VerdictText:
    return VerdictText(f"selected, and injected at its present version{_version(asked)}", path=_ANNOTATIONS)


def _outdated(asked: _Asked) -> VerdictText:
    told = f"selected, and injected at another version than the present one{_version(asked)}"
    hint = "sidecarctl plan shows when the rollout upgrades it; a Pod that is recreated gets the present version"
    return VerdictText(told, path=_ANNOTATIONS, hint=hint)


def _not_injected(asked: _Asked) -> VerdictText:
    told = "selected, but the Pod was created without its sidecars (the webhook was away, or the Pod is older than the"
    why = OBSTACLES[Reason.POD_RUNNING]
    told += f" SidecarSet, or than its labels); {why.sentence}"
    return VerdictText(told, path=_LABELS, hint=asked.verdict.detail, code=why.code)


def _version(asked: _Asked) -> str:
    return f" ({asked.verdict.detail})" if asked.verdict.detail else ""


def _system_namespace(asked: _Asked) -> VerdictText:
    told = f"the SidecarSet does not name {asked.namespace}"
    return VerdictText(told, ("spec",), path=("metadata", "namespace"))


def _control_plane(_: _Asked) -> VerdictText:
    return VerdictText("", ("spec",), "namespace", (*_LABELS, Key(CONTROL_PLANE)))


def _no_webhook(_: _Asked) -> VerdictText:
    return VerdictText("none of its webhooks is called for new Pods", ("spec",))


def _webhook_namespace(asked: _Asked) -> VerdictText:
    wanted, labels = asked.verdict.requirement, asked.labels.namespace
    why = _mismatch(wanted, labels, f"namespace {asked.namespace}") if wanted else ""
    told = f"its namespaceSelector leaves the namespace out: {why}"
    path = _label_path(wanted, labels) if wanted else _LABELS
    hint = "where the Namespace has more labels, give it with --cluster" if set(labels) <= {NAMESPACE_NAME} else ""
    return VerdictText(told, ("spec",), "namespace", path, hint)


def _webhook_pod(asked: _Asked) -> VerdictText:
    wanted = asked.verdict.requirement
    why = _mismatch(wanted, asked.labels.pod, "the Pod") if wanted else ""
    path = _label_path(wanted, asked.labels.pod) if wanted else _LABELS
    return VerdictText(f"its objectSelector leaves the Pod out: {why}", path=path)


def _paused(_: _Asked) -> VerdictText:
    return VerdictText("", ("spec", "injectionStrategy", "paused"))


def _namespace_mismatch(asked: _Asked) -> VerdictText:
    wanted = asked.verdict.requirement
    in_set = _place_of(wanted, asked.sidecar_set, "namespaceSelector")
    if wanted is None or wanted.key == NAMESPACE_NAME:
        is_named = _spec(asked).get("namespace")
        told = _other_namespace(wanted, asked)
        path: FieldPath = ("metadata", "namespace")
        return VerdictText(
            told, ("spec", "namespace") if is_named else in_set, path=path, hint=_namespace_hint(wanted, asked)
        )
    told = _mismatch(wanted, asked.labels.namespace, f"namespace {asked.namespace}")
    hint = near_miss(wanted, asked.labels.namespace)
    return VerdictText(told, in_set, "namespace", _label_path(wanted, asked.labels.namespace), hint)


def _other_namespace(wanted: Requirement | None, asked: _Asked) -> str:
    if wanted and wanted.operator not in {"In", "NotIn"}:
        return _mismatch(wanted, asked.labels.namespace, f"namespace {asked.namespace}")
    allowed = ", ".join(wanted.values) if wanted else ""
    verb = "is not for" if wanted and wanted.operator == "NotIn" else "is for"
    return f"the Pod is in namespace {asked.namespace}, the SidecarSet {verb} {allowed}"


def _bad_namespace_selector(_: _Asked) -> VerdictText:
    told = "its namespaceSelector has an operator that does not exist, and so matches no namespace"
    return VerdictText(told, _NAMESPACE_SELECTOR)


def _unknown_namespace(asked: _Asked) -> VerdictText:
    told = f"the SidecarSet asks for {asked.verdict.requirement} of namespace {asked.namespace}"
    in_set = _place_of(asked.verdict.requirement, asked.sidecar_set, "namespaceSelector")
    return VerdictText(told, in_set, path=("metadata", "namespace"))


def _no_selector(_: _Asked) -> VerdictText:
    return VerdictText("it has no selector, and so selects nothing", ("spec",))


def _empty_selector(_: _Asked) -> VerdictText:
    return VerdictText("its selector is empty, and so selects nothing (not everything)")


def _bad_selector(asked: _Asked) -> VerdictText:
    return VerdictText(f"its selector cannot be read, and the webhook refuses every Pod for it: {asked.verdict.detail}")


def _mismatched(asked: _Asked) -> VerdictText:
    wanted = asked.verdict.requirement
    in_set = _place_of(wanted, asked.sidecar_set, "selector")
    if wanted is None:
        return VerdictText("its selector does not match", in_set)
    told = _mismatch(wanted, asked.labels.pod, "the Pod")
    return VerdictText(told, in_set, path=_label_path(wanted, asked.labels.pod), hint=_hint(wanted, asked.labels))


def _missing_revision(asked: _Asked) -> VerdictText:
    told = f"it names a revision that does not exist, and the webhook refuses every Pod for it: {asked.verdict.detail}"
    return VerdictText(
        told, ("spec", "injectionStrategy", "revision"), hint="give the ControllerRevisions with --cluster"
    )


def _hidden(asked: _Asked) -> VerdictText:
    return VerdictText(f"{asked.verdict.detail} selects the Pod, and takes its place", ("metadata", "name"))


_WORDS: Final[Mapping[Reason, Callable[[_Asked], VerdictText]]] = {
    Reason.SELECTED: _selected,
    Reason.POD_INACTIVE: _inactive,
    Reason.POD_RUNNING: _running,
    Reason.INJECTED: _injected,
    Reason.OUTDATED: _outdated,
    Reason.NOT_INJECTED: _not_injected,
    Reason.SYSTEM_NAMESPACE: _system_namespace,
    Reason.CONTROL_PLANE_NAMESPACE: _control_plane,
    Reason.WEBHOOK_ABSENT: _no_webhook,
    Reason.WEBHOOK_NAMESPACE: _webhook_namespace,
    Reason.WEBHOOK_POD: _webhook_pod,
    Reason.INJECTION_PAUSED: _paused,
    Reason.NAMESPACE_MISMATCH: _namespace_mismatch,
    Reason.NAMESPACE_SELECTOR_INVALID: _bad_namespace_selector,
    Reason.NAMESPACE_UNKNOWN: _unknown_namespace,
    Reason.SELECTOR_MISSING: _no_selector,
    Reason.SELECTOR_EMPTY: _empty_selector,
    Reason.SELECTOR_INVALID: _bad_selector,
    Reason.SELECTOR_MISMATCH: _mismatched,
    Reason.REVISION_MISSING: _missing_revision,
    Reason.HIDDEN_BY_CANARY: _hidden,
}


def _mismatch(wanted: Requirement, labels: Mapping[str, str], whose: str) -> str:
    """What of some labels does not meet a requirement."""
    there = labels.get(wanted.key)
    values = " or ".join(wanted.values)
    if there is None:
        asked = f"{wanted.key}={values}" if wanted.operator == "In" else "it, with any value"
        return f"{whose} has no label {wanted.key}; the selector asks for {asked}"
    if wanted.operator == "DoesNotExist":
        return f"{whose} has the label {wanted.key}; the selector asks for those without it"
    if wanted.operator == "NotIn":
        return f"label {wanted.key} of {whose} is {there}, which the selector excludes"
    return f"label {wanted.key} of {whose} is {there or 'empty'}; the selector asks for {values or 'no value at all'}"


def _hint(wanted: Requirement, labels: Labels) -> str:
    if wanted.key not in labels.pod and wanted.operator in {"In", "Exists"} and wanted.holds_for(labels.owner):
        return f"the workload itself has {wanted.key}={labels.owner[wanted.key]}: put it into its pod template as well"
    if wanted.key not in labels.pod and wanted.operator in {"In", "Exists"} and wanted.key in labels.annotations:
        return f"{wanted.key} is an annotation of the Pod: a selector looks at labels only"
    return near_miss(wanted, labels.pod)


def _namespace_hint(wanted: Requirement | None, asked: _Asked) -> str:
    if not asked.labels.names_namespace:
        return f"it names no namespace, and so goes to {asked.namespace}; --namespace says otherwise"
    return near_miss(wanted, {NAMESPACE_NAME: asked.namespace}) if wanted else ""


def _label_path(wanted: Requirement, labels: Mapping[str, str]) -> FieldPath:
    return (*_LABELS, Key(wanted.key)) if wanted.key in labels else _LABELS


def _place_of(wanted: Requirement | None, sidecar_set: Mapping[str, object], field: str) -> FieldPath:
    """Where a selector as written states a requirement."""
    spec = sidecar_set.get("spec")
    selector = spec.get(field) if isinstance(spec, dict) else None
    if not isinstance(selector, dict) or wanted is None:
        return ("spec", field)
    pairs, expressions = selector.get("matchLabels") or {}, selector.get("matchExpressions") or []
    if wanted.operator == "In" and (pairs.get(wanted.key),) == wanted.values:
        return ("spec", field, "matchLabels", Key(wanted.key))
    for index, expression in enumerate(expressions):
        if (expression.get("key"), expression.get("operator")) == (wanted.key, wanted.operator):
            return ("spec", field, "matchExpressions", index)
    return ("spec", field)


def _spec(asked: _Asked) -> Mapping[str, object]:
    spec = asked.sidecar_set.get("spec")
    return spec if isinstance(spec, dict) else {}


def near_miss(wanted: Requirement, labels: Mapping[str, str]) -> str:
    """What may have been meant, where labels nearly meet a requirement; else nothing."""
    if wanted.operator not in {"In", "Exists"}:
        return ""
    there = labels.get(wanted.key)
    if there is None:
        return _other_key(wanted, labels)
    if there.lower() in (value.lower() for value in wanted.values):
        return "they differ in upper and lower case only"
    similar = nearest(there, wanted.values, cutoff=0.7)
    return f"did you mean {similar}?" if similar else ""


def _other_key(wanted: Requirement, labels: Mapping[str, str]) -> str:
    same_value = next((key for key, value in labels.items() if value in wanted.values), "")
    key = nearest(wanted.key, labels, cutoff=0.7) or same_value
    return f"it has {key}={labels[key]}: is that the label that is meant?" if key else ""
