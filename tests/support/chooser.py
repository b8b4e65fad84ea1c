"""Choices, each of them a draw of Hypothesis: the first of several is what a failing example is reduced to."""

from collections.abc import Sequence
from typing import Any, TypeVar

from hypothesis import strategies as st
from strategies import Draw

Json = dict[str, Any]

T = TypeVar("T")


class Chooser:
    """Chooses."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw

    def number(self, least: int, most: int) -> int:
        """A whole number between two."""
        return self.draw(st.integers(least, most))

    def one_of(self, *choices: T) -> T:
        """One of these."""
        return choices[self.number(0, len(choices) - 1)] if len(choices) > 1 else choices[0]

    def some(self, choices: Sequence[T], least: int = 0, most: int = 3) -> list[T]:
        """A few of these, in any order, each at most once."""
        left = [*choices]
        return [left.pop(self.number(0, len(left) - 1)) for _ in range(min(self.number(least, most), len(left)))]

    def chance(self, one_in: int) -> bool:
        """Whether something happens that happens once in a while."""
        return self.number(0, one_in - 1) == one_in - 1

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """These in any order."""
        return self.some(items, len(items), len(items))
