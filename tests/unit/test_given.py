"""What is handed to the Python API and is no object is refused in Go's words, whichever function it is handed to."""

from collections.abc import Callable
from typing import Any

import pytest

import sidecarctl
from sidecarctl.finding import UndecodableObject

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
