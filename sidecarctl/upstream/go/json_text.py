"""JSON in annotations, read as strictly as Go reads it."""

from typing import NoReturn


class InvalidJson(ValueError):
    """The text is no JSON."""


def read_json(text: str) -> object:
    """The value that a text holds; InvalidJson, in Go's words, where it holds none."""
    from json import loads  # noqa: PLC0415 - most pods carry none

    try:
        value: object = loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        from sidecarctl.upstream.gojsonsyntax import syntax_complaint  # noqa: PLC0415 - bad texts only

        raise InvalidJson(syntax_complaint(text) or str(error)) from error
    return _with_whole_characters(value) if "\\u" in text else value


def whole_characters(text: str) -> str:
    """The text, half a surrogate pair being the replacement character, as in Go."""
    return "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in text)


def go_kind(value: object) -> str:
    """What encoding/json calls such a value in its errors."""
    for python_type, kind in ((bool, "bool"), (str, "string"), (list, "array"), (dict, "object")):
        if isinstance(value, python_type):
            return kind
    return "null" if value is None else "number"


def _with_whole_characters(value: object) -> object:
    if isinstance(value, str):
        return whole_characters(value)
    if isinstance(value, dict):
        return {whole_characters(key): _with_whole_characters(item) for key, item in value.items()}
    return [_with_whole_characters(item) for item in value] if isinstance(value, list) else value


def _refuse(constant: str) -> NoReturn:
    raise InvalidJson(f"{constant} is no JSON")
