"""kpt runs `sidecarctl fn` on the files of a package."""

from pathlib import Path

import pytest
from host_tools import host_tool, ran
from test_kustomize import DEPLOYMENT, SET, values

pytestmark = pytest.mark.heavy


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """Make a package with a Deployment and its SidecarSet."""
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / "deployment.yaml").write_text(DEPLOYMENT)
    (folder / "set.yaml").write_text(SET)
    return folder


def evaluated(package: Path, *arguments: str) -> tuple[int, str]:
    """Run kpt fn eval; return the exit code and all that it prints."""
    command = [host_tool("kpt"), "fn", "eval", "--truncate-output=false", "--exec", "sidecarctl fn", str(package)]
    ended = ran([*command, *arguments], package.parent)
    return ended.returncode, ended.stdout + ended.stderr


def test_injects_with_the_sets_of_the_package(package: Path) -> None:
    assert evaluated(package)[0] == 0
    text = (package / "deployment.yaml").read_text()
    assert "kruise.io/sidecarset-injected-list: log-agent\n" in text
    assert (package / "set.yaml").read_text() == SET
    assert evaluated(package)[0] == 0
    assert values((package / "deployment.yaml").read_text()) == values(text)  # twice is once


def test_checks_with_arguments(package: Path, tmp_path: Path) -> None:
    code, printed = evaluated(package, "--results-dir", str(tmp_path / "results"), "--", "mode=check", "failOn=warning")
    assert code == 1
    assert "CHK001: the sidecars of log-agent are missing" in printed
    results = (tmp_path / "results" / "results.yaml").read_text()
    assert "path: spec.template" in results
    assert "path: deployment.yaml" in results
    assert (package / "deployment.yaml").read_text() == DEPLOYMENT


def test_takes_a_set_as_configuration(package: Path, tmp_path: Path) -> None:
    (package / "set.yaml").rename(tmp_path / "set.yaml")
    assert evaluated(package, "--fn-config", str(tmp_path / "set.yaml"))[0] == 0
    assert "image: log-agent:1.4" in (package / "deployment.yaml").read_text()


def test_uninject_gives_back_what_was(package: Path) -> None:
    evaluated(package)
    assert evaluated(package, "--", "mode=uninject")[0] == 0
    assert values((package / "deployment.yaml").read_text()) == values(DEPLOYMENT)


def test_a_mistake_in_the_arguments_is_named(package: Path) -> None:
    code, printed = evaluated(package, "--", "mod=check")
    assert code == 1
    assert "functionConfig.data.mod is unknown: did you mean mode?" in printed


def test_a_pipeline_takes_the_set_of_the_package_once(package: Path) -> None:
    """Test a SidecarSet that is the configuration and an item at the same time."""
    kptfile = "apiVersion: kpt.dev/v1\nkind: Kptfile\nmetadata:\n  name: shop\n"
    pipeline = "pipeline:\n  mutators:\n  - exec: sidecarctl fn\n    configPath: set.yaml\n"
    (package / "Kptfile").write_text(kptfile + pipeline)
    assert ran([host_tool("kpt"), "fn", "render", str(package)], package.parent).returncode == 1  # needs --allow-exec
    ended = ran([host_tool("kpt"), "fn", "render", "--allow-exec", str(package)], package.parent)
    assert ended.returncode == 0, ended.stderr
    text = (package / "deployment.yaml").read_text()
    assert "kruise.io/sidecarset-injected-list: log-agent\n" in text
    assert text.count("name: IS_INJECTED") == 1
