"""Elements of HTML and SVG, written so that an XML parser reads them too; what is no markup yet is escaped."""

from __future__ import annotations

from html import escape
from typing import Final

from sidecarctl.shell.terminal import visible

_EMPTY: Final = frozenset({"meta", "path", "rect", "line", "br"})


class Markup(str):
    """Text that is markup already."""

    __slots__ = ()


def element(name: str, /, *children: str, **attributes: str | float) -> Markup:
    """Return an element: `class_` is `class`, and an underscore within a name is a dash."""
    inner = "".join(child if isinstance(child, Markup) else plain(child) for child in children)
    shown = "".join(f' {_attribute(key)}="{plain(_text(value))}"' for key, value in attributes.items())
    return Markup(f"<{name}{shown}/>" if name in _EMPTY else f"<{name}{shown}>{inner}</{name}>")


def joined(*parts: str) -> Markup:
    """Return pieces one after the other."""
    return Markup("".join(part if isinstance(part, Markup) else plain(part) for part in parts))


def plain(text: str) -> str:
    """Return a text in which a browser sees no markup, and a person every character."""
    return escape(visible(text))


def _attribute(key: str) -> str:
    return "viewBox" if key == "viewBox" else key.rstrip("_").replace("_", "-")


def _text(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.2f}".rstrip("0").rstrip(".")
