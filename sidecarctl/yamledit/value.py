"""Plain values in JSON's shape: what a document says once its spelling is forgotten."""

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Value: TypeAlias = "dict[str, Value] | list[Value] | str | int | float | bool | None"
ReadOnly: TypeAlias = "Mapping[str, ReadOnly] | Sequence[ReadOnly] | str | int | float | bool | None"


def same(a: object, b: object) -> bool:
    """Whether two values are the same JSON: `1` and `1.0` are, `true` and `1` are not; the order of keys is nothing."""
    if a is b:
        return True
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(item, b[key]) for key, item in a.items())
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, bool) or isinstance(b, bool):
        return False  # the two bools are singletons: `a is b` has answered
    return (type(a) is type(b) and a == b) or _same_number(a, b)


def _same_number(a: object, b: object) -> bool:
    return isinstance(a, int | float) and isinstance(b, int | float) and a == b
