"""The flag records of the commands agree with the tables of options.py, field by field."""

from typing import Literal, get_type_hints

import pytest
from doors.shell import COMMANDS, OF_PLANNING, Command, Option, command_flags, settled
from doors.sidecarset import RunningPods, SystemNamespaces
from doors.yamledit import Proof

NAMES = {**vars(command_flags), "RunningPods": RunningPods, "SystemNamespaces": SystemNamespaces, "Proof": Proof}
ALL = pytest.mark.parametrize("command", COMMANDS.values(), ids=lambda command: command.name)


def type_of(option: Option) -> object:
    """Return the type of the field that holds an option."""
    if option.kind in {"flag", "texts"}:
        return {"flag": bool, "texts": list[str]}[option.kind]
    plain = int if option.kind == "count" else Literal[option.choices] if option.choices else str
    return plain if option.default is not None else plain | None


@ALL
def test_fields_are_the_options(command: Command) -> None:
    expected: dict[str, object] = {option.key: type_of(option) for option in command.options}
    expected |= {"paths": list[str], "given": frozenset[str]}
    if command.takes_names:
        expected["names"] = list[str]
    assert get_type_hints(command.flags, NAMES) == expected


@ALL
def test_a_silent_command_line_gives_the_defaults(command: Command) -> None:
    flags = settled(command, {})
    assert type(flags) is command.flags
    empty = {"flag": False, "texts": [], "text": None, "count": None}
    expected = {
        option.key: empty[option.kind] if option.default is None else option.default for option in command.options
    }
    expected |= {"paths": [], "given": frozenset(), **command.fixed}
    if command.takes_names:
        expected["names"] = []
    assert vars(flags) == expected


@ALL
def test_the_command_takes_its_own_flags(command: Command) -> None:
    hints = command.load().__annotations__
    taken = [hint if isinstance(hint, str) else hint.__name__ for name, hint in hints.items() if name != "return"]
    assert taken == [command.flags.__name__]


@ALL
def test_what_is_fixed_is_an_option(command: Command) -> None:
    assert command.fixed.keys() <= {option.key for option in command.options}


def test_what_a_saved_plan_refuses_are_flags_of_plan() -> None:
    assert set(OF_PLANNING) <= {option.key for option in COMMANDS["plan"].options}


def test_an_empty_text_is_the_default_where_there_is_one() -> None:
    flags = vars(settled(COMMANDS["inject"], {"namespace": "", "max_document": "", "selector": ""}))
    assert (flags["namespace"], flags["max_document"], flags["selector"]) == ("default", "3Mi", "")


def test_names_of_objects_are_no_paths() -> None:
    flags = settled(COMMANDS["why"], {"paths": ["deploy/web", "a.yaml", __file__]})
    assert (vars(flags)["names"], flags.paths) == (["deploy/web"], ["a.yaml", __file__])


def test_flags_that_are_given_are_those_of_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDECARCTL_ROUNDS", "3")
    flags = settled(COMMANDS["plan"], {"steps": "1,2", "canary": None, "never_ready": []})
    assert (set(flags.given), vars(flags)["rounds"]) == ({"steps"}, 3)
