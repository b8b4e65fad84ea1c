"""What a typed Go decode keeps of a value: unknown fields go, null is absent, a wrong type is refused in Go's words."""

# Strategy: decoding is compiled. For each type one function is made, once, that takes a value and returns it, the very
# same one if nothing had to go, so that `before is after` holds for what decoding left alone. No path is kept going
# down: a misfit collects it on the way up, where it costs nothing as long as nothing is wrong.

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Final, TypeVar

from sidecarctl.finding import FieldPath, Key, UndecodableObject
from sidecarctl.upstream import schema
from sidecarctl.upstream.go.time import InvalidTimestamp, in_utc
from sidecarctl.upstream.release import LATEST, Release

Decoder = Callable[[object], object]
Value = TypeVar("Value")

_INT_BITS: Final = {"int32": 31, "int64": 63}
_LARGEST_PLAIN_FLOAT: Final = 1e21  # from here on Go writes a float with an exponent, which no integer may have
_ZERO: Final[Mapping[str, object]] = {
    "string": "",
    "bool": False,
    "int32": 0,
    "int64": 0,
    "IntOrString": 0,
    "Quantity": "0",
}


def decode(value: Value, type_name: str, release: Release = LATEST, path: FieldPath = ()) -> Value:
    """Return what a release keeps of a value of this type; keys stay in the order they were written.

    `path` says where the value stands. Raises UndecodableObject, with Go's sentence, where a type is wrong.
    Upstream: encoding/json Unmarshal
    """
    try:
        return _decoder(type_name, release)(value)  # type: ignore[return-value]  # a decoder keeps the shape
    except _Misfit as misfit:
        raise misfit.error(path, release) from None


def unknown_fields(
    value: object, type_name: str, release: Release = LATEST, path: FieldPath = ()
) -> Iterator[FieldPath]:
    """Yield the path of each field that decoding drops because the type has none of this name."""
    if isinstance(value, list):
        item_type = schema.item_type(type_name) or "any"
        for index, item in enumerate(value):
            yield from unknown_fields(item, item_type, release, (*path, index))
    elif isinstance(value, dict) and schema.is_struct(type_name):
        known = schema.fields(type_name, release)
        for key, item in value.items():
            if key in known:
                yield from unknown_fields(item, known[key].type, release, (*path, key))
            else:
                yield (*path, key)


class _Misfit(Exception):
    """A value that is not of its type; knows the place once the decoders above it have added theirs."""

    def __init__(self, what: str, go_type: str = "") -> None:
        super().__init__(what)
        self.what = what  # JSON's name of the value, or the whole sentence where a type decodes itself
        self.go_type = go_type
        self.struct = ""  # the innermost one
        self.parts: list[str | int] = []  # from the inside out

    def error(self, path: FieldPath, release: Release) -> UndecodableObject:
        where = (*path, *reversed(self.parts))
        if not self.go_type:
            return UndecodableObject(self.what, where)
        fields = ".".join(part for part in where if isinstance(part, str) and not isinstance(part, Key))
        struct = self.struct.removesuffix("V1alpha1")
        into = f"struct field {struct}.{fields}" if struct else "value"
        go_type = schema.go_name(self.go_type, release)
        return UndecodableObject(f"json: cannot unmarshal {self.what} into Go {into} of type {go_type}", where)


@cache
def _decoder(go_type: str, release: Release) -> Decoder:
    """Make the decoder of a type."""
    type_name = schema.resolved(go_type)
    if schema.is_struct(type_name):
        return _struct_decoder(type_name, release)
    item_type = schema.item_type(type_name)
    if item_type is None:
        return _scalar_decoder(type_name, go_type)
    decode_item = _decoder(item_type, release)
    return (_list_decoder if type_name.startswith("[]") else _map_decoder)(decode_item, item_type, go_type)


class _FieldDecoders(dict[str, Decoder | None]):
    """The decoders of a struct's fields, made when first asked for; None for a field that it does not have."""

    def __init__(self, type_name: str, release: Release) -> None:
        super().__init__()
        self.known = schema.fields(type_name, release)
        self.release = release

    def __missing__(self, name: str) -> Decoder | None:
        field = self.known.get(name)
        decoder = _decoder(field.go_type, self.release) if field else None
        if field:
            self[name] = decoder
        return decoder


def _struct_decoder(type_name: str, release: Release) -> Decoder:
    decoders = _FieldDecoders(type_name, release)

    def decode_struct(value: object) -> object:
        if not isinstance(value, dict):
            raise _Misfit(_json_name(value), type_name)
        kept = {}
        changed = False
        for name, item in value.items():
            decode_field = decoders[name]
            if decode_field is None or item is None:
                changed = True
                continue
            try:
                kept[name] = decoded = decode_field(item)
            except _Misfit as misfit:
                misfit.struct = misfit.struct or type_name
                misfit.parts.append(name)
                raise
            changed = changed or decoded is not item
        return kept if changed else value

    return decode_struct


