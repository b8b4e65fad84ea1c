"""When Go's reflect.DeepEqual takes two values of one type for equal."""

# Strategy: a value is turned into another one that Python's `==` compares as reflect.DeepEqual would. Missing is the
# same as zero, except for pointers; a list without items is not the same as no list; and two quantities of one amount
# differ when only one of them remembers the text it was read from.

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.upstream import schema
from sidecarctl.upstream.encode import as_encoded
from sidecarctl.upstream.quantity import Format, Quantity, parse

if TYPE_CHECKING:
    from sidecarctl.upstream.release import Release
    from sidecarctl.upstream.schema import Field

_UNSET_QUANTITY: Final = Quantity(0, Format.NONE)
_POINTERS: Final = ("if set", "null if unset")


def equals_stored(value: object, other: object, type_name: str, release: Release) -> bool:
    """Whether a value that has only been decoded equals one that has been stored and read again.

    Upstream: reflect.DeepEqual
    """
    stored = as_encoded(other, type_name, release)
    return _comparable(value, type_name, release) == _comparable(stored, type_name, release)


def equal_once_stored(value: object, other: object, type_name: str, release: Release) -> bool:
    """Whether two values are equal once a cluster has stored both.

    In a cluster the mutating webhook writes what is submitted anew, so that an unset quantity is "0" before the
    validating one sees it. Upstream's validator by itself takes an unset one and a stored "0" for different.
    """
    return equals_stored(as_encoded(value, type_name, release), other, type_name, release)


def _comparable(value: object, type_name: str, release: Release) -> object:
    if isinstance(value, list):
        item_type = schema.item_type(type_name) or "any"
        return [_comparable(item, item_type, release) for item in value]
    if type_name == "Quantity":
        return parse(value) if isinstance(value, str | int | float) else _UNSET_QUANTITY
    if schema.is_struct(type_name):
        given = value if isinstance(value, dict) else {}
        compared = {
            name: _comparable_field(given.get(name), field, release)
            for name, field in schema.fields(type_name, release).items()
        }
        return {name: item for name, item in compared.items() if item is not None}
    if isinstance(value, dict):
        item_type = schema.item_type(type_name) or "any"
        return {key: _comparable(item, item_type, release) for key, item in value.items()}
    return value


def _comparable_field(value: object, field: Field, release: Release) -> object:
    """The field's value; None where Go has nothing there, or a zero."""
    if field.presence in _POINTERS:
        return None if value is None else _comparable(value, field.type, release)
    if value is None and not schema.is_struct(field.type) and field.type != "Quantity":
        return None
    if isinstance(value, str | int | float) and not value and field.type != "Quantity":
        return None
    return _comparable(value, field.type, release)
