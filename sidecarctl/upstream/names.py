"""Labels, annotations, env and condition names, spelled once.

Upstream: UTIL, UHOT, HIST and TB constants
"""

from typing import Final

# On a Pod.
HASH: Final = "kruise.io/sidecarset-hash"  # a SidecarSet carries its own hash under the same key
HASH_WITHOUT_IMAGE: Final = "kruise.io/sidecarset-hash-without-image"
INJECTED_LIST: Final = "kruise.io/sidecarset-injected-list"
IN_PLACE_UPDATE_STATE: Final = "kruise.io/sidecarset-inplace-update-state"
WORKING_HOT_UPGRADE_CONTAINER: Final = "kruise.io/sidecarset-working-hotupgrade-container"
VERSION_PREFIX: Final = "version.sidecarset.kruise.io/"
ALTERNATE_VERSION_PREFIX: Final = "versionalt.sidecarset.kruise.io/"
UPGRADABLE_CONDITION: Final = "SidecarSetUpgradable"

# On a SidecarSet.
CANARY: Final = "apps.kruise.io/sidecarset-canary"
BASE: Final = "apps.kruise.io/sidecarset-base"
CUSTOM_VERSION: Final = "apps.kruise.io/sidecarset-custom-version"  # on its ControllerRevisions too

# On a ControllerRevision.
SIDECAR_SET_NAME: Final = "kruise.io/sidecarset-name"
REVISION_HASH: Final = "controller.kubernetes.io/hash"
REVISION_NAMESPACE: Final = "kruise-system"

# OpenKruise's own.
WEBHOOK_CONFIGURATION: Final = "kruise-mutating-webhook-configuration"

# On a Namespace.
NAMESPACE_NAME: Final = "kubernetes.io/metadata.name"
CONTROL_PLANE: Final = "control-plane"
SYSTEM_NAMESPACES: Final = ("kube-system", "kube-public")
DEFAULT_NAMESPACE: Final = "default"

# Env of an injected container.
IS_INJECTED: Final = "IS_INJECTED"
VERSION_ENV: Final = "SIDECARSET_VERSION"
ALTERNATE_VERSION_ENV: Final = "SIDECARSET_VERSION_ALT"

# Values.
ALWAYS: Final = "Always"
BEFORE_APP_CONTAINER: Final = "BeforeAppContainer"
AFTER_APP_CONTAINER: Final = "AfterAppContainer"
HOT_UPGRADE: Final = "HotUpgrade"
ENABLED: Final = "enabled"
DISABLED: Final = "disabled"
RETAIN: Final = "Retain"
OVERWRITE: Final = "Overwrite"
MERGE_PATCH_JSON: Final = "MergePatchJson"
PARTIAL: Final = "Partial"

# When something was injected for the first time, unless the caller says when: there is no clock here.
EPOCH: Final = "1970-01-01T00:00:00Z"
