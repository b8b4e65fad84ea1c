"""What `kubectl get pods -A -o json` prints of a large cluster: `python podsdump.py FOLDER PODS`, the same each time.

Writes `pods.json`, and the SidecarSet before and after the change that is planned. Pods are as kubelets report them:
two or three containers with env, probes and mounts, volumes, tolerations, owners, full status: 12 kB each. Nine in ten
of them carry the sidecars, one in two hundred is not ready.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, cast

import sidecarctl
from sidecarctl.yamledit.stream.documents import chunks, documents

Json = dict[str, Any]

WORKLOADS: Final = 400
_HEAD: Final = '{\n    "apiVersion": "v1",\n    "items": [\n'
_TAIL: Final = '\n    ],\n    "kind": "List",\n    "metadata": {\n        "resourceVersion": ""\n    }\n}\n'
_SIDECAR_SET: Final = """apiVersion: apps.kruise.io/v1beta1
kind: SidecarSet
metadata: {{name: log-agent}}
spec:
  selector: {{matchLabels: {{logging: enabled}}}}
  updateStrategy: {{type: RollingUpdate, maxUnavailable: {budget}, partition: 10%}}
  containers:
  - name: log-agent
    image: registry.example.com/platform/log-agent:{version}
    args: [--config, /etc/log-agent.yaml]
    env: [{{name: LEVEL, value: info}}]
    resources: {{requests: {{cpu: 50m, memory: 64Mi}}, limits: {{cpu: 200m, memory: 128Mi}}}}
    volumeMounts: [{{name: log-buffer, mountPath: /var/buffer}}]
  volumes: [{{name: log-buffer, emptyDir: {{}}}}]
