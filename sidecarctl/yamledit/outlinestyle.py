"""What block style the neighbours of a new value have, read by their lines: the same answers as style.py's."""

import re
from collections.abc import Iterable
from typing import Final

from sidecarctl.yamledit.lines.outline import Keys, text_value

_DASH: Final = re.compile(r"-(?=[ \n])")
_ITEM: Final = re.compile(r"- +([^ \n].*)")
_KEY: Final = re.compile(r"""(?:[A-Za-z0-9_][A-Za-z0-9_./-]*|"[^"\n]*"|'[^'\n]*'):(?= |\n)""")


def measured_around(text: str, chain: Iterable[Keys], *, has_lists: bool) -> dict[str, int] | None:
    """Return the measures of the block style around a mapping, in columns: the nearest example of each counts.

    `chain` leads from it to the root. The step is measured, and for what `has_lists` the dash and the gap as well. None
    where one of them is not to be seen by lines.
    """
    wanted = 3 if has_lists else 1
    found: dict[str, int] = {}
    for mapping in chain:
        for at, column in mapping.heads():
            deeper = column - mapping.region.column
            if not _DASH.match(text, at):
                is_told = _is_told_by_mapping(text, at, deeper, found)
            else:
                is_told = not has_lists or "gap" in found or _is_told_by_list(text, at, deeper, found)
            if not is_told:
                return None
            if len(found) == wanted:
                return found
    return found


def _is_told_by_mapping(text: str, at: int, deeper: int, found: dict[str, int]) -> bool:
    """Note what a mapping shows and nothing nearer has shown; return whether it is one, and no scalar's first line."""
    is_told = "step" in found or _KEY.match(text, at) is not None
    found.setdefault("step", deeper)
    return is_told


def _is_told_by_list(text: str, dash: int, deeper: int, found: dict[str, int]) -> bool:
    """Note what a list shows and nothing nearer has shown; return whether its first line tells."""
    found.setdefault("dash", deeper)
    gap = _gap(text, dash)
    if gap:
        found["gap"] = gap
    return gap is not None


def _gap(text: str, dash: int) -> int | None:
    """Return the columns from a dash to the mapping that is its item; 0 where it is none.

    None where that is not to be seen by its line.
    """
    item = _ITEM.match(text, dash)
    if item is None:
        return 0
    if _KEY.match(text, item.start(1)):
        return item.start(1) - dash
    return 0 if item[1][0] in "{[" or text_value(item[1]) is not None else None
