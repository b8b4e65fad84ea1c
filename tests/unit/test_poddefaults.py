from typing import Any

from doors.upstream import decode, pod_with_defaults, resources_with_defaults


def defaulted(**spec: Any) -> Any:  # noqa: ANN401 - a spec
    given: Any = {"metadata": {"name": "p"}, "spec": spec}
    return pod_with_defaults(decode(given, "Pod"))["spec"]


def container(**fields: Any) -> Any:  # noqa: ANN401 - a container
    return defaulted(containers=[{"name": "c", "image": "i", **fields}])["containers"][0]


def volume(**source: Any) -> Any:  # noqa: ANN401 - a volume
    return defaulted(containers=[], volumes=[{"name": "v", **source}])["volumes"][0]


def test_a_spec() -> None:
    assert defaulted(containers=[]) == {
        "containers": [],
        "restartPolicy": "Always",
        "terminationGracePeriodSeconds": 30,
        "dnsPolicy": "ClusterFirst",
        "securityContext": {},
        "schedulerName": "default-scheduler",
        "enableServiceLinks": True,
    }


def test_a_container() -> None:
    probe = {"timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3}
    http = {"path": "/", "port": 1, "scheme": "HTTP"}
    made = container(
        ports=[{"containerPort": 80}],
        livenessProbe={"grpc": {"port": 1}},
        startupProbe={"httpGet": {"port": 1}},
        lifecycle={"preStop": {"httpGet": {"port": 1}}},
        env=[{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}],
        resources={"limits": {"cpu": "1u", "x": "1.500"}, "requests": {"x": 1}},
    )
    assert made == {
        "name": "c",
        "image": "i",
        "ports": [{"containerPort": 80, "protocol": "TCP"}],
        "env": [{"name": "A", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.name"}}}],
        "resources": {"limits": {"cpu": "1m", "x": "1.500"}, "requests": {"cpu": "1m", "x": "1"}},
        "livenessProbe": {"grpc": {"port": 1, "service": ""}, **probe},
        "startupProbe": {"httpGet": http, **probe},
        "lifecycle": {"preStop": {"httpGet": http}},
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
        "imagePullPolicy": "Always",
    }


def test_ports_on_the_host() -> None:
    ports = [{"containerPort": 80}, {"containerPort": 81, "hostPort": 5}]
    made = defaulted(hostNetwork=True, containers=[{"name": "c", "ports": ports}])
    assert [port["hostPort"] for port in made["containers"][0]["ports"]] == [80, 5]


def test_volumes() -> None:
    field = {"path": "x", "fieldRef": {"fieldPath": "metadata.name"}}
    defaulted_field = {"path": "x", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.name"}}
    assert volume() == {"name": "v", "emptyDir": {}}
    assert volume(emptyDir={"sizeLimit": "1u"})["emptyDir"] == {"sizeLimit": "1u"}
    assert volume(hostPath={"path": "/"})["hostPath"] == {"path": "/", "type": ""}
    assert volume(secret={"secretName": "s"})["secret"] == {"secretName": "s", "defaultMode": 420}
    assert volume(downwardAPI={"items": [field]})["downwardAPI"] == {"items": [defaulted_field], "defaultMode": 420}
    sources = [{"serviceAccountToken": {"path": "t"}}, {"downwardAPI": {"items": [field]}}]
    assert volume(projected={"sources": sources})["projected"]["sources"] == [
        {"serviceAccountToken": {"expirationSeconds": 3600, "path": "t"}},
        {"downwardAPI": {"items": [defaulted_field]}},
    ]
    assert volume(iscsi={"targetPortal": "a", "iqn": "b", "lun": 0})["iscsi"]["iscsiInterface"] == "default"
    claim = {"volumeClaimTemplate": {"spec": {"resources": {"requests": {"storage": "1u"}}}}}
    template = volume(ephemeral=claim)["ephemeral"]["volumeClaimTemplate"]["spec"]
    assert template == {"resources": {"requests": {"storage": "1m"}}, "volumeMode": "Filesystem"}


def test_requests_from_limits() -> None:
    assert resources_with_defaults({}) == {}
    assert resources_with_defaults({"requests": {"cpu": "1"}}) == {"requests": {"cpu": "1"}}
    assert resources_with_defaults({"limits": {"cpu": "1"}, "claims": []}) == {
        "claims": [],
        "limits": {"cpu": "1"},
        "requests": {"cpu": "1"},
    }
