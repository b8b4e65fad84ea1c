"""The commands as typer sees them, made from the tables of `options.py`."""

import inspect
import os
from collections.abc import Callable
from contextlib import redirect_stderr
from io import StringIO
from typing import Annotated, Any, Literal

import typer

from sidecarctl.render.text import visible
from sidecarctl.shell.cli.options import COMMANDS, COMPLETE_VARIABLE, VERSION, Command, Option
from sidecarctl.shell.cli.parse import PATHS, unsaid
from sidecarctl.shell.cli.settings import settled
from sidecarctl.shell.errors import Exit
from sidecarctl.shell.terminal import say

_TYPES: dict[str, Any] = {"flag": bool, "text": str | None, "texts": list[str], "count": int | None}


def typer_parse(arguments: list[str]) -> tuple[Command, dict[str, object]] | int:
    """Return a command and its values; an exit code where help or a mistake was all there was to show.

    The command runs outside typer, which has ideas of its own about signals and broken pipes.
    """
    program = typer.main.get_command(application())
    if COMPLETE_VARIABLE in os.environ:
        from typer._completion_classes import completion_init

        completion_init()
    try:
        parsed = program.main(arguments, prog_name="sidecarctl", standalone_mode=False)
    except Exception as error:
        show = getattr(error, "show", None)  # a usage error knows how to show itself
        if show is None:
            raise
        with redirect_stderr(StringIO()) as shown:
            show()
        for line in shown.getvalue().splitlines():
            say(visible(line))
        return Exit.USAGE
    return parsed if isinstance(parsed, tuple) else int(parsed or Exit.OK)


def application() -> typer.Typer:
    """Return the program with all its commands; each returns itself and what it was given."""
    program = typer.Typer(
        help="OpenKruise's SidecarSet webhook and controller, offline.",
        no_args_is_help=True,
        rich_markup_mode=None,  # rich would double what help costs
        add_completion=False,  # the command `completion` prints the scripts
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    for command in COMMANDS.values():
        program.command(command.name, help=command.help)(_function(command))
    program.callback()(_nothing)
    return program


def _print_version(asked: bool) -> None:  # noqa: FBT001 - typer calls it with the flag's value
    if asked:
        VERSION.load()(settled(VERSION, {}))
        raise typer.Exit


def _nothing(
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """OpenKruise's SidecarSet webhook and controller, offline."""
    del version  # its callback has the word, before a command is missed


def _function(command: Command) -> Callable[..., tuple[Command, dict[str, object]]]:
    def run(**values: object) -> tuple[Command, dict[str, object]]:
        given = {key: list(value) if isinstance(value, list | tuple) else value for key, value in values.items()}
        return command, {**given, PATHS: given.get(PATHS) or []}

    parameters = [_parameter(option) for option in command.options]
    if command.takes:
        parameters.insert(0, _positional(command))
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # typer reads it
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return run


def _positional(command: Command) -> inspect.Parameter:
    argument = typer.Argument(help=command.takes_help, metavar=f"[{command.takes}]...")
    return _keyword(PATHS, Annotated[list[str] | None, argument], None)


def _parameter(option: Option) -> inspect.Parameter:
    names = [f"--{option.name}", *([f"-{option.short}"] if option.short else [])]
    default = "" if option.default is None else f"  [default: {option.default}]"
    least, most = (0, option.most) if option.kind == "count" else (None, None)
    declared = typer.Option(*names, help=option.help + default, metavar=option.metavar or None, min=least, max=most)
    return _keyword(option.key, Annotated[_type(option), declared], unsaid(option))


def _type(option: Option) -> Any:  # noqa: ANN401 - a type made of words
    if not option.choices:
        return _TYPES[option.kind]
    words: Any = Literal.__getitem__(option.choices)  # a type of words known only when it runs
    return words | None


def _keyword(name: str, annotation: object, default: object) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)
