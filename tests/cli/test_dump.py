"""Long Lists: read item by item, in any layout, in any number of processes, with or without msgspec, to one result."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from casefolder import TESTDATA
from commandline import COMMAND, Ran, environment, executed
from doors.shell import ListSource, PackedList, layout_of, whole_value
from doors.shell import pods as podreader
from doors.sidecarset import Sibling
from shortpods import Json, kubectl_list, pods_of

CASES = [
    path
    for name in (
        "manual-hot-upgrade",
        "order-restarts",
        "stuck-not-upgradable-some",
        "stuck-junk-annotations",
        "match-who-counts",
        "stuck-unready-reasons",
    )
    if (path := TESTDATA / "rollout" / name).is_dir()
]
MANY = TESTDATA / "rollout" / "manual-partition-50"
SERVICE = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": {"clusterIP": "None"}}


def _list(items: list[Json]) -> Json:
    return {"apiVersion": "v1", "items": items, "kind": "List", "metadata": {"resourceVersion": ""}}


def _as_the_server_sends_it(items: list[Json]) -> Json:
    """A typed list, the kind first, and no item saying it."""
    untyped = [{key: value for key, value in one.items() if key not in {"apiVersion", "kind"}} for one in items]
    return {"kind": "PodList", "apiVersion": "v1", "metadata": {"resourceVersion": "7"}, "items": untyped}


def _typed_last(items: list[Json]) -> Json:
    served = _as_the_server_sends_it(items)
    return {"apiVersion": "v1", "items": served["items"], "kind": "PodList"}


LAYOUTS: dict[str, Callable[[list[Json]], str]] = {
    "kubectl": lambda items: kubectl_list(items).decode(),
    "indented by two": lambda items: json.dumps(_list(items), indent=2),
    "one line": lambda items: json.dumps(_list(items), separators=(",", ":")),
    "one line with blanks": lambda items: json.dumps(_list(items)),
    "carriage returns": lambda items: kubectl_list(items).decode().replace("\n", "\r\n"),
    "kind first": lambda items: json.dumps({"kind": "List", "apiVersion": "v1", "items": items}, separators=(",", ":")),
    "as the server sends it": lambda items: json.dumps(_as_the_server_sends_it(items), separators=(",", ":")),
    "as the server sends it, sorted": lambda items: json.dumps(_typed_last(items), separators=(",", ":")),
}
ROADS = ("quick", "careful")


@pytest.fixture(params=ROADS)
def road(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Whether msgspec is there."""
    if request.param == "careful":
        monkeypatch.setattr(podreader, "_quick_decoder", lambda: None)
    else:
        pytest.importorskip("msgspec")
    return str(request.param)


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, int], None]:
    """Cut even a short List into many ranges of many pieces."""

    def cut(piece: int, range_size: int) -> None:
        monkeypatch.setattr("sidecarctl.shell.input.rollout._LONG", 0)
        monkeypatch.setattr("sidecarctl.shell.dumps.layout.RANGE_SIZE", range_size)
        monkeypatch.setattr("sidecarctl.shell.dumps.layout.PIECE", piece)
        monkeypatch.setattr("sidecarctl.shell.dumps.packed.PIECE", piece)
        monkeypatch.setattr("sidecarctl.shell.dumps.layout.TAIL", max(2000, piece))

    return cut


def packed_list(data: bytes, path: Path | None = None, jobs: int = 1) -> PackedList:
    """Read a List, from a file or as if from a pipe."""
    blocks = [data[start : start + 1000] for start in range(0, len(data), 1000)]
    layout = layout_of(blocks)
    assert layout is not None
    if path is not None:
        path.write_bytes(data)
    return PackedList(ListSource(lambda: blocks, "x", str(path) if path else None), layout, jobs, lambda *_: None)


