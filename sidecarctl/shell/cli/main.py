"""The console script: short command lines go straight to their command, all else through typer.

# Strategy: start-up is most of what a run on one file costs, and typer is most of start-up.
A small parser reads the hot commands (`options.py` declares them once, for both); what it does not fully understand
goes to typer, which knows help, mistakes and completion. A test feeds both the same command lines.
"""

import os
import sys
from typing import TYPE_CHECKING

from sidecarctl.shell.errors import Exit

if TYPE_CHECKING:
    from sidecarctl.shell.cli.options import Command


def fn_main() -> None:
    """Run `sidecarctl fn`: for hosts that start a function without arguments."""
    main(["fn", *sys.argv[1:]])


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and leave the process with its exit code."""
    import gc

    gc.set_threshold(_OBJECTS_PER_COLLECTION)
    bytes(_BYTES_KEPT)
    from sidecarctl.shell.terminal import prepare_streams

    prepare_streams()
    code = run(sys.argv[1:] if arguments is None else arguments, process_is_ours=True)
    try:
        sys.stderr.flush()
    except OSError:
        code = code or Exit.IO
    os._exit(code)  # everything is written and closed: taking the interpreter apart would cost a twelfth of a short run


_OBJECTS_PER_COLLECTION = 100_000  # Python's 700 makes it look for cycles all through start-up; we make hardly any
# glibc's malloc gives what is freed back to the kernel, which clears each page before it hands it out again, until the
# program has once freed something large. This is never written to, so it costs no memory.
_BYTES_KEPT = 8 * 1024 * 1024


def run(arguments: list[str], *, process_is_ours: bool = False) -> int:
    """Run a command line and return its exit code; nothing escapes but what the interpreter itself raises.

    Nobody else may use ruamel.yaml in a process that is ours (ownparser.py).
    """
    from sidecarctl.finding import SidecarctlError
    from sidecarctl.shell.errors import STATE, InputError, exit_code

    STATE.reset()
    try:
        code = _dispatched(arguments, process_is_ours=process_is_ours)
        sys.stdout.flush()  # what cannot be printed must fail here, not when the interpreter ends
    except SidecarctlError as error:
        return _reported(error, exit_code(error))
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except BrokenPipeError:
        _silence_stdout()
        return Exit.BROKEN_PIPE
    except OSError as error:
        _silence_stdout()
        return _reported(InputError(f"{error.filename or 'stdout'}: {error.strerror or error}"), Exit.IO)
    except Exception as error:  # noqa: BLE001 - the last door: whatever comes here is our bug, and says so
        return _bug(error)
    return code


def _dispatched(arguments: list[str], *, process_is_ours: bool) -> int:
    from sidecarctl.shell.cli.parse import quick_parse

    parsed: tuple[Command, dict[str, object]] | int | None = quick_parse(arguments)
    if parsed is None:
        from sidecarctl.shell.cli.typer_app import typer_parse

        parsed = typer_parse(arguments)
    if isinstance(parsed, int):
        return parsed
    command, given = parsed
    if process_is_ours:
        from sidecarctl.shell.cli.yaml_parser import load_parser

        load_parser()
    from sidecarctl.shell.cli.settings import settled

    return command.load()(settled(command, given))


def _reported(error: Exception, code: Exit) -> Exit:
    from sidecarctl.render.text import visible
    from sidecarctl.shell.errors import STATE

    kind = "" if code is not Exit.BUG else "internal error: "
    _tell(f"sidecarctl: {kind}{visible(str(error))}\n")
    if code is Exit.BUG:
        _tell_of_bug()
    elif STATE.is_printed_in_part:
        _tell("sidecarctl: the output is incomplete\n")
    return code


def _bug(error: Exception) -> Exit:
    if os.environ.get("SIDECARCTL_DEBUG"):
        from traceback import extract_tb

        from sidecarctl.render.text import visible

        for frame in extract_tb(error.__traceback__):  # places only: the values of variables may be secret
            _tell(f"  {visible(frame.filename)}:{frame.lineno} {frame.name}\n")
    _tell(f"sidecarctl: internal error: {type(error).__name__}\n")
    _tell_of_bug()
    return Exit.BUG


def _tell_of_bug() -> None:
    from sidecarctl.render.text import visible
    from sidecarctl.shell.errors import STATE

    _tell(visible(f"sidecarctl: {STATE.told()}.") + _PLEA)


_PLEA = (
    " Please report this with the command line and, if you may share it, the input:\n"
    "sidecarctl: SIDECARCTL_DEBUG=1 adds where in the program it happened.\n"
)


def _tell(text: str) -> None:
    """Write to stderr; where nobody can be told, the exit code has to do."""
    try:
        sys.stderr.write(text)
    except OSError:
        return


def _silence_stdout() -> None:
    """Keep the interpreter from failing once more when it flushes a closed stdout."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    except OSError:
        return
