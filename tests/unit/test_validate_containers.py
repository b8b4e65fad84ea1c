"""Kubernetes' rules for ports, env, mounts and probes, of which the conformance cases show only some."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from refusals import CONTAINER, assert_refused, sidecar_set, with_container, with_init_container

C = "spec.containers[0]."
FIELDS = '"metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", ...'


def with_env(**variable: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    return with_container(env=[{"name": "E", **variable}])


def with_mount(volume: Mapping[str, Any], **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    container = {**CONTAINER, "volumeMounts": [{"name": "v", "mountPath": "/v", **fields}]}
    return sidecar_set({"containers": [container], "volumes": [{"name": "v", **volume}]})


def with_devices(*devices: Mapping[str, str], **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    container = {**CONTAINER, "volumeDevices": [*devices], **fields}
    claim = {"persistentVolumeClaim": {"claimName": "c"}}
    return sidecar_set({"containers": [container], "volumes": [{"name": "v", **claim}, {"name": "w", **claim}]})


PORTS = [
    (
        with_container(ports=[{"name": "a--very-long-name-", "containerPort": 0, "hostPort": 70000}]),
        [
            C + 'ports[0].name: Invalid value: "a--very-long-name-": must be no more than 15 characters',
            C + 'ports[0].name: Invalid value: "a--very-long-name-": must not contain consecutive hyphens',
            C + 'ports[0].name: Invalid value: "a--very-long-name-": must not begin or end with a hyphen',
            C + "ports[0].containerPort: Required value",
            C + "ports[0].hostPort: Invalid value: 70000: must be between 1 and 65535, inclusive",
        ],
    ),
    (
        with_container(
            ports=[{"name": "p", "containerPort": 1}, {"name": "p", "containerPort": 2, "protocol": "ICMP"}]
        ),
        [
            C + 'ports[1].name: Duplicate value: "p"',
            C + 'ports[1].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"',
        ],
    ),
    (
        sidecar_set(
            {
                "initContainers": [
                    {"name": name, "image": "i", "ports": [{"containerPort": 1, "hostPort": 80}] * 2}
                    for name in ("i1", "i2")
                ]
            }
        ),
        ['spec.initContainers[0].ports[1].hostPort: Duplicate value: "TCP//80"'] * 2,
    ),
]

ENV = [
    (
        with_env(name="", valueFrom={}),
        [
            C + "env[0].name: Required value",
            C + 'env[0].valueFrom: Invalid value: "": must specify one of: `fieldRef`, `resourceFieldRef`, ...',
        ],
    ),
    (
        with_env(name="..E"),
        [C + "env[0].name: Invalid value: \"..E\": must not start with '..'"],
    ),
    (
        with_env(valueFrom={"configMapKeyRef": {"name": "c", "key": "k"}, "secretKeyRef": {"name": "S_", "key": ""}}),
        [
            C + 'env[0].valueFrom.secretKeyRef.name: Invalid value: "S_": a lowercase RFC 1123 subdomain must ...',
            C + "env[0].valueFrom.secretKeyRef.key: Required value",
            C + 'env[0].valueFrom: Invalid value: "": may not have more than one field specified at a time',
        ],
    ),
    (
        with_env(valueFrom={"secretKeyRef": {"name": "s", "key": ".."}}),
        [C + "env[0].valueFrom.secretKeyRef.key: Invalid value: \"..\": must not be '..'"],
    ),
    *(
        (with_env(valueFrom={"fieldRef": {"fieldPath": path}}), [f"{C}env[0].valueFrom.fieldRef{told}"])
        for path, told in (
            ("", ".fieldPath: Required value"),
            ("spec.x", '.fieldPath: Invalid value: "spec.x": error ... fieldPath: field label not supported: spec.x'),
            ("spec.x['a']", ".fieldPath: ...: field label does not support subscript: spec.x['a']"),
            ("metadata.labels", f'.fieldPath: Unsupported value: "metadata.labels": supported values: {FIELDS}'),
            ("metadata.labels['-']", ': Invalid value: "-": name part must consist of ...'),
            ("status.phase", f'.fieldPath: Unsupported value: "status.phase": supported values: {FIELDS}'),
        )
    ),
    (with_env(valueFrom={"fieldRef": {"fieldPath": "metadata.annotations['A']"}}), []),
    (with_env(valueFrom={"fieldRef": {"fieldPath": "spec.host"}}), []),
    *(
        (with_env(valueFrom={"resourceFieldRef": reference}), [f"{C}env[0].valueFrom.resourceFieldRef.{told}"])
        for reference, told in (
            ({"resource": ""}, "resource: Required value"),
            ({"resource": "cpu"}, 'resource: Unsupported value: "cpu": supported values: "limits.cpu", ...'),
            (
                {"resource": "limits.memory", "divisor": "1m"},
                'divisor: Invalid value: "limits.memory": only divisor\'s values 1, 1k, ... with the memory resource',
            ),
            (
                {"resource": "requests.ephemeral-storage", "divisor": "2"},
                "divisor: Invalid value: ...1Ei are supported with the local ephemeral storage resource",
            ),
            (
                {"resource": "limits.hugepages-2Mi", "divisor": "2"},
                "divisor: Invalid value: ...1Ei are supported with the hugepages resource",
            ),
        )
    ),
    (with_env(valueFrom={"resourceFieldRef": {"resource": "limits.hugepages-2Mi", "divisor": "1Mi"}}), []),
    (
        with_container(envFrom=[{"prefix": "1"}, {"configMapRef": {"name": "a-"}, "secretRef": {"name": ""}}]),
        [
            C + 'envFrom[0].prefix: Invalid value: "1": a valid environment variable name must ...',
            C + 'envFrom: Invalid value: "": must specify one of: `configMapRef` or `secretRef`',
            C + "envFrom[1].secretRef.name: Required value",
            C + 'envFrom: Invalid value: "": may not have more than one field specified at a time',
        ],
    ),
]

MOUNTS = [
    (
        with_mount({"emptyDir": {}}, name="", mountPath=""),
        [
            C + "volumeMounts[0].name: Required value",
            C + 'volumeMounts[0].name: Not found: ""',
            C + "volumeMounts[0].mountPath: Required value",
        ],
    ),
    (
        with_mount({"emptyDir": {}}, subPath="../a", subPathExpr="/b"),
        [
            C + "volumeMounts.subPath: Invalid value: \"../a\": must not contain '..'",
            C + 'volumeMounts[0].subPathExpr: Invalid value: "/b": subPathExpr and subPath are mutually exclusive',
            C + 'volumeMounts.subPathExpr: Invalid value: "/b": must be a relative path',
        ],
    ),
    (
        with_mount({"image": {"reference": "r", "pullPolicy": "Never"}}, subPath="a"),
        [C + 'volumeMounts[0].subPath: Invalid value: "a": not allowed in image volume sources'],
    ),
    (
        with_mount({"emptyDir": {}}, mountPropagation="Bidirectional", recursiveReadOnly="Enabled"),
        [
            C + "volumeMounts.mountPropagation: Forbidden: Bidirectional mount propagation is available only to ...",
            C + "volumeMounts.recursiveReadOnly: Forbidden: may only be specified when readOnly is true",
            C + "volumeMounts.recursiveReadOnly: Forbidden: may only be specified when mountPropagation is None ...",
        ],
    ),
    (
        with_mount({"emptyDir": {}}, mountPropagation="Up", recursiveReadOnly="Maybe"),
        [
            C + 'volumeMounts.mountPropagation: Unsupported value: "Up": supported values: "Bidirectional", ...',
            C + 'volumeMounts.recursiveReadOnly: Unsupported value: "Maybe": supported values: "Disabled", ...',
        ],
    ),
    (
        with_devices(
            {"name": "v", "devicePath": "/d"},
            {"name": "v", "devicePath": "/d"},
            {"name": "", "devicePath": ""},
            {"name": "w", "devicePath": "/../d"},
        ),
        [
            C + 'volumeDevices[1].name: Invalid value: "v": must be unique',
            C + 'volumeDevices[1].devicePath: Invalid value: "/d": must be unique',
            C + "volumeDevices[2].name: Required value",
            C + 'volumeDevices[2].name: Not found: ""',
            C + "volumeDevices[2].devicePath: Required value",
            C + "volumeDevices[3].devicePath: Invalid value: \"/../d\": can not contain backsteps ('..')",
        ],
    ),
    (
        with_devices({"name": "v", "devicePath": "/d"}, volumeMounts=[{"name": "v", "mountPath": "/d"}]),
        [
            C + 'volumeMounts[0].name: Invalid value: "v": must not already exist in volumeDevices',
            C + 'volumeMounts[0].mountPath: Invalid value: "/d": must not already exist as a path in volumeDevices',
            C + 'volumeDevices[0].name: Invalid value: "v": must not already exist in volumeMounts',
            C + 'volumeDevices[0].devicePath: Invalid value: "/d": must not already exist as a path in volumeMounts',
        ],
    ),
]

PROBES = [
    (
        with_container(livenessProbe={"exec": {}, "tcpSocket": {"port": 80}, "grpc": {"port": 1}, "periodSeconds": -1}),
        [
            C + "livenessProbe.exec.command: Required value",
            C + "livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type",
            C + "livenessProbe.grpc: Forbidden: may not specify more than 1 handler type",
            C + "livenessProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0",
        ],
    ),
    (
        with_container(readinessProbe={"grpc": {"port": 0}, "terminationGracePeriodSeconds": 0}),
        [
            C + "readinessProbe.grpc.port: Invalid value: 0: must be between 1 and 65535, inclusive",
            C + "readinessProbe.terminationGracePeriodSeconds: Invalid value: 0: must be greater than 0",
            C + "readinessProbe.terminationGracePeriodSeconds: Invalid value: 0: must not be set for readinessProbes",
        ],
    ),
    (
        with_container(
            lifecycle={
                "postStart": {},
                "preStop": {"httpGet": {"port": "UP", "scheme": "FTP", "httpHeaders": [{"name": "a b", "value": ""}]}},
            }
        ),
        [
            C + "lifecycle.postStart: Required value: must specify a handler type",
            C + 'lifecycle.preStop.httpGet.port: Invalid value: "UP": must contain only alpha-numeric characters ...',
            C + 'lifecycle.preStop.httpGet.port: Invalid value: "UP": must contain at least one letter (a-z)',
            C + 'lifecycle.preStop.httpGet.scheme: Unsupported value: "FTP": supported values: "HTTP", "HTTPS"',
            C + 'lifecycle.preStop.httpGet.httpHeaders: Invalid value: "a b": a valid HTTP header must consist ...',
        ],
    ),
    *(
        (
            with_container(lifecycle={"preStop": {"sleep": {"seconds": seconds}}}),
            [
                (
                    f"{C}lifecycle.preStop.sleep: Invalid value: {seconds}: must be greater than 0 and less than"
                    " terminationGracePeriodSeconds (30). Enable AllowPodLifecycleSleepActionZeroValue feature gate for"
                    " zero sleep."
                )
            ],
        )
        for seconds in (0, 31)
    ),
    (with_container(lifecycle={"preStop": {"sleep": {"seconds": 30}}}), []),
    (
        with_init_container(lifecycle={}, startupProbe={"exec": {"command": ["x"]}}),
        [
            f"spec.initContainers[0].{field}: Forbidden: may not be set for init containers without restartPolicy=..."
            for field in ("lifecycle", "startupProbe")
        ],
    ),
]


@pytest.mark.parametrize(("submitted", "expected"), [*PORTS, *ENV, *MOUNTS, *PROBES])
def test_kubernetes_says(submitted: Mapping[str, Any], expected: Sequence[str]) -> None:
    assert_refused(submitted, expected)
