"""JSON in annotations, read as strictly as Go reads it."""

from typing import NoReturn


class InvalidJson(ValueError):
    """The text is no JSON."""


def read_json(text: str) -> object:
    """The value that a text holds; InvalidJson where it holds none."""
    from json import loads  # noqa: PLC0415 - most pods carry none

    try:
        value: object = loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise InvalidJson(str(error)) from error
    return value


def go_kind(value: object) -> str:
    """What encoding/json calls such a value in its errors."""
    for python_type, kind in ((bool, "bool"), (str, "string"), (list, "array"), (dict, "object")):
        if isinstance(value, python_type):
            return kind
    return "null" if value is None else "number"


def _refuse(constant: str) -> NoReturn:
    raise InvalidJson(f"{constant} is no JSON")
