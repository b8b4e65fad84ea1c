"""The command `version`."""

import sys

from sidecarctl import __version__
from sidecarctl.shell.exits import Exit
from sidecarctl.shell.options import Values


def run(_values: Values) -> int:
    """Print the version."""
    sys.stdout.write(f"sidecarctl {__version__}\n")
    return Exit.OK
