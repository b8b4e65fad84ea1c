"""Tables that a screen reader can follow, and that scroll by themselves where they are too wide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.record import Record
from sidecarctl.render.plan.html_markup import Markup, element

if TYPE_CHECKING:
    from collections.abc import Sequence


class Cell(Record):
    """A text in a table; the first of a row is its head."""

    text: str
    is_number: bool = False
    are_names: bool = False


def table(caption: str, head: Sequence[Cell], rows: Sequence[Sequence[Cell]], *, has_end: bool = False) -> Markup:
    """Return a table; where it has an end, the last row is that."""
    heads = element("thead", element("tr", *(_cell("th", cell, scope="col") for cell in head)))
    lines = [_row(row, is_end=has_end and row is rows[-1]) for row in rows]
    made = element("table", element("caption", caption), heads, element("tbody", *lines))
    return scrolling(made, caption)


def scrolling(content: Markup, label: str) -> Markup:
    """Return something that may be wider than the screen, so that the keyboard reaches all of it."""
    return element("div", content, class_="scroll", role="region", aria_label=label, tabindex="0")


def _row(row: Sequence[Cell], *, is_end: bool) -> Markup:
    first, *rest = row
    cells = [_cell("th", first, scope="row"), *(_cell("td", cell) for cell in rest)]
    return element("tr", *cells, class_="end") if is_end else element("tr", *cells)


def _cell(name: str, cell: Cell, **attributes: str) -> Markup:
    kinds = [*(["n"] if cell.is_number else []), *(["names"] if cell.are_names else [])]
    return element(name, cell.text, **attributes, **({"class_": " ".join(kinds)} if kinds else {}))
