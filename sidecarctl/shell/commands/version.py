"""The command `version`."""

import sys

from sidecarctl import __version__
from sidecarctl.shell.cli.command_flags import Flags
from sidecarctl.shell.errors import Exit


def run(_flags: Flags) -> int:
    """Print the version."""
    sys.stdout.write(f"sidecarctl {__version__}\n")
    return Exit.OK
