"""Named tuples that are cheap to define.

`typing.NamedTuple` looks at each annotation, and compiles it where it is text: three quarters of what such a class
costs, and a short run defines fifty. A `Record` is the same class without that look, which is mypy's anyway.
"""

import sys
from typing import TYPE_CHECKING

__all__ = ["Record"]

if TYPE_CHECKING or sys.version_info >= (3, 14):  # from there on annotations are evaluated only when they are asked for
    from typing import NamedTuple as Record
else:
    from collections import namedtuple

    class _Definition(type):
        def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, object]) -> type:
            if not bases:
                return super().__new__(cls, name, bases, body)
            fields = body.get("__annotations__", {})
            defaults = [body[field] for field in fields if field in body]
            made = namedtuple(name, fields, defaults=defaults, module=body["__module__"])  # noqa: PYI024 - see above
            for key, value in body.items():
                if key not in fields:
                    setattr(made, key, value)
            return made

    class Record(metaclass=_Definition):
        """The base of a class that is to be one."""
