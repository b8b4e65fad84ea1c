"""Programs that run sidecarctl as a part of theirs: found on the PATH, or built once with Go in an exact version."""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Final

import pytest

_BUILT: Final = {"kustomize": ("sigs.k8s.io/kustomize/kustomize/v5", "v5.8.2")}
_SECONDS_TO_BUILD: Final = 480


@cache
def host_tool(name: str) -> str:
    """Return the path of a program; skip the test if it is missing and cannot be built."""
    if name not in _BUILT:
        return shutil.which(name) or pytest.skip(f"no {name} on the PATH")
    module, version = _BUILT[name]
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = home / "sidecarctl-test" / f"{name}-{version.removeprefix('v')}"
    if not (folder / name).exists():
        go = shutil.which("go") or pytest.skip(f"no {name} {version}, and no Go to build it")
        command = [go, "install", f"{module}@{version}"]
        environment = {**os.environ, "GOBIN": str(folder)}
        ended = subprocess.run(  # noqa: S603 - a program and a version named here
            command, env=environment, capture_output=True, text=True, check=False, timeout=_SECONDS_TO_BUILD
        )
        if ended.returncode:
            pytest.skip(f"{name} {version} cannot be built: {ended.stderr.strip().splitlines()[-1:]}")
    return str(folder / name)


def ran(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a program in a folder, with this sidecarctl first on the PATH."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.run(  # noqa: S603 - as above
        arguments,
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
