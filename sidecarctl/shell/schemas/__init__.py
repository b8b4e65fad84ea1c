"""JSON Schemas of outputs, made from pydantic models."""
