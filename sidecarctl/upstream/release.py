"""Behaviour of each OpenKruise release: one attribute per difference; feature gates.

# Strategy: the attributes describe the newest behaviour, and each older release inherits from the next younger one what
it does not do differently; reading upwards is reading the change log. (A class each, because a dataclass of this size
takes 4 ms to import; and a release is looked up by what it is, not by its forty values, in every memory keyed by it.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.finding import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

POD_WEBHOOK = "PodWebhook"


PATCH_ANY_METADATA = "SidecarSetPatchPodMetadataDefaultsAllowed"


SORT_SIDECARS = "EnableSortSidecarContainerByName"


# The gates near SidecarSets that a release knows. All of them are off by default, but for the first.
_GATES_SINCE_1_5 = (POD_WEBHOOK, PATCH_ANY_METADATA, "SidecarTerminator")


_GATES_SINCE_1_7 = (*_GATES_SINCE_1_5, "EnhancedLivenessProbe")


_GATES_SINCE_1_8 = (*_GATES_SINCE_1_7, "EnablePodProbeMarkerOnServerless")


_GATES_SINCE_1_9 = (*_GATES_SINCE_1_8, SORT_SIDECARS)


class Release:
    """An OpenKruise release as far as SidecarSets go; booleans say what it does."""

    __slots__ = ()

    name: str = "next"

    # What it is built from
    kubernetes_minor: int = 32  # of its Kubernetes libraries: decides which fields exist (tables.py)
    json_has_short_escapes: bool = True  # Go >= 1.22 writes \b and \f; older ones \u0008 and \u000c
    serves_v1beta1: bool = True
    feature_gates: tuple[str, ...] = _GATES_SINCE_1_9

    # Admission of a SidecarSet
    defaults_init_containers: bool = True  # podInjectPolicy, upgradeType and shareVolumePolicy of initContainers
    defaults_volume_drivers: bool = False  # iscsi, rbd, azureDisk, scaleIO
    hashes_native_sidecars: bool = True
    custom_version_is_a_field: bool = True  # spec.customVersion; before it was only a label

    # Matching
    namespace_is_a_selector: bool = True  # v1alpha1's spec.namespace is read as a namespaceSelector, which wins
    orders_namespaced_sets_first: bool = True  # and looks only at the sets that name the pod's namespace, or none
    honours_canaries: bool = True  # one that matches hides its base
    knows_partial_revision_policy: bool = True

    # Injection
    merges_init_containers: bool = True  # same name replaced in place, podInjectPolicy honoured; else appended
    lists_native_sidecars: bool = True  # in the sidecarList of the hash annotations
    lists_plain_init_containers: bool = False  # there too: 1.7.0 only
    doubles_hot_native_sidecars: bool = True
    unset_inject_policy_goes_first: bool = False  # podInjectPolicy empty or unknown when a pod is created
    refuses_mounts_of_foreign_volumes: bool = False  # a mount of a volume that the set lacks crashes the webhook
    injects_volumes_of_devices: bool = True
    own_devices_block_shared_mounts: bool = True

    # Validation: OpenKruise's own rules
    checks_conflicts_despite_errors: bool = False  # with other sets, and crashes on a missing selector
    refuses_native_sidecars_with_rolling_update: bool = True
    refuses_selector_with_partition: bool = True
    refuses_namespace_with_selector: bool = False
    compares_namespaces_as_text: bool = False  # when it asks whether two sets overlap
    checks_canaries: bool = True
    go_package: str = "v1beta1"  # of the types that are printed in bad values
    fake_pod_grace_period: int | None = 30  # seconds; what a preStop sleep is compared with
    refuses_every_sleep: bool = False

    # Validation: rules and wordings of the Kubernetes library
    names_bad_selector_values: bool = True  # one more error, at matchExpressions[i].values[j]
    port_name_needs: str = "at least one letter (a-z)"
    lists_termination_policies: bool = True  # `supported values: ...` rather than `must be ...`
    # On a probe or lifecycle of an init container; "": `must not be set for init containers`, and the value is dumped
    init_handler_refusal: str = "may not be set for init containers without restartPolicy=Always"
    allows_handlers_on_native_sidecars: bool = True
    checks_resource_claims: bool = True
    names_exceeded_limit: bool = True  # `cpu limit of 1`
    knows_host_ips: bool = True  # env fieldRef status.hostIPs
    quotes_bad_resource_names: bool = False
    refuses_unmasked_proc_mount: bool = True
    too_long_is: str = "may not be more than"  # ... 262144 bytes

    # The controller
    rounds_up_max_unavailable: bool = True
    rounds_up_partition: bool = True  # and then keeps at least one pod moving, unless it says 100%
    ties_keep_default_order: bool = True  # else: the position in the list of matched pods, last first
    counts_restarts_of_native_sidecars: bool = True
    resets_hot_upgrades_while_stopped: bool = False  # stopped: paused, or NotUpdate
    upgrades_along_with_resets: bool = False  # in one reconcile
    revision_owner_api_version: str = "apps.kruise.io/v1beta1"


class _V19(Release):
    __slots__ = ()
    name = "1.9"
    honours_canaries = False
    checks_canaries = False


class _V18(_V19):
    __slots__ = ()
    name = "1.8"
    kubernetes_minor = 30
    serves_v1beta1 = False
    feature_gates: tuple[str, ...] = _GATES_SINCE_1_8
    defaults_volume_drivers = True
    custom_version_is_a_field = False
    namespace_is_a_selector = False
    refuses_mounts_of_foreign_volumes = True
    injects_volumes_of_devices = False
    own_devices_block_shared_mounts = False
    refuses_namespace_with_selector = True
    compares_namespaces_as_text = True
    go_package = "v1alpha1"
    fake_pod_grace_period = None
    refuses_every_sleep = True
    too_long_is = "must have at most"
    ties_keep_default_order = False
    counts_restarts_of_native_sidecars = False
    resets_hot_upgrades_while_stopped = True
    upgrades_along_with_resets = True
    revision_owner_api_version = "apps.kruise.io/v1alpha1"


class _V17(_V18):
    __slots__ = ()
    name = "1.7"
    kubernetes_minor = 28
    json_has_short_escapes = False
    feature_gates: tuple[str, ...] = _GATES_SINCE_1_7
    knows_partial_revision_policy = False
    refuses_selector_with_partition = False
    refuses_every_sleep = False  # it does not know the handler
    quotes_bad_resource_names = True
    refuses_unmasked_proc_mount = False
    rounds_up_max_unavailable = False
    rounds_up_partition = False


class _V16(_V17):
    __slots__ = ()
    name = "1.6"
    kubernetes_minor = 26
    feature_gates: tuple[str, ...] = _GATES_SINCE_1_5
    defaults_init_containers = False
    hashes_native_sidecars = False
    orders_namespaced_sets_first = False
    merges_init_containers = False
    lists_native_sidecars = False
    doubles_hot_native_sidecars = False
    unset_inject_policy_goes_first = True
    checks_conflicts_despite_errors = True
    refuses_native_sidecars_with_rolling_update = False
    init_handler_refusal = "may not be set for init containers"
    allows_handlers_on_native_sidecars = False
    names_exceeded_limit = False
    knows_host_ips = False


class _V15(_V16):
    __slots__ = ()
    name = "1.5"
    kubernetes_minor = 24
    names_bad_selector_values = False
    port_name_needs = "at least one letter or number (a-z, 0-9)"
    lists_termination_policies = False
    init_handler_refusal = ""
    checks_resource_claims = False


class _V170(_V17):
    __slots__ = ()
    name = "1.7.0"
    lists_plain_init_containers = True


LATEST = Release()


_PROFILES = {release.name: release for release in (_V15(), _V16(), _V17(), _V18(), _V19(), LATEST)}


_ODD_ONES = {"1.7.0": _V170(), "1.7.5": _PROFILES["1.8"]}  # 1.7.5 is tagged on the very commit of 1.8.3


def release_for(version: str | None) -> Release:
    """Return the profile of a version such as "1.8", "v1.7.4", "1.9.0" or "next"; None asks for the newest.

    Raises ValueError, with the list of the known ones, for any other. 1.5.0 is among these: it names revisions
    differently from 1.5.1 and later.
    """
    if version is None:
        return LATEST
    full = version.removeprefix("v").partition("-")[0]  # the alphas and betas of a release behave as it does
    profile = _ODD_ONES.get(full) or _PROFILES.get(_minor(full))
    if profile is None or full == "1.5.0":
        raise ValueError(f"unknown OpenKruise version {version!r}; known: {', '.join(_PROFILES)}")
    return profile


def gate_is_on(gate: str, asked: Mapping[str, bool], release: Release = LATEST) -> bool:
    """Tell whether a feature gate is on in this release when the user asked for these gates.

    Upstream: pkg/features/kruise_features.go
    """
    if gate not in release.feature_gates:
        return False
    if gate == PATCH_ANY_METADATA and not asked.get(POD_WEBHOOK, True):
        return False  # nothing patches a pod then, so nothing may be allowed to
    return asked.get(gate, gate == POD_WEBHOOK)


def _minor(version: str) -> str:
    """Cut "1.7.4" to "1.7"; anything that is not dotted numbers stays as it is."""
    parts = version.split(".")
    numbers = all(part.isascii() and part.isdigit() for part in parts)
    return ".".join(parts[:2]) if numbers and len(parts) <= 3 else version  # noqa: PLR2004 - major.minor.patch


# Those that SidecarSets do not feel. A cluster's own list of gates may name any of them.
_ELSEWHERE: Final = frozenset(
    {
        *("AllAlpha", "AllBeta"),
        *("CloneSetEventHandlerOptimization", "CloneSetPartitionRollback", "CloneSetShortHash", "DaemonWatchingPod"),
        *("DefaultHostNetworkHostPortsInPodTemplates", "DeletionProtectionForCRDCascadingGate", "EnableExternalCerts"),
        *("ForceDeleteTimeoutExpectationGate", "ImagePullJobGate", "InPlaceUpdateEnvFromMetadata"),
        *("InPlaceWorkloadVerticalScaling", "KruiseDaemon", "KruisePodReadinessGate", "PodIndexLabel"),
        *("PodProbeMarkerGate", "PodUnavailableBudgetDeleteGate", "PodUnavailableBudgetUpdateGate"),
        *("PreDownloadImageForDaemonSetUpdate", "PreDownloadImageForInPlaceUpdate", "PreparingUpdateAsUpdate"),
        *("RecreatePodWhenChangeVCTInCloneSetGate", "ResourceDistributionGate", "ResourcesDeletionProtection"),
        *("StatefulSetAutoDeletePVC", "StatefulSetAutoResizePVCGate", "StatefulSetStartOrdinal"),
        *("TemplateNoDefaults", "WorkloadSpread"),
    }
)


def is_gate_elsewhere(gate: str) -> bool:
    """Tell whether OpenKruise has this gate for something else than SidecarSets.

    Upstream: pkg/features/kruise_features.go
    """
    return gate in _ELSEWHERE


def nearest_gate(gate: str) -> str | None:
    """Return the known gate that is spelled most like this one; None if none is close."""
    return nearest(gate, sorted({*LATEST.feature_gates, *_ELSEWHERE}), cutoff=0.7) or None
