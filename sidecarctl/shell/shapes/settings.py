"""The shape of a settings file, made from the same tables as the flags."""

from typing import Final

from sidecarctl.shell.cli.options import COMMANDS, Option
from sidecarctl.shell.cli.settings import FROM_FILES, names_of

_WORD: Final[dict[str, object]] = {"type": ["string", "number", "boolean"]}  # 1.9 is a number to YAML
_MAPPING: Final[dict[str, object]] = {"type": "object", "additionalProperties": _WORD}  # featureGates: {A: true}
_TYPES: Final[dict[str, dict[str, object]]] = {
    "flag": {"type": "boolean"},
    "count": {"type": "integer", "minimum": 0},
    "text": {"anyOf": [_WORD, _MAPPING]},
    "texts": {"anyOf": [_WORD, _MAPPING, {"type": "array", "items": _WORD}]},
}


def settings_schema() -> dict[str, object]:
    """Return the JSON Schema of `.sidecarctl.yaml`: flags by their names, or in camelCase."""
    options: dict[str, list[Option]] = {}
    for command in COMMANDS.values():
        for option in command.options:
            if option.name in FROM_FILES:
                options.setdefault(option.name, []).append(option)
    fields = {name: _field(alike) for alike in options.values() for name in names_of(alike[0])}
    version = {"type": "string", "description": "The version of sidecarctl that this file is for; another refuses it."}
    return {
        "title": "Settings",
        "description": "What `.sidecarctl.yaml` holds: flags of any command, which the command line overrides.",
        "type": "object",
        "properties": {"requiredVersion": version, **fields},
        "additionalProperties": False,
    }


def _field(alike: list[Option]) -> dict[str, object]:
    """A flag, as all the commands that have it take it."""
    said = " ".join(dict.fromkeys(option.help for option in alike))
    words = list(dict.fromkeys(word for option in alike for word in option.choices))
    if all(option.choices for option in alike):
        return {"enum": words, "description": said}
    shapes = list({option.kind: _shape(option) for option in alike}.values())
    return {**(shapes[0] if len(shapes) == 1 else {"anyOf": shapes}), "description": said}


def _shape(option: Option) -> dict[str, object]:
    shape = _TYPES[option.kind]
    return {**shape, "maximum": option.most} if option.kind == "count" else shape
