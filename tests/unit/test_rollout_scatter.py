"""Pods of a label, spread among the others."""

import pytest
from doors.sidecarset import MOST_STAGES, Census, scatter_keys, scatter_terms, scattered


def _scattered(pods: str, values: str, waiting: list[int] | None = None) -> list[int]:
    """Scatter Pods that are written as their label's value each, `-` for those without it."""
    labels = [(None if value == "-" else value,) for value in pods]
    order = list(range(len(pods))) if waiting is None else waiting
    terms = scatter_terms([{"key": "k", "value": value} for value in values], labels)
    return list(scattered(order, labels.__getitem__, terms, Census(labels[pod] for pod in order), Census(labels)))


@pytest.mark.parametrize(
    ("pods", "values", "order"),
    [
        ("----AA", "A", [4, 0, 1, 2, 3, 5]),
        ("BB--AA", "AB", [0, 4, 2, 3, 5, 1]),
        ("-AABBCCCCC", "ABC", [3, 1, 5, 0, 6, 7, 8, 9, 2, 4]),
        ("AAAAAAAAA-", "A", list(range(10))),
        ("A---------", "A", list(range(10))),
        ("AAA-------", "A", [0, 3, 4, 5, 6, 1, 7, 8, 9, 2]),
        ("AAAAAAAA--", "A", [0, 1, 2, 3, 8, 4, 5, 6, 9, 7]),
    ],
)
def test_all_of_them_wait(pods: str, values: str, order: list[int]) -> None:
    assert _scattered(pods, values) == order


@pytest.mark.parametrize(
    ("pods", "waiting", "order"),
    [
        ("----AAA", [0, 1, 2, 3, 4, 5], [0, 1, 4, 2, 3, 5]),
        ("AA-------A", [0, 1, 2, 3, 4, 5, 6], [2, 0, 3, 4, 5, 6, 1]),
    ],
)
def test_the_density_is_that_of_all_pods(pods: str, waiting: list[int], order: list[int]) -> None:
    assert _scattered(pods, "A", waiting) == order


@pytest.mark.parametrize(
    ("pods", "places"), [("A" * 4 + "-" * 16, [1, 7, 13, 20]), ("A" * 6 + "-" * 6, [1, 3, 5, 7, 9, 12])]
)
def test_the_places_of_a_label(pods: str, places: list[int]) -> None:
    assert [place for place, pod in enumerate(_scattered(pods, "A"), start=1) if pods[pod] == "A"] == places


def test_a_missing_label_counts_as_an_empty_one() -> None:
    labels = [(None,), ("",), ("x",), ("x",)]
    terms = scatter_terms([{"key": "k", "value": ""}], labels)
    census = Census(labels)
    assert census.carriers(terms[0]) == 2
    assert list(scattered(range(4), labels.__getitem__, terms, census, census)) == [0, 2, 3, 1]


def test_a_star_stands_for_the_values_in_the_order_of_the_pods() -> None:
    strategy = [{"key": "k1", "value": "a"}, {"key": "k4", "value": "*"}, {"key": "k4", "value": "v1"}]
    pods = [("a", "v0"), (None, "v1"), (None, None), ("b", "v2"), ("a", "v"), ("a", "v")]
    assert scatter_keys(strategy) == ("k1", "k4")
    assert scatter_terms(strategy, pods) == ((0, "a"), (1, "v0"), (1, "v1"), (1, "v2"), (1, "v"))


def test_more_terms_than_generators_may_be_nested() -> None:
    hosts = 40 * MOST_STAGES
    labels = [(str(pod // 2),) for pod in range(2 * hosts)]
    terms = scatter_terms([{"key": "host", "value": "*"}], labels)
    census = Census(labels)
    order = list(scattered(range(2 * hosts), labels.__getitem__, terms[:1200], census, census))
    assert sorted(order) == list(range(2 * hosts))


def test_only_what_is_asked_for_is_worked_out() -> None:
    labels = [("A",) if pod % 4 == 0 else (None,) for pod in range(1000)]
    terms = scatter_terms([{"key": "k", "value": "A"}], labels)
    census = Census(labels)
    source = iter(range(1000))
    order = iter(scattered(source, labels.__getitem__, terms, census, census))
    assert [next(order) for _ in range(5)] == [0, 1, 2, 3, 4]
    assert next(source) < 10
