"""The codes of what the API server refuses of a Pod with its sidecars."""

from collections.abc import Mapping
from typing import Final

from sidecarctl.sidecarset.warnings.codes import CodeMeaning

POD_REFUSALS: Final[Mapping[str, CodeMeaning]] = {
    "POD001": CodeMeaning(
        "Two containers take one hostPort",
        "Protocol, hostIP and hostPort together may stand once in the containers of a Pod. With hostNetwork the"
        " hostPort defaults to the containerPort in the Pod, not in a workload's template: the workload is taken, its"
        " Pods are not.",
    ),
    "POD002": CodeMeaning(
        "A hostPort differs from the containerPort on the host network",
        "In a Pod with hostNetwork both must be the same number.",
    ),
    "POD003": CodeMeaning(
        "A hook sleeps longer than the Pod has time to end",
        "The seconds of a sleep action may not be more than terminationGracePeriodSeconds of the Pod (30 by default).",
    ),
    "POD004": CodeMeaning(
        "A container that would restart to be resized, in a Pod that never restarts",
        "In a Pod whose restartPolicy is Never each resizePolicy must be NotRequired.",
    ),
    "POD005": CodeMeaning(
        "A container that no Pod can have",
        "The container has no image, or blanks around it; or no name that Kubernetes takes (those of a hot upgrade's"
        " pair are two characters longer); or a restartPolicy and is no init container.",
    ),
    "POD006": CodeMeaning(
        "The containers ask for more than the Pod",
        "A Pod with resources of its own (spec.resources) must request at least what its containers request together,"
        " and no container may have a higher limit than the Pod.",
    ),
    "POD007": CodeMeaning(
        "Resources of a sidecar that do not go together",
        "A request is above its limit or below 0, perhaps because resourcesPolicy computes them from what the Pod's"
        " containers have; or huge pages are asked for without cpu and memory.",
    ),
    "POD008": CodeMeaning(
        "A mount or device that cannot be",
        "Within a container a volume is a mount or a device, paths are there once, and a device comes from a claim. The"
        " Pod's own volume stays where a SidecarSet brings another of that name, and a sidecar that shares volumes or"
        " devices gets those of all containers together.",
    ),
    "POD009": CodeMeaning(
        "Bidirectional propagation in a container that is not privileged",
        "A sidecar that shares volumes takes over mountPropagation, too.",
    ),
    "POD010": CodeMeaning(
        "A claim for an ephemeral volume that cannot be made",
        "The claim is called POD-VOLUME: that must be a name that Kubernetes takes, and no other volume may use it.",
    ),
    "POD011": CodeMeaning(
        "A security setting of another operating system",
        "A Pod whose os.name is windows may have no settings of Linux in its containers, and the other way round.",
    ),
    "POD012": CodeMeaning(
        "Host processes beside other containers",
        "In a Pod all containers are host processes of Windows or none is, and they need hostNetwork.",
    ),
    "POD013": CodeMeaning(
        "What a user namespace forbids or needs",
        "A Pod with hostUsers: false may have no volumeDevices; procMount Unmasked needs it.",
    ),
    "POD014": CodeMeaning(
        "An annotation that no Pod can have",
        "Annotations of a Pod have 256 KiB together at most, keys that are qualified names, and some must have values"
        " that Kubernetes reads. Injection adds its own, and those of patchPodMetadata.",
    ),
    "POD015": CodeMeaning(
        "A security profile that an annotation contradicts",
        "An AppArmor or seccomp profile that is given by a field and by an annotation must be the same.",
    ),
    "PSS001": CodeMeaning(
        "A namespace whose Pod Security level forbids a sidecar",
        "The label pod-security.kubernetes.io/enforce of the namespace sets a level (baseline or restricted) that the"
        " Pod does not meet with its sidecars. Workloads are taken; their Pods are refused.",
    ),
}
