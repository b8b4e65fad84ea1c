"""The feature gates of OpenKruise, by name; of those near SidecarSets `release.py` says which release has them."""

from typing import Final

from sidecarctl.finding import nearest
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


def is_gate_elsewhere(gate: str) -> bool:
    """Tell whether OpenKruise has this gate for something else than SidecarSets.

    Upstream: pkg/features/kruise_features.go
    """
    return gate in _ELSEWHERE


def nearest_gate(gate: str) -> str | None:
    """Return the known gate that is spelled most like this one; None if none is close."""
    return nearest(gate, sorted({*LATEST.feature_gates, *_ELSEWHERE}), cutoff=0.7) or None
