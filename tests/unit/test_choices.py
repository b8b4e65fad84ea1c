"""What a caller of the Python API may choose, and what is said of anything else."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

import sidecarctl

SET: Any = {
    "apiVersion": "apps.kruise.io/v1beta1",
    "kind": "SidecarSet",
    "metadata": {"name": "log"},
    "spec": {"selector": {"matchLabels": {"app": "web"}}, "containers": [{"name": "log", "image": "log:1"}]},
}
POD: Any = {
    "metadata": {"name": "web", "labels": {"app": "web"}},
    "spec": {"containers": [{"name": "web", "image": "web"}]},
}
CALLS: dict[str, Callable[..., object]] = {
    "inject": lambda **chosen: sidecarctl.inject(POD, [SET], **chosen),
    "inject_stream": lambda **chosen: list(sidecarctl.inject_stream([b"{}"], [SET], **chosen)),
    "status": lambda **chosen: sidecarctl.status(SET, [POD], **chosen),
    "plan": lambda **chosen: sidecarctl.plan(SET, [POD], **chosen),
}


@pytest.mark.parametrize("name", ["inject", "inject_stream"])
@pytest.mark.parametrize("bad", ["now", "x", "", "2026-01-31", "2026-02-30T00:00:00Z", 5])
def test_a_timestamp_is_a_time(name: str, bad: object) -> None:
    told = f"timestamp is a time as 2026-01-31T12:00:00Z; {bad!r} is none"
    with pytest.raises(ValueError, match=f"^{re.escape(told)}$"):
        CALLS[name](timestamp=bad)


def test_a_timestamp_is_written_in_utc() -> None:
    made = sidecarctl.inject(POD, [SET], timestamp="2026-01-31T12:00:00.5+08:00")
    assert '"updateTimestamp":"2026-01-31T04:00:00Z"' in str(made.pod)


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("bad", ["Exclude", "", None, ["include"]])
def test_system_namespaces_are_excluded_or_included(call: Callable[..., object], bad: object) -> None:
    with pytest.raises(ValueError, match=f"^system_namespaces is exclude or include, not {re.escape(repr(bad))}$"):
        call(system_namespaces=bad)
    for good in ("exclude", "include"):
        assert call(system_namespaces=good) is not None


@pytest.mark.parametrize("name", ["inject", "inject_stream"])
@pytest.mark.parametrize("bad", ["newest", "", None])
def test_a_revision_is_the_latest_or_the_specified(name: str, bad: Any) -> None:  # noqa: ANN401 - none of the words
    with pytest.raises(
        ValueError, match=f"^choose_revision of log is latest or specified, not {re.escape(repr(bad))}$"
    ):
        CALLS[name](choose_revision={"log": bad})
    assert sidecarctl.inject(POD, [SET], choose_revision={"log": "latest"}).sidecar_sets == ("log",)


@pytest.mark.parametrize(("choice", "image"), [("latest", "log:1"), ("specified", "log:0")])
@pytest.mark.parametrize("verify", ["full", "fast"])
def test_a_stream_gets_the_chosen_revision(choice: Any, image: str, verify: Any) -> None:  # noqa: ANN401 - words
    partial = {"injectionStrategy": {"revision": {"revisionName": "log-0", "policy": "Partial"}}}
    stored: Any = {**SET, "spec": {**SET["spec"], **partial, "updateStrategy": {"partition": "50%"}}}
    spec = {"$patch": "replace", "containers": [{"name": "log", "image": "log:0"}]}
    revision = {"apiVersion": "apps/v1", "kind": "ControllerRevision", "metadata": {"name": "log-0"}, "revision": 1}
    pod = {"apiVersion": "v1", "kind": "Pod", **POD}

    (change,) = sidecarctl.inject_stream(
        [json.dumps(pod).encode()],
        [stored],
        revisions=[{**revision, "data": {"spec": spec}}],
        choose_revision={"log": choice},
        verify=verify,
    )

    assert image.encode() in change.output
