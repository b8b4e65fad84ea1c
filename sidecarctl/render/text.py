"""Columns of text, as wide as a terminal makes them."""

import unicodedata
from collections.abc import Sequence


def aligned(rows: Sequence[Sequence[str]], gap: int = 2) -> list[str]:
    """Return rows of cells as lines; every column is as wide as its widest cell."""
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    lines = ("".join(padded(cell, size + gap) for cell, size in zip(row, widths, strict=True)) for row in rows)
    return [line.rstrip() for line in lines]


def padded(text: str, size: int) -> str:
    """Fill a text up with blanks."""
    return text + " " * (size - width(text))


def width(text: str) -> int:
    """Return how many cells of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF") for c in text)


def shortened(text: str, size: int) -> str:
    """Return a text without its middle where it takes more cells than that: names differ at their ends."""
    if width(text) <= size:
        return text
    kept = max(size - 1, 0)
    head, tail = _first_cells(text, kept - kept // 2), _first_cells(text[::-1], kept // 2)[::-1]
    return f"{head}…{tail}" if size else ""


def _first_cells(text: str, size: int) -> str:
    taken = 0
    for index, char in enumerate(text):
        taken += width(char)
        if taken > size:
            return text[:index]
    return text
