"""Where each kind keeps the templates of its Pods, how many Pods it makes of them, and whether it makes them anew."""

from collections.abc import Iterator, Mapping
from typing import Final, TypeVar, cast

from sidecarctl.finding import FieldPath
from sidecarctl.record import Record

# A kind in its group; the version after the group does not matter to any of these.
GroupKind = tuple[str, str]
Item = TypeVar("Item")


class Workload(Record):
    """A kind that makes Pods."""

    templates: tuple[FieldPath, ...]
    replicas: FieldPath | None = None  # None: as many as there are nodes, or schedules, or requests
    rolls: bool = True  # whether a changed template replaces the Pods that run; else it is for those to come


_TEMPLATE: Final = ("spec", "template")
_REPLICAS: Final = ("spec", "replicas")
_JOB: Final = "jobTemplate"
_BY_REPLICAS: Final = Workload((_TEMPLATE,), _REPLICAS)
_ONE_PER_NODE: Final = Workload((_TEMPLATE,))
_SUBSETS: Final = ("statefulSetTemplate", "advancedStatefulSetTemplate", "cloneSetTemplate", "deploymentTemplate")

WORKLOADS: Final[Mapping[GroupKind, Workload]] = {
    ("", "Pod"): Workload(((),)),
    ("", "PodTemplate"): Workload((("template",),), rolls=False),
    ("", "ReplicationController"): _BY_REPLICAS._replace(rolls=False),
    ("apps", "ReplicaSet"): _BY_REPLICAS._replace(rolls=False),
    ("apps", "Deployment"): _BY_REPLICAS,
    ("apps", "StatefulSet"): _BY_REPLICAS,
    ("apps", "DaemonSet"): _ONE_PER_NODE,
    ("batch", "Job"): Workload((_TEMPLATE,), ("spec", "parallelism"), rolls=False),
    ("batch", "CronJob"): Workload((("spec", _JOB, *_TEMPLATE),), ("spec", _JOB, "spec", "parallelism"), rolls=False),
    ("apps.kruise.io", "CloneSet"): _BY_REPLICAS,
    ("apps.kruise.io", "StatefulSet"): _BY_REPLICAS,
    ("apps.kruise.io", "DaemonSet"): _ONE_PER_NODE,
    ("apps.kruise.io", "BroadcastJob"): _ONE_PER_NODE._replace(rolls=False),
    ("apps.kruise.io", "AdvancedCronJob"): Workload(
        tuple((*_TEMPLATE, job, *_TEMPLATE) for job in (_JOB, "broadcastJobTemplate")), rolls=False
    ),
    ("apps.kruise.io", "UnitedDeployment"): Workload(
        tuple((*_TEMPLATE, subset, *_TEMPLATE) for subset in _SUBSETS), _REPLICAS
    ),
    ("argoproj.io", "Rollout"): _BY_REPLICAS,
    ("serving.knative.dev", "Service"): Workload((_TEMPLATE,)),
    ("serving.knative.dev", "Configuration"): Workload((_TEMPLATE,)),
    ("apps.openshift.io", "DeploymentConfig"): _BY_REPLICAS,
}


def group_kind(value: Mapping[str, object]) -> GroupKind | None:
    """Return the group and the kind of an object; None when it does not say."""
    api_version, kind = value.get("apiVersion"), value.get("kind")
    if not isinstance(api_version, str) or not isinstance(kind, str):
        return None
    group, slash, _ = api_version.partition("/")
    return (group if slash else "", kind)


def typed_item(around: Mapping[str, object], item: Item) -> Item:
    """Return an item of a List with the type that it has there: where the List's kind tells it, it may say none.

    Upstream: k8s.io/apimachinery/pkg/apis/meta/v1/unstructured/helpers.go decodeToList
    """
    if not isinstance(item, dict) or item.get("kind") or item.get("apiVersion"):
        return item
    api_version, kind = around.get("apiVersion"), str(around.get("kind", "")).removesuffix("List")
    if not kind or not isinstance(api_version, str):
        return item
    own = {"apiVersion": api_version, "kind": kind}
    return cast("Item", {**own, **{key: value for key, value in item.items() if key not in own}})


def is_pod(value: Mapping[str, object]) -> bool:
    """Tell whether this object is itself a Pod."""
    return group_kind(value) == ("", "Pod")


def templates(value: Mapping[str, object], workloads: Mapping[GroupKind, Workload] = WORKLOADS) -> Iterator[FieldPath]:
    """Yield where the Pod templates of an object stand: the empty path for a Pod, nothing for a kind without any."""
    key = group_kind(value)
    if key and key in workloads:
        yield from (path for path in workloads[key].templates if isinstance(value_at(value, path), dict))


def mappings(value: Mapping[str, object], workloads: Mapping[GroupKind, Workload] = WORKLOADS) -> Iterator[FieldPath]:
    """Yield what must be mappings, if it is there, of an object that has Pod templates; nothing for a Pod itself."""
    key = group_kind(value)
    for path in workloads[key].templates if key and key in workloads else ():
        if path:
            yield from (("metadata",), *(path[:length] for length in range(1, len(path) + 1)))


def pods_made(value: Mapping[str, object], workloads: Mapping[GroupKind, Workload] = WORKLOADS) -> int | None:
    """Return how many Pods an object asks for; None when that is not written in it."""
    key = group_kind(value)
    if key is None or key not in workloads:
        return 0
    if key == ("", "Pod"):
        return 1
    path = workloads[key].replicas
    if path is None:
        return None
    replicas = value_at(value, path)
    return max(0, replicas) if isinstance(replicas, int) else 1


def rolls(value: Mapping[str, object], workloads: Mapping[GroupKind, Workload] = WORKLOADS) -> bool:
    """Tell whether a change of an object's Pod template replaces the Pods that run."""
    key = group_kind(value)
    return key is not None and key in workloads and workloads[key].rolls


def has_containers(template: Mapping[str, object]) -> bool:
    """Tell whether a Pod or Pod template lists containers: the API server refuses a Pod that lists none.

    A value of the wrong type counts as containers: decoding the Pod reports it.
    Upstream: k8s.io/kubernetes/pkg/apis/core/validation/validation.go ValidatePodSpec
    """
    spec = template.get("spec")
    return spec is not None and (not isinstance(spec, dict) or spec.get("containers") not in (None, []))


def looks_like_a_workload(value: Mapping[str, object]) -> bool:
    """Tell whether there are containers where most kinds that make Pods have theirs."""
    return isinstance(value_at(value, (*_TEMPLATE, "spec", "containers")), list)


def parse_template_path(text: str) -> tuple[str, str, FieldPath]:
    """Read "Kind.group=spec.a.template"; return the kind, the group and the path of the template. Raises ValueError."""
    resource, equals, path = text.partition("=")
    kind, _, group = resource.partition(".")
    parts = tuple(path.removeprefix(".").split("."))
    if not equals or not kind.isidentifier() or not all(parts) or resource.endswith("."):
        raise ValueError(f"{text!r} is no template path; expected Kind.group=spec.template")
    return kind, group, parts


def value_at(value: object, path: FieldPath) -> object:
    """Return what stands at a path; None when nothing does."""
    for part in path:
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            return None
    return value
