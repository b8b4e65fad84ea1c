"""What is handed to the Python API and is no object is refused in Go's words, whichever function it is handed to."""

from collections.abc import Callable
from copy import deepcopy
from math import inf, nan
from typing import Any

import pytest

import sidecarctl
from sidecarctl.finding import Severity, UndecodableObject

SET: Any = {
    "apiVersion": "apps.kruise.io/v1beta1",
    "kind": "SidecarSet",
    "metadata": {"name": "log"},
    "spec": {"selector": {"matchLabels": {"app": "web"}}, "containers": [{"name": "log", "image": "log:1"}]},
}
POD: Any = {"metadata": {"name": "web"}, "spec": {"containers": [{"name": "web", "image": "web"}]}}
CALLS: dict[str, Callable[[Any], object]] = {
    "admit": sidecarctl.admit,
    "inject a Pod": lambda bad: sidecarctl.inject(bad, [SET]),
    "inject a set": lambda bad: sidecarctl.inject(POD, [bad]),
    "inject with a namespace": lambda bad: sidecarctl.inject(POD, [SET], namespaces=[bad]),
    "inject with a revision": lambda bad: sidecarctl.inject(POD, [SET], revisions=[bad]),
    "inject_stream": lambda bad: list(sidecarctl.inject_stream([b""], [bad])),
    "uninject a Pod": lambda bad: sidecarctl.uninject(bad, [SET]),
    "uninject a set": lambda bad: sidecarctl.uninject(POD, [bad]),
    "validate": sidecarctl.validate,
    "validate beside others": lambda bad: sidecarctl.validate(SET, others=[bad]),
    "status": lambda bad: sidecarctl.status(bad, [POD]),
    "plan": lambda bad: sidecarctl.plan(bad, [POD]),
    "plan of Pods": lambda bad: sidecarctl.plan(SET, [bad]),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize(("bad", "kind"), [(1, "number"), ("x", "string"), ([], "array"), (True, "bool")])
def test_refuses_what_is_no_object(call: Callable[[Any], object], bad: object, kind: str) -> None:
    with pytest.raises(UndecodableObject, match=f"json: cannot unmarshal {kind} into Go value of type v1"):
        call(bad)


def changed(path: str, value: object) -> Any:  # noqa: ANN401 - JSON
    made = deepcopy(SET)
    *parents, last = path.split(".")
    inner = made
    for part in parents:
        inner = inner[int(part)] if isinstance(inner, list) else inner.setdefault(part, {})
    inner[last] = value
    return made


NUMBERS = ["spec.containers.0.resources.limits.cpu", "spec.updateStrategy.partition", "spec.revisionHistoryLimit"]


@pytest.mark.parametrize(("number", "name"), [(inf, r"\+Inf"), (-inf, "-Inf"), (nan, "NaN")])
@pytest.mark.parametrize("call", [sidecarctl.admit, CALLS["inject a set"], CALLS["uninject a set"]])
@pytest.mark.parametrize("path", NUMBERS)
def test_refuses_numbers_that_json_does_not_have(
    call: Callable[[Any], object], path: str, number: float, name: str
) -> None:
    with pytest.raises(UndecodableObject, match=f"json: unsupported value: {name}$"):
        call(changed(path, number))


def test_refuses_such_a_number_in_a_pod() -> None:
    pod = {"metadata": {"labels": {"app": "web"}}, "spec": {"priority": inf, "containers": [{"name": "a"}]}}
    with pytest.raises(UndecodableObject, match=r"^spec.priority: json: unsupported value: \+Inf$"):
        sidecarctl.inject(pod, [SET])


TEXTS = ["spec.containers.0.image", "metadata.labels.a", "spec.updateStrategy.partition", "metadata.creationTimestamp"]


@pytest.mark.parametrize("call", [sidecarctl.admit, CALLS["inject a set"], CALLS["uninject a set"]])
@pytest.mark.parametrize("path", TEXTS)
def test_refuses_half_of_a_surrogate_pair_and_does_not_tell_the_text(call: Callable[[Any], object], path: str) -> None:
    with pytest.raises(UndecodableObject, match="half of a surrogate pair") as caught:
        call(changed(path, "secret\ud800"))
    assert "secret" not in str(caught.value)
    assert str(caught.value).startswith(path.split(".", maxsplit=1)[0])


def test_refuses_half_of_a_surrogate_pair_in_a_key() -> None:
    with pytest.raises(UndecodableObject, match=r"^metadata\.labels: a text holds half of a surrogate pair"):
        sidecarctl.admit(changed("metadata.labels", {"\ud800": "a"}))


def test_takes_whole_characters() -> None:
    stored: Any = sidecarctl.admit(changed("metadata.annotations.a", "\U0001f600 \u00e9"))
    assert stored["metadata"]["annotations"]["a"] == "\U0001f600 \u00e9"


@pytest.mark.parametrize("value", [inf, nan, "\ud800"])
def test_validate_says_what_admit_refuses(value: object) -> None:
    found = sidecarctl.validate(changed("spec.updateStrategy.partition", value))
    assert [finding.path for finding in found if finding.severity is Severity.ERROR]