"""


def main(folder: str, pods: str) -> None:
    """Write a dump and its SidecarSets."""
    write(Path(folder), int(pods))


def write(folder: Path, pods: int, budget: int | str = "1%") -> None:
    """Write a dump and its SidecarSets; `budget` is the maxUnavailable."""
    for name, version in (("before", "1.0"), ("sidecarset", "1.1")):
        (folder / f"{name}.yaml").write_text(_SIDECAR_SET.format(version=version, budget=budget))
    with (folder / "pods.json").open("w", encoding="utf-8") as file:
        file.write(_HEAD)
        file.writelines(f"{',' if number else ''}\n{text}"[0 if number else 1 :] for number, text in _texts(pods))
        file.write(_TAIL)


def _texts(pods: int) -> Iterator[tuple[int, str]]:
    """The items, by workload as etcd keeps them."""
    sidecar_set = _SIDECAR_SET.format(version="1.0", budget=1)
    each = -(-pods // WORKLOADS)
    for number in range(pods):
        workload, replica = divmod(number, each)
        if replica == 0:
            text = _template(workload, sidecar_set)
        yield number, text % _own(number, replica)


def _own(number: int, replica: int) -> Json:
    """What tells a Pod from its siblings."""
    mixed = number * 2654435761 % 2**32  # spread out, and the same each time
    minute, second = mixed // 60 % 60, mixed % 60
    return {
        "suffix": f"{mixed:08x}"[:5],
        "replica": f"{replica:05x}",
        "uid": f"{mixed:08x}-6f1d-4c5e-9a3b-{number:012x}",
        "day": f"{mixed // 3600 % 28 + 1:02}",
        "time": f"{mixed // 86400 % 24:02}:{minute:02}:{second:02}",
        "node": f"{mixed % 5000:04}",
        "ip": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
        "container": f"{mixed:08x}{number:056x}",
        "is_ready": "false" if number % 200 == 7 else "true",
        "condition": "False" if number % 200 == 7 else "True",
        "restarts": "3" if number % 29 == 0 else "0",
    }


def _template(workload: int, sidecar_set: str) -> str:
    """The Pods of a workload as text, with gaps for what tells one from the next."""
    pod = _pod(workload)
    if workload % 10 != 9:
        pod["metadata"]["labels"]["logging"] = "enabled"
        pod = _injected(pod, sidecar_set)
    pod["metadata"]["creationTimestamp"] = "2024-02-<day>T<time>Z"
    pod["spec"]["nodeName"] = "node-<node>"
    pod["status"] = _status(pod, workload)
    text = json.dumps(pod, indent=4, sort_keys=True).replace("%", "%%")
    for gap in ("suffix", "replica", "uid", "day", "time", "node", "ip", "container", "condition"):
        text = text.replace(f"<{gap}>", f"%({gap})s")
    text = text.replace('"<is_ready>"', "%(is_ready)s").replace('"<restarts>"', "%(restarts)s")
    return "\n".join(f"        {line}" for line in text.split("\n"))


def _injected(pod: Json, sidecar_set: str) -> Json:
    [document] = [one for chunk in chunks([sidecar_set.encode()], "") for one in documents(chunk, "")]
    made = sidecarctl.inject(pod, [cast("Json", document.value())], timestamp="2024-03-01T09:30:00Z").pod
    copied: Json = json.loads(json.dumps(made))
    return copied


def _pod(workload: int) -> Json:
    name = f"app-{workload:03}"
    owner = {"apiVersion": "apps/v1", "blockOwnerDeletion": True, "controller": True, "kind": "ReplicaSet"}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "annotations": {
                "checksum/config": f"{workload:064x}",
                "prometheus.io/port": "8080",
                "prometheus.io/scrape": "true",
            },
            "generateName": f"{name}-6d4cf56db6-",
            "labels": {"app": name, "pod-template-hash": "6d4cf56db6", "team": f"team-{workload % 17}"},
            "name": f"{name}-6d4cf56db6-<replica>",
            "namespace": f"team-{workload % 17}",
            "ownerReferences": [{**owner, "name": f"{name}-6d4cf56db6", "uid": f"{workload:08x}-aaaa-4bbb-8ccc-0"}],
            "resourceVersion": "48151623",
            "uid": "<uid>",
        },
        "spec": _spec(workload, name),
    }


def _spec(workload: int, name: str) -> Json:
    seconds = {"effect": "NoExecute", "operator": "Exists", "tolerationSeconds": 300}
    return {
        "containers": [_container(name, index) for index in range(2 if workload % 4 == 1 else 1)],
        "dnsPolicy": "ClusterFirst",
        "enableServiceLinks": True,
        "restartPolicy": "Always",
        "schedulerName": "default-scheduler",
        "securityContext": {"fsGroup": 1000},
        "serviceAccount": "default",
        "serviceAccountName": "default",
        "terminationGracePeriodSeconds": 30,
        "tolerations": [{"key": f"node.kubernetes.io/{why}", **seconds} for why in ("not-ready", "unreachable")],
        "volumes": [
            {"configMap": {"defaultMode": 420, "name": f"{name}-config"}, "name": "config"},
            {
                "name": "kube-api-access-<suffix>",
                "projected": {
                    "defaultMode": 420,
                    "sources": [
                        {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
                        {"configMap": {"items": [{"key": "ca.crt", "path": "ca.crt"}], "name": "kube-root-ca.crt"}},
                    ],
                },
            },
        ],
    }


def _container(name: str, index: int) -> Json:
    return {
        "args": ["--listen=:8080", f"--name={name}"],
        "env": [
            {"name": "POD_NAME", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.name"}}},
            {"name": "REGION", "value": "eu-central-1"},
        ],
        "image": f"registry.example.com/shop/{name}:v1.{index}",
        "imagePullPolicy": "IfNotPresent",
        "name": f"{name}-{index}" if index else name,
        "ports": [{"containerPort": 8080 + index, "name": "http", "protocol": "TCP"}],
        "readinessProbe": {"httpGet": {"path": "/ready", "port": 8080, "scheme": "HTTP"}, "periodSeconds": 10},
        "resources": {"limits": {"memory": "512Mi"}, "requests": {"cpu": "100m", "memory": "256Mi"}},
        "volumeMounts": [
            {"mountPath": "/etc/app", "name": "config"},
            {
                "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount",
                "name": "kube-api-access-<suffix>",
                "readOnly": True,
            },
        ],
    }


def _status(pod: Json, workload: int) -> Json:
    ran = {"lastProbeTime": None, "lastTransitionTime": "2024-02-<day>T<time>Z"}
    ready = {"Ready": "<condition>", "ContainersReady": "<condition>"}
    types = ("Initialized", "Ready", "ContainersReady", "PodScheduled")
    return {
        "conditions": [{**ran, "status": ready.get(name, "True"), "type": name} for name in types],
        "containerStatuses": [
            _container_status(one["name"], one["image"], workload) for one in pod["spec"]["containers"]
        ],
        "hostIP": "192.168.<node>",
        "phase": "Running",
        "podIP": "<ip>",
        "podIPs": [{"ip": "<ip>"}],
        "qosClass": "Burstable",
        "startTime": "2024-02-<day>T<time>Z",
    }


def _container_status(name: str, image: str, workload: int) -> Json:
    return {
        "containerID": "containerd://<container>",
        "image": image,
        "imageID": f"{image.partition(':')[0]}@sha256:{workload:064x}",
        "lastState": {},
        "name": name,
        "ready": "<is_ready>",
        "restartCount": "<restarts>",
        "started": True,
        "state": {"running": {"startedAt": "2024-02-<day>T<time>Z"}},
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
