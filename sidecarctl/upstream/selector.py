"""Label selectors of objects, and as kubectl writes them.

Upstream: k8s.io/apimachinery/pkg/labels/selector.go Parse
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sidecarctl.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from sidecarctl.upstream.types import LabelSelector


class InvalidSelector(ValueError):
    """The selector has an operator that does not exist; the message is the webhook's sentence."""


class Requirement(Record):
    """One condition of a selector on one label."""

    key: str
    operator: str  # "In", "NotIn", "Exists", "DoesNotExist"
    values: tuple[str, ...] = ()

    def holds_for(self, labels: Mapping[str, str]) -> bool:
        """Whether these labels satisfy it."""
        return _OPERATORS[self.operator](labels.get(self.key), self.values)

    def __str__(self) -> str:
        """As kubectl writes it: `app=web`, `app in (a,b)`, `!app`."""
        if self.operator == "In" and len(self.values) == 1:
            return f"{self.key}={self.values[0]}"
        return _SHOWN_AS[self.operator].format(key=self.key, values=",".join(self.values))


def requirements(selector: LabelSelector) -> tuple[Requirement, ...]:
    """The conditions of a selector, all of which must hold; InvalidSelector where an operator does not exist.

    Upstream: SEL ValidatedLabelSelectorAsSelector
    """
    return (*_required_labels(selector), *_required_expressions(selector))


def first_unmet(wanted: Iterable[Requirement], labels: Mapping[str, str]) -> Requirement | None:
    """The first of these requirements that the labels do not satisfy."""
    return next((requirement for requirement in wanted if not requirement.holds_for(labels)), None)


def first_mismatch(selector: LabelSelector, labels: Mapping[str, str]) -> Requirement | None:
    """The requirement that keeps these labels out, None where they match."""
    return first_unmet(requirements(selector), labels)


def matches(selector: LabelSelector, labels: Mapping[str, str]) -> bool:
    """Whether every requirement holds; a selector without any matches all labels."""
    return first_mismatch(selector, labels) is None


def is_empty(selector: LabelSelector) -> bool:
    """Whether a selector asks for nothing.

    Upstream: SEL IsLabelSelectorEmpty
    """
    return not selector.get("matchLabels") and not selector.get("matchExpressions")


_OPERATORS: Final[Mapping[str, Callable[[str | None, Sequence[str]], bool]]] = {
    "In": lambda value, values: value is not None and value in values,
    "NotIn": lambda value, values: value is None or value not in values,
    "Exists": lambda value, _: value is not None,
    "DoesNotExist": lambda value, _: value is None,
}


_SHOWN_AS: Final = {
    "In": "{key} in ({values})",
    "NotIn": "{key} notin ({values})",
    "Exists": "{key}",
    "DoesNotExist": "!{key}",
}


def _required_labels(selector: LabelSelector) -> Iterator[Requirement]:
    for key, value in selector.get("matchLabels", {}).items():
        yield Requirement(key, "In", (value,))


def _required_expressions(selector: LabelSelector) -> Iterator[Requirement]:
    for expression in selector.get("matchExpressions", ()):
        operator = expression.get("operator", "")
        if operator not in _OPERATORS:
            raise InvalidSelector(f'"{operator}" is not a valid pod selector operator')
        yield Requirement(expression.get("key", ""), operator, tuple(expression.get("values", ())))


_KEY: Final = r"[A-Za-z0-9](?:[A-Za-z0-9._/-]*[A-Za-z0-9])?"


# Compiled where one is read: few command lines have a selector.
_FORMS: Final = (
    (rf"({_KEY})\s*==?\s*([A-Za-z0-9._-]*)", "In"),
    (rf"({_KEY})\s*!=\s*([A-Za-z0-9._-]*)", "NotIn"),
    (rf"({_KEY})\s+in\s*\(([^()]*)\)", "In"),
    (rf"({_KEY})\s+notin\s*\(([^()]*)\)", "NotIn"),
    (rf"!\s*({_KEY})()", "DoesNotExist"),
    (rf"({_KEY})()", "Exists"),
)
_COMMA: Final = r",(?![^(]*\))"


def parsed_selector(text: str) -> tuple[Requirement, ...]:
    """Read a selector; raise ValueError for a text that is none."""
    return tuple(_requirement(part.strip()) for part in re.split(_COMMA, text) if part.strip())


def _requirement(text: str) -> Requirement:
    for pattern, operator in _FORMS:
        if (found := re.fullmatch(pattern, text)) is not None:
            values = tuple(value.strip() for value in found[2].split(",")) if operator in {"In", "NotIn"} else ()
            return Requirement(found[1], operator, values)
    raise ValueError(f"{text} is no label selector; write app=web, tier!=db, env in (a,b), or !legacy")
