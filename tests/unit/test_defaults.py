import copy
from typing import TYPE_CHECKING, Any

import pytest
from doors.upstream import IfUnset, Struct, admitted, filled, release_for, volume_with_defaults

from sidecarctl.finding import UndecodableObject, show_path

if TYPE_CHECKING:
    from doors.upstream import SidecarSet

HTTP_GET = {"path": "/", "port": 1, "scheme": "HTTP"}
PROBE_TIMES = {"timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3}


def sidecar(version: str = "next", **fields: Any) -> Any:  # noqa: ANN401 - any field of a container
    return stored_container("containers", version, fields)


def init_sidecar(version: str = "next", **fields: Any) -> Any:  # noqa: ANN401 - any field of a container
    return stored_container("initContainers", version, fields)


def stored_container(list_name: str, version: str, fields: Any) -> Any:  # noqa: ANN401 - any field of a container
    given: Any = {"spec": {list_name: [{"name": "c", **fields}]}}
    stored: Any = admitted(given, release_for(version))
    return stored["spec"][list_name][0]


def test_the_spec() -> None:
    assert admitted({})["spec"] == {
        "updateStrategy": {"type": "RollingUpdate", "partition": 0, "maxUnavailable": 1},
        "revisionHistoryLimit": 10,
    }


def test_zeros_that_were_chosen_stay() -> None:
    given: SidecarSet = {
        "spec": {"updateStrategy": {"type": "NotUpdate", "maxUnavailable": 0}, "revisionHistoryLimit": 0}
    }
    spec = admitted(given)["spec"]
    assert spec["updateStrategy"]["maxUnavailable"] == 0
    assert spec["revisionHistoryLimit"] == 0


def test_policies_are_filled_where_what_they_rule_is_given() -> None:
    given: SidecarSet = {
        "spec": {
            "injectionStrategy": {"revision": {"revisionName": "r"}},
            "patchPodMetadata": [{}, {"patchPolicy": "x"}],
        }
    }
    spec = admitted(given)["spec"]
    assert spec["injectionStrategy"]["revision"]["policy"] == "Always"
    assert spec["patchPodMetadata"] == [{"patchPolicy": "Retain"}, {"patchPolicy": "x"}]


def test_a_minimal_container() -> None:
    assert sidecar(image="side:v1") == {
        "name": "c",
        "image": "side:v1",
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
        "imagePullPolicy": "IfNotPresent",
        "podInjectPolicy": "BeforeAppContainer",
        "upgradeStrategy": {"upgradeType": "ColdUpgrade"},
        "shareVolumePolicy": {"type": "disabled"},
    }


def test_init_containers_come_after_and_get_openkruise_s_own_defaults_from_1_7_on() -> None:
    assert init_sidecar("1.7")["podInjectPolicy"] == "AfterAppContainer"
    old = init_sidecar("1.6", ports=[{"containerPort": 1}])
    assert old["ports"] == [{"containerPort": 1, "protocol": "TCP"}]
    assert {"podInjectPolicy", "upgradeStrategy", "shareVolumePolicy"}.isdisjoint(old)


@pytest.mark.parametrize(
    ("field", "given", "stored"),
    [
        (
            "ports",
            [{"containerPort": 1, "protocol": "UDP"}, {}],
            [{"containerPort": 1, "protocol": "UDP"}, {"protocol": "TCP"}],
        ),
        (
            "env",
            [{"name": "a", "valueFrom": {"fieldRef": {"fieldPath": "p"}}}],
            [{"name": "a", "valueFrom": {"fieldRef": {"fieldPath": "p", "apiVersion": "v1"}}}],
        ),
        (
            "transferEnv",
            [{"sourceContainerNameFrom": {"fieldRef": {"fieldPath": "p"}}}, {"envName": "x"}],
            [{"sourceContainerNameFrom": {"fieldRef": {"fieldPath": "p", "apiVersion": "v1"}}}, {"envName": "x"}],
        ),
        ("livenessProbe", {"httpGet": {"port": 1}}, {"httpGet": HTTP_GET, **PROBE_TIMES}),
        ("readinessProbe", {"periodSeconds": 5}, {**PROBE_TIMES, "periodSeconds": 5}),
        ("livenessProbe", {"grpc": {"port": 1}}, {"grpc": {"port": 1}, **PROBE_TIMES}),
        ("startupProbe", {"httpGet": {"port": 1}}, {"httpGet": {"port": 1}}),
        ("lifecycle", {"preStop": {"httpGet": {"port": 1}}}, {"preStop": {"httpGet": HTTP_GET}}),
        ("lifecycle", {"postStart": {"exec": {}}}, {"postStart": {"exec": {}}}),
        ("resources", {"limits": {"a": "1u", "b": "1500u", "c": 0.5}}, {"limits": {"a": "1m", "b": "2m", "c": "500m"}}),
        ("resources", {}, {}),
        ("shareVolumeDevicePolicy", {}, {}),
        ("resourcesPolicy", {}, {"targetContainersNameRegex": ".*"}),
        ("resourcesPolicy", {"targetContainersNameRegex": ""}, {"targetContainersNameRegex": ""}),
        ("securityContext", {}, {}),
    ],
)
def test_a_field_of_a_container(field: str, given: Any, stored: Any) -> None:  # noqa: ANN401 - any field
    assert sidecar(**{field: given})[field] == stored


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ({}, {"emptyDir": {}}),
        ({"hostpath": {"path": "/"}}, {"hostpath": {"path": "/"}, "emptyDir": {}}),
        ({"emptyDir": {}}, {"emptyDir": {}}),
        ({"hostPath": {"path": "/"}}, {"hostPath": {"path": "/", "type": ""}}),
        ({"secret": {}}, {"secret": {"defaultMode": 420}}),
        ({"configMap": {"defaultMode": 0}}, {"configMap": {"defaultMode": 0}}),
        (
            {"downwardAPI": {"items": [{"path": "a", "fieldRef": {}}, {"path": "b"}]}},
            {
                "downwardAPI": {
                    "items": [{"path": "a", "fieldRef": {"apiVersion": "v1"}}, {"path": "b"}],
                    "defaultMode": 420,
                }
            },
        ),
        (
            {
                "projected": {
                    "sources": [{"serviceAccountToken": {"path": "t"}}, {"downwardAPI": {"items": [{"fieldRef": {}}]}}]
                }
            },
            {
                "projected": {
                    "sources": [
                        {"serviceAccountToken": {"path": "t", "expirationSeconds": 3600}},
                        {"downwardAPI": {"items": [{"fieldRef": {"apiVersion": "v1"}}]}},
                    ],
                    "defaultMode": 420,
                }
            },
        ),
        ({"iscsi": {"iqn": "q"}}, {"iscsi": {"iqn": "q"}}),
        ({"image": {"reference": "r"}}, {"image": {"reference": "r"}}),
    ],
)
def test_volumes(given: Any, stored: Any) -> None:  # noqa: ANN401 - any volume
    assert volume_with_defaults(given) == stored


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ({"iscsi": {}}, {"iscsi": {"iscsiInterface": "default"}}),
        ({"rbd": {"user": "me"}}, {"rbd": {"user": "me", "pool": "rbd", "keyring": "/etc/ceph/keyring"}}),
        (
            {"azureDisk": {"readOnly": True}},
            {"azureDisk": {"readOnly": True, "cachingMode": "ReadWrite", "kind": "Shared", "fsType": "ext4"}},
        ),
        ({"scaleIO": {"fsType": "ext4"}}, {"scaleIO": {"fsType": "ext4", "storageMode": "ThinProvisioned"}}),
        ({"image": {"reference": "r"}}, {"image": {"reference": "r"}, "emptyDir": {}}),
    ],
)
def test_volumes_before_1_9(given: Any, stored: Any) -> None:  # noqa: ANN401 - any volume
    assert volume_with_defaults(given, release_for("1.8")) == stored


