"""The command `schema`."""

import sys

from sidecarctl.shell.cli.command_flags import Flags
from sidecarctl.shell.errors import Exit, UsageError


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
