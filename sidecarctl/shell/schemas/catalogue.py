"""JSON Schemas of all outputs and of the settings file, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema

from sidecarctl.api.function_config import API_VERSION as FUNCTION_API_VERSION
from sidecarctl.api.function_config import FIELDS
from sidecarctl.api.function_config import KIND as FUNCTION
from sidecarctl.shell.cli.options import COMMANDS, Option
from sidecarctl.shell.cli.settings import FROM_FILES, names_of
from sidecarctl.shell.schemas.plan import RolloutPlan, RolloutStages
from sidecarctl.shell.schemas.reports import CheckReport, Explanation, InjectionReport, SidecarSetStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic_core import core_schema

    from sidecarctl.shell.schemas.base import Shape


SETTINGS: Final = "Settings"


PRINTED: Final[dict[str, type[Shape]]] = {
    shape.__name__: shape
    for shape in (RolloutPlan, RolloutStages, SidecarSetStatus, Explanation, InjectionReport, CheckReport)
}


NAMES: Final = (*PRINTED, SETTINGS, FUNCTION)


_DIALECT: Final = GenerateJsonSchema.schema_dialect


class _Schemas(GenerateJsonSchema):
    """What is empty is left out, never null: a field that may be absent has no null in its schema."""

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        inner = schema["schema"]
        if schema.get("default") is None and inner["type"] == "nullable":
            return self.generate_inner(inner["schema"])
        return super().default_schema(schema)


def schema(name: str) -> dict[str, object]:
    """Return the JSON Schema of one shape."""
    if name == SETTINGS:
        made = settings_schema()
    elif name == FUNCTION:
        made = function_schema()
    else:
        made = PRINTED[name].model_json_schema(schema_generator=_Schemas)
    return {"$schema": _DIALECT, "$id": f"urn:sidecarctl:v1alpha1:{name}", **made}


def schema_of_all() -> dict[str, object]:
    """Return a JSON Schema for whatever sidecarctl prints as JSON or YAML: one document, or a List of them."""
    _, made = models_json_schema([(shape, "validation") for shape in PRINTED.values()], schema_generator=_Schemas)
    printed = {"anyOf": [{"$ref": f"#/$defs/{name}"} for name in PRINTED]}
    items = {"type": "array", "items": printed, "description": "The documents."}
    fields = {"apiVersion": {"const": "v1"}, "kind": {"const": "List"}, "items": items}
    several = {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}
    return {
        "$schema": _DIALECT,
        "$id": "urn:sidecarctl:v1alpha1",
        "title": "Outputs of sidecarctl",
        "description": "One document, or a List of several.",
        "anyOf": [*printed["anyOf"], several],
        "$defs": made["$defs"],
    }


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


_FUNCTION_TYPES: Final[dict[object, dict[str, object]]] = {
    bool: {"type": "boolean"},
    str: {"type": "string"},
    list: {"type": "array", "items": {"type": "object"}},
    dict: {"type": "object", "additionalProperties": {"type": "boolean"}},
}


def function_schema() -> dict[str, object]:
    """Return the JSON Schema of the functionConfig of `sidecarctl fn`, made from the table that checks it."""
    fields = {
        "apiVersion": {"const": FUNCTION_API_VERSION},
        "kind": {"const": FUNCTION},
        "metadata": {"type": "object"},
        "spec": _function_fields(FIELDS),
    }
    return {
        "title": FUNCTION,
        "description": "The functionConfig of `sidecarctl fn`. A ConfigMap takes the fields of the spec as texts.",
        "type": "object",
        "properties": fields,
        "required": ["apiVersion", "kind"],
        "additionalProperties": False,
    }


def _function_fields(fields: Mapping[str, object]) -> dict[str, object]:
    made: dict[str, object] = {}
    for name, kind in fields.items():
        if isinstance(kind, dict):
            made[name] = _function_fields(kind)
        else:
            made[name] = {"enum": list(kind)} if isinstance(kind, tuple) else _FUNCTION_TYPES[kind]
    return {"type": "object", "properties": made, "additionalProperties": False}


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
