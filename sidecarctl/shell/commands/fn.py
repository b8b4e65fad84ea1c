"""The command `fn`: a function for kustomize and kpt, from stdin to stdout."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from sidecarctl.shell.errors import Exit, UsageError

if TYPE_CHECKING:
    from sidecarctl.shell.cli.command_flags import Flags


def run(_flags: Flags) -> int:
    """Apply the function that a ResourceList configures; write nothing unless the whole result stands."""
    from sidecarctl.api.function_config import InvalidFunctionConfig
    from sidecarctl.api.krm_function import NotAResourceList, result_line, run_function
    from sidecarctl.render.text import visible

    try:
        ended = run_function(sys.stdin.buffer.read())
    except (NotAResourceList, InvalidFunctionConfig) as error:
        raise UsageError(str(error)) from None
    for result in ended.results:
        sys.stderr.write(f"{visible(result_line(result))}\n")
    sys.stdout.buffer.write(ended.output)
    sys.stdout.flush()
    return Exit.FOUND if ended.has_failed else Exit.OK
