"""The command `completion`."""

import sys
from typing import Final

from sidecarctl.shell.cli.command_flags import Flags
from sidecarctl.shell.errors import Exit, UsageError

COMPLETE_VARIABLE: Final = "_SIDECARCTL_COMPLETE"  # how a shell's script asks for words
_SHELLS: Final = ("bash", "zsh", "fish")


def run(flags: Flags) -> int:
    """Print the script that teaches a shell to complete our command lines."""
    given = flags.paths
    if len(given) != 1 or given[0] not in _SHELLS:
        raise UsageError(f"completion takes one of {', '.join(_SHELLS)}")
    from typer.completion import get_completion_script  # type: ignore[attr-defined]  # typer has it there, unnamed

    script = get_completion_script(prog_name="sidecarctl", complete_var=COMPLETE_VARIABLE, shell=given[0])
    sys.stdout.write(f"{script}\n")
    return Exit.OK
