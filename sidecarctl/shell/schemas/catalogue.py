"""All shapes by name, and their JSON Schemas."""

from typing import TYPE_CHECKING, Final

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema

from sidecarctl.shell.schemas.plan import RolloutPlan
from sidecarctl.shell.schemas.reports import CheckReport, Explanation, InjectionReport, SidecarSetStatus
from sidecarctl.shell.shapes.settings import settings_schema
from sidecarctl.shell.shapes.stages import RolloutStages

if TYPE_CHECKING:
    from sidecarctl.shell.schemas.base import Shape

SETTINGS: Final = "Settings"
PRINTED: Final[dict[str, "type[Shape]"]] = {
    shape.__name__: shape
    for shape in (RolloutPlan, RolloutStages, SidecarSetStatus, Explanation, InjectionReport, CheckReport)
}
NAMES: Final = (*PRINTED, SETTINGS)
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
    made = settings_schema() if name == SETTINGS else PRINTED[name].model_json_schema(schema_generator=_Schemas)
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
