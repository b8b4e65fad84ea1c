"""How many Pods a round takes, and when a rollout ends."""

import pytest
from doors.sidecarset import kept_back, may_be_unavailable
from doors.upstream import LATEST, int64, release_for
from rolloutcluster import Json, batches, counts, numbers, pods, rolled, sequence, sidecar_set, unready

OLD = release_for("1.7")


@pytest.mark.parametrize(
    ("partition", "total", "expected", "expected_of_old"),
    [
        (None, 10, 0, 0),
        (3, 10, 3, 3),
        (30, 10, 10, 10),
        (-1, 10, 0, 0),
        ("50%", 3, 2, 1),
        ("33%", 1, 1, 0),
        ("90%", 1, 1, 0),
        ("1%", 10, 1, 0),
        ("95%", 10, 9, 9),
        ("99%", 10, 9, 9),
        ("100%", 10, 10, 10),
        ("101%", 50, 50, 50),
        ("101%", 10, 10, 10),
        ("33.3%", 10, 4, 0),
        ("30%", 7, 3, 2),
        ("abc", 10, 0, 0),
        ("1_0%", 10, 1, 0),
        ("1__0%", 10, 0, 0),
        ("inf%", 10, 0, 0),
        ("-inf%", 10, 0, 0),
        ("nan%", 10, 0, 0),
        ("0x32p0%", 10, 5, 0),
        ("0X1.9P5%", 10, 5, 0),
        ("0x32%", 10, 0, 0),
        ("5e1%", 10, 5, 0),
        ("100.0%", 10, 9, 0),
        ("1e300%", 10, 0, 0),
        ("9e19%", 10, 10, 0),
        ("1e400%", 10, 0, 0),
        (" 50%", 10, 0, 0),
        ("\u0665%", 10, 0, 0),
        ("50%%", 10, 0, 5),
        ("5", 10, 0, 0),
        ("50", 10, 0, 5),
    ],
)
def test_partition(partition: object, total: int, expected: int, expected_of_old: int) -> None:
    assert kept_back(partition, total, LATEST) == expected
    assert kept_back(partition, total, OLD) == expected_of_old


@pytest.mark.parametrize(
    ("max_unavailable", "total", "expected", "expected_of_old"),
    [
        (None, 10, 1, 1),
        (0, 10, 0, 0),
        (30, 10, 30, 30),
        ("10%", 5, 1, 0),
        ("25%", 10, 3, 2),
        ("34%", 10, 4, 3),
        ("1%", 3, 1, 0),
        ("0%", 3, 0, 0),
        ("150%", 4, 6, 6),
        ("abc", 10, 0, 0),
        ("7", 100, 7, 7),
        ("0x10%", 10, 0, 0),
        ("1_0%", 10, 0, 0),
        ("%5%", 1000, 50, 50),
        ("9223372036854775807%", 1000, -(1 << 63), -(1 << 63)),
    ],
)
def test_max_unavailable(max_unavailable: object, total: int, expected: int, expected_of_old: int) -> None:
    assert may_be_unavailable(max_unavailable, total, LATEST) == expected
    assert may_be_unavailable(max_unavailable, total, OLD) == expected_of_old


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7", 7),
        ("-7", -7),
        ("+7", 7),
        ("", None),
        ("-", None),
        ("٣", None),
        (str(2**63), None),
        (str(-(2**63)), -(2**63)),
        ("9" * 5_000, None),
        ("-" + "0" * 5_000 + "7", -7),
        ("000", 0),
    ],
)
def test_int64(text: str, number: int | None) -> None:
    assert int64(text) == number


def _started(total: int, updated: int, ready: int) -> list[Json]:
    """Pods of which the first so many are updated to img:2, and of these again so many ready."""
    cluster = [*pods(updated, sidecar_set("img:2")), *pods(total)[updated:]]
    return unready(cluster, *range(ready, updated))


@pytest.mark.parametrize(
    ("start", "strategy", "picked"),
    [
        ((100, 30, 26), {"maxUnavailable": 10}, 6),
        ((1000, 300, 260), {"maxUnavailable": "10%"}, 60),
        ((1000, 300, 250), {"maxUnavailable": "5%"}, 0),
        ((100, 30, 27), {"maxUnavailable": 100}, 70),
        ((1000, 800, 760), {"maxUnavailable": 100, "partition": 180}, 20),
        ((1000, 800, 760), {"maxUnavailable": 100, "partition": "18%"}, 20),
        ((1000, 800, 760), {"maxUnavailable": 100, "partition": 100}, 60),
        ((1000, 800, 760), {"maxUnavailable": 100, "partition": "10%"}, 60),
        ((5, 0, 0), {"maxUnavailable": "5%"}, 1),
        ((5, 0, 0), {"maxUnavailable": 5, "partition": "99%"}, 1),
        ((5, 0, 0), {"maxUnavailable": 5, "partition": "1%"}, 4),
    ],
)
def test_the_first_round(start: tuple[int, int, int], strategy: Json, picked: int) -> None:
    made = rolled(sidecar_set("img:2", **strategy), _started(*start), max_rounds=1)
    assert sum(len(round_.pods) for round_ in made.rounds) == picked


