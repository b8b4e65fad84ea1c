"""The structs that are reachable from a Pod and from a SidecarSet, as data.

A struct is a list of fields in the order of the Go type. A field is written as its name, a mark, and its type:

    name!           always encoded; a string, as no type is named
    image?          encoded unless empty
    stdin?bool      the same, of another type
    startupProbe^Probe      a pointer: encoded whenever it is set, even to a zero value
    service*        a pointer that is encoded always, as null if need be
    env?[]EnvVar(name)      the name tells two items of the list apart (`patchMergeKey`)
    sleep^SleepAction@30    only since Kubernetes 1.30; `@-28` only up to 1.28; `@26-28` both
    +ProbeHandler   the fields of another struct, at this place

OpenKruise's own fields carry the Kubernetes version of the release that brought them (release.py).
Upstream: KT, TA, TB; pkg/util/configuration; k8s.io/apimachinery/pkg/apis/meta/v1/types.go
"""

from typing import Final

# Named Go types that are not structs. `any` stands for what is kept as it is.
NAMED: Final = {
    "ResourceList": "map[string]Quantity",
    "UpdateScatterStrategy": "[]UpdateScatterTerm",
}

STRINGS: Final = """
    AppArmorProfileType AzureDataDiskCachingMode AzureDataDiskKind Capability ConditionStatus ContainerRestartPolicy
    DNSPolicy HostPathType LabelSelectorOperator ManagedFieldsOperationType MountPropagationMode NodeInclusionPolicy
    NodeSelectorOperator OSName PersistentVolumeAccessMode PersistentVolumeMode PodConditionType
    PodFSGroupChangePolicy PodPhase PodQOSClass PodResizeStatus PodSELinuxChangePolicy PreemptionPolicy
    ProcMountType Protocol PullPolicy RecursiveReadOnlyMode ResourceHealthStatus ResourceID ResourceName
    ResourceResizeRestartPolicy RestartPolicy SeccompProfileType StorageMedium SupplementalGroupsPolicy TaintEffect
    TerminationMessagePolicy TolerationOperator UID URIScheme UnsatisfiableConstraintAction
"""

