"""What the rules touch of upstream's types, for the type checker alone: import it under TYPE_CHECKING.

A value may hold fields that no type here names, and any of them may be missing: tables.py is the whole truth, and a
test holds the names here to it.
"""

from typing import TypeAlias, TypedDict

JsonValue: TypeAlias = "dict[str, JsonValue] | list[JsonValue] | str | int | float | bool | None"
QuantityText = str | int | float
IntOrString = int | str


class OwnerReference(TypedDict, total=False):
    apiVersion: str
    kind: str
    name: str
    uid: str
    controller: bool
    blockOwnerDeletion: bool


class ObjectMeta(TypedDict, total=False):
    name: str
    generateName: str
    namespace: str
    uid: str
    resourceVersion: str
    generation: int
    creationTimestamp: str | None
    deletionTimestamp: str
    labels: dict[str, str]
    annotations: dict[str, str]
    ownerReferences: list[OwnerReference]


class LabelSelectorRequirement(TypedDict, total=False):
    key: str
    operator: str
    values: list[str]


class LabelSelector(TypedDict, total=False):
    matchLabels: dict[str, str]
    matchExpressions: list[LabelSelectorRequirement]


class LocalObjectReference(TypedDict, total=False):
    name: str


class ObjectFieldSelector(TypedDict, total=False):
    apiVersion: str
    fieldPath: str


class ResourceFieldSelector(TypedDict, total=False):
    containerName: str
    resource: str
    divisor: QuantityText


class ConfigMapKeySelector(TypedDict, total=False):
    name: str
    key: str
    optional: bool


class SecretKeySelector(TypedDict, total=False):
    name: str
    key: str
    optional: bool


class EnvVarSource(TypedDict, total=False):
    fieldRef: ObjectFieldSelector
    resourceFieldRef: ResourceFieldSelector
    configMapKeyRef: ConfigMapKeySelector
    secretKeyRef: SecretKeySelector


class EnvVar(TypedDict, total=False):
    name: str
    value: str
    valueFrom: EnvVarSource


class ContainerPort(TypedDict, total=False):
    name: str
    hostPort: int
    containerPort: int
    protocol: str
    hostIP: str


class ResourceClaim(TypedDict, total=False):
    name: str
    request: str


class ResourceRequirements(TypedDict, total=False):
    limits: dict[str, QuantityText]
    requests: dict[str, QuantityText]
    claims: list[ResourceClaim]


class VolumeMount(TypedDict, total=False):
    name: str
    readOnly: bool
    recursiveReadOnly: str
    mountPath: str
    subPath: str
    mountPropagation: str
    subPathExpr: str


class VolumeDevice(TypedDict, total=False):
    name: str
    devicePath: str


class HTTPGetAction(TypedDict, total=False):
    path: str
    port: IntOrString
    host: str
    scheme: str
    httpHeaders: list[dict[str, str]]


class Probe(TypedDict, total=False):
    exec: dict[str, list[str]]
    httpGet: HTTPGetAction
    tcpSocket: dict[str, IntOrString]
    grpc: dict[str, IntOrString | None]
    initialDelaySeconds: int
    timeoutSeconds: int
    periodSeconds: int
    successThreshold: int
    failureThreshold: int
    terminationGracePeriodSeconds: int


class LifecycleHandler(TypedDict, total=False):
    exec: dict[str, list[str]]
    httpGet: HTTPGetAction
    tcpSocket: dict[str, IntOrString]
    sleep: dict[str, int]


class Lifecycle(TypedDict, total=False):
    postStart: LifecycleHandler
    preStop: LifecycleHandler


class Container(TypedDict, total=False):
    name: str
    image: str
    command: list[str]
    args: list[str]
    workingDir: str
    ports: list[ContainerPort]
    envFrom: list[dict[str, JsonValue]]
    env: list[EnvVar]
    resources: ResourceRequirements
    resizePolicy: list[dict[str, str]]
    restartPolicy: str
    volumeMounts: list[VolumeMount]
    volumeDevices: list[VolumeDevice]
    livenessProbe: Probe
    readinessProbe: Probe
    startupProbe: Probe
    lifecycle: Lifecycle
    terminationMessagePath: str
    terminationMessagePolicy: str
    imagePullPolicy: str
    securityContext: dict[str, JsonValue]
    stdin: bool
    stdinOnce: bool
    tty: bool


class SidecarContainerUpgradeStrategy(TypedDict, total=False):
    upgradeType: str
    hotUpgradeEmptyImage: str


class ShareVolumePolicy(TypedDict, total=False):
    type: str


