"""Who is upgraded first."""

from typing import Any

import pytest
from doors.sidecarset import default_rank, priority_rank
from doors.upstream import LATEST
from rolloutcluster import Json, batches, labelled, pods, rolled, sequence, sidecar_set, unready

FOO = [{"key": "foo", "value": "bar"}]


def test_the_youngest_goes_first_where_all_else_is_equal() -> None:
    assert sequence(rolled(sidecar_set("img:2"), pods(10))) == [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]


@pytest.mark.parametrize(
    ("max_unavailable", "places"),
    [
        (1, (1, 5, 6)),
        (2, (1, 5, 7)),
        (3, (1, 5, 7)),
        (4, (1, 5, 9)),
        (5, (1, 6, 10)),
        (6, (1, 6, 7)),
        (7, (1, 6, 8)),
        (8, (1, 6, 9)),
        (9, (1, 6, 10)),
        (10, (1, 6, 10)),
    ],
)
def test_scatter_is_worked_out_anew_each_round(max_unavailable: int, places: tuple[int, ...]) -> None:
    cluster = labelled(pods(10), foo__bar=[9, 8, 7])
    made = rolled(sidecar_set("img:2", scatterStrategy=FOO, maxUnavailable=max_unavailable), cluster)
    assert tuple(place for place, pod in enumerate(sequence(made), start=1) if pod > 6) == places


@pytest.mark.parametrize(
    ("foo", "max_unavailable", "expected"),
    [
        ([0, 1, 2], 1, [[2], [9], [8], [7], [1], [6], [5], [4], [3], [0]]),
        ([7, 8, 9], 2, [[9, 6], [5, 4], [8, 3], [7, 2], [1, 0]]),
        ([1, 4, 8], 1, [[8], [9], [7], [6], [4], [5], [3], [2], [1], [0]]),
    ],
)
def test_scattered_batches(foo: list[int], max_unavailable: int, expected: list[list[int]]) -> None:
    made = rolled(
        sidecar_set("img:2", scatterStrategy=FOO, maxUnavailable=max_unavailable), labelled(pods(10), foo__bar=foo)
    )
    assert list(map(sorted, batches(made))) == list(map(sorted, expected))


def test_a_star_scatters_by_every_value() -> None:
    cluster = labelled(pods(9), zone__a=[0, 3, 6], zone__b=[1, 4, 7], zone__c=[2, 5, 8])
    made = rolled(sidecar_set("img:2", scatterStrategy=[{"key": "zone", "value": "*"}]), cluster)
    assert sequence(made) == [8, 7, 6, 4, 5, 3, 2, 1, 0]


@pytest.mark.parametrize(
    ("max_unavailable", "expected"),
    [
        (2, [[9, 5], [4, 8], [3, 2], [7, 1], [6, 0]]),
        (1, [[9], [5], [4], [8], [3], [2], [7], [6], [1], [0]]),
    ],
)
def test_two_terms_disturb_each_other(max_unavailable: int, expected: list[list[int]]) -> None:
    cluster = labelled(pods(10), zone__a=[0, 1, 2, 3, 4, 5], zone__b=[6, 7, 8, 9])
    terms = [{"key": "zone", "value": "a"}, {"key": "zone", "value": "b"}]
    made = rolled(sidecar_set("img:2", scatterStrategy=terms, maxUnavailable=max_unavailable), cluster)
    assert list(map(sorted, batches(made))) == list(map(sorted, expected))


def test_pods_without_any_ordered_key_go_first() -> None:
    cluster = pods(6)
    for number, labels in {0: {"k1": "o-10"}, 1: {"k1": "20"}, 2: {"k2": "99"}, 4: {"k1": "abc"}}.items():
        cluster[number]["metadata"]["labels"].update(labels)
    cluster[5]["metadata"]["labels"].update({"k1": "7a", "k2": "x-3"})
    priority = {"orderPriority": [{"orderedKey": "k1"}, {"orderedKey": "k2"}]}
    assert sequence(rolled(sidecar_set("img:2", priorityStrategy=priority), cluster)) == [3, 1, 0, 5, 4, 2]


def test_weights_add_up() -> None:
    cluster = labelled(pods(6), x__1=[0, 4], y__1=[3, 4])
    made = rolled(sidecar_set("img:2", priorityStrategy=_weights(x=20, y=10)), cluster)
    assert sequence(made) == [4, 0, 3, 5, 2, 1]


def test_scatter_works_on_the_prioritised_order() -> None:
    cluster = labelled(pods(8), p__1=[0, 2], foo__bar=[1, 3, 5])
    made = rolled(sidecar_set("img:2", priorityStrategy=_weights(p=10), scatterStrategy=FOO), cluster)
    assert sequence(made) == [5, 2, 0, 3, 7, 6, 4, 1]


def test_ready_time_goes_before_restarts_and_age() -> None:
    cluster = pods(6)
    for number, minute in enumerate([5, 4, 3, 9, 1, 0]):
        cluster[number]["status"]["conditions"][0]["lastTransitionTime"] = f"2024-02-01T00:0{minute}:00Z"
    cluster[4]["status"]["containerStatuses"][0]["restartCount"] = 5
    assert sequence(rolled(sidecar_set("img:2"), cluster)) == [3, 0, 1, 2, 4, 5]


def test_no_ready_time_counts_as_the_latest() -> None:
    cluster = pods(6)
    cluster[0]["status"]["conditions"][0]["lastTransitionTime"] = None
    cluster[1]["status"]["containerStatuses"][0]["restartCount"] = 5
    assert sequence(rolled(sidecar_set("img:2"), cluster)) == [0, 1, 5, 4, 3, 2]


def test_what_is_out_of_service_goes_first_and_free() -> None:
    cluster = unready(pods(6), 4)
    del cluster[2]["spec"]["nodeName"]
    cluster[3]["status"]["phase"] = "Pending"
    made = rolled(sidecar_set("img:2"), cluster)
    assert batches(made) == [[2, 3, 4]]
    assert made.rounds[0].status["readyPods"] == 4
    assert made.unavailable == ("default/pod-003", "default/pod-004")


def test_restarts_of_native_sidecars_break_ties() -> None:
    cluster: Any = pods(2)
    native: Json = {"name": "n", "image": "n:1", "restartPolicy": "Always"}
    cluster[0]["spec"]["initContainers"] = [native, {"name": "i", "image": "i:1"}]
    cluster[0]["status"]["initContainerStatuses"] = [{"name": "n", "restartCount": 2}, {"name": "i", "restartCount": 9}]
    assert default_rank(cluster[0], LATEST)[5] == -2
    assert sequence(rolled(sidecar_set("img:2"), cluster)) == [0, 1]


@pytest.mark.parametrize(
    ("value", "order"),
    [("o-10", 10), ("20", 20), ("7a", 0), ("", 0), ("9223372036854775808", 0), ("9223372036854775807", 2**63 - 1)],
)
def test_an_order_is_the_number_at_the_end(value: str, order: int) -> None:
    assert priority_rank({"orderPriority": [{"orderedKey": "k"}]})({"k": value}) == (0, -order)


def _weights(**weights: int) -> Json:
    return {
        "weightPriority": [
            {"weight": weight, "matchSelector": {"matchLabels": {key: "1"}}} for key, weight in weights.items()
        ]
    }
