"""Rollouts in time: a restart takes as long as `--ready-after` says, and the window slides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from doors.sidecarset import Pace, Restarts, Span, parsed_paces
from hypothesis import given, settings
from hypothesis import strategies as st
from rolloutcluster import Json, batches, hot_set, labelled, pods, rolled, sidecar_set, unready

if TYPE_CHECKING:
    from doors.sidecarset import RolloutPlan


def timed(target: Json, cluster: list[Json], *texts: str, **context: Any) -> RolloutPlan:  # noqa: ANN401 - of Context
    return rolled(target, cluster, paces=parsed_paces(texts, "--ready-after"), **context)


def moments(made: RolloutPlan) -> list[int]:
    """When each round begins, in seconds."""
    return [round_.at // 1000 for round_ in made.rounds]


def most_restarting(made: RolloutPlan) -> int:
    """The most Pods that restart at once."""
    spans = [(round_.at, end) for round_ in made.rounds for end in round_.ready_at.values()]
    return max((sum(begin <= moment < end for begin, end in spans) for moment, _ in spans), default=0)


def test_the_manual_fifty_of_a_hundred_ten_at_a_time() -> None:
    made = timed(sidecar_set("img:2", partition=50, maxUnavailable=10), pods(100), "30s")
    assert [len(batch) for batch in batches(made)] == [10] * 5
    assert moments(made) == [0, 30, 60, 90, 120]
    assert made.duration == (150_000, 150_000, 150_000)


def test_one_ready_the_next_begins() -> None:
    cluster = labelled(pods(5), speed__slow=[4])
    made = timed(sidecar_set("img:2", maxUnavailable=2), cluster, "speed=slow:1m", "20s")
    assert batches(made) == [[4, 3], [2], [1], [0]]
    assert moments(made) == [0, 20, 40, 60]
    assert made.rounds[3].unavailable == 0  # the slow one and the one of 40 s are through at the same moment
    assert made.duration == (80_000, 80_000, 80_000)


def test_a_pod_that_never_gets_ready_keeps_its_place() -> None:
    made = timed(sidecar_set("img:2", maxUnavailable=2), pods(4), "10s", never_ready={"default/pod-003"})
    assert batches(made) == [[3, 2], [1], [0]]
    assert made.unavailable == ("default/pod-003",)
    assert moments(made) == [0, 10, 20]


def test_a_rollout_that_stops_takes_as_long_as_it_moved() -> None:
    every = {f"default/pod-{index:03}" for index in range(4)}
    made = timed(sidecar_set("img:2", maxUnavailable=1), pods(4), "10s", never_ready=every)
    assert batches(made) == [[3]]
    assert made.duration == (10_000, 10_000, 10_000)


def test_pods_out_of_service_go_at_once() -> None:
    made = timed(sidecar_set("img:2", maxUnavailable=1), unready(pods(4), 0, 1), "10s")
    assert batches(made) == [[1, 0, 3]]
    assert made.final_status["updatedPods"] == 3


def test_a_hot_upgrade_takes_a_restart_of_each_container() -> None:
    made = timed(hot_set("img:2"), pods(2, hot_set("img:1")), "1m")
    assert [(r.pods, r.resets, r.at) for r in made.rounds] == [
        (("default/pod-001",), (), 0),
        ((), ("default/pod-001",), 60_000),
        (("default/pod-000",), (), 120_000),
        ((), ("default/pod-000",), 180_000),
    ]
    assert made.duration == (240_000, 240_000, 240_000)


def test_another_empty_image_restarts_pods_that_still_wait() -> None:
    cluster = pods(3, hot_set("img:1"))
    lockstep = rolled(hot_set("img:1", empty="empty:2"), cluster)
    made = timed(hot_set("img:1", empty="empty:2"), cluster, "1m")
    assert [(r.pods, r.resets) for r in made.rounds] == [(r.pods, r.resets) for r in lockstep.rounds]
    assert made.final_pods == lockstep.final_pods


def test_a_span_spreads_by_name_and_says_its_bounds() -> None:
    made = timed(sidecar_set("img:2", maxUnavailable=1), pods(3), "20s-40s")
    takes = [end - round_.at for round_ in made.rounds for end in round_.ready_at.values()]
    assert len(set(takes)) == 3
    assert all(20_000 <= one <= 40_000 and one % 1000 == 0 for one in takes)
    assert made.duration == (sum(takes), 60_000, 120_000)


def test_a_span_below_seconds_spreads_in_milliseconds() -> None:
    assert {Span(100, 103).of(f"pod-{index}") for index in range(99)} == {100, 101, 102, 103}


def test_the_first_pace_that_holds_counts() -> None:
    cluster = labelled(pods(1), app__web=[0], tier__slow=[0])
    made = timed(sidecar_set("img:2"), cluster, "1s", "tier=slow:3s", "app=web:2s")
    assert made.duration == (3_000, 3_000, 3_000)


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["30"], "30 is none"),
        (["40s-20s"], "40s-20s is none"),
        (["app=web:"], "nothing is none"),
        (["app=web:30s"], "the other Pods"),
        (["30s", "20s"], "twice"),
        (["a b c:30s", "1s"], "no label selector"),
    ],
)
def test_what_says_no_time_is_refused(texts: list[str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parsed_paces(texts, "--ready-after")


def test_a_restart_that_begins_anew_ends_once() -> None:
    restarts = Restarts()
    restarts.begin(1, 10)
    restarts.begin(2, 4)
    assert restarts.ended_next() == [2]
    restarts.begin(1, 10)
    assert (restarts.ended_next(), restarts.now, bool(restarts)) == ([1], 14, False)
    assert (restarts.ended_next(), restarts.now) == ([], 14)


clusters = st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=20)
spans = st.tuples(st.integers(0, 5), st.integers(0, 5)).map(lambda bounds: Span(*sorted(s * 1000 for s in bounds)))


@settings(max_examples=60, deadline=None)
@given(clusters, st.integers(1, 5), st.integers(0, 20), spans, st.booleans())
def test_never_more_restart_at_once_than_may(
    cluster: list[tuple[str, bool]],
    most: int,
    partition: int,
    span: Span,
    is_hot: bool,  # noqa: FBT001 - drawn
) -> None:
    kind = hot_set if is_hot else sidecar_set
    made_of = pods(len(cluster), kind("img:1"))
    for pod, (label, _) in zip(made_of, cluster, strict=True):
        pod["metadata"]["labels"]["z"] = label
    target = kind("img:2", maxUnavailable=most, partition=partition, scatterStrategy=[{"key": "z", "value": "*"}])
    made = rolled(target, made_of, paces=[Pace((), span)])
    assert most_restarting(made) <= most
    assert moments(made) == sorted(moments(made))
    assert made.final_status["updatedPods"] == max(0, len(cluster) - partition)
    assert made.final_status["readyPods"] == len(cluster)
    upgraded = [name for round_ in made.rounds for name in round_.pods]
    assert len(upgraded) == len(set(upgraded))
    assert made.duration is not None
    assert made.duration.typical == max((end for r in made.rounds for end in r.ready_at.values()), default=0)


@settings(max_examples=40, deadline=None)
@given(clusters, st.integers(1, 5), st.integers(1, 5), st.booleans())
def test_restarts_that_all_take_as_long_go_in_rounds(
    cluster: list[tuple[str, bool]],
    most: int,
    seconds: int,
    is_hot: bool,  # noqa: FBT001 - drawn
) -> None:
    kind = hot_set if is_hot else sidecar_set
    made_of = unready(pods(len(cluster), kind("img:1")), *(n for n, (_, is_out) in enumerate(cluster) if is_out))
    target = kind("img:2", maxUnavailable=most)
    lockstep = rolled(target, made_of)
    made = timed(target, made_of, f"{seconds}s")
    assert [(r.number, r.status, r.pods, r.resets) for r in made.rounds] == [
        (r.number, r.status, r.pods, r.resets) for r in lockstep.rounds
    ]
    assert made.final_pods == lockstep.final_pods
    assert made.final_status == lockstep.final_status
