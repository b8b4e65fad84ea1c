"""What the releases of OpenKruise, and the Kubernetes in them, judge differently."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from refusals import ALPHA, assert_refused, refusals, sidecar_set, with_container, with_init_container, with_volume

C = "spec.containers[0]."
I = "spec.initContainers[0]."  # noqa: E741 - the counterpart of C


def alpha(submitted: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**submitted, "apiVersion": ALPHA}


CASES: Sequence[tuple[str, Mapping[str, Any], Sequence[str]]] = [
    ("1.5", with_init_container(restartPolicy="Never"), []),
    ("1.6", sidecar_set({"initContainers": [{"name": "i", "image": "i", "restartPolicy": "Always"}]}), []),
    (
        "1.7",
        sidecar_set({"initContainers": [{"name": "i", "image": "i", "restartPolicy": "Always"}]}),
        ["spec.updateStrategy: Required value: The initContainer in-place upgrade is not currently supported."],
    ),
    ("1.7", sidecar_set({"updateStrategy": {"selector": {"matchLabels": {"x": "y"}}, "partition": 1}}), []),
    (
        "1.7",
        sidecar_set({"injectionStrategy": {"revision": {"revisionName": "r", "policy": "Partial"}}}),
        [
            'revision: Invalid value: "null": Cannot find specific ControllerRevision, err: ...',
            (
                "revision.policy: Invalid value: v1alpha1.SidecarSetInjectRevision{...RevisionName:(*string)(0x...)"
                ", ...}: Invalid policy Partial, only support 'Always' currently"
            ),
        ],
    ),
    (
        "1.8",
        sidecar_set({"namespace": "n", "namespaceSelector": {}}),
        ["spec.namespace, namespaceSelector: Required value: namespace and namespaceSelector are mutually exclusive"],
    ),
    (
        "1.5",
        sidecar_set({"selector": {"matchExpressions": [{"key": "k", "operator": "In", "values": ["x-"]}]}}),
        ["spec.selector.selector: Invalid value: ..."],
    ),
    ("1.8", with_container(resourcesPolicy={"targetContainersMode": "sum"}), []),
    *(
        (version, with_container(lifecycle={"preStop": {"sleep": {"seconds": 3}}}), [told])
        for version, told in (
            ("1.7", C + "lifecycle.preStop: Required value: must specify a handler type"),
            ("1.8", C + "lifecycle.preStop.sleep: Invalid value: 3: ...terminationGracePeriodSeconds (0)"),
        )
    ),
    (
        "1.5",
        with_init_container(lifecycle={"preStop": {}}, livenessProbe={"exec": {"command": ["x"]}}),
        [
            I + "lifecycle.preStop: Required value: must specify a handler type",
            I + "lifecycle: Invalid value: core.Lifecycle{PostStart:(*core.LifecycleHandler)(nil), PreStop:"
            "(*core.LifecycleHandler)(0x...)}: must not be set for init containers",
            I
            + "livenessProbe: Invalid value: core.Probe{ProbeHandler:core.ProbeHandler{Exec:(*core.ExecAction)(0x...),"
            " HTTPGet:(*core.HTTPGetAction)(nil), ...}, InitialDelaySeconds:0, TimeoutSeconds:1, ...}: must not be ...",
        ],
    ),
    (
        "1.6",
        with_init_container(lifecycle={"preStop": {}}),
        [I + "lifecycle: Forbidden: may not be set for init containers"],
    ),
    (
        "1.5",
        with_container(startupProbe={"tcpSocket": {"port": 0}}),
        [
            *[C + "startupProbe.tcpSocket.port: Invalid value: 0: must be between 1 and 65535, inclusive"] * 2,
            C + "startupProbe.successThreshold: Invalid value: 0: must be 1",
        ],
    ),
    (
        "1.5",
        with_container(terminationMessagePolicy="Bar"),
        [C + "terminationMessagePolicy: Invalid value: \"Bar\": must be 'File' or 'FallbackToLogsOnError'"],
    ),
    (
        "1.6",
        with_container(terminationMessagePolicy="Bar"),
        [
            C + 'terminationMessagePolicy: Unsupported value: "Bar": supported values: "File", "FallbackToLogsOnError"',
        ],
    ),
    (
        "1.5",
        with_container(ports=[{"name": "80", "containerPort": 80}]),
        [C + 'ports[0].name: Invalid value: "80": must contain at least one letter or number (a-z, 0-9)'],
    ),
    ("1.5", with_container(resources={"claims": [{"name": "g"}]}), []),
    ("1.6", with_container(resources={"claims": [{"name": "g"}]}), [C + 'resources.claims[0]: Not found: "g": ...']),
    (
        "1.6",
        with_container(resources={"requests": {"cpu": 2}, "limits": {"cpu": 1}}),
        [C + 'resources.requests: Invalid value: "2": must be less than or equal to cpu limit'],
    ),
    (
        "1.6",
        with_container(env=[{"name": "E", "valueFrom": {"fieldRef": {"fieldPath": "status.hostIPs"}}}]),
        [C + "env[0].valueFrom.fieldRef.fieldPath: Invalid value: ...: field label not supported: status.hostIPs"],
    ),
    ("1.7", with_container(env=[{"name": "E", "valueFrom": {"fieldRef": {"fieldPath": "status.hostIPs"}}}]), []),
    (
        "1.7",
        with_container(resources={"limits": {"foo": 1}}),
        [
            C + 'resources.limits[foo]: Invalid value: "foo": must be a standard resource type or fully qualified',
            C + 'resources.limits[foo]: Invalid value: "foo": must be a standard resource for containers',
        ],
    ),
    ("1.7", with_container(securityContext={"procMount": "Unmasked"}), []),
    (
        "1.8",
        sidecar_set(annotations={"a": "b" * (256 << 10)}),
        ["metadata.annotations: Too long: must have at most 262144 bytes"],
    ),
    (
        "1.8",
        with_volume(azureDisk={"diskName": "d", "diskURI": "u"}),
        ['spec.volumes[0].azureDisk.diskURI: Unsupported value: "u": supported values: "https://{account-name}...'],
    ),
    ("1.9", with_volume(azureDisk={"diskName": "d", "diskURI": "u"}), []),
    ("1.8", with_volume(image={"reference": "r"}), []),
    ("1.8", with_volume(projected={"sources": [{"serviceAccountToken": {"path": "../t"}}]}), []),
]


@pytest.mark.parametrize(("version", "submitted", "expected"), CASES)
def test_the_release_says(version: str, submitted: Mapping[str, Any], expected: Sequence[str]) -> None:
    assert_refused(alpha(submitted), expected, version)


def test_old_releases_look_for_conflicts_whatever_is_wrong() -> None:
    other = sidecar_set({"containers": [{"name": "c2", "image": "i"}]}, ALPHA, name="s2")
    without_selector = sidecar_set({"selector": None}, ALPHA)
    missing = "spec.selector: Required value: no selector defined for SidecarSet"
    crash = "runtime error: invalid memory address or nil pointer dereference"
    assert refusals(without_selector, "1.6", others=[other]) == [missing, crash]
    assert refusals(without_selector, "1.6", others=[]) == [missing]
    assert refusals(without_selector, "1.7", others=[other]) == [missing]


def test_old_releases_know_one_version_of_the_api() -> None:
    assert refusals(sidecar_set(), "1.8") == ["must be apps.kruise.io/v1alpha1: OpenKruise 1.8 serves no other version"]
