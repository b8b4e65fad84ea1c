"""The bytes that Go's encoding/json writes for a value of an upstream type, and the value they read back as."""

# Strategy: an encoder per type, made once, gives the value that Go would print: fields in the table's order, empty ones
# left out or zero as their mark says, quantities canonical. Printing that value needs no types any more.

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Final, cast

from sidecarctl.upstream import schema
from sidecarctl.upstream.go.time import ZERO_TIME, in_utc
from sidecarctl.upstream.release import LATEST, Release

Encoder = Callable[[object], object]

# What encoding/json escapes: JSON's own, and what might end a script in HTML or JavaScript.
_LONG_ESCAPES: Final = {code: f"\\u{code:04x}" for code in (*range(0x20), *map(ord, "<>&\u2028\u2029"))}
_ESCAPES_BEFORE_GO_1_22: Final = {
    **_LONG_ESCAPES,
    **str.maketrans({'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}),
}
_ESCAPES: Final = {**_ESCAPES_BEFORE_GO_1_22, **str.maketrans({"\b": "\\b", "\f": "\\f"})}


def encode(value: object, type_name: str, release: Release = LATEST) -> str:
    """Return the JSON text that Go writes for a value of this type ("SidecarSet", "[]Volume").

    Upstream: encoding/json Marshal
    """
    return _text(as_encoded(value, type_name, release), release, keys=list)


def encode_plain(value: object, release: Release = LATEST) -> str:
    """Return the JSON text that Go writes for untyped maps and lists: every object's keys sorted.

    Upstream: encoding/json Marshal
    """
    return _text(value, release, keys=sorted)


def as_encoded(value: object, type_name: str, release: Release = LATEST) -> object:
    """Return the plain value that the encoded text reads back as; None is written where the text says null.

    The value must be of its type (decode.py). What Go omits is left out, what it always writes is there; unknown keys
    are gone, quantities canonical, timestamps in UTC; fields stand in Go's order, the keys of maps are sorted.
    """
    return _encoder(type_name, release)(value)


@cache
def _encoder(go_type: str, release: Release) -> Encoder:
    """Make the encoder of a type; given None, it returns Go's zero value."""
    type_name = schema.resolved(go_type)
    if schema.is_struct(type_name):
        return _struct_encoder(type_name, release)
    item_type = schema.item_type(type_name)
    if item_type is None:
        return _SCALARS.get(type_name, _as_it_is)
    encode_item = _encoder(item_type, release)
    return (_list_encoder if type_name.startswith("[]") else _map_encoder)(encode_item)


class _FieldEncoders(dict[str, Encoder]):
    """The encoders of a struct's fields, made when first asked for."""

    def __init__(self, fields: Mapping[str, schema.Field], release: Release) -> None:
        super().__init__()
        self.fields = fields
        self.release = release

    def __missing__(self, name: str) -> Encoder:
        field = self.fields[name]
        encode_field = _encoder(field.type, self.release)
        if field.presence == "null if unset":
            encode_field = partial(_null_or, encode_field)
        self[name] = encode_field
        return encode_field


def _struct_encoder(type_name: str, release: Release) -> Encoder:
    fields = schema.fields(type_name, release)
    encoders = _FieldEncoders(fields, release)

    def encode_struct(value: object) -> object:
        given = cast("Mapping[str, object]", value or {})
        return {
            name: encoders[name](item)
            for name, field in fields.items()
            if _is_written(item := given.get(name), field.presence)
        }

    return encode_struct


def _null_or(encode_item: Encoder, value: object) -> object:
    return None if value is None else encode_item(value)


def _is_written(item: object, presence: schema.Presence) -> bool:
    match presence:
        case "always" | "null if unset":
            return True
        case "unless empty":
            return bool(item)
        case "if set":
            return item is not None


def _list_encoder(encode_item: Encoder) -> Encoder:
    def encode_list(value: object) -> object:
        items = cast("list[object] | None", value)
        return None if items is None else [encode_item(item) for item in items]

    return encode_list


def _map_encoder(encode_item: Encoder) -> Encoder:
    def encode_map(value: object) -> object:
        entries = cast("Mapping[str, object] | None", value)
        return None if entries is None else {key: encode_item(entries[key]) for key in sorted(entries)}

    return encode_map


def _time(value: object) -> object:
    shown = in_utc(str(value)) if value is not None else ZERO_TIME
    return None if shown == ZERO_TIME else shown


def _quantity(value: object) -> object:
    from sidecarctl.upstream.quantity import parse  # noqa: PLC0415 - most objects hold none

    return str(parse(cast("str | float", value or "0")))


def _as_it_is(value: object) -> object:
    return value


_SCALARS: Final[Mapping[str, Encoder]] = {
    "string": lambda value: value or "",
    "bool": bool,
    "int32": lambda value: value or 0,
    "int64": lambda value: value or 0,
    "IntOrString": lambda value: 0 if value is None else value,
    "Quantity": _quantity,
    "Time": _time,
}


def _text(value: object, release: Release, *, keys: Callable[[Mapping[str, object]], list[str]]) -> str:
    if isinstance(value, str):
        return _quoted(value, release)
    if isinstance(value, dict):
        members = (f"{_quoted(key, release)}:{_text(value[key], release, keys=keys)}" for key in keys(value))
        return f"{{{','.join(members)}}}"
    if isinstance(value, list):
        return f"[{','.join(_text(item, release, keys=keys) for item in value)}]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return str(int(value))
    from sidecarctl.upstream.go.numbers import float_text  # noqa: PLC0415 - Kubernetes has hardly any floats

    return float_text(cast("float", value))


def _quoted(text: str, release: Release) -> str:
    escapes = _ESCAPES if release.json_has_short_escapes else _ESCAPES_BEFORE_GO_1_22
    return f'"{text.translate(escapes)}"'
