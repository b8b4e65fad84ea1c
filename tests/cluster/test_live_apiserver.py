"""`--live` against a real API server, with a real kubectl."""

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
from apiserver import ApiServer, Unavailable, api_server
from casefolder import TESTDATA
from commandline import Ran, executed
from doors.yamledit import chunks, documents

pytestmark = pytest.mark.heavy

CRD: Final = TESTDATA.parent.parent / "shared" / "kruise" / "sidecarsets.crd.yaml"
SETS: Final = "/apis/apps.kruise.io/v1beta1/sidecarsets"
SET: Final = """\
apiVersion: apps.kruise.io/v1beta1
kind: SidecarSet
metadata: {name: logs}
spec:
  selector: {matchLabels: {app: web}}
  namespaceSelector: {matchLabels: {team: shop}}
  injectionStrategy: {revision: {customVersion: one}}
  updateStrategy: {type: RollingUpdate, maxUnavailable: 2}
  patchPodMetadata:
  - {patchPolicy: Retain, annotations: {team: shop}}
  containers:
  - {name: agent, image: "agent:1.4"}
"""
DEPLOYMENT: Final = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: main, image: web}]}
"""
REVISION: Final = "  injectionStrategy: {revision: {customVersion: one}}\n"
ALLOWED: Final = '{"rules": [{"allowedAnnotationKeyExprs": ["^team$"]}]}'
PODS: Final = 4


class Cluster(NamedTuple):
    """A cluster as `--live` sees it, with the flags to reach it."""

    server: ApiServer
    flags: tuple[str, ...]
    before: Ran  # what was said while the CRD was missing


def value_of(text: str) -> Any:  # noqa: ANN401 - an object
    (document,) = (document for chunk in chunks([text.encode()], "x") for document in documents(chunk, "x"))
    return document.value()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("cluster")
    if shutil.which("kubectl") is None or not CRD.exists():
        pytest.skip("no kubectl, or no CRD of SidecarSet, to ask a cluster with")
    try:
        with api_server(folder) as server:
            (folder / "web.yaml").write_text(DEPLOYMENT, encoding="utf-8")
            flags = ("--live", f"--kubeconfig={server.kubeconfig(folder / 'config')}", "--context=test")
            before = executed(["why", *flags, str(folder / "web.yaml")])
            fill(server)
            yield Cluster(server, flags, before)
    except Unavailable as reason:
        pytest.skip(f"no API server to ask: {reason}")


def fill(server: ApiServer) -> None:
    """A SidecarSet, a revision of it, namespaces, the webhook's configuration, and Pods that carry the revision."""
    create(server, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", value_of(CRD.read_text(encoding="utf-8")))
    deadline = time.monotonic() + 30
    while not serves_sidecar_sets(server):
        assert time.monotonic() < deadline, "the CRD is not served"
        time.sleep(0.2)
    create(server, SETS, value_of(SET))
    for name, labels in (("shop", {"team": "shop"}), ("kruise-system", {}), ("lab", {})):
        create(server, "/api/v1/namespaces", {"metadata": {"name": name, "labels": labels}})
    create(server, "/apis/apps/v1/namespaces/shop/deployments", value_of(DEPLOYMENT))
    configuration = {"SidecarSet_PatchPodMetadata_WhiteList": ALLOWED}
    configmap = {"metadata": {"name": "kruise-configuration"}, "data": configuration}
    create(server, "/api/v1/namespaces/kruise-system/configmaps", configmap)
    create(server, "/apis/apps/v1/namespaces/kruise-system/controllerrevisions", revision())
    for number in range(PODS):
        start(server, f"web-{number}", "shop")
    start(server, "else", "lab")


def serves_sidecar_sets(server: ApiServer) -> bool:
    try:
        return server.request("GET", SETS)[0] == 200
    except ValueError:  # "404 page not found" is no JSON
        return False


def revision() -> Any:  # noqa: ANN401 - an object
    labels = {"kruise.io/sidecarset-name": "logs", "apps.kruise.io/sidecarset-custom-version": "one"}
    spec = {**value_of(SET)["spec"], "containers": [{"name": "agent", "image": "agent:1.3"}]}
    data = {"spec": {**spec, "$patch": "replace"}}
    return {"metadata": {"name": "logs-one", "labels": labels}, "revision": 1, "data": data}


def start(server: ApiServer, name: str, namespace: str) -> None:
    """A Pod with its sidecar, running and ready."""
    containers = [{"name": "main", "image": "web"}, {"name": "agent", "image": "agent:1.3"}]
    metadata = {
        "name": name,
        "labels": {"app": "web"},
        "annotations": {"kruise.io/sidecarset-injected-list": "logs"},
    }
    path = f"/api/v1/namespaces/{namespace}/pods"
    made = create(server, path, {"metadata": metadata, "spec": {"containers": containers, "nodeName": "node"}})
    statuses = [
        {"name": one["name"], "image": one["image"], "imageID": one["image"], "ready": True, "restartCount": 0}
        for one in containers
    ]
    now = made["metadata"]["creationTimestamp"]
    conditions = [{"type": "Ready", "status": "True", "lastTransitionTime": now}]
    made["status"] = {"phase": "Running", "conditions": conditions, "containerStatuses": statuses}
    status, answer = server.request("PUT", f"{path}/{name}/status", made)
    assert status == 200, answer


def create(server: ApiServer, path: str, body: object) -> Any:  # noqa: ANN401 - an object
    status, answer = server.request("POST", path, body)
    assert status == 201, answer
    return answer


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("web.yaml").write_text(DEPLOYMENT, encoding="utf-8")
    return tmp_path


def test_a_cluster_without_the_crd(cluster: Cluster) -> None:
    assert (cluster.before.code, cluster.before.stdout) == (6, b"")
    assert "OpenKruise is not installed there" in cluster.before.stderr.decode()


def test_why(cluster: Cluster) -> None:
    """The namespace's labels and the revision are the cluster's."""
    for arguments in (["web.yaml"], ["deploy/web", "-n", "shop"]):
        ran = executed(["why", "-o", "json", *cluster.flags, *arguments])
        assert ran.code == 0, ran.stderr.decode()
        (workload,) = json.loads(ran.stdout)["workloads"]
        assert [one["selected"] for one in workload["sidecarSets"]] == [True]
        assert workload["sidecarSets"][0]["revision"] == "logs-one"
        assert workload["adds"] == {"containers": ["agent"], "annotations": workload["adds"]["annotations"]}


def test_a_workload_that_is_not_there(cluster: Cluster) -> None:
    ran = executed(["why", "deployment/wbe", "-n", "shop", *cluster.flags])
    assert ran.code == 6
    assert '"wbe" not found' in ran.stderr.decode()


def test_check(cluster: Cluster) -> None:
    """The whitelist and the revision are known, and the SidecarSet that is there is the old one."""
    Path("set.yaml").write_text(SET, encoding="utf-8")
    ran = executed(["check", *cluster.flags, "set.yaml", "web.yaml", "--fail-on", "warning"])
    assert (ran.stdout, ran.code) == (b"nothing to report\n", 0), ran.stderr.decode()
    Path("set.yaml").write_text(SET.replace("name: agent", "name: agnet"), encoding="utf-8")
    assert b"[UPD002]" in executed(["check", *cluster.flags, "set.yaml"]).stdout


def test_status_and_plan(cluster: Cluster) -> None:
    """Pods of the namespaces that the selector selects, and no others."""
    ran = executed(["status", "-o", "json", *cluster.flags])
    assert ran.code == 0, ran.stderr.decode()
    status = json.loads(ran.stdout)["status"]
    assert (status["matchedPods"], status["updatedPods"], status["readyPods"]) == (PODS, 0, PODS)
    ran = executed(["plan", "-o", "json", "--no-validate", *cluster.flags])
    assert ran.code == 0, ran.stderr.decode()
    assert json.loads(ran.stdout)["final"]["status"]["matchedPods"] == PODS


def test_the_server_refuses(cluster: Cluster, folder: Path) -> None:
    config = cluster.server.kubeconfig(folder / "config", token="not-the-one")  # noqa: S106 - a wrong one
    ran = executed(["why", "--live", f"--kubeconfig={config}", "--context=test", "web.yaml"])
    assert (ran.code, ran.stdout) == (6, b"")
    assert "logged in" in ran.stderr.decode()


def test_nobody_answers(cluster: Cluster, folder: Path) -> None:
    server = cluster.server._replace(port=9)
    config = server.kubeconfig(folder / "config")
    ran = executed(["why", "--live", f"--kubeconfig={config}", "--context=test", "web.yaml"])
    assert ran.code == 6
    assert "127.0.0.1:9" in ran.stderr.decode()


def test_the_version_that_the_cluster_holds_wins(cluster: Cluster) -> None:
    """A template rendered with another version than the cluster's: its webhook replaces the sidecars."""
    Path("set.yaml").write_text(SET.replace("agent:1.4", "agent:1.5").replace(REVISION, ""), encoding="utf-8")
    namespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {team: shop}}\n"
    Path("namespace.yaml").write_text(namespace, encoding="utf-8")
    ran = executed(["inject", "--sidecarset=set.yaml", "--cluster=namespace.yaml", "web.yaml"])
    assert ran.code == 0, ran.stderr.decode()
    Path("rendered.yaml").write_bytes(ran.stdout)
    ran = executed(["check", "--injected", *cluster.flags, "--sidecarset=set.yaml", "rendered.yaml"])
    assert (ran.code, b"[CHK007]" in ran.stdout) == (1, True), ran.stdout.decode() + ran.stderr.decode()


def test_the_configuration_of_the_webhook(cluster: Cluster) -> None:
    """What leaves the Pod out is read from the cluster."""
    path = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations"
    name = "kruise-mutating-webhook-configuration"
    service = {"name": "kruise-webhook-service", "namespace": "kruise-system", "path": "/mutate-pod"}
    webhook = {
        "name": "mpod.kb.io",
        "clientConfig": {"service": service},
        "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}],
        "objectSelector": {"matchLabels": {"mesh": "on"}},
        "failurePolicy": "Ignore",
        "timeoutSeconds": 1,
        "sideEffects": "None",
        "admissionReviewVersions": ["v1"],
    }
    create(cluster.server, path, {"metadata": {"name": name}, "webhooks": [webhook]})
    try:
        ran = executed(["why", "-o", "json", *cluster.flags, "web.yaml"])
        assert ran.code == 0, ran.stderr.decode()
        (workload,) = json.loads(ran.stdout)["workloads"]
        assert [one["selected"] for one in workload["sidecarSets"]] == [False]
        assert "objectSelector" in workload["sidecarSets"][0]["message"]
        assert b"[WBH001]" in ran.stderr
    finally:
        cluster.server.request("DELETE", f"{path}/{name}")
