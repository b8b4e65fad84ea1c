"""What injection would change, as a unified diff (testdata/diff)."""

import subprocess
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from shutil import copytree, which
from typing import Any

import pytest
from casefolder import TESTDATA, Case, cases, check_answer
from commandline import executed
from doors.api import Change
from doors.shell import Result, Touched, diff
from doors.shell import unified_diff as differences
from doors.yamledit import Chunk
from small_manifests import SET


@pytest.mark.parametrize("case", cases("diff"))
def test_diff(case: Case, monkeypatch: pytest.MonkeyPatch, *, update: bool) -> None:
    monkeypatch.chdir(case.folder)
    check_answer(case, case.run("diff"), update=update)


@pytest.mark.skipif(which("patch") is None, reason="there is no patch(1) here")
@pytest.mark.parametrize("case", cases("diff"))
def test_patch_takes_it(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(copytree(case.folder, tmp_path / "case"))
    copied = case._replace(folder=tmp_path / "case")
    shown = copied.run("diff").stdout
    wanted = [copied.run("inject", path.read_bytes()).stdout for path in inputs(copied)]
    subprocess.run(["patch", "--quiet", "--strip=1"], input=shown, check=True)  # noqa: S607 - whichever is installed
    assert [path.read_bytes() for path in inputs(copied)] == wanted


@pytest.mark.parametrize("count", [400, 2000])
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_alike_lines_cost_no_more_than_others(
    count: int, jobs: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = Case(copytree(TESTDATA / "diff" / "alike-pods", tmp_path / "case"))
    monkeypatch.chdir(case.folder)
    head, separator, items = Path("input.yaml").read_text(encoding="utf-8").partition("items:\n")
    pod = items[: len(items) // 3]
    Path("input.yaml").write_text(head + separator + pod * count, encoding="utf-8")
    held_against_each_other = 0

    class Counting(SequenceMatcher[str]):
        def __init__(self, junk: Any, old: Sequence[str], new: Sequence[str], *, autojunk: bool) -> None:  # noqa: ANN401
            nonlocal held_against_each_other
            held_against_each_other += len(old) * len(new)
            super().__init__(junk, old, new, autojunk=autojunk)

    monkeypatch.setattr(differences, "SequenceMatcher", Counting)
    shown = case.run("diff", None, "--quiet", "--jobs", jobs).stdout.decode()

    assert held_against_each_other <= count * pod.count("\n")
    lines = shown.splitlines()[2:]
    assert {line for line in lines if line.startswith("-")} == set()
    small = (TESTDATA / "diff" / "alike-pods" / "expected.yaml").read_text(encoding="utf-8").splitlines()[2:]
    added = [line for line in small if line.startswith("+")]
    assert [line for line in lines if line.startswith("+")] == added * (count // 3) + added[
        : len(added) // 3 * (count % 3)
    ]


def test_what_no_splice_accounts_for_is_found_all_the_same() -> None:
    old, new = b"a\nb\nb\nc\n", b"a\nb\nc\nd"
    untold = [Result(old, new, is_changed=True)]
    mistold = [Result(old, new, is_changed=True, touched=(Touched(0, 1, 0, 1),))]
    for results in (untold, mistold):
        blocks = list(differences.differences(results))
        assert "".join(line for before, _ in blocks for line in before) == old.decode()
        assert "".join(line for _, after in blocks for line in after) == new.decode()
        assert blocks[0] == (["a\n", "b\n"], ["a\n", "b\n"])


def inputs(case: Case) -> list[Path]:
    return [case.folder / name for name in case.inputs]


POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: NAME
  labels:
    app: web
spec:
  containers:
  - name: main
    image: web
"""


@pytest.mark.parametrize("kind", ["stream", "list"])
def test_the_short_road_of_long_streams_gives_the_same_diff(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a List that is cut into items, too; the splices tell where to look, or a region would be all of it."""
    monkeypatch.chdir(tmp_path)
    Path("set.yaml").write_text(SET, encoding="utf-8")
    pods = [POD.replace("NAME", f"p{number}") for number in range(7500 if kind == "list" else 40)]
    items = ("- " + pod.replace("\n", "\n  ").rstrip(" ") for pod in pods)
    text = "---\n".join(pods) if kind == "stream" else f"apiVersion: v1\nkind: List\nitems:\n{''.join(items)}"
    Path("in.yaml").write_text(text, encoding="utf-8")
    arguments = ["diff", "--sidecarset", "set.yaml", "-q", "in.yaml"]
    regions: list[int] = []
    working = differences.lines_touched

    def noted(chunk: Chunk, made: Iterable[Change]) -> Iterator[Touched]:
        found = list(working(chunk, made))
        regions.append(len(found))
        return iter(found)

    monkeypatch.setattr(diff, "lines_touched", noted)
    fast = executed([*arguments, "--verify", "fast", "--jobs", "1"])

    assert fast == executed([*arguments, "--verify", "full", "--jobs", "1"])
    assert set(regions) - {0} == {2}  # the annotations and the container