class SourceContainerNameSource(TypedDict, total=False):
    fieldRef: ObjectFieldSelector


class TransferEnvVar(TypedDict, total=False):
    sourceContainerName: str
    sourceContainerNameFrom: SourceContainerNameSource
    envName: str
    envNames: list[str]


class ResourceExprLimits(TypedDict, total=False):
    cpu: str
    memory: str


class ResourceExprRequests(TypedDict, total=False):
    cpu: str
    memory: str


class ResourcesExpr(TypedDict, total=False):
    limits: ResourceExprLimits
    requests: ResourceExprRequests


class ResourcesPolicy(TypedDict, total=False):
    targetContainersMode: str
    targetContainersNameRegex: str
    resourcesExpr: ResourcesExpr


class SidecarContainer(Container, total=False):
    podInjectPolicy: str
    upgradeStrategy: SidecarContainerUpgradeStrategy
    shareVolumePolicy: ShareVolumePolicy
    shareVolumeDevicePolicy: ShareVolumePolicy
    transferEnv: list[TransferEnvVar]
    resourcesPolicy: ResourcesPolicy


class Volume(TypedDict, total=False):
    """Just the name: the sources are rows of tables.py."""

    name: str


class PodSpec(TypedDict, total=False):
    volumes: list[Volume]
    initContainers: list[Container]
    containers: list[Container]
    nodeName: str
    hostNetwork: bool
    imagePullSecrets: list[LocalObjectReference]


class ContainerStatus(TypedDict, total=False):
    name: str
    state: dict[str, JsonValue]
    ready: bool
    restartCount: int
    image: str
    imageID: str


class PodCondition(TypedDict, total=False):
    type: str
    status: str
    lastProbeTime: str | None
    lastTransitionTime: str | None
    reason: str
    message: str


class PodStatus(TypedDict, total=False):
    phase: str
    conditions: list[PodCondition]
    startTime: str
    initContainerStatuses: list[ContainerStatus]
    containerStatuses: list[ContainerStatus]


class Pod(TypedDict, total=False):
    apiVersion: str
    kind: str
    metadata: ObjectMeta
    spec: PodSpec
    status: PodStatus


class UpdatePriorityOrderTerm(TypedDict, total=False):
    orderedKey: str


class UpdatePriorityWeightTerm(TypedDict, total=False):
    weight: int
    matchSelector: LabelSelector


class UpdatePriorityStrategy(TypedDict, total=False):
    orderPriority: list[UpdatePriorityOrderTerm]
    weightPriority: list[UpdatePriorityWeightTerm]


class UpdateScatterTerm(TypedDict, total=False):
    key: str
    value: str


class SidecarSetUpdateStrategy(TypedDict, total=False):
    type: str
    paused: bool
    selector: LabelSelector
    partition: IntOrString
    maxUnavailable: IntOrString
    priorityStrategy: UpdatePriorityStrategy
    scatterStrategy: list[UpdateScatterTerm]


class SidecarSetInjectRevision(TypedDict, total=False):
    customVersion: str
    revisionName: str
    policy: str


class SidecarSetInjectionStrategy(TypedDict, total=False):
    paused: bool
    revision: SidecarSetInjectRevision


class SidecarSetPatchPodMetadata(TypedDict, total=False):
    annotations: dict[str, str]
    patchPolicy: str


class SidecarSetSpec(TypedDict, total=False):
    selector: LabelSelector
    namespace: str  # v1alpha1 only
    namespaceSelector: LabelSelector
    initContainers: list[SidecarContainer]
    containers: list[SidecarContainer]
    volumes: list[Volume]
    updateStrategy: SidecarSetUpdateStrategy
    injectionStrategy: SidecarSetInjectionStrategy
    imagePullSecrets: list[LocalObjectReference]
    revisionHistoryLimit: int
    patchPodMetadata: list[SidecarSetPatchPodMetadata]
    customVersion: str  # v1beta1 only


class SidecarSetStatus(TypedDict, total=False):
    observedGeneration: int
    matchedPods: int
    updatedPods: int
    readyPods: int
    updatedReadyPods: int
    latestRevision: str
    collisionCount: int


class SidecarSet(TypedDict, total=False):
    apiVersion: str
    kind: str
    metadata: ObjectMeta
    spec: SidecarSetSpec
    status: SidecarSetStatus


class ControllerRevision(TypedDict, total=False):
    apiVersion: str
    kind: str
    metadata: ObjectMeta
    data: dict[str, JsonValue]
    revision: int


class Namespace(TypedDict, total=False):
    apiVersion: str
    kind: str
    metadata: ObjectMeta
