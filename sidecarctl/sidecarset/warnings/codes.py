"""Our own codes: for each a title, and why it matters (docs/codes.md is made from this)."""

from collections.abc import Mapping
from typing import Final

from sidecarctl.record import Record


class CodeMeaning(Record):
    """What a code stands for."""

    title: str
    why: str


WARNINGS: Final[Mapping[str, CodeMeaning]] = {
    # A SidecarSet alone
    "WRN001": CodeMeaning(
        "maxUnavailable 0 stops the rollout",
        "The webhook takes 0 and 0%. The controller then upgrades no Pod that is ready, for ever.",
    ),
    "WRN002": CodeMeaning(
        "An unknown updateStrategy.type",
        "The webhook takes any word, checks nothing of the strategy, and the controller rolls out all the same.",
    ),
    "WRN003": CodeMeaning(
        "A volume without a source",
        "A volume whose source is missing or misspelt becomes an emptyDir, without a word.",
    ),
    "WRN004": CodeMeaning(
        "A hot upgrade without an empty image",
        "The second container of the pair has no image then: the API server refuses every Pod.",
    ),
    "WRN005": CodeMeaning(
        "A namespaceSelector beside a namespace",
        "In v1alpha1 `namespace` wins: the namespaceSelector is dropped, without a word.",
    ),
    "WRN006": CodeMeaning(
        "An expression that blocks Pods",
        "The webhook tries resource expressions with plain numbers. With the amounts of real Pods this one has no"
        " value, and no Pod that the SidecarSet selects can be created.",
    ),
    "WRN007": CodeMeaning(
        "An expression that gives nothing",
        "An amount that cannot be read (`0.5cpu`, `5E`) counts as 0 in a resource expression, without a word.",
    ),
    "WRN008": CodeMeaning(
        "A Partial revision that is never injected",
        "With the policy Partial only a partition in percent lets Pods have the named revision; a number (0 by default)"
        " gives all of them the newest.",
    ),
    "WRN009": CodeMeaning(
        "orderPriority puts Pods without the key first",
        "The API's comment says last; the controller upgrades Pods that have none of the keys first.",
    ),
    "WRN010": CodeMeaning(
        "A canary annotation that is not exactly true",
        "Only the text `true` makes a canary; anything else is ignored, and base and canary are injected together.",
    ),
    "WRN011": CodeMeaning(
        "A custom version in a label",
        "v1alpha1 reads the label, v1beta1 has spec.customVersion; in v1beta1 the label is just a label.",
    ),
    "WRN012": CodeMeaning(
        "A volume that no container mounts",
        "Only volumes that a container of the SidecarSet mounts are injected.",
    ),
    "WRN013": CodeMeaning(
        "IS_INJECTED is set twice",
        "Injection marks each of its containers with this variable; one that is there already stays beside it.",
    ),
    "WRN014": CodeMeaning(
        "A JSON patch that is no JSON object",
        "The first Pod gets the text as it is; the next patch of the same annotation fails and the Pod is refused.",
    ),
    "WRN015": CodeMeaning(
        "A revision of another SidecarSet",
        "revisionName takes any ControllerRevision: the containers of that SidecarSet are injected under this name.",
    ),
    "WRN016": CodeMeaning(
        "A pause leaves hot upgrades half done",
        "While updateStrategy is paused, Pods in the middle of a hot upgrade keep both containers, and are not ready.",
    ),
    "WRN017": CodeMeaning(
        "An image that no registry can have",
        "The webhook looks for blanks at both ends only. The kubelet cannot pull a malformed name: InvalidImageName.",
    ),
    "WRN018": CodeMeaning(
        "An amount with a fraction of a byte",
        "An expression such as memory*10% is written as it comes out: a tenth of 1Gi is 107374182400m. Kubernetes takes"
        " it with a warning, and no two tools round it alike.",
    ),
    "WRN019": CodeMeaning(
        "A word that nobody knows",
        "The webhook takes any word for upgradeType, patchPolicy and some types of sharing, and for podInjectPolicy of"
        " an init container. What is not spelt exactly is ignored: it means a ColdUpgrade, no patch, no sharing, or the"
        " place after the Pod's own.",
    ),
    "WRN020": CodeMeaning(
        "An image by digest without its registry",
        "The controller compares the repository as it is written with the one that the runtime reports, which begins"
        " with the registry. Where they differ the Pod never counts as ready, and stops the rollout. So it is with a"
        " new tag for an image that runs already. `plan` says it where the Pods show how their nodes report images.",
    ),
    # Beside its earlier version
    "WRN021": CodeMeaning(
        "A change that no running Pod gets",
        "In place only images are upgraded. After any other change of a container the rollout stops for all Pods that"
        " run already; new Pods get the new version. Native sidecars (init containers that go on running) are never"
        " upgraded in place, not even their images.",
    ),
    "WRN022": CodeMeaning(
        "A tag that changes imagePullPolicy",
        "Without imagePullPolicy the tag decides: Always for `latest`, else IfNotPresent. The policy is no image: such"
        " a change cannot be upgraded in place.",
    ),
    "WRN023": CodeMeaning(
        "A new empty image restarts all Pods' empty containers",
        "The controller sets hotUpgradeEmptyImage in every Pod at once, whatever partition and maxUnavailable say.",
    ),
    "WRN024": CodeMeaning(
        "A change that no hash sees",
        "Plain init containers, volumes, imagePullSecrets and patchPodMetadata are not in the hash: running Pods keep"
        " what they have and count as updated.",
    ),
    "WRN025": CodeMeaning(
        "A base that its canary freezes",
        "A canary may have the containers of its base. The base may not have those of its canary: while the canary is"
        " there, the webhook refuses every update of the base.",
    ),
    "WRN026": CodeMeaning(
        "A hot upgrade cannot be taken back",
        "The controller compares the image with that of the container that waits. A Pod whose new container never got"
        " ready has the old image there: setting the image back changes nothing in it, the bad version runs on, and the"
        " status says updated. Only a third image brings such Pods out of it.",
    ),
    # How it rolls out
    "WRN027": CodeMeaning(
        "Scattering starts anew in each round",
        "The manual's order is that of a single batch. The controller works it out again in each round, from the Pods"
        " that are left: `sidecarctl plan` shows which Pods come when.",
    ),
    "WRN028": CodeMeaning(
        "The name of a hot upgrade's pair is taken",
        "A container NAME that is upgraded hot becomes NAME-1 and NAME-2 in the Pod. The webhook does not look at these"
        " names; the API server refuses every Pod in which one of them stands twice.",
    ),
    "WRN029": CodeMeaning(
        "A hostPort of a container that is upgraded hot",
        "Both containers of the pair have the port, and the API server refuses a Pod in which a hostPort stands twice.",
    ),
    "WRN030": CodeMeaning(
        "A name that is too long for a hot upgrade",
        "The containers of the pair have two characters more than the container of the SidecarSet, and a container's"
        " name may have 63.",
    ),
    # With the Pods of the input
    "WRN041": CodeMeaning(
        "A sidecar takes the place of a container",
        "A container of the same name is replaced as a whole, without a word.",
    ),
    "WRN042": CodeMeaning(
        "A sidecar keeps a Job running",
        "A Job ends when all its containers do. A sidecar that never ends keeps it running; a native one"
        " (initContainers, restartPolicy Always) does not.",
    ),
    "WRN043": CodeMeaning(
        "A SidecarSet that selects nothing",
        "No Pod and no pod template of the input is selected: perhaps a label or a namespace is misspelt.",
    ),
    "WRN044": CodeMeaning(
        "A pull secret that may be missing",
        "A Secret named in imagePullSecrets must exist in the namespace of each Pod; neither the input nor --cluster"
        " holds it there.",
    ),
    "WRN045": CodeMeaning(
        "A kind that is nearly SidecarSet",
        "Kubernetes knows kinds by their exact spelling: this object is no SidecarSet.",
    ),
    "WRN046": CodeMeaning(
        "The Pod has another volume of that name",
        "A volume that the Pod has stays as it is, and the SidecarSet's volume of the same name is left out: the"
        " sidecar mounts what the Pod has, without a word.",
    ),
    "WRN047": CodeMeaning(
        "A limit that is not set",
        "A limit of a resourcesPolicy needs that limit in every container that it targets. Where one has none the"
        " sidecar gets none either, even where the expression is a constant.",
    ),
    "WRN048": CodeMeaning(
        "A volume that is not shared",
        "A sidecar has one mount for each path. Where its own, or one that it got before, has the path already, a"
        " container's mount is left out, without a word.",
    ),
    "WRN049": CodeMeaning(
        "A request that is computed from nothing",
        "The expressions of a resourcesPolicy for requests take the requests of the containers (the API's comment says"
        " limits). Where no container has one, the amount is 0.",
    ),
    "WRN050": CodeMeaning(
        "An env that no Pod has",
        "transferEnv copies an entry of a container's env, and passes over what is not there, without a word: perhaps"
        " the container or the env is misspelt. It does not see what envFrom brings, nor init containers.",
    ),
}