def plan_of(folder: Path, dump: Path, *more: str) -> Ran:
    """Plan a case."""
    before = ["--from", str(folder / "before.yaml")] if (folder / "before.yaml").exists() else []
    return executed(["plan", "--sidecarset", str(folder / "sidecarset.yaml"), *before, "--cluster", str(dump), *more])


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_every_road_gives_the_same_plan(
    folder: Path, layout: str, road: str, small_pieces: Callable[[int, int], None], tmp_path: Path
) -> None:
    del road
    pods = pods_of(folder)
    (tmp_path / "whole.yaml").write_text("".join(f"---\n{json.dumps(pod)}\n" for pod in pods))
    wanted = plan_of(folder, tmp_path / "whole.yaml", "-o", "json")
    dump = tmp_path / "pods.json"
    dump.write_text(LAYOUTS[layout]([*pods[: len(pods) // 2], *pods[len(pods) // 2 :]]), newline="")
    small_pieces(700, 3000)
    for jobs in ("1", "2"):
        assert plan_of(folder, dump, "-o", "json", "--jobs", jobs) == wanted
    before = ["--from", str(folder / "before.yaml")] if (folder / "before.yaml").exists() else []
    words = ["plan", "--sidecarset", str(folder / "sidecarset.yaml"), *before, "--cluster", "-", "-o", "json"]
    assert executed(words, dump.read_bytes()) == wanted


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("size", [1, 300, 5000, 1 << 20])
def test_a_list_is_cut_anywhere(
    layout: str, size: int, road: str, small_pieces: Callable[[int, int], None], tmp_path: Path
) -> None:
    del road
    small_pieces(size, 3 * size)
    few = pods_of(MANY)[:7]
    data = LAYOUTS[layout](few).encode()
    for packed in (
        packed_list(data),
        packed_list(data, tmp_path / "x.json"),
        packed_list(data, tmp_path / "x.json", 2),
    ):
        found = [pod for pod in packed.pods() if isinstance(pod, Sibling)]
        assert [pod["metadata"]["name"] for pod in found] == [pod["metadata"]["name"] for pod in few]
        for read, pod in zip(found, few, strict=True):
            assert read["metadata"] == {key: pod["metadata"][key] for key in read["metadata"]}
            assert whole_value(read)["spec"]["containers"] == pod["spec"]["containers"]  # type: ignore[index, call-overload]  # a Pod
        assert not packed.others


def test_both_readers_read_alike(road: str) -> None:
    del road
    for folder in CASES:
        text = ",".join(map(json.dumps, pods_of(folder))).encode()
        quick = podreader.PodReader("List").items(text)
        careful = podreader.PodReader("List")._careful_items(text)  # noqa: SLF001 - the twin
        assert quick.pods == careful.pods


@pytest.mark.parametrize("layout", ["kubectl", "one line"])
def test_what_is_no_pod_is_kept(
    layout: str, road: str, small_pieces: Callable[[int, int], None], tmp_path: Path
) -> None:
    del road
    small_pieces(500, 2000)
    pods = pods_of(MANY)[:4]
    nested = _list([pods[3], SERVICE])
    packed = packed_list(LAYOUTS[layout]([pods[0], SERVICE, pods[1], pods[2], nested]).encode(), tmp_path / "x.json", 2)
    assert [pod["metadata"]["name"] for pod in packed.pods() if isinstance(pod, Sibling)] == [
        pod["metadata"]["name"] for pod in pods
    ]
    assert packed.others == [SERVICE, SERVICE]


def test_borders_within_an_item_do_no_harm(road: str, small_pieces: Callable[[int, int], None], tmp_path: Path) -> None:
    del road
    small_pieces(200, 400)
    pods = pods_of(MANY)[:4]
    claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "x" * 300}}
    claims = {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "db"}, "spec": {"t": [claim] * 9}}
    data = LAYOUTS["one line"]([pods[0], claims, *pods[1:]]).encode()
    for packed in (packed_list(data), packed_list(data, tmp_path / "x.json", 2)):
        assert len(list(packed.pods())) == 4
        assert packed.others == [claims]


Twist = tuple[Callable[[str], str], str]
BROKEN: dict[str, Twist] = {
    "cut off": (lambda text: text[: len(text) * 2 // 3], "cut off"),
    "a comma too many": (lambda text: text.replace('"web-04",', '"web-04",,', 1), "no JSON"),
    "a brace too many": (lambda text: text.replace('"web-04"', '"web-04"}', 1), "no JSON"),
    "no JSON": (lambda text: text.replace("true", "True"), "no JSON"),
    "text after it": (lambda text: f"{text} and so on", "cut off"),
}
WRONG: dict[str, Twist] = {
    "a wrong type": (lambda text: text.replace('"Running"', "7"), "pod/web-00 .*status.phase"),
    "a wrong time": (lambda text: text.replace("2024-01-01T00:05", "2024-02-30T00:05"), "creationTimestamp.*parsing"),
    "a null name": (lambda text: text.replace('"web-04"', "null"), "without a name"),
    "a number for a name": (lambda text: text.replace('"web-04"', "4"), "metadata.name"),
    "a number too large": (
        lambda text: text.replace('"ready": true', '"ready": true, "restartCount": 3000000000'),
        "rest",
    ),
    "two of a name": (lambda text: text.replace('"web-04"', '"web-03"'), "given twice"),
    "no kind": (
        lambda text: text.replace('"kind": "Pod", "metadata": {"name": "web-04"', '"metadata": {"name": "x"'),
        "no a",
    ),
    "no object": (
        lambda text: text.replace('"kind": "List"', '"kind": "List"').replace(
            '}, {"apiVersion"', '}, 7, {"apiVersion"', 1
        ),
        "no object",
    ),
}


def check_mistake(folder: Path, dump: Path, message: str) -> None:
    """A plan ends with a clear error, whatever the number of processes, and prints nothing."""
    ran = [plan_of(folder, dump, "--jobs", jobs) for jobs in ("1", "2")]
    assert ran[0] == ran[1]
    assert ran[0].code == 3, ran[0].stderr
    assert ran[0].stdout == b""
    assert re.search(message, ran[0].stderr.decode()), ran[0].stderr


@pytest.mark.parametrize("twist", BROKEN)
def test_broken_text_is_refused(
    twist: str, road: str, small_pieces: Callable[[int, int], None], tmp_path: Path
) -> None:
    del road
    small_pieces(900, 5000)
    change, message = BROKEN[twist]
    dump = tmp_path / "pods.json"
    for indent in (None, 4):
        text = json.dumps(_list(pods_of(MANY)), indent=indent)
        dump.write_text(change(text))
        check_mistake(MANY, dump, message)


@pytest.mark.parametrize("layout", ["kubectl", "one line with blanks", "kind first"])
@pytest.mark.parametrize("twist", WRONG)
def test_a_wrong_value_is_never_passed_over(
    layout: str, twist: str, road: str, small_pieces: Callable[[int, int], None], tmp_path: Path
) -> None:
    del road
    small_pieces(900, 5000)
    change, message = WRONG[twist]
    text = json.dumps(_list(pods_of(MANY)))
    changed = change(text)
    assert changed != text
    dump = tmp_path / "pods.json"
    dump.write_text(LAYOUTS[layout](json.loads(changed)["items"]))
    check_mistake(MANY, dump, message)


def test_a_mistake_has_its_place(road: str, small_pieces: Callable[[int, int], None], tmp_path: Path) -> None:
    del road
    small_pieces(900, 5000)
    lines = kubectl_list(pods_of(MANY)).decode().split("\n")
    number = next(index for index, line in enumerate(lines) if "web-77" in line)
    lines[number] = lines[number].replace(":", "=")
    (tmp_path / "pods.json").write_text("\n".join(lines))
    check_mistake(MANY, tmp_path / "pods.json", rf"pods.json:{number + 1}:{lines[number].index('=') + 1}: no JSON")


def test_every_cut_of_a_dump_is_refused(road: str, small_pieces: Callable[[int, int], None], tmp_path: Path) -> None:
    del road
    small_pieces(900, 4000)
    folder = MANY
    for layout in ("kubectl", "one line"):
        data = LAYOUTS[layout](pods_of(folder)[:9]).encode()
        start = data.index(b'"items"') + 40
        for end in range(start, len(data) - 2, 397):
            (tmp_path / "pods.json").write_bytes(data[:end])
            ran = plan_of(folder, tmp_path / "pods.json", "--jobs", "2")
            assert ran.code == 3, (layout, end, ran.stderr)


def test_memory_does_not_grow_with_the_dump(tmp_path: Path) -> None:
    [pod] = pods_of(MANY)[:1]
    pod["metadata"]["annotations"]["note"] = "x" * 20000
    pod["spec"]["containers"][0]["args"] = ["y" * 20000]
    peaks = []
    for number in (50, 1500):
        pods = [{**pod, "metadata": {**pod["metadata"], "name": f"web-{index}"}} for index in range(number)]
        dump = tmp_path / f"{number}.json"
        dump.write_bytes(kubectl_list(pods))
        words = ["status", "--jobs", "1", "--sidecarset", str(MANY / "sidecarset.yaml"), "--cluster", str(dump)]
        peaks.append(peak_of(words))
    size = (tmp_path / "1500.json").stat().st_size
    assert size > 60e6
    assert peaks[1] - peaks[0] < size / 5


def peak_of(words: list[str]) -> int:
    """Return the bytes of memory of a run; a small process starts it, for a peak begins with that of who forks."""
    launcher = [sys.executable, "-S", "-c", LAUNCHER, *COMMAND, *words]
    ran = subprocess.run(launcher, capture_output=True, check=True, text=True, env=environment())  # noqa: S603 - ours
    return int(ran.stdout) * (1 if sys.platform == "darwin" else 1024)


LAUNCHER = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def test_items_are_of_the_type_that_their_list_tells(
    road: str, small_pieces: Callable[[int, int], None], tmp_path: Path
) -> None:
    """Pods in Lists of Pods, within others or not, in JSON and in YAML; a long List of something else has none."""
    del road
    small_pieces(700, 3000)
    pods = pods_of(MANY)
    served = _as_the_server_sends_it(pods)
    deployment = {"metadata": {"name": "other"}, "spec": {"template": pods[0]}}
    others = {"kind": "DeploymentList", "apiVersion": "apps/v1", "items": [deployment]}
    every = [*pods, {"kind": "Deployment", "apiVersion": "apps/v1", **deployment}]
    (tmp_path / "stream.yaml").write_text("\n---\n".join(map(json.dumps, every)))
    wanted = plan_of(MANY, tmp_path / "stream.yaml", "-o", "json")
    assert wanted.code == 0
    for name, value in {
        "nested": {"kind": "List", "apiVersion": "v1", "items": [served, others, SERVICE]},
        "nested, kind last": {"apiVersion": "v1", "items": [SERVICE, served, others], "kind": "List"},
    }.items():
        for text in (json.dumps(value), json.dumps(value, indent=4)):
            (tmp_path / f"{name}.json").write_text(text)
            assert plan_of(MANY, tmp_path / f"{name}.json", "-o", "json") == wanted, (name, text[:60])
    assert layout_of([json.dumps(others).encode()]) is None


def test_a_list_of_nothing_is_left_to_others() -> None:
    assert layout_of([kubectl_list([])]) is None
    assert layout_of([b'{"apiVersion": "v1", "kind": "ConfigMap", "data": {"items": [{"kind": 1}]}}']) is None
    assert layout_of([b'{"kind": "Menu", "items": [{"kind": "Soup"}]}']) is None
    assert layout_of([LAYOUTS["one line"](pods_of(MANY)[:2]).encode()], is_long=False) is None
