"""The short road of long streams gives the bytes, edits and outcomes of the long one, or leaves a document to it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from doors.api import Injector, Limits, Unusual, projection
from doors.sidecarset import Cluster, Options, Prepared
from doors.yamledit import Origin, Proof, chunks, documents

import sidecarctl
from sidecarctl.finding import InjectionRefused, SidecarctlError

PROOFS: tuple[Proof, ...] = ("fast", "full")
CASES = Path(__file__).parent.parent.parent / "testdata" / "inject"
EVERYTHING: Any = {
    "apiVersion": "apps.kruise.io/v1beta1",
    "kind": "SidecarSet",
    "metadata": {"name": "every"},
    "spec": {
        "selector": {"matchExpressions": [{"key": "no-such-label", "operator": "DoesNotExist"}]},
        "initContainers": [{"name": "prepare", "image": "busybox:1.37"}],
        "containers": [
            {"name": "first", "image": "a:1", "volumeMounts": [{"name": "buffer", "mountPath": "/buffer"}]},
            {"name": "last", "image": "b:2", "args": ["a\nb\n"], "podInjectPolicy": "AfterAppContainer"},
        ],
        "volumes": [{"name": "buffer", "emptyDir": {}}],
        "imagePullSecrets": [{"name": "registry"}],
        "patchPodMetadata": [{"annotations": {"example.com/added": "yes"}, "patchPolicy": "Retain"}],
    },
}


# What nobody asks for is not read: a wrong type there is for the API server to find.
UNREAD = {"shape-wrong-type"}


def inputs() -> list[Path]:
    return sorted(path for path in CASES.glob("*/input*.yaml") if path.parent.name not in UNREAD)


def outcome(data: bytes, verify: Proof) -> list[Any]:
    changes = sidecarctl.inject_stream([data], [EVERYTHING], verify=verify)
    try:
        return [(one.output, one.outcomes, sorted(map(str, one.edits)), one.findings) for one in changes]
    except InjectionRefused as refused:
        return [str(refused)]
    except SidecarctlError as error:
        return [type(error), str(error)]


UNEVEN = """
apiVersion: v1
kind: Pod
metadata:
{meta}name: web
{meta}labels:
{meta}{step}app: web
spec:
{before}  nodeSelector:
  {step}"kubernetes.io/os": linux
  containers:
  {dash}-{gap}name: web
  {dash} {gap}args:
  {dash} {gap}- a
  volumes:
  - name: own
"""
BEFORE = (
    "",
    "  tolerations:\n   -  key: a\n",
    "  x:\n    # no - item\n  - 'b c'\n",
    "  x:\n  -\n   y: z\n  y:\n     z: 1\n",
)


@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.parametrize("step", [" ", "  ", "    "])
@pytest.mark.parametrize(("dash", "gap"), [("", " "), ("  ", " "), (" ", "   ")])
def test_uneven_indentation_is_seen_by_both(before: str, step: str, dash: str, gap: str) -> None:
    text = UNEVEN.format(meta="   ", step=step, before=before, dash=dash, gap=gap)

    assert outcome(text.encode(), "fast") == outcome(text.encode(), "full")
    assert projection(text, Limits()).names["volumes"] == ("own",)


@pytest.mark.parametrize("path", inputs(), ids=lambda path: path.parent.name)
def test_gives_the_bytes_of_the_long_road(path: Path) -> None:
    data = path.read_bytes()

    assert outcome(data, "fast") == outcome(data, "full")


@pytest.mark.parametrize("replicas", ["3", "007", "1_000", "²", "٣", "9" * 20, "9" * 5000])
def test_replicas_are_read_alike(replicas: str) -> None:
    template = "{metadata: {labels: {app: web}}, spec: {containers: [{name: main, image: web}]}}"
    data = f"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: {replicas}\n"
    block = "  template:\n    metadata:\n      name: web\n    spec:\n      containers:\n      - name: main\n"
    for given in (f"{data}  template: {template}\n", data + block):
        assert outcome(given.encode(), "fast") == outcome(given.encode(), "full")


def texts() -> Iterator[str]:
    for path in inputs():
        try:
            yield from (d.text for chunk in chunks([path.read_bytes()], "x") for d in documents(chunk, "x"))
        except SidecarctlError:
            continue


def test_takes_the_short_road_for_most_documents() -> None:
    taken = 0
    everything = list(texts())
    for text in everything:
        try:
            projection(text, Limits())
        except Unusual:
            continue
        taken += 1

    assert taken > len(everything) / 4  # the cases are all about what is unusual


def test_is_closed_where_a_sidecar_asks_for_more() -> None:
    container = {"name": "c", "image": "c:1", "shareVolumePolicy": {"type": "enabled"}}
    sharing: Any = {**EVERYTHING, "spec": {**EVERYTHING["spec"], "containers": [container]}}

    assert Injector(Prepared(Cluster([EVERYTHING])), Options()).road(Limits()) is not None
    assert Injector(Prepared(Cluster([sharing])), Options()).road(Limits()) is None


POD: Any = """\
apiVersion: v1
kind: Pod
metadata:
  name: web
  {metadata}
