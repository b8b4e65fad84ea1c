"""What block style the neighbours of a new value have, read by their lines: the same answers as style.py's."""

import re
from collections.abc import Iterable
from functools import cache
from typing import Final

from sidecarctl.yamledit.outline import Keys, Region, text_value

_KEY: Final = re.compile(r"""(?:[A-Za-z0-9_][A-Za-z0-9_./-]*|"[^"\n]*"|'[^'\n]*'):(?= |\n)""")


def measured_around(text: str, chain: Iterable[Keys], *, has_lists: bool) -> dict[str, int] | None:
    """Return the measures of the block style around a mapping, in columns: the nearest example of each counts.

    `chain` leads from it to the root. The step is measured, and for what `has_lists` the dash and the gap as well. None
    where one of them is not to be seen by lines.
    """
    wanted = 3 if has_lists else 1
    found: dict[str, int] = {}
    for mapping in chain:
        for region in mapping.collections():
            if region.is_sequence and (not has_lists or "gap" in found):
                continue
            if not _is_measured(text, region, region.column - mapping.region.column, found):
                return None
            if len(found) == wanted:
                return found
    return found


def _is_measured(text: str, region: Region, deeper: int, found: dict[str, int]) -> bool:
    """Note the measures that a collection shows and that nothing nearer has shown; return whether its lines tell."""
    if not region.is_sequence:
        is_told = "step" in found or _is_mapping(text, region)
        found.setdefault("step", deeper)
        return is_told
    found.setdefault("dash", deeper)
    gap = _gap(text, region)
    if gap:
        found["gap"] = gap
    return gap is not None


def _gap(text: str, region: Region) -> int | None:
    """Return the columns from a list's first dash to the mapping that is its first item; 0 where it is none.

    None where that is not to be seen by its line.
    """
    item = _item_at(region.column).search(text, region.start - 1, region.end)
    if item is None:
        return None
    blanks, content = item.groups()
    if _KEY.match(text, item.start(2)):
        return 1 + len(blanks)
    return 0 if content[:1] in {"", "{", "["} or text_value(content) is not None else None


def _is_mapping(text: str, region: Region) -> bool:
    """Whether what is no list begins with a key, and not with the text of a scalar."""
    first = _content_at(region.column).search(text, region.start - 1, region.end)
    return first is not None and _KEY.match(text, first.end()) is not None


@cache
def _item_at(column: int) -> re.Pattern[str]:
    return re.compile(rf"\n{' ' * column}-( *)(.*)")


@cache
def _content_at(column: int) -> re.Pattern[str]:
    return re.compile(rf"\n{' ' * column}(?=[^ \n#])")