KUBERNETES: Final = {
    # Every object
    "TypeMeta": "kind? apiVersion?",
    "ObjectMeta": """
        name? generateName? namespace? selfLink? uid?UID resourceVersion? generation?int64 creationTimestamp!Time
        deletionTimestamp^Time deletionGracePeriodSeconds^int64 labels?map[string]string annotations?map[string]string
        ownerReferences?[]OwnerReference(uid) finalizers?[]string clusterName?@-24 managedFields?[]ManagedFieldsEntry
    """,
    "OwnerReference": "apiVersion! kind! name! uid!UID controller^bool blockOwnerDeletion^bool",
    "ManagedFieldsEntry": """
        manager? operation?ManagedFieldsOperationType apiVersion? time^Time fieldsType? fieldsV1^any subresource?
    """,
    "LabelSelector": "matchLabels?map[string]string matchExpressions?[]LabelSelectorRequirement",
    "LabelSelectorRequirement": "key! operator!LabelSelectorOperator values?[]string",
    # Pods
    "Pod": "+TypeMeta metadata!ObjectMeta spec!PodSpec status!PodStatus",
    "PodSpec": """
        volumes?[]Volume(name) initContainers?[]Container(name) containers![]Container(name)
        ephemeralContainers?[]EphemeralContainer(name) restartPolicy?RestartPolicy terminationGracePeriodSeconds^int64
        activeDeadlineSeconds^int64 dnsPolicy?DNSPolicy nodeSelector?map[string]string serviceAccountName?
        serviceAccount? automountServiceAccountToken^bool nodeName? hostNetwork?bool hostPID?bool hostIPC?bool
        shareProcessNamespace^bool securityContext^PodSecurityContext imagePullSecrets?[]LocalObjectReference(name)
        hostname? subdomain? affinity^Affinity schedulerName? tolerations?[]Toleration hostAliases?[]HostAlias(ip)
        priorityClassName? priority^int32 dnsConfig^PodDNSConfig readinessGates?[]PodReadinessGate runtimeClassName^
        enableServiceLinks^bool preemptionPolicy^PreemptionPolicy overhead?ResourceList
        topologySpreadConstraints?[]TopologySpreadConstraint(topologyKey) setHostnameAsFQDN^bool os^PodOS
        hostUsers^bool@26 schedulingGates?[]PodSchedulingGate(name)@26 resourceClaims?[]PodResourceClaim(name)@26
        resources^ResourceRequirements@32
    """,
    "PodSecurityContext": """
        seLinuxOptions^SELinuxOptions windowsOptions^WindowsSecurityContextOptions runAsUser^int64 runAsGroup^int64
        runAsNonRoot^bool supplementalGroups?[]int64 supplementalGroupsPolicy^SupplementalGroupsPolicy@32 fsGroup^int64
        sysctls?[]Sysctl fsGroupChangePolicy^PodFSGroupChangePolicy seccompProfile^SeccompProfile
        appArmorProfile^AppArmorProfile@30 seLinuxChangePolicy^PodSELinuxChangePolicy@32
    """,
    "Sysctl": "name! value!",
    "Affinity": "nodeAffinity^NodeAffinity podAffinity^PodAffinity podAntiAffinity^PodAntiAffinity",
    "NodeAffinity": """
        requiredDuringSchedulingIgnoredDuringExecution^NodeSelector
        preferredDuringSchedulingIgnoredDuringExecution?[]PreferredSchedulingTerm
    """,
    "NodeSelector": "nodeSelectorTerms![]NodeSelectorTerm",
    "NodeSelectorTerm": "matchExpressions?[]NodeSelectorRequirement matchFields?[]NodeSelectorRequirement",
    "NodeSelectorRequirement": "key! operator!NodeSelectorOperator values?[]string",
    "PreferredSchedulingTerm": "weight!int32 preference!NodeSelectorTerm",
    "PodAffinity": """
        requiredDuringSchedulingIgnoredDuringExecution?[]PodAffinityTerm
        preferredDuringSchedulingIgnoredDuringExecution?[]WeightedPodAffinityTerm
    """,
    "PodAffinityTerm": """
        labelSelector^LabelSelector namespaces?[]string topologyKey! namespaceSelector^LabelSelector
        matchLabelKeys?[]string@30 mismatchLabelKeys?[]string@30
    """,
    "WeightedPodAffinityTerm": "weight!int32 podAffinityTerm!PodAffinityTerm",
    "PodAntiAffinity": """
        requiredDuringSchedulingIgnoredDuringExecution?[]PodAffinityTerm
        preferredDuringSchedulingIgnoredDuringExecution?[]WeightedPodAffinityTerm
    """,
    "Toleration": "key? operator?TolerationOperator value? effect?TaintEffect tolerationSeconds^int64",
    "HostAlias": "ip?@-28 ip!@30 hostnames?[]string",
    "PodDNSConfig": "nameservers?[]string searches?[]string options?[]PodDNSConfigOption",
    "PodDNSConfigOption": "name? value^",
    "PodReadinessGate": "conditionType!PodConditionType",
    "TopologySpreadConstraint": """
        maxSkew!int32 topologyKey! whenUnsatisfiable!UnsatisfiableConstraintAction labelSelector^LabelSelector
        minDomains^int32 nodeAffinityPolicy^NodeInclusionPolicy@26 nodeTaintsPolicy^NodeInclusionPolicy@26
        matchLabelKeys?[]string@26
    """,
    "PodOS": "name!OSName",
    "PodSchedulingGate": "name!",
    "PodResourceClaim": "name! source!ClaimSource@-30 resourceClaimName^@32 resourceClaimTemplateName^@32",
    "ClaimSource": "resourceClaimName^ resourceClaimTemplateName^",
    # Containers
    "Container": """
        name! image? command?[]string args?[]string workingDir? ports?[]ContainerPort(containerPort)
        envFrom?[]EnvFromSource env?[]EnvVar(name) resources!ResourceRequirements
        resizePolicy?[]ContainerResizePolicy@28 restartPolicy^ContainerRestartPolicy@28
        volumeMounts?[]VolumeMount(mountPath) volumeDevices?[]VolumeDevice(devicePath) livenessProbe^Probe
        readinessProbe^Probe startupProbe^Probe lifecycle^Lifecycle terminationMessagePath?
        terminationMessagePolicy?TerminationMessagePolicy imagePullPolicy?PullPolicy securityContext^SecurityContext
        stdin?bool stdinOnce?bool tty?bool
    """,
    "EphemeralContainer": "+Container targetContainerName?",
    "ContainerPort": "name? hostPort?int32 containerPort!int32 protocol?Protocol hostIP?",
    "EnvFromSource": "prefix? configMapRef^ConfigMapEnvSource secretRef^SecretEnvSource",
    "ConfigMapEnvSource": "+LocalObjectReference optional^bool",
    "SecretEnvSource": "+LocalObjectReference optional^bool",
    "LocalObjectReference": "name?",
    "EnvVar": "name! value? valueFrom^EnvVarSource",
    "EnvVarSource": """
        fieldRef^ObjectFieldSelector resourceFieldRef^ResourceFieldSelector configMapKeyRef^ConfigMapKeySelector
        secretKeyRef^SecretKeySelector
    """,
    "ObjectFieldSelector": "apiVersion? fieldPath!",
    "ResourceFieldSelector": "containerName? resource! divisor!Quantity",
    "ConfigMapKeySelector": "+LocalObjectReference key! optional^bool",
    "SecretKeySelector": "+LocalObjectReference key! optional^bool",
    "ResourceRequirements": "limits?ResourceList requests?ResourceList claims?[]ResourceClaim@26",
    "ResourceClaim": "name! request?@32",
    "ContainerResizePolicy": "resourceName!ResourceName restartPolicy!ResourceResizeRestartPolicy",
    "VolumeMount": """
        name! readOnly?bool recursiveReadOnly^RecursiveReadOnlyMode@30 mountPath! subPath?
        mountPropagation^MountPropagationMode subPathExpr?
    """,
    "VolumeDevice": "name! devicePath!",
    "Probe": """
        +ProbeHandler initialDelaySeconds?int32 timeoutSeconds?int32 periodSeconds?int32 successThreshold?int32
        failureThreshold?int32 terminationGracePeriodSeconds^int64
    """,
    "ProbeHandler": "exec^ExecAction httpGet^HTTPGetAction tcpSocket^TCPSocketAction grpc^GRPCAction",
    "ExecAction": "command?[]string",
    "HTTPGetAction": "path? port!IntOrString host? scheme?URIScheme httpHeaders?[]HTTPHeader",
    "HTTPHeader": "name! value!",
    "TCPSocketAction": "port!IntOrString host?",
    "GRPCAction": "port!int32 service*",
    "Lifecycle": "postStart^LifecycleHandler preStop^LifecycleHandler",
    "LifecycleHandler": "exec^ExecAction httpGet^HTTPGetAction tcpSocket^TCPSocketAction sleep^SleepAction@30",
    "SleepAction": "seconds!int64",
    "SecurityContext": """
        capabilities^Capabilities privileged^bool seLinuxOptions^SELinuxOptions
        windowsOptions^WindowsSecurityContextOptions runAsUser^int64 runAsGroup^int64 runAsNonRoot^bool
        readOnlyRootFilesystem^bool allowPrivilegeEscalation^bool procMount^ProcMountType seccompProfile^SeccompProfile
        appArmorProfile^AppArmorProfile@30
    """,
    "Capabilities": "add?[]Capability drop?[]Capability",
    "SELinuxOptions": "user? role? type? level?",
    "WindowsSecurityContextOptions": "gmsaCredentialSpecName^ gmsaCredentialSpec^ runAsUserName^ hostProcess^bool",
    "SeccompProfile": "type!SeccompProfileType localhostProfile^",
    "AppArmorProfile": "type!AppArmorProfileType localhostProfile^",
    # Volumes
    "Volume": "name! +VolumeSource",
    "VolumeSource": """
        hostPath^HostPathVolumeSource emptyDir^EmptyDirVolumeSource gcePersistentDisk^GCEPersistentDiskVolumeSource
        awsElasticBlockStore^AWSElasticBlockStoreVolumeSource gitRepo^GitRepoVolumeSource secret^SecretVolumeSource
        nfs^NFSVolumeSource iscsi^ISCSIVolumeSource glusterfs^GlusterfsVolumeSource
        persistentVolumeClaim^PersistentVolumeClaimVolumeSource rbd^RBDVolumeSource flexVolume^FlexVolumeSource
        cinder^CinderVolumeSource cephfs^CephFSVolumeSource flocker^FlockerVolumeSource
        downwardAPI^DownwardAPIVolumeSource fc^FCVolumeSource azureFile^AzureFileVolumeSource
        configMap^ConfigMapVolumeSource vsphereVolume^VsphereVirtualDiskVolumeSource quobyte^QuobyteVolumeSource
        azureDisk^AzureDiskVolumeSource photonPersistentDisk^PhotonPersistentDiskVolumeSource
        projected^ProjectedVolumeSource portworxVolume^PortworxVolumeSource scaleIO^ScaleIOVolumeSource
        storageos^StorageOSVolumeSource csi^CSIVolumeSource ephemeral^EphemeralVolumeSource image^ImageVolumeSource@32
    """,
    "HostPathVolumeSource": "path! type^HostPathType",
    "EmptyDirVolumeSource": "medium?StorageMedium sizeLimit^Quantity",
    "GCEPersistentDiskVolumeSource": "pdName! fsType? partition?int32 readOnly?bool",
    "AWSElasticBlockStoreVolumeSource": "volumeID! fsType? partition?int32 readOnly?bool",
    "GitRepoVolumeSource": "repository! revision? directory?",
    "SecretVolumeSource": "secretName? items?[]KeyToPath defaultMode^int32 optional^bool",
    "KeyToPath": "key! path! mode^int32",
    "NFSVolumeSource": "server! path! readOnly?bool",
    "ISCSIVolumeSource": """
        targetPortal! iqn! lun!int32 iscsiInterface? fsType? readOnly?bool portals?[]string chapAuthDiscovery?bool
        chapAuthSession?bool secretRef^LocalObjectReference initiatorName^
    """,
    "GlusterfsVolumeSource": "endpoints! path! readOnly?bool",
    "PersistentVolumeClaimVolumeSource": "claimName! readOnly?bool",
    "RBDVolumeSource": """
        monitors![]string image! fsType? pool? user? keyring? secretRef^LocalObjectReference readOnly?bool
    """,
    "FlexVolumeSource": "driver! fsType? secretRef^LocalObjectReference readOnly?bool options?map[string]string",
    "CinderVolumeSource": "volumeID! fsType? readOnly?bool secretRef^LocalObjectReference",
    "CephFSVolumeSource": "monitors![]string path? user? secretFile? secretRef^LocalObjectReference readOnly?bool",
    "FlockerVolumeSource": "datasetName? datasetUUID?",
    "DownwardAPIVolumeSource": "items?[]DownwardAPIVolumeFile defaultMode^int32",
    "DownwardAPIVolumeFile": "path! fieldRef^ObjectFieldSelector resourceFieldRef^ResourceFieldSelector mode^int32",
    "FCVolumeSource": "targetWWNs?[]string lun^int32 fsType? readOnly?bool wwids?[]string",
    "AzureFileVolumeSource": "secretName! shareName! readOnly?bool",
    "ConfigMapVolumeSource": "+LocalObjectReference items?[]KeyToPath defaultMode^int32 optional^bool",
    "VsphereVirtualDiskVolumeSource": "volumePath! fsType? storagePolicyName? storagePolicyID?",
    "QuobyteVolumeSource": "registry! volume! readOnly?bool user? group? tenant?",
    "AzureDiskVolumeSource": """
        diskName! diskURI! cachingMode^AzureDataDiskCachingMode fsType^ readOnly^bool kind^AzureDataDiskKind
    """,
    "PhotonPersistentDiskVolumeSource": "pdID! fsType?",
    "ProjectedVolumeSource": "sources![]VolumeProjection defaultMode^int32",
    "VolumeProjection": """
        secret^SecretProjection downwardAPI^DownwardAPIProjection configMap^ConfigMapProjection
        serviceAccountToken^ServiceAccountTokenProjection clusterTrustBundle^ClusterTrustBundleProjection@30
    """,
    "SecretProjection": "+LocalObjectReference items?[]KeyToPath optional^bool",
    "DownwardAPIProjection": "items?[]DownwardAPIVolumeFile",
    "ConfigMapProjection": "+LocalObjectReference items?[]KeyToPath optional^bool",
    "ServiceAccountTokenProjection": "audience? expirationSeconds^int64 path!",
    "ClusterTrustBundleProjection": "name^ signerName^ labelSelector^LabelSelector optional^bool path!",
    "PortworxVolumeSource": "volumeID! fsType? readOnly?bool",
    "ScaleIOVolumeSource": """
        gateway! system! secretRef*LocalObjectReference sslEnabled?bool protectionDomain? storagePool? storageMode?
        volumeName? fsType? readOnly?bool
    """,
    "StorageOSVolumeSource": "volumeName? volumeNamespace? fsType? readOnly?bool secretRef^LocalObjectReference",
    "CSIVolumeSource": """
        driver! readOnly^bool fsType^ volumeAttributes?map[string]string nodePublishSecretRef^LocalObjectReference
    """,
    "EphemeralVolumeSource": "volumeClaimTemplate^PersistentVolumeClaimTemplate",
    "PersistentVolumeClaimTemplate": "metadata!ObjectMeta spec!PersistentVolumeClaimSpec",
    "PersistentVolumeClaimSpec": """
        accessModes?[]PersistentVolumeAccessMode selector^LabelSelector resources!ResourceRequirements@-28
        resources!VolumeResourceRequirements@30 volumeName? storageClassName^ volumeMode^PersistentVolumeMode
        dataSource^TypedLocalObjectReference dataSourceRef^TypedLocalObjectReference@-24
        dataSourceRef^TypedObjectReference@26 volumeAttributesClassName^@30
    """,
    "VolumeResourceRequirements": "limits?ResourceList requests?ResourceList",
    "TypedLocalObjectReference": "apiGroup* kind! name!",
    "TypedObjectReference": "apiGroup* kind! name! namespace^",
    "ImageVolumeSource": "reference? pullPolicy?PullPolicy",
    # What a cluster says of a Pod
    "PodStatus": """
        phase?PodPhase conditions?[]PodCondition(type) message? reason? nominatedNodeName? hostIP?
        hostIPs?[]HostIP(ip)@28 podIP? podIPs?[]PodIP(ip) startTime^Time initContainerStatuses?[]ContainerStatus
        containerStatuses?[]ContainerStatus qosClass?PodQOSClass ephemeralContainerStatuses?[]ContainerStatus
        resize?PodResizeStatus@28 resourceClaimStatuses?[]PodResourceClaimStatus(name)@28
    """,
    "PodCondition": """
        type!PodConditionType status!ConditionStatus lastProbeTime!Time lastTransitionTime!Time reason? message?
    """,
    "HostIP": "ip?@-28 ip!@30",
    "PodIP": "ip?@-28 ip!@30",
    "ContainerStatus": """
        name! state!ContainerState lastState!ContainerState ready!bool restartCount!int32 image! imageID! containerID?
        started^bool allocatedResources?ResourceList@28 resources^ResourceRequirements@28
        volumeMounts?[]VolumeMountStatus(mountPath)@30 user^ContainerUser@32
        allocatedResourcesStatus?[]ResourceStatus(name)@32
    """,
    "ContainerState": "waiting^ContainerStateWaiting running^ContainerStateRunning terminated^ContainerStateTerminated",
    "ContainerStateWaiting": "reason? message?",
    "ContainerStateRunning": "startedAt!Time",
    "ContainerStateTerminated": """
        exitCode!int32 signal?int32 reason? message? startedAt!Time finishedAt!Time containerID?
    """,
    "VolumeMountStatus": "name! mountPath! readOnly?bool recursiveReadOnly^RecursiveReadOnlyMode",
    "ContainerUser": "linux^LinuxContainerUser",
    "LinuxContainerUser": "uid!int64 gid!int64 supplementalGroups?[]int64",
    "ResourceStatus": "name!ResourceName resources?[]ResourceHealth",
    "ResourceHealth": "resourceID!ResourceID health?ResourceHealthStatus",
    "PodResourceClaimStatus": "name! resourceClaimName^",
    # What else a SidecarSet is read with
    "Namespace": "+TypeMeta metadata!ObjectMeta spec!any status!any",
    "ConfigMap": "+TypeMeta metadata!ObjectMeta immutable^bool data?map[string]string binaryData?map[string]bytes",
    "ControllerRevision": "+TypeMeta metadata!ObjectMeta data?any revision!int64",
}