spec:
  containers:
  - name: main
    image: web:1
{status}
"""


@pytest.mark.parametrize(
    ("metadata", "status"),
    [
        ("deletionTimestamp: 2024-01-01T00:00:00Z", ""),
        ("deletionTimestamp: null", ""),
        ("deletionTimestamp:", ""),
        ("", "status: {phase: Running}"),
        ("", "status: {phase: Succeeded}"),
        ("", "status: {}"),
        ("", "status: {} # nothing yet"),
        ("", "status:\n  phase: Failed"),
        ("", "status:\n  phase: ''"),
        ("", "status:\n  phase: null"),
        ("", "status: null"),
        ("", "status: ~"),
    ],
)
def test_tells_a_pod_that_is_no_more_from_one_that_is_to_come(metadata: str, status: str) -> None:
    data = POD.format(metadata=metadata, status=status).encode()

    assert outcome(data, "fast") == outcome(data, "full")


def test_a_refusal_has_its_place_on_every_road() -> None:
    patch = {"annotations": {"example.com/config": '{"a":1}'}, "patchPolicy": "MergePatchJson"}
    merging: Any = {**EVERYTHING, "spec": {**EVERYTHING["spec"], "patchPodMetadata": [patch]}}
    data = POD.format(metadata="annotations:\n    example.com/config: no JSON", status="").encode()
    said = []
    for verify in PROOFS:
        with pytest.raises(InjectionRefused) as refused:
            list(sidecarctl.inject_stream([data], [merging], verify=verify))
        said.append(str(refused.value))

    assert said == ["<stream>:1:1: pod/web: the webhook refuses this Pod: Invalid JSON Document"] * 2


LIST_AND_COMMENTS = """\
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  note: a
{note}
  containers:
    - name: main
      image: web:1
{below}
"""
COMMENTED_OUT = "    # - name: disabled\n    #   image: off:1"


@pytest.mark.parametrize(
    "note",
    ["", "  # b", "    # b", "\n    # b", "    # b\n", "  more: |\n    b\n    # c\n", "  more: |\n    b\n\n    # c"],
)
@pytest.mark.parametrize(
    "below",
    [
        "",
        COMMENTED_OUT,
        f"{COMMENTED_OUT}\n\n  # of the Pod\n",
        f"\n{COMMENTED_OUT}",
        f"  # of the Pod\n{COMMENTED_OUT}",
        "      # of the container",
        "  # of the Pod",
        f"      args:\n        - |\n          a\n{COMMENTED_OUT}",
        "      args:\n        - |\n          a\n          # b",
        "      args:\n        - |\n          a\n\n     # b",
    ],
)
def test_comments_at_the_end_of_a_list_stay_where_the_long_road_leaves_them(note: str, below: str) -> None:
    data = LIST_AND_COMMENTS.format(note=note, below=below).encode()

    assert outcome(data, "fast") == outcome(data, "full")


def test_an_item_that_is_commented_out_keeps_nobody_from_the_short_road() -> None:
    road = Injector(Prepared(Cluster([EVERYTHING])), Options()).road(Limits())
    text = LIST_AND_COMMENTS.format(note="  # b", below=COMMENTED_OUT)

    assert road is not None
    assert road.change(text, Origin()) is not None
    assert road.change(text.replace("image: web:1", "args: |\n        a"), Origin()) is not None
    assert road.change(text.replace("    #", "      #"), Origin()) is None
