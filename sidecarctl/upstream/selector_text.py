"""Label selectors as kubectl writes them: `app=web,tier!=db,env in (a,b),!legacy`.

Upstream: k8s.io/apimachinery/pkg/labels/selector.go Parse
"""

import re
from typing import Final

from sidecarctl.upstream.selector import Requirement

_KEY: Final = r"[A-Za-z0-9](?:[A-Za-z0-9._/-]*[A-Za-z0-9])?"
_FORMS: Final = (
    (re.compile(rf"({_KEY})\s*==?\s*([A-Za-z0-9._-]*)"), "In"),
    (re.compile(rf"({_KEY})\s*!=\s*([A-Za-z0-9._-]*)"), "NotIn"),
    (re.compile(rf"({_KEY})\s+in\s*\(([^()]*)\)"), "In"),
    (re.compile(rf"({_KEY})\s+notin\s*\(([^()]*)\)"), "NotIn"),
    (re.compile(rf"!\s*({_KEY})()"), "DoesNotExist"),
    (re.compile(rf"({_KEY})()"), "Exists"),
)
_COMMA: Final = re.compile(r",(?![^(]*\))")


def parsed_selector(text: str) -> tuple[Requirement, ...]:
    """Read a selector; raise ValueError for a text that is none."""
    return tuple(_requirement(part.strip()) for part in _COMMA.split(text) if part.strip())


def _requirement(text: str) -> Requirement:
    for pattern, operator in _FORMS:
        if (found := pattern.fullmatch(text)) is not None:
            values = tuple(value.strip() for value in found[2].split(",")) if operator in {"In", "NotIn"} else ()
            return Requirement(found[1], operator, values)
    raise ValueError(f"{text} is no label selector; write app=web, tier!=db, env in (a,b), or !legacy")