OPENKRUISE_STRINGS: Final = """
    PodInjectPolicyType ShareVolumePolicyType SidecarContainerUpgradeType SidecarSetInjectRevisionPolicy
    SidecarSetPatchPolicyType SidecarSetUpdateStrategyType TargetContainersModeType
"""

OPENKRUISE: Final = {
    "SidecarSet": "+TypeMeta metadata!ObjectMeta spec!SidecarSetSpec status!SidecarSetStatus",
    "SidecarSetV1alpha1": "+TypeMeta metadata!ObjectMeta spec!SidecarSetSpecV1alpha1 status!SidecarSetStatus",
    "SidecarSetSpec": "selector^LabelSelector namespaceSelector^LabelSelector +SidecarSetContent customVersion?",
    "SidecarSetSpecV1alpha1": "selector^LabelSelector namespace? namespaceSelector^LabelSelector +SidecarSetContent",
    "SidecarSetContent": """
        initContainers?[]SidecarContainer(name) containers?[]SidecarContainer(name) volumes?[]Volume(name)
        updateStrategy!SidecarSetUpdateStrategy injectionStrategy!SidecarSetInjectionStrategy
        imagePullSecrets?[]LocalObjectReference(name) revisionHistoryLimit^int32
        patchPodMetadata?[]SidecarSetPatchPodMetadata
    """,
    "SidecarContainer": """
        +Container podInjectPolicy?PodInjectPolicyType upgradeStrategy!SidecarContainerUpgradeStrategy
        shareVolumePolicy!ShareVolumePolicy shareVolumeDevicePolicy^ShareVolumePolicy@32 transferEnv?[]TransferEnvVar
        resourcesPolicy^ResourcesPolicy@32
    """,
    "SidecarContainerUpgradeStrategy": "upgradeType?SidecarContainerUpgradeType hotUpgradeEmptyImage?",
    "ShareVolumePolicy": "type?ShareVolumePolicyType",
    "TransferEnvVar": """
        sourceContainerName? sourceContainerNameFrom^SourceContainerNameSource envName? envNames?[]string
    """,
    "SourceContainerNameSource": "fieldRef^ObjectFieldSelector",
    "ResourcesPolicy": """
        targetContainersMode!TargetContainersModeType targetContainersNameRegex? resourcesExpr!ResourcesExpr
    """,
    "ResourcesExpr": "limits^ResourceExprLimits requests^ResourceExprRequests",
    "ResourceExprLimits": "cpu? memory?",
    "ResourceExprRequests": "cpu? memory?",
    "SidecarSetUpdateStrategy": """
        type?SidecarSetUpdateStrategyType paused?bool selector^LabelSelector partition^IntOrString
        maxUnavailable^IntOrString priorityStrategy^UpdatePriorityStrategy scatterStrategy?UpdateScatterStrategy
    """,
    "UpdatePriorityStrategy": "orderPriority?[]UpdatePriorityOrderTerm weightPriority?[]UpdatePriorityWeightTerm",
    "UpdatePriorityOrderTerm": "orderedKey!",
    "UpdatePriorityWeightTerm": "weight!int32 matchSelector!LabelSelector",
    "UpdateScatterTerm": "key! value!",
    "SidecarSetInjectionStrategy": "paused?bool revision^SidecarSetInjectRevision",
    "SidecarSetInjectRevision": "customVersion^ revisionName^ policy?SidecarSetInjectRevisionPolicy",
    "SidecarSetPatchPodMetadata": "annotations?map[string]string patchPolicy?SidecarSetPatchPolicyType",
    # Not of the API, but of the webhook's configuration
    "SidecarSetPatchMetadataWhiteList": "rules![]SidecarSetPatchMetadataWhiteRule",
    "SidecarSetPatchMetadataWhiteRule": "selector^LabelSelector allowedAnnotationKeyExprs![]string",
    "SidecarSetStatus": """
        observedGeneration?int64 matchedPods!int32 updatedPods!int32 readyPods!int32 updatedReadyPods?int32
        latestRevision? collisionCount^int32
    """,
}

# (group/version, kind) -> struct
ROOTS: Final = {
    ("v1", "Pod"): "Pod",
    ("v1", "Namespace"): "Namespace",
    ("v1", "ConfigMap"): "ConfigMap",
    ("apps/v1", "ControllerRevision"): "ControllerRevision",
    ("apps.kruise.io/v1beta1", "SidecarSet"): "SidecarSet",
    ("apps.kruise.io/v1alpha1", "SidecarSet"): "SidecarSetV1alpha1",
}
