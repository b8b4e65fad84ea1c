"""The commands `schema`, `version` and `completion`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from sidecarctl import __version__
from sidecarctl.shell.cli.options import COMPLETE_VARIABLE
from sidecarctl.shell.errors import Exit, UsageError

if TYPE_CHECKING:
    from sidecarctl.shell.cli.command_flags import Flags


def run(flags: Flags) -> int:
    """Print the JSON Schema of an output, or of all."""
    from json import dumps

    from sidecarctl.shell.schemas.catalogue import NAMES, schema, schema_of_all

    names = flags.paths
    unknown = [name for name in names if name not in NAMES]
    if unknown or len(names) > 1:
        raise UsageError(f"schema takes nothing, for all outputs, or one of {', '.join(NAMES)}")
    made = schema(names[0]) if names else schema_of_all()
    sys.stdout.write(f"{dumps(made, indent=2, ensure_ascii=False)}\n")
    return Exit.OK


def run_version(_flags: Flags) -> int:
    """Print the version."""
    sys.stdout.write(f"sidecarctl {__version__}\n")
    return Exit.OK


_SHELLS: Final = ("bash", "zsh", "fish")


def run_completion(flags: Flags) -> int:
    """Print the script that teaches a shell to complete our command lines."""
    given = flags.paths
    if len(given) != 1 or given[0] not in _SHELLS:
        raise UsageError(f"completion takes one of {', '.join(_SHELLS)}")
    from typer.completion import get_completion_script  # type: ignore[attr-defined]  # typer has it there, unnamed

    script = get_completion_script(prog_name="sidecarctl", complete_var=COMPLETE_VARIABLE, shell=given[0])
    sys.stdout.write(f"{script}\n")
    return Exit.OK
