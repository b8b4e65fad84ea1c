"""Scattering by `*`: a cluster takes the values in any order."""

from __future__ import annotations

from itertools import permutations
from random import Random
from typing import TYPE_CHECKING

import pytest
from rolloutcluster import Json, pods, rolled, sidecar_set

if TYPE_CHECKING:
    from collections.abc import Iterable

    from doors.sidecarset import RolloutPlan


def _zones(sizes: tuple[int, ...], seed: int) -> list[Json]:
    """Pods, in random order, of as many zones as there are sizes."""
    values = [zone for zone, size in zip("abcd", sizes, strict=False) for _ in range(size)]
    Random(seed).shuffle(values)  # noqa: S311 - no secret
    cluster = pods(len(values))
    for number, value in enumerate(values):
        cluster[number]["metadata"]["labels"]["zone"] = value
    return cluster


def _scattered(cluster: list[Json], zones: Iterable[str], most: int) -> RolloutPlan:
    terms = [{"key": "zone", "value": zone} for zone in zones]
    return rolled(sidecar_set("img:2", maxUnavailable=most, scatterStrategy=terms), cluster)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    "sizes", [(3, 3), (3, 3, 3), (2, 2, 4), (4, 3, 2), (5, 2), (2, 2, 2, 2), (1, 1, 1), (6,), (3, 3, 1)]
)
def test_any_value_is_said_to_be_left_to_chance_where_its_order_decides(sizes: tuple[int, ...], seed: int) -> None:
    cluster = _zones(sizes, seed)
    zones = "abcd"[: len(sizes)]
    for most in (1, 2, 3):
        made = _scattered(cluster, "*", most)
        firsts = {frozenset(_scattered(cluster, order, most).rounds[0].pods) for order in permutations(zones)}
        if len(firsts) > 1:
            assert made.rounds[0].ties[0].pods == made.rounds[0].pods
            assert any(f.code == "PLN002" and "zone=*" in f.message for f in made.findings)


def test_values_that_are_not_equally_common_leave_nothing_to_chance() -> None:
    made = _scattered(_zones((5, 3), 1), "*", 1)
    assert made.rounds[0].ties == ()


def test_values_that_are_named_leave_nothing_to_chance() -> None:
    made = _scattered(_zones((3, 3, 3), 1), "abc", 2)
    assert all(round_.ties == () for round_ in made.rounds)


def test_a_round_that_takes_all_leaves_nothing_to_chance() -> None:
    made = _scattered(_zones((3, 3, 3), 1), "*", 9)
    assert made.rounds[0].ties == ()