DEMANDS: Final[Mapping[str, CodeMeaning]] = {
    "CHK001": CodeMeaning("A sidecar is missing", "A SidecarSet selects this Pod or template, and is not injected."),
    "CHK002": CodeMeaning(
        "A sidecar is outdated", "It was injected from another version of the SidecarSet, by its hash."
    ),
    "CHK003": CodeMeaning(
        "A sidecar is left over", "Its SidecarSet no longer selects this Pod or template, or is not there any more."
    ),
    "CHK004": CodeMeaning(
        "The Pod would be refused", "Injection has no result for it: the webhook would refuse the Pod."
    ),
    "CHK005": CodeMeaning(
        "Two containers get one name",
        "The API server refuses a Pod with two containers of one name, whoever brought them.",
    ),
    "CHK006": CodeMeaning(
        "A sidecar is outdated, and its SidecarSet is paused",
        "It was injected from another version of the SidecarSet. While injectionStrategy.paused is true `inject` passes"
        " the SidecarSet over, and the sidecar stays as it is.",
    ),
    "CHK007": CodeMeaning(
        "The cluster holds another version of the SidecarSet",
        "The Pod was rendered with one version, and the webhook replaces its sidecars by those of the version that the"
        " cluster holds, silently: what runs is not what the manifest says.",
    ),
}
