"""A stage written into a SidecarSet as people spell it: what it says, what it leaves alone, and again the same."""

from typing import Any, Final, cast

from doors.api import Found, objects, stage_change
from doors.sidecarset import Patch
from doors.upstream import Requirement
from doors.yamledit import Document, Origin, same
from hypothesis import given
from hypothesis import strategies as st
from strategies import Draw

_HEAD: Final = """# Ours.
apiVersion: apps.kruise.io/v1alpha1
kind: SidecarSet
metadata: {name: log-agent}   # one for all
spec:
"""
_BESIDE: Final = """  # What runs.
  containers:
  - name: log-agent   # the agent
    image: "log-agent:1.4"
"""
_SPELLED: Final = {
    "maxUnavailable": ("maxUnavailable: 2", "maxUnavailable: 10%   # a tenth", '"maxUnavailable": 1'),
    "partition": ("partition: 5", "partition: 50%  # half", "partition: 0", "partition:", "'partition': ~"),
    "paused": ("paused: true", "paused: false   # not yet", "# Wait.\npaused: yes"),
    "selector": (
        "selector: {matchLabels: {a: b}}",
        "selector:\n  matchLabels:\n    a: b   # the canary",
        "selector:   # by zone\n  matchExpressions:\n  - key: zone\n    operator: In\n    values: [a]",
        "selector:\n    matchExpressions:\n      - {key: zone, operator: In, values: [a, b]}\n    matchLabels: {}",
        "selector:",
    ),
    "scatterStrategy": ("scatterStrategy:\n- key: zone\n  value: '*'", "scatterStrategy: []"),
}
_FLOW: Final = ("updateStrategy: {}", "updateStrategy:", "updateStrategy: {paused: true, maxUnavailable: 2}   # so")

patches = st.one_of(
    st.integers(0, 30).map(lambda number: Patch(partition=number)),
    st.sampled_from(["a", "a,b", "c"]).map(
        lambda values: Patch(selector=(Requirement("zone", "In", tuple(values.split(","))),))
    ),
    st.just(Patch(selector=(Requirement("track", "Exists"), Requirement("legacy", "DoesNotExist")))),
    st.just(Patch()),
)


@st.composite
def sidecar_sets(draw: Draw) -> tuple[str, str, str]:
    """What stands before an updateStrategy, the updateStrategy, and what stands behind."""
    keys = draw(st.lists(st.sampled_from(sorted(_SPELLED)), min_size=1, unique=True))
    entries = [draw(st.sampled_from(_SPELLED[key])) for key in keys]
    comment = draw(st.sampled_from(["", "# By and by.\n"]))
    lines = "\n".join(f"  {line}" for line in f"{comment}{chr(10).join(entries)}".split("\n"))
    strategy = draw(st.sampled_from(["", *_FLOW, f"updateStrategy:\n{lines}", f"updateStrategy:   # mine\n{lines}"]))
    text = "".join(f"  {line}\n" for line in strategy.split("\n")) if strategy else ""
    is_last = draw(st.booleans())
    return _HEAD + (_BESIDE if is_last else ""), text, "" if is_last else _BESIDE


@given(sidecar_sets(), st.lists(patches, min_size=1, max_size=4))
def test_a_stage_is_written_and_nothing_else(given_: tuple[str, str, str], patches_: list[Patch]) -> None:
    head, strategy, tail = given_
    original = _read(head + strategy + tail)
    text = head + strategy + tail
    for patch in patches_:
        document, found = _read(text)
        text = stage_change(document, found, patch).output.decode()
        assert text.startswith(head)
        assert not tail or tail in text
        written = _read(text)[1].value
        assert same(_tidy(written), _tidy(patch.applied_to(cast("Any", original[1].value))))
        assert stage_change(*_read(text), patch).output.decode() == text
        assert "updateStrategy: {}" in strategy or "updateStrategy: {}" not in text


def _read(text: str) -> tuple[Document, Found]:
    document = Document(text, Origin())
    [found] = objects(document)
    return document, found


def _tidy(sidecar_set: Any) -> Any:  # noqa: ANN401 - any JSON
    """The SidecarSet, without an updateStrategy that says nothing."""
    spec = {key: value for key, value in sidecar_set["spec"].items() if key != "updateStrategy" or value}
    return {**sidecar_set, "spec": spec}