def _list_decoder(decode_item: Decoder, item_type: str, go_type: str) -> Decoder:
    def decode_list(value: object) -> object:
        if not isinstance(value, list):
            raise _Misfit(_json_name(value), go_type)
        kept = []
        changed = False
        for index, item in enumerate(value):
            try:
                decoded = _zero(item_type) if item is None else decode_item(item)
            except _Misfit as misfit:
                misfit.parts.append(index)
                raise
            kept.append(decoded)
            changed = changed or decoded is not item
        return kept if changed else value

    return decode_list


def _map_decoder(decode_item: Decoder, item_type: str, go_type: str) -> Decoder:
    def decode_map(value: object) -> object:
        if not isinstance(value, dict):
            raise _Misfit(_json_name(value), go_type)
        kept = {}
        changed = False
        for key, item in value.items():
            if isinstance(key, str) and not key.isascii():
                _refuse_half_pairs(key)
            try:
                kept[key] = decoded = _zero(item_type) if item is None else decode_item(item)
            except _Misfit as misfit:
                misfit.parts.append(Key(key))
                raise
            changed = changed or decoded is not item
        return kept if changed else value

    return decode_map


def _zero(type_name: str) -> object:
    """What Go makes of a null in a list or a map, where it cannot leave a gap."""
    return {} if schema.is_struct(type_name) else _ZERO.get(type_name)


def _scalar_decoder(type_name: str, go_type: str) -> Decoder:
    if type_name in _INT_BITS:
        return _int_decoder(go_type, 1 << _INT_BITS[type_name])
    if type_name in _SELF_DECODING:
        return _SELF_DECODING[type_name]
    return _bool_decoder(go_type) if type_name == "bool" else _text_decoder(go_type)


def _bool_decoder(go_type: str) -> Decoder:
    def decode_bool(value: object) -> object:
        if not isinstance(value, bool):
            raise _Misfit(_json_name(value), go_type)
        return value

    return decode_bool


def _text_decoder(go_type: str) -> Decoder:
    def decode_text(value: object) -> object:
        if not isinstance(value, str):
            raise _Misfit(_json_name(value), go_type)
        if not value.isascii():
            _refuse_half_pairs(value)
        return value

    return decode_text


def _int_decoder(go_type: str, limit: int) -> Decoder:
    def decode_int(value: object) -> object:
        _refuse_infinite(value)
        number = _as_go_reads_it(value) if isinstance(value, float) else value
        if isinstance(number, float):
            from sidecarctl.upstream.go.numbers import float_text  # noqa: PLC0415 - only what is wrong gets here

            raise _Misfit(f"number {float_text(number)}", go_type)
        if not isinstance(number, int) or isinstance(number, bool):
            raise _Misfit(_json_name(number), go_type)
        if not -limit <= number < limit:
            raise _Misfit(f"number {number}", go_type)
        return number

    return decode_int


def _as_go_reads_it(number: float) -> float:
    """Go's YAML reader hands `80.0` on as `80`."""
    return int(number) if number.is_integer() and abs(number) < _LARGEST_PLAIN_FLOAT else number


def _decode_int_or_string(value: object) -> object:
    return _decode_text(value) if isinstance(value, str) else _decode_int32(value)


def _decode_quantity(value: object) -> object:
    from sidecarctl.upstream.quantity import InvalidQuantity, parse  # noqa: PLC0415 - most objects hold none

    _refuse_infinite(value)
    written = value if isinstance(value, str | int | float) and not isinstance(value, bool) else "not a quantity"
    try:
        parse(written)
    except InvalidQuantity as error:
        raise _Misfit(str(error)) from None
    return value


def _decode_time(value: object) -> object:
    if not isinstance(value, str):
        raise _Misfit(_json_name(value), "string")
    _refuse_half_pairs(value)
    try:
        in_utc(value)
    except InvalidTimestamp as error:
        raise _Misfit(str(error)) from None
    return value


def _keep(value: object) -> object:
    return value


def _refuse_infinite(value: object) -> None:
    """JSON has no such numbers, but what a program hands over may."""
    if isinstance(value, float):
        name = {"inf": "+Inf", "-inf": "-Inf", "nan": "NaN"}.get(str(value))
        if name is not None:
            raise _Misfit(f"json: unsupported value: {name}")


def _refuse_half_pairs(text: str) -> None:
    """UTF-8 has no half of a surrogate pair, but a text in Python may; it may be a secret, and is not told."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _Misfit("a text holds half of a surrogate pair, which UTF-8 cannot spell") from None


_decode_text: Final = _text_decoder("string")
_decode_int32: Final = _int_decoder("int32", 1 << _INT_BITS["int32"])
_SELF_DECODING: Final[Mapping[str, Decoder]] = {
    "IntOrString": _decode_int_or_string,
    "Quantity": _decode_quantity,
    "Time": _decode_time,
    "any": _keep,
}


def _json_name(value: object) -> str:
    """Name a value as encoding/json does in its errors."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return "number"
    return "string" if isinstance(value, str) else "array" if isinstance(value, list) else "object"
