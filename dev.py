"""Set the project up and run it: `python3 dev.py demo`, `python3 dev.py test`. Needs nothing but Python >= 3.11."""

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
REQUIREMENTS = ROOT / "requirements-dev.txt"
SCRIPTS = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = SCRIPTS / ("python.exe" if os.name == "nt" else "python")

EXAMPLES = ["--sidecarset", "examples/sidecarset.yaml", "-f", "examples/shop"]
DEMO = (
    ["-m", "sidecarctl", "diff", "-q", *EXAMPLES],
    ["-m", "sidecarctl", "inject", "--output-dir", "demo", *EXAMPLES],
)
CHECKS = (
    ["-m", "ruff", "format", "--check", "."],
    ["-m", "ruff", "check", "."],
    ["-m", "mypy"],
    ["-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
)
USAGE = """usage: python3 dev.py COMMAND

  demo    set up, then inject the example sidecar into the example manifests: show what changes, write all to demo/
  test    set up, then run all tests (further arguments go to pytest)
  check   set up, then formatting, lint, types and import contracts
  bench   set up, then the benchmarks; writes a table to tests/bench/RESULTS.md
  house   measure the layout of the package: modules, functions, imports
  setup   set up only
"""


COMMANDS = {
    "demo": DEMO,
    "test": (["-m", "pytest", "-n", "auto"],),
    "check": CHECKS,
    "bench": (["tests/bench/run.py"],),
    "house": (["tests/support/house.py"],),
    "setup": (),
}


def main(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    if not arguments or arguments[0] not in COMMANDS:
        sys.stderr.write(USAGE)
        return 2
    if sys.version_info < (3, 11):  # noqa: UP036 - an older one must be told so
        sys.stderr.write("sidecarctl needs Python 3.11 or later\n")
        return 2
    command, *rest = arguments
    set_up()
    codes = [python(*words, *rest) for words in COMMANDS[command]]
    return max(codes[1:] if command == "demo" else codes, default=0)  # a demo begins with differences, which are a 1


def set_up() -> None:
    """Make the virtual environment from the pinned requirements; again only if they or pyproject.toml change."""
    inputs = REQUIREMENTS.read_bytes() + (ROOT / "pyproject.toml").read_bytes() + sys.version.encode()
    wanted = hashlib.sha256(inputs).hexdigest()
    stamp = VENV / "sidecarctl-requirements"
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    sys.stderr.write("setting up .venv …\n")
    venv.create(VENV, with_pip=True, clear=True)
    install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    for what in (["--require-hashes", "-r", str(REQUIREMENTS)], ["--no-deps", "--no-build-isolation", "-e", "."]):
        if python(*install, *what) != 0:
            sys.exit("setting up failed; see above")
    stamp.write_text(wanted)


def python(*arguments: str) -> int:
    """Run the virtual environment's Python in the project's root."""
    return subprocess.run([PYTHON, *arguments], cwd=ROOT, check=False).returncode  # noqa: S603 - our own words


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
