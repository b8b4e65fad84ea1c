"""Run sidecarctl: in this process where that will do, as a process of its own where it must be."""

import io
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Final, NamedTuple, cast
from unittest.mock import patch

from doors.shell import run

COMMAND: Final = (sys.executable, "-m", "sidecarctl")
_ROOT: Final = Path(__file__).parent.parent.parent


class Ran(NamedTuple):
    """How a command line ended, and what it printed."""

    code: int
    stdout: bytes
    stderr: bytes


def executed(arguments: list[str], stdin: bytes = b"") -> Ran:
    """Run a command line in this process."""
    given, out, err = (io.TextIOWrapper(io.BytesIO(data), "utf-8") for data in (stdin, b"", b""))
    with patch.object(sys, "stdin", given), redirect_stdout(out), redirect_stderr(err):
        code = run(arguments)
    return Ran(code, _content(out), _content(err))


def spawned(arguments: list[str], stdin: bytes = b"") -> Ran:
    """Run a command line as a process of its own."""
    ended = subprocess.run(  # noqa: S603 - ours
        [*COMMAND, *arguments], input=stdin, capture_output=True, check=False, env=environment()
    )
    return Ran(ended.returncode, ended.stdout, ended.stderr)


def environment() -> dict[str, str]:
    """Return the environment in which a process of its own finds sidecarctl, from whatever directory."""
    return {**os.environ, "PYTHONPATH": str(_ROOT)}


def _content(stream: io.TextIOWrapper) -> bytes:
    stream.flush()
    return cast("io.BytesIO", stream.buffer).getvalue()
