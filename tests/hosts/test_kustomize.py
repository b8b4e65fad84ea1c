"""kustomize runs `sidecarctl fn` as a transformer."""

from pathlib import Path
from typing import Final

import pytest
from commandline import executed
from doors.yamledit import chunks, documents
from host_tools import host_tool, ran

pytestmark = pytest.mark.heavy

FUNCTION: Final = """annotations:
    config.kubernetes.io/function: |
      exec:
        path: sidecarctl
        args: [fn]
"""
SET: Final = """apiVersion: apps.kruise.io/v1beta1
kind: SidecarSet
metadata:
  name: log-agent
spec:
  selector:
    matchLabels: {app: web}
  containers:
  - name: log-agent
    image: log-agent:1.4
"""
DEPLOYMENT: Final = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - name: main
        image: web:1
"""
ENABLED: Final = ("--enable-alpha-plugins", "--enable-exec")


def as_transformer(text: str) -> str:
    """Return a functionConfig with the annotation that names the program."""
    return text.replace("metadata:\n  name:", f"metadata:\n  {FUNCTION}  name:", 1)


def tree(folder: Path, **files: str) -> None:
    """Write the files of a kustomization; a name's `_yaml` stands for `.yaml`."""
    (folder / "set.yaml").write_text(as_transformer(SET))
    (folder / "deployment.yaml").write_text(DEPLOYMENT)
    for name, text in files.items():
        (folder / f"{name.removesuffix('_yaml')}.yaml").write_text(text)


def build(folder: Path, *flags: str) -> tuple[int, str, str]:
    """Run kustomize build."""
    ended = ran([host_tool("kustomize"), "build", *flags, "."], folder)
    return ended.returncode, ended.stdout, ended.stderr


def values(text: str) -> list[object]:
    """Return the documents of a stream as values."""
    return [one.value() for chunk in chunks([text.encode()], "x") for one in documents(chunk, "x")]


def test_a_sidecar_set_is_a_transformer(tmp_path: Path) -> None:
    tree(tmp_path, kustomization_yaml="resources: [deployment.yaml]\ntransformers: [set.yaml]\n")
    code, output, errors = build(tmp_path, *ENABLED)
    assert (code, errors) == (0, "")
    (tmp_path / "plain.yaml").write_text(SET)
    injected = executed(
        ["inject", "-q", "--sidecarset", str(tmp_path / "plain.yaml"), str(tmp_path / "deployment.yaml")]
    )
    assert values(output) == values(injected.stdout.decode())


def test_prefix_and_namespace_come_first(tmp_path: Path) -> None:
    """Test that a SidecarSet among the resources, which kustomize renames, is the one that transforms."""
    kustomization = (
        "namePrefix: p-\nnamespace: prod\nresources: [deployment.yaml, plain.yaml]\ntransformers: [set.yaml]\n"
    )
    tree(tmp_path, plain_yaml=SET, kustomization_yaml=kustomization)
    code, output, errors = build(tmp_path, *ENABLED)
    assert code == 0, errors
    assert "kruise.io/sidecarset-injected-list: p-log-agent\n" in output
    assert output.count("name: IS_INJECTED") == 1


def test_check_fails_the_build(tmp_path: Path) -> None:
    head = "apiVersion: fn.sidecarctl.dev/v1alpha1\nkind: SidecarInjector\n"
    check = f"{head}metadata:\n  name: check\nspec:\n  mode: check\n"
    kustomization = "resources: [deployment.yaml, plain.yaml]\ntransformers: [check.yaml]\n"
    tree(tmp_path, plain_yaml=SET, check_yaml=as_transformer(check), kustomization_yaml=kustomization)
    code, output, errors = build(tmp_path, *ENABLED)
    assert code == 1
    assert output == ""
    assert "CHK001: the sidecars of log-agent are missing" in errors


def test_without_its_flags_nothing_is_injected(tmp_path: Path) -> None:
    """Test what recipes warn of: with one flag of two, kustomize passes over the function and exits with 0."""
    tree(tmp_path, kustomization_yaml="resources: [deployment.yaml]\ntransformers: [set.yaml]\n")
    assert build(tmp_path)[0] == 1
    code, output, _ = build(tmp_path, ENABLED[0])
    assert code == 0
    assert "log-agent" not in output


def test_validators_cannot_be_used(tmp_path: Path) -> None:
    """Test that kustomize still refuses every function there; check is a transformer until this fails."""
    tree(tmp_path, kustomization_yaml="resources: [deployment.yaml]\nvalidators: [set.yaml]\n")
    code, _, errors = build(tmp_path, *ENABLED)
    assert code == 1
    assert "validator shouldn't modify the resource map" in errors
