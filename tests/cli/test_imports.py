"""What a run may load: start-up is most of what a short run costs, and imports are most of start-up."""

import subprocess
import sys
from pathlib import Path

import pytest
from commandline import environment

HEAVY = {"typer", "click", "rich", "pydantic", "inspect", "dataclasses", "asyncio", "logging", "multiprocessing"}
SLOW = {"yaml", "email", "decimal", "fractions", "subprocess", "shutil", "tempfile", "signal", "importlib.metadata"}
SET = """
apiVersion: apps.kruise.io/v1alpha1
kind: SidecarSet
metadata: {name: log-agent}
spec:
  selector: {matchLabels: {app: web}}
  containers: [{name: log-agent, image: "log-agent:1.4", resources: {limits: {cpu: 100m}}}]
"""
POD = """
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {containers: [{name: main, image: web}]}
"""
# What a Pod in flow style, a sidecar with resources, aliases, older Pods, a file to write, or a SidecarSet with more
# fields or a fault would need.
SPARED = {
    "sidecarctl.api.fastpath.inject",
    "sidecarctl.shell.atomic_files",
    "sidecarctl.shell.stream.file_writers",
    "sidecarctl.sidecarset.explain",
    "sidecarctl.sidecarset.removal.reinject",
    "sidecarctl.sidecarset.validation.conflicts",
    "sidecarctl.sidecarset.validation.core.env",
    "sidecarctl.sidecarset.validation.core.mounts",
    "sidecarctl.sidecarset.validation.patch_metadata",
    "sidecarctl.sidecarset.validation.core.ports",
    "sidecarctl.sidecarset.validation.core.probes",
    "sidecarctl.sidecarset.validation.core.resources",
    "sidecarctl.sidecarset.validation.sidecar_policies",
    "sidecarctl.sidecarset.validation.core.security",
    "sidecarctl.sidecarset.validation.core.volumes",
    "sidecarctl.sidecarset.warnings",
    "sidecarctl.upstream.quantity",
    "sidecarctl.yamledit.write.aliases",
    "sidecarctl.yamledit.write.flow",
}
MOST_MODULES = 108  # of ours: each takes 0.2 % of a short run, however small it is
NOT_ASKED_FOR = {"ruamel.yaml", "datetime", "glob", "copy", "base64", "json", "hashlib", "_hashlib", "math"}
BLOCK_POD = """
apiVersion: v1
kind: Pod
metadata:
  name: web
  labels:
    app: web
spec:
  containers:
  - name: main
    image: web
"""
PLAIN_SET = SET.replace(", resources: {limits: {cpu: 100m}}", "")
PLAIN = (
    "inject --sidecarset set.yaml web.yaml",
    "inject --sidecarset set.yaml",
    "inject --sidecarset set.yaml --sidecarset other.yaml web.yaml",
)
HOT = ("inject --sidecarset set.yaml web.yaml", "diff --sidecarset set.yaml web.yaml", "version")


def console_script(line: str) -> str:
    """Return a program that runs a command line as the console script does."""
    return f"from sidecarctl.shell.cli.main import run; run({line.split()!r}, process_is_ours=True)"


def modules_after(program: str, folder: Path, stdin: str = "") -> set[str]:
    """Return the modules that a program has loaded when it ends."""
    code = f"import sys\n{program}\nsys.stderr.write('\\n'.join(['', '--', *sys.modules]))"
    ended = subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-c", code],
        cwd=folder,
        env=environment(),
        input=stdin,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(ended.stderr.rpartition("--\n")[2].splitlines())


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """What an interpreter loads that does nothing."""
    return modules_after("", tmp_path_factory.mktemp("bare"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a SidecarSet and a Pod."""
    (tmp_path / "set.yaml").write_text(SET)
    (tmp_path / "web.yaml").write_text(POD)
    return tmp_path


def test_importing_the_package_loads_nothing(bare: set[str], folder: Path) -> None:
    loaded = modules_after("import sidecarctl", folder) - bare
    assert {name for name in loaded if name.startswith("sidecarctl")} == {"sidecarctl"}
    assert not loaded & {*HEAVY, *SLOW, "ruamel.yaml"}


def test_a_public_name_loads_what_it_needs(bare: set[str], folder: Path) -> None:
    loaded = modules_after("import sidecarctl; sidecarctl.Finding", folder) - bare
    assert {name for name in loaded if name.startswith("sidecarctl")} == {
        "sidecarctl",
        "sidecarctl.finding",
        "sidecarctl.record",
    }


@pytest.mark.parametrize("line", HOT)
def test_a_hot_run_loads_nothing_heavy(line: str, bare: set[str], folder: Path) -> None:
    loaded = modules_after(console_script(line), folder) - bare
    assert not loaded & (HEAVY | SLOW)
    assert not loaded & {"sidecarctl.shell.cli.typer_app", "sidecarctl.upstream.types", "sidecarctl.sidecarset.rollout"}


@pytest.mark.parametrize("line", PLAIN)
def test_a_plain_run_loads_only_what_it_needs(line: str, bare: set[str], folder: Path) -> None:
    (folder / "set.yaml").write_text(PLAIN_SET)
    (folder / "other.yaml").write_text(PLAIN_SET.replace("log-agent", "mesh"))
    (folder / "web.yaml").write_text(BLOCK_POD)
    loaded = modules_after(console_script(line), folder, BLOCK_POD) - bare
    assert not loaded & (HEAVY | SLOW | SPARED | NOT_ASKED_FOR)
    assert len([name for name in loaded if name.startswith("sidecarctl")]) <= MOST_MODULES


def test_help_loads_typer_and_nothing_of_the_work(bare: set[str], folder: Path) -> None:
    loaded = modules_after(console_script("inject --help"), folder) - bare
    assert "typer" in loaded
    assert not loaded & {"rich", "pydantic", "_ruamel_yaml", "sidecarctl.yamledit.document", "sidecarctl.sidecarset"}
