"""Read short command lines without typer; anything out of the ordinary is left to it."""

from collections.abc import Iterator
from typing import Final

from sidecarctl.shell.cli.options import COMMANDS, Command, Option, whole_number

PATHS: Final = "paths"  # where the positional arguments go


def quick_parse(arguments: list[str]) -> tuple[Command, dict[str, object]] | None:
    """Return a command and its values; None on anything that is not understood to the letter."""
    command = COMMANDS.get(arguments[0]) if arguments else None
    if command is None:
        return None
    values = defaults(command)
    paths: list[str] = []
    rest = iter(arguments[1:])
    for argument in rest:
        if not argument.startswith("-") or argument == "-":
            paths.append(argument)
        elif not _read_option(command, argument, rest, values):
            return None
    if paths and not command.takes:
        return None
    values[PATHS] = paths
    return command, values


def defaults(command: Command) -> dict[str, object]:
    """Return the values of a command line that says nothing."""
    empty: dict[str, object] = {option.key: unsaid(option) for option in command.options}
    return {**empty, PATHS: []}


def unsaid(option: Option) -> object:
    """Return the value of a flag that was not given; its default comes last, after the settings (settings.py)."""
    if option.kind == "texts":
        return []
    return False if option.kind == "flag" else None


def _read_option(command: Command, argument: str, rest: Iterator[str], values: dict[str, object]) -> bool:
    name, equals, value = argument.partition("=")
    option = _named(command, name)
    if option is None or (equals and (option.kind == "flag" or not name.startswith("--"))):
        return False
    if option.kind == "flag":
        values[option.key] = True
        return True
    given = value if equals else next(rest, None)
    if given is None or (option.choices and given not in option.choices):
        return False
    return _put(option, given, values)


def _put(option: Option, given: str, values: dict[str, object]) -> bool:
    if option.kind == "texts":
        known = values[option.key]
        values[option.key] = [*known, given] if isinstance(known, list) else [given]
    elif option.kind == "count":
        number = whole_number(given)
        if not option.may_be(number):
            return False
        values[option.key] = number
    else:
        values[option.key] = given
    return True


def _named(command: Command, name: str) -> Option | None:
    for option in command.options:
        if name in {f"--{option.name}", f"-{option.short}" if option.short else ""}:
            return option
    return None
