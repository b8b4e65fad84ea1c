"""The feature gates of OpenKruise, by name; of those near SidecarSets `release.py` says which release has them."""

from typing import Final

from sidecarctl.upstream.release import LATEST

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
_NEAR: Final = 0.7


def is_gate_elsewhere(gate: str) -> bool:
    """Tell whether OpenKruise has this gate for something else than SidecarSets.

    Upstream: pkg/features/kruise_features.go
    """
    return gate in _ELSEWHERE


def nearest_gate(gate: str) -> str | None:
    """Return the known gate that is spelled most like this one; None where none is."""
    from difflib import get_close_matches  # noqa: PLC0415 - only for names that nobody knows

    known = {name.lower(): name for name in sorted({*LATEST.feature_gates, *_ELSEWHERE})}
    near = get_close_matches(gate.lower(), known, 1, _NEAR)
    return known[near[0]] if near else None
