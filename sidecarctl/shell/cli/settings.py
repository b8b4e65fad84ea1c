"""Settings: flags, then SIDECARCTL_* variables, then `.sidecarctl.yaml` or `[tool.sidecarctl]`, then defaults."""

import os
import re
from collections.abc import Iterator, Mapping
from typing import Final

from sidecarctl import __version__
from sidecarctl.shell.cli.command_flags import Flags
from sidecarctl.shell.cli.options import COMMANDS, Command, Option, whole_number
from sidecarctl.shell.cli.parse import PATHS, unsaid
from sidecarctl.shell.errors import InputError, UsageError

_FILE: Final = ".sidecarctl.yaml"
# A settings file may come with a pull request. It may say how to read and judge manifests and what to print; nothing in
# it runs a program, writes a file, reads outside the current directory, or chooses a cluster.
PATHS_FROM_FILES: Final = frozenset({"cluster", "filename", "from", "old", "sidecarset"})
FROM_FILES: Final = PATHS_FROM_FILES | frozenset(
    {
        *("exclude", "recursive", "skip-foreign", "keep-going", "allow-empty", "max-document"),
        *("selector", "kind", "namespace", "only-namespace", "system-namespaces", "template-path"),
        *("kruise-version", "feature-gates", "choose-revision", "running-pods", "no-validate"),
        *("defaults", "timestamp", "partial", "verify", "only-changed", "drop-sidecarsets", "as-pods", "to"),
        *("injected", "fail-on", "upstream-messages"),
        *("never-ready", "ready-after", "steps", "group-by", "canary", "rounds"),
        *("output", "report", "quiet", "color", "progress", "jobs", "shard"),
    }
)
# A project may name us among what it needs; only a table of ours is worth loading what reads TOML.
_OUR_TABLE: Final = (
    rb"""(?m)^[ \t]*(?:\[{1,2}[ \t]*["']?tool["']?[ \t]*(?:\.[ \t]*["']?sidecarctl|\])|["']?tool["']?[ \t]*[.=])"""
)
_NOT_FROM_A_FILE: Final = "is for the command line only: a settings file may come with a pull request"
_PREFIX: Final = "SIDECARCTL_"
_SILENT: Final[tuple[object, ...]] = (None, False, [])  # the values of flags that are not given; 0 is one, too
_NAME: Final = r"[A-Za-z][A-Za-z.]*/[^/]+"
_TRUE, _FALSE = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off", ""})


def settled(command: Command, values: Mapping[str, object]) -> Flags:
    """Return the flags of a command, from what its command line says and, where it is silent, from the settings.

    values: what a parser read, by the options' keys; an option may be missing. The result is a `command.flags`.
    Raises `UsageError` for invalid settings, `InputError` for a file that cannot be read.
    """
    positional = values.get(PATHS)
    arguments = positional if isinstance(positional, list) else []
    names = [argument for argument in arguments if _is_name(argument)] if command.takes_names else []
    paths = [argument for argument in arguments if argument not in names] if names else arguments
    given = frozenset(option.key for option in command.options if values.get(option.key) not in _SILENT)
    found: dict[str, object] = {}
    file_name, settings = _settings_file(str(values.get("config") or "")) if command.options else ("", {})
    if settings:
        _check_version(settings, file_name)
        _check_all(settings, file_name)
    for option in command.options:
        value: object = None
        if option.key in given or option.name == "config":
            value = values.get(option.key)
        elif option.name == "filename" and paths:
            value = []  # the command line decides: paths are what to work on, as those of -f are
        elif (text := os.environ.get(_variable(option))) is not None:
            value = _from_text(option, text)
        elif (setting := _setting(settings, option)) is not None:
            value = _from_setting(option, setting, file_name)
        if value is None or (value == "" and option.default is not None):
            value = unsaid(option) if option.default is None else option.default
        found[option.key] = value
    if command.takes_names:
        found["names"] = names
    return command.flags(**{**found, **command.fixed}, given=given, paths=paths)


def _is_name(argument: str) -> bool:
    """Return whether an argument is a KIND/NAME; what is there as a file is a file."""
    return re.fullmatch(_NAME, argument) is not None and not os.path.lexists(argument)


def _settings_file(given: str) -> tuple[str, Mapping[str, object]]:
    if given:
        return given, _read(given)
    if os.path.lexists(_FILE):
        _refuse_link_out(_FILE)
        _refuse_irregular(_FILE)  # one that nobody named may come with a pull request, and lead anywhere
        return _FILE, _read(_FILE)
    if os.path.isfile("pyproject.toml"):
        with open("pyproject.toml", "rb") as file:
            data = file.read()
        if b"sidecarctl" in data and re.search(_OUR_TABLE, data) is not None:
            _refuse_link_out("pyproject.toml")
            return "pyproject.toml", _read("pyproject.toml")
    return "", {}


def _refuse_link_out(path: str) -> None:
    if os.path.islink(path) and _is_outside(path):
        raise UsageError(f"{path}: a symbolic link out of the current directory; --config {path} reads it all the same")


def _refuse_irregular(path: str) -> None:
    from sidecarctl.shell.files import open_regular

    try:
        os.close(open_regular(path))
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from None


def _read(path: str) -> Mapping[str, object]:
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from None
    settings = _from_toml(data, path) if path.endswith(".toml") else _from_yaml(data, path)
    if not isinstance(settings, dict):
        raise UsageError(f"{path}: settings are a mapping of names to values")
    return settings


