"""Differences: by name where items have one, at the ends where they have none, and nothing where nothing differs."""

import pytest
from doors.yamledit import Edit, Value, applied, diff, no_identity, same

from sidecarctl.finding import FieldPath


def by_name(_path: FieldPath) -> str | None:
    return "name"


@pytest.mark.parametrize(
    ("before", "after", "edits"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, []),
        ({"a": 1}, {"a": 1.0}, []),
        ({"a": 1}, {"a": True}, [Edit("set", ("a",), value=True)]),
        ({"a": "1"}, {"a": 1}, [Edit("set", ("a",), 1)]),
        ({"a": None}, {}, [Edit("set", (), {})]),
        ({"a": 1, "b": 2}, {"b": 3, "c": 4}, [Edit("remove", ("a",)), Edit("set", ("b",), 3), Edit("add", ("c",), 4)]),
        ({"a": {"x": 1}}, {"a": {"y": 1}}, [Edit("set", ("a",), {"y": 1})]),
        ({"a": {}}, {"a": {"y": 1}}, [Edit("set", ("a",), {"y": 1})]),
        ({"a": []}, {"a": [1]}, [Edit("set", ("a",), [1])]),
        ({"a": [1, 2]}, {"a": [1, 3, 2]}, [Edit("insert", ("a", 1), 3)]),
        ({"a": [1, 2]}, {"a": [2]}, [Edit("remove", ("a", 0))]),
        ({"a": [1, 2]}, {"a": [3, 4]}, [Edit("set", ("a",), [3, 4])]),
        ({"a": ["x", "x"]}, {"a": ["x", "x", "x"]}, [Edit("insert", ("a", 2), "x")]),
    ],
)
def test_the_edits_between_two_values(before: Value, after: Value, edits: list[Edit]) -> None:
    assert diff(before, after) == edits
    assert same(applied(before, edits), after)


def test_items_with_names_are_told_apart_by_them() -> None:
    before: Value = [{"name": "a", "v": 1}, {"name": "b"}, {"name": "c"}]
    after: Value = [{"name": "x"}, {"name": "a", "v": 2}, {"name": "c"}, {"name": "y"}]

    assert diff(before, after, by_name) == [
        Edit("remove", (1,)),
        Edit("insert", (0,), {"name": "x"}),
        Edit("insert", (3,), {"name": "y"}),
        Edit("set", (0, "v"), 2),
    ]


def test_items_of_one_name_are_told_apart_by_their_order() -> None:
    before: Value = [{"name": "a", "v": 1}, {"name": "a"}, None, {"v": 2}]
    after: Value = [{"name": "x"}, {"name": "a", "v": 1}, {"name": "a"}, None, {"v": 2}, {"name": "y"}]

    assert diff(before, after, by_name) == [
        Edit("insert", (0,), {"name": "x"}),
        Edit("insert", (4,), {"name": "y"}),
    ]
    assert diff(before, [{"name": "a", "v": 1}, None, {"v": 3}], by_name) == [
        Edit("remove", (1,)),
        Edit("set", (3, "v"), 3),
    ]


def test_what_moves_leaves_the_others_alone() -> None:
    own: Value = {"name": "own"}
    last: Value = {"name": "last"}
    before: Value = [{"name": "a"}, own, {"name": "b"}, last]
    after: Value = [{"name": "b"}, own, last, {"name": "a"}]

    assert diff(before, after, by_name) == [
        Edit("remove", (0,)),
        Edit("remove", (2,)),
        Edit("insert", (1,), {"name": "b"}),
        Edit("insert", (4,), {"name": "a"}),
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([{"name": "a"}, {"name": "b"}], [{"name": "b"}, {"name": "a"}]),
        ([{"name": "a"}, {"name": "a"}], [{"name": "a"}]),
        ([{"name": "a"}, {}], [{"name": "a"}, {"x": 1}]),
        ([{"name": 1}, {"name": "1"}], [{"name": "1"}]),
    ],
    ids=["another order", "a name twice", "no name", "names that print alike"],
)
def test_lists_without_clear_names_are_still_turned_into_each_other(before: Value, after: Value) -> None:
    assert same(applied(before, diff(before, after, by_name)), after)


def test_what_no_edit_touches_is_shared() -> None:
    kept: dict[str, Value] = {"deep": [1]}
    before: Value = {"a": kept, "b": 1}

    after = applied(before, [Edit("set", ("b",), 2)])

    assert isinstance(after, dict)
    assert after["a"] is kept
    assert before == {"a": {"deep": [1]}, "b": 1}


def test_paths_are_those_of_the_value_before() -> None:
    edits = [Edit("remove", (0,)), Edit("insert", (1,), "x"), Edit("insert", (3,), "y"), Edit("set", (2,), "C")]

    assert applied(["a", "b", "c"], edits) == ["x", "b", "C", "y"]
    assert no_identity(("a",)) is None
