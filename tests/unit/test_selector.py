from typing import Any

import pytest
from doors.upstream import InvalidSelector, Requirement, first_mismatch, is_empty, matches, requirements


def selector(*expressions: tuple[Any, ...], **labels: str) -> Any:  # noqa: ANN401 - a selector
    listed = [{"key": key, "operator": operator, "values": list(values)} for key, operator, *values in expressions]
    return {"matchLabels": labels, "matchExpressions": listed}


@pytest.mark.parametrize(
    ("operator", "values", "labels", "holds"),
    [
        ("In", ("a", "b"), {"k": "a"}, True),
        ("In", ("a", "b"), {"k": "c"}, False),
        ("In", ("a",), {}, False),
        ("In", (), {"k": "a"}, False),
        ("NotIn", ("a",), {}, True),
        ("NotIn", ("a",), {"k": "a"}, False),
        ("Exists", (), {"k": ""}, True),
        ("Exists", (), {}, False),
        ("DoesNotExist", (), {}, True),
        ("DoesNotExist", (), {"k": "a"}, False),
    ],
)
def test_operators(operator: str, values: tuple[str, ...], labels: dict[str, str], holds: bool) -> None:  # noqa: FBT001 - a column
    assert matches(selector(("k", operator, *values)), labels) is holds


def test_all_requirements_must_hold_and_the_first_that_does_not_is_named() -> None:
    wanted = selector(("tier", "In", "front", "back"), ("old", "DoesNotExist"), app="web")
    assert matches(wanted, {"app": "web", "tier": "back"})
    assert first_mismatch(wanted, {"app": "web", "old": ""}) == Requirement("tier", "In", ("front", "back"))
    assert str(first_mismatch(wanted, {"tier": "back"})) == "app=web"


def test_requirements_print_as_kubectl_writes_them() -> None:
    wanted = selector(("a", "In", "x", "y"), ("b", "NotIn", "x"), ("c", "Exists"), ("d", "DoesNotExist"), app="web")
    assert [str(one) for one in requirements(wanted)] == ["app=web", "a in (x,y)", "b notin (x)", "c", "!d"]


def test_an_unknown_operator_is_refused_in_upstream_s_words() -> None:
    with pytest.raises(InvalidSelector, match='"exists" is not a valid pod selector operator'):
        matches(selector(("k", "exists")), {})


def test_empty_and_not_empty() -> None:
    assert is_empty({})
    assert is_empty(selector())
    assert not is_empty(selector(app="web"))
    assert matches({}, {"any": "label"})
