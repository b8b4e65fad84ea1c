"""A sidecar as its author wrote it, and one with the webhook's defaults, are one Pod once the API server saw it."""

from typing import Any

from chooser import Chooser, Json
from comparing import pods
from doors.upstream import decode, pod_with_defaults
from hypothesis import assume, given
from hypothesis import strategies as st
from manifests import sidecar_sets, workload
from strategies import Draw

import sidecarctl
from sidecarctl.finding import InjectionRefused


@st.composite
def meetings(draw: Draw) -> tuple[list[Json], Json]:
    choose = Chooser(draw)
    return sidecar_sets(choose), workload(choose)


@given(meetings())
def test_both_forms_are_the_same_pod(meeting: tuple[list[Json], Json]) -> None:
    sets, given = meeting
    for pod in pods([given]):
        assert admitted(pod, sets, defaults=False) == admitted(pod, sets, defaults=True)


def admitted(pod: Json, sets: list[Json], *, defaults: bool) -> Any:  # noqa: ANN401 - a Pod
    """The Pod as the API server makes it of what injection gives."""
    decoded: Any = decode(pod, "Pod")
    seen: Any = pod_with_defaults(decoded) if defaults else pod
    try:
        return pod_with_defaults(decode(sidecarctl.inject(seen, sets, defaults=defaults).pod, "Pod"))
    except InjectionRefused:
        assume(False)  # noqa: FBT003 - the one way to call it