def test_those_out_of_service_go_beside_the_budget() -> None:
    cluster = unready(_started(20, 10, 5), 10, 13)
    assert batches(rolled(sidecar_set("img:2", maxUnavailable=10), cluster, max_rounds=1)) == [
        [13, 10, 19, 18, 17, 16, 15]
    ]


@pytest.mark.parametrize(
    ("matched", "partition", "max_unavailable", "sizes"),
    [
        (100, 50, 10, [10] * 5),
        (100, 80, 30, [20]),
        (100, 90, 10, [10]),
        (100, 0, 30, [30, 30, 30, 10]),
        (100, 0, "33%", [33, 33, 33, 1]),
        (10, 0, "25%", [3, 3, 3, 1]),
        (7, "30%", 2, [2, 2]),
        (10, "99%", 10, [1]),
        (10, "100%", 10, []),
        (10, "150%", 10, []),
        (10, 20, 5, []),
        (1, "50%", 1, []),
        (1, "1%", 1, []),
        (2, "50%", 1, [1]),
        (3, "50%", 1, [1]),
        (10, 0, 0, []),
        (10, 0, "0%", []),
        (101, "1%", "1%", [*[2] * 49, 1]),
        (200, "33%", "7%", [*[14] * 9, 8]),
    ],
)
def test_a_whole_rollout(matched: int, partition: int | str, max_unavailable: int | str, sizes: list[int]) -> None:
    made = rolled(sidecar_set("img:2", partition=partition, maxUnavailable=max_unavailable), pods(matched))
    assert [len(batch) for batch in batches(made)] == sizes
    assert made.final_status["updatedPods"] == sum(sizes)


def test_by_default_one_after_the_other() -> None:
    assert [len(batch) for batch in batches(rolled(sidecar_set("img:2"), pods(10)))] == [1] * 10


def test_it_goes_on_where_it_was() -> None:
    made = rolled(sidecar_set("img:2", partition=10, maxUnavailable=30), _started(100, 80, 80))
    assert [len(batch) for batch in batches(made)] == [10]
    assert made.final_status["updatedPods"] == 90


def test_the_status_is_that_before_the_round() -> None:
    made = rolled(sidecar_set("img:2", partition=2, maxUnavailable=3), pods(10))
    assert batches(made) == [[9, 8, 7], [6, 5, 4], [3, 2]]
    assert [counts(round_.status) for round_ in made.rounds] == [(10, 0, 10, 0), (10, 3, 10, 3), (10, 6, 10, 6)]
    assert counts(made.final_status) == (10, 8, 10, 8)


def test_a_pod_that_does_not_get_ready_keeps_its_place_of_the_budget() -> None:
    made = rolled(sidecar_set("img:2", maxUnavailable=2), pods(10), never_ready={"default/pod-009"})
    assert [len(batch) for batch in batches(made)] == [2, *[1] * 8]
    assert counts(made.final_status) == (10, 10, 9, 9)


def test_nothing_moves_once_the_budget_is_used_up() -> None:
    failing = {f"default/pod-{number:03}" for number in range(10)}
    made = rolled(sidecar_set("img:2", maxUnavailable=2), pods(10), never_ready=failing)
    assert batches(made) == [[9, 8]]
    assert counts(made.final_status) == (10, 2, 8, 0)
    assert numbers(made.unavailable) == [8, 9]

    # Another image begins another budget, on top of what is broken.
    again = rolled(sidecar_set("img:3", maxUnavailable=2), made.final_pods, never_ready=failing, max_rounds=1)
    assert sorted(sequence(again)) == [6, 7, 8, 9]


def test_pods_that_were_never_ready_are_free_and_then_eat_the_budget() -> None:
    made = rolled(sidecar_set("img:2", maxUnavailable=2), unready(pods(10), 0, 1, 2))
    assert batches(made) == [[2, 1, 0, 9, 8]]
    assert counts(made.final_status) == (10, 5, 7, 2)


@pytest.mark.parametrize(
    ("strategy", "sizes"),
    [
        ({"type": "OnDelete", "maxUnavailable": 4}, [4, 4, 2]),
        ({"type": "OnDelete", "maxUnavailable": "abc", "partition": "abc"}, []),
        ({"type": "NotUpdate"}, []),
        ({"paused": True}, []),
    ],
)
def test_what_holds_and_what_does_not(strategy: Json, sizes: list[int]) -> None:
    made = rolled(sidecar_set("img:2", **strategy), pods(10))
    assert [len(batch) for batch in batches(made)] == sizes
    assert counts(made.final_status) == (10, sum(sizes), 10, sum(sizes))


def test_only_the_selected_are_upgraded() -> None:
    cluster = pods(10)
    for number in (2, 5):
        cluster[number]["metadata"]["labels"]["canary"] = "y"
    selector = {"matchLabels": {"canary": "y"}}
    made = rolled(sidecar_set("img:2", maxUnavailable=10, selector=selector), cluster)
    assert batches(made) == [[5, 2]]
    assert counts(made.final_status) == (10, 2, 10, 2)


def test_not_upgradable_pods_stay_in_addition_to_the_partition() -> None:
    older = sidecar_set(container={"args": ["-v"]})
    cluster = [*pods(4, older), *pods(10)[4:]]
    made = rolled(sidecar_set("img:2", partition=3, maxUnavailable=10), cluster)
    assert batches(made) == [[9, 8, 7]]
    assert numbers(made.not_upgradable) == [0, 1, 2, 3]