@pytest.mark.parametrize("list_name", ["containers", "initContainers"])
def test_what_crashes_the_webhook_is_refused_with_its_place(list_name: str) -> None:
    container = {"name": "c", "transferEnv": [{"envName": "x"}, {"sourceContainerNameFrom": {}}]}
    given: Any = {"spec": {list_name: [{"name": "a"}, container]}}
    with pytest.raises(UndecodableObject) as refusal:
        admitted(given)
    assert show_path(refusal.value.path) == f"spec.{list_name}[1].transferEnv[1].sourceContainerNameFrom"


def test_nothing_given_is_changed_and_untouched_parts_are_shared() -> None:
    given: SidecarSet = {
        "metadata": {"name": "s"},
        "spec": {"selector": {"matchLabels": {"a": "b"}}, "containers": [{"name": "c", "env": [{"name": "e"}]}]},
    }
    before = copy.deepcopy(given)
    stored = admitted(given)
    assert given == before
    assert stored["metadata"] is given["metadata"]
    assert stored["spec"]["selector"] is given["spec"]["selector"]
    assert stored["spec"]["containers"][0]["env"] is given["spec"]["containers"][0]["env"]


def test_filled_returns_what_lacks_nothing_itself() -> None:
    value = {"a": {"b": 1}, "list": [{"c": 0}], "always": {"d": "x"}}
    defaults = {"a": {"b": 2}, "list": [{"c": IfUnset(5)}], "always": Struct(d="y"), "absent": {"e": 1}}
    assert filled(value, defaults) is value
    assert filled({}, defaults) == {"always": {"d": "y"}}
