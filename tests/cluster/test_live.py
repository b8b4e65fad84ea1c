"""`--live`: what kubectl is asked for, and what is said where it has no answer."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from commandline import Ran, executed

SET: Final[Mapping[str, Any]] = {
    "apiVersion": "apps.kruise.io/v1beta1",
    "kind": "SidecarSet",
    "metadata": {"name": "logs"},
    "spec": {
        "selector": {"matchLabels": {"app": "web"}},
        "containers": [{"name": "agent", "image": "agent:1.4"}],
    },
}
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: main, image: web}]
"""
# Answers from files that are called as the resource, and writes down how it was called.
KUBECTL = """\
#!/bin/sh
for word do last=$word; printf '%s\\0' "$word" >> calls; done
printf '\\n' >> calls
file="answers/$(echo "$last" | tr / _)"
if [ -f "$file.error" ]; then cat "$file.error" >&2; exit 1; fi
if [ -f "$file" ]; then cat "$file"; else printf '{"apiVersion": "v1", "items": [], "kind": "List"}\\n'; fi
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with a kubectl that answers from files."""
    monkeypatch.chdir(tmp_path)
    Path("bin").mkdir()
    Path("answers").mkdir()
    Path("bin/kubectl").write_text(KUBECTL, encoding="utf-8")
    Path("bin/kubectl").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    answer("sidecarsets.apps.kruise.io", SET)
    Path("web.yaml").write_text(DEPLOYMENT, encoding="utf-8")
    return tmp_path


def answer(resource: str, *items: object) -> None:
    listed = {"apiVersion": "v1", "items": [*items], "kind": "List", "metadata": {"resourceVersion": ""}}
    text = json.dumps(items[0] if "/" in resource else listed, indent=4)
    Path("answers", resource.replace("/", "_")).write_text(text + "\n", encoding="utf-8")


def refusal(resource: str, text: str) -> None:
    Path("answers", f"{resource}.error").write_text(text, encoding="utf-8")


def calls() -> list[list[str]]:
    return [line.split("\0")[:-1] for line in Path("calls").read_text(encoding="utf-8").splitlines()]


def said(ran: Ran) -> str:
    return ran.stderr.decode()


def test_why_asks_for_what_decides() -> None:
    ran = executed(["why", "deployment/web", "--live", "web.yaml"])
    assert ran.code == 0, said(ran)
    assert "logs: yes" in ran.stdout.decode()
    assert "SidecarSet: kubectl get sidecarsets.apps.kruise.io:" in ran.stdout.decode()
    assert [call[-1] for call in calls()] == [
        "sidecarsets.apps.kruise.io",
        "namespaces",
        "controllerrevisions.apps",
        "configmaps",
        "mutatingwebhookconfigurations.admissionregistration.k8s.io",
    ]
    assert all(call[0] == "get" and "--output=json" in call for call in calls())


def test_namespaces_are_those_of_the_cluster() -> None:
    selector = {"namespaceSelector": {"matchLabels": {"team": "shop"}}}
    answer("sidecarsets.apps.kruise.io", {**SET, "spec": {**SET["spec"], **selector}})
    metadata = {"name": "shop", "labels": {"team": "shop", "kubernetes.io/metadata.name": "shop"}}
    answer("namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})
    assert "logs: yes" in executed(["why", "deployment/web", "--live", "web.yaml"]).stdout.decode()


@pytest.mark.parametrize("command", ["why", "check", "status", "plan"])
def test_kubectls_flags_are_passed_on(command: str) -> None:
    flags = ["--kubeconfig", "my config", "--context=-x", "--as", "system:nobody", "--request-timeout=9s"]
    executed([command, "--live", *flags, "web.yaml"])
    assert calls()
    for call in calls():
        assert call[:4] == ["--kubeconfig=my config", "--context=-x", "--as=system:nobody", "--request-timeout=9s"]


MAIN = {"name": "main", "image": "web"}


def test_a_workload_of_the_cluster() -> None:
    workload = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"template": {"metadata": {"labels": {"app": "wb"}}, "spec": {"containers": [MAIN]}}},
    }
    answer("deploy/web", workload)
    ran = executed(["why", "deploy/web", "sidecarset/logs", "--live", "-n", "shop"])
    assert ran.code == 0, said(ran)
    assert "workload: kubectl get deploy/web:" in ran.stdout.decode()
    assert "SelectorMismatch" in ran.stdout.decode()
    assert calls()[0] == ["get", "--output=json", "--namespace=shop", "--", "deploy/web"]


def test_check_compares_with_what_is_there() -> None:
    """The SidecarSet of the cluster is the old one, and those of other names are rivals."""
    rival = {**SET, "metadata": {"name": "older"}}
    answer("sidecarsets.apps.kruise.io", SET, rival)
    changed = json.loads(json.dumps(SET))
    changed["spec"]["containers"][0]["upgradeStrategy"] = {"upgradeType": "HotUpgrade", "hotUpgradeEmptyImage": "e:1"}
    Path("set.json").write_text(json.dumps(changed), encoding="utf-8")
    ran = executed(["check", "--live", "set.json"])
    assert (ran.code, said(ran)) == (1, "")
    assert "[UPD001]" in ran.stdout.decode()
    changed["spec"]["containers"][0].pop("upgradeStrategy")
    Path("set.json").write_text(json.dumps(changed), encoding="utf-8")
    assert "[CNF001]" in executed(["check", "--live", "set.json"]).stdout.decode()