def _from_toml(data: bytes, path: str) -> object:
    import tomllib

    try:
        document = tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: {error}") from None
    except (ValueError, RecursionError):  # Python's own, of a number with thousands of digits, and of deep lists
        raise UsageError(f"{path}: a number with more digits, or lists deeper, than anybody would mean") from None
    tools = document.get("tool", {})
    return tools.get("sidecarctl", {}) if isinstance(tools, dict) else tools


def _from_yaml(data: bytes, path: str) -> object:
    from sidecarctl.yamledit.stream.documents import chunks, documents

    values = [document.value() for chunk in chunks([data], path) for document in documents(chunk, path)]
    said = [value for value in values if value is not None]
    if len(said) > 1:
        raise UsageError(f"{path}: settings are a single document")
    return said[0] if said else {}


def _check_version(settings: Mapping[str, object], file_name: str) -> None:
    wanted = settings.get("requiredVersion")
    if wanted is not None and str(wanted) != __version__:
        raise UsageError(f"{file_name} asks for sidecarctl {wanted}; this is {__version__}")


def _check_all(settings: Mapping[str, object], file_name: str) -> None:
    """Look at every setting, also at those that this command line has no use for."""
    known: dict[str, list[Option]] = {}
    for option in (option for command in COMMANDS.values() for option in command.options if option.name != "config"):
        for name in dict.fromkeys(names_of(option)):
            known.setdefault(name, []).append(option)
    for name, setting in settings.items():
        if name == "requiredVersion":
            continue
        if name not in known:
            raise UsageError(f"{file_name}: there is no setting {name}; settings are called as the flags are")
        plain = known[name][0].name
        if name != plain and plain in settings:
            raise UsageError(f"{file_name}: {plain} and {name} are the same setting")
        if setting is not None:
            _refuse_unsafe(plain, setting, file_name)
            _check_one(known[name], setting, file_name)


def _refuse_unsafe(name: str, setting: object, file_name: str) -> None:
    """Raise `UsageError` for a setting that only the command line or the environment may choose."""
    if name not in FROM_FILES:
        raise UsageError(f"{file_name}: {name} {_NOT_FROM_A_FILE}")
    for text in _texts(setting):
        if name == "report" and "=" in text:
            raise UsageError(f"{file_name}: report with a file {_NOT_FROM_A_FILE}")
        if name in PATHS_FROM_FILES and _is_outside(text):
            raise UsageError(f"{file_name}: {name}: {text}, outside the current directory, {_NOT_FROM_A_FILE}")


def _is_outside(path: str) -> bool:
    """Return whether a path, or the directory that a pattern looks in, leads out of the current directory."""
    from sidecarctl.shell.files import folder_named

    top, found = os.path.realpath(os.curdir), os.path.realpath(folder_named(path) or path)
    return os.path.isabs(path) or os.path.commonpath([top, found]) != top or os.pardir in path.split(os.sep)


def _check_one(options: list[Option], setting: object, file_name: str) -> None:
    """Raise `UsageError` for a setting that none of the commands takes: flags of one name may differ."""
    errors: list[UsageError] = []
    for option in options:
        try:
            _from_setting(option, setting, file_name)
        except UsageError as error:
            errors.append(error)
    if len(errors) == len(options):
        raise errors[0]


def _setting(settings: Mapping[str, object], option: Option) -> object:
    return next((settings[name] for name in names_of(option) if name in settings), None) if settings else None


def names_of(option: Option) -> tuple[str, str]:
    """Return how a setting may be called: the option's own name, and its camelCase."""
    first, *rest = option.name.split("-")
    return option.name, first + "".join(word.capitalize() for word in rest)


def _variable(option: Option) -> str:
    return _PREFIX + option.name.replace("-", "_").upper()


def _from_text(option: Option, text: str) -> object:
    if option.kind == "texts":
        return [part for part in text.split(",") if part]
    if option.kind == "flag":
        if text.lower() not in _TRUE | _FALSE:
            raise UsageError(f"{_variable(option)} is true or false")
        return text.lower() in _TRUE
    if option.kind == "count":
        number = whole_number(text)
        if not option.may_be(number):
            raise UsageError(f"{_variable(option)} is a number from 0 to {option.most}")
        return number
    return _checked(option, text, _variable(option))


def _from_setting(option: Option, setting: object, file_name: str) -> object:
    texts = list(_texts(setting))
    if option.kind == "texts":
        return texts
    is_flag = isinstance(setting, bool)
    fits = {"flag": is_flag, "count": isinstance(setting, int) and not is_flag, "text": len(texts) == 1}
    if not fits[option.kind]:
        raise UsageError(f"{file_name}: {option.name} does not take that kind of value")
    if isinstance(setting, int) and option.kind == "count" and not option.may_be(setting):
        raise UsageError(f"{file_name}: {option.name} is a number from 0 to {option.most}")
    return _checked(option, texts[0] if option.kind == "text" else setting, file_name)


def _texts(setting: object) -> Iterator[str]:
    if isinstance(setting, list):
        yield from map(str, setting)
    elif isinstance(setting, dict):  # featureGates: {A: true}
        yield ",".join(f"{key}={str(value).lower()}" for key, value in setting.items())
    else:
        yield str(setting)


def _checked(option: Option, value: object, where: str) -> object:
    if option.choices and value not in option.choices:
        raise UsageError(f"{where}: {option.name} is one of {', '.join(option.choices)}")
    return value