def pod(name: str) -> Mapping[str, Any]:
    container = {"name": "agent", "image": "agent:1.3"}
    status = {"name": "agent", "image": "agent:1.3", "imageID": "x", "ready": True, "restartCount": 0}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": name,
            "namespace": "shop",
            "labels": {"app": "web"},
            "creationTimestamp": "2026-01-01T00:00:00Z",
            "annotations": {"kruise.io/sidecarset-injected-list": "logs"},
        },
        "spec": {"nodeName": "node", "containers": [container]},
        "status": {
            "phase": "Running",
            "conditions": [{"type": "Ready", "status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z"}],
            "containerStatuses": [status],
        },
    }


def test_status_counts_the_clusters_pods() -> None:
    answer("pods", pod("a"), pod("b"))
    ran = executed(["status", "--live"])
    assert ran.code == 0, said(ran)
    assert ran.stdout.decode().splitlines()[1].split()[:3] == ["logs", "2", "0"]
    assert calls()[-1] == ["get", "--output=json", "--all-namespaces", "--", "pods"]


def test_a_long_dump_is_gone_through_as_often_as_need_be() -> None:
    """More than is kept in memory, so from a file; it is gone through twice: are there Pods, and which."""
    answer("pods", *(pod(f"web-{number:05}") for number in range(9000)))
    assert Path("answers/pods").stat().st_size > 8 * 1024 * 1024
    ran = executed(["status", "--live", "-o", "json"])
    assert ran.code == 0, said(ran)
    assert json.loads(ran.stdout)["status"]["matchedPods"] == 9000


REFUSALS = {
    "no CRD": (
        "sidecarsets.apps.kruise.io",
        'error: the server doesn\'t have a resource type "sidecarsets"\n',
        "OpenKruise is not installed there",
    ),
    "forbidden": (
        "sidecarsets.apps.kruise.io",
        'Error from server (Forbidden): sidecarsets.apps.kruise.io is forbidden: User "x" cannot list resource\n',
        "kubectl get sidecarsets.apps.kruise.io: Error from server (Forbidden): sidecarsets.apps.kruise.io is",
    ),
    "unreachable": ("namespaces", "Unable to connect to the server: EOF\n", "Unable to connect to the server: EOF"),
    "silent": ("namespaces", "", "kubectl ended without a word"),
}


@pytest.mark.parametrize("case", REFUSALS)
@pytest.mark.parametrize("command", ["why", "check", "status", "plan"])
def test_a_refusal_is_told(case: str, command: str) -> None:
    resource, text, told = REFUSALS[case]
    refusal(resource, text)
    ran = executed([command, "--live", "web.yaml"])
    assert (ran.code, ran.stdout) == (6, b"")
    assert told in said(ran)


@pytest.mark.parametrize("command", ["why", "check", "status", "plan"])
def test_no_kubectl(command: str, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setenv("PATH", str(folder / "nothing"))
    ran = executed([command, "--live", "web.yaml"])
    assert ran.code == 6
    assert "kubectl, which is not installed" in said(ran)


@pytest.mark.parametrize("command", ["why", "check", "status", "plan"])
def test_not_beside_cluster(command: str) -> None:
    ran = executed([command, "--live", "--cluster", "web.yaml", "web.yaml"])
    assert ran.code == 2
    assert "leave --cluster out" in said(ran)


@pytest.mark.parametrize(
    ("resource", "told"),
    [
        ("controllerrevisions.apps", "earlier versions of the SidecarSets are not known"),
        ("namespaces", "a namespaceSelector is compared with the names of namespaces only"),
        ("configmaps", "which annotations patchPodMetadata may write is not known"),
    ],
)
@pytest.mark.parametrize("command", ["why", "check", "status", "plan"])
def test_goes_on_without_what_the_user_may_not_read(command: str, resource: str, told: str) -> None:
    answer("pods", pod("web-0"))
    allowed = executed([command, "--live", "web.yaml"])
    text = f'Error from server (Forbidden): {resource} is forbidden: User "x" cannot list resource "{resource}"\n'
    refusal(resource, text)
    ran = executed([command, "--live", "web.yaml"])
    assert ran.code == allowed.code == 0, said(ran)
    assert (
        f"{told}, as the cluster does not let you read them: kubectl get {resource}: "
        in said(ran) + ran.stdout.decode()
    )
    assert "[LIV001]" in said(ran) + ran.stdout.decode()
    if command != "check":
        assert ran.stdout == allowed.stdout


def test_what_the_user_may_not_read_is_in_the_report() -> None:
    refusal("namespaces", "Error from server (Forbidden): namespaces is forbidden\n")
    ran = executed(["check", "--live", "web.yaml", "--report=json"])
    assert [one["code"] for one in json.loads(ran.stdout)["findings"]] == ["LIV001"]


def test_pods_are_needed() -> None:
    refusal("pods", "Error from server (Forbidden): pods is forbidden\n")
    ran = executed(["status", "--live"])
    assert (ran.code, ran.stdout) == (6, b"")
