"""What a file costs does not grow with the number of files."""

import concurrent.futures
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from commandline import executed
from small_manifests import POD, SET

COUNTED = ("stat", "lstat", "open", "unlink", "replace", "fsync", "listdir")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("set.yaml").write_text(SET, encoding="utf-8")
    return tmp_path


def write_tree(name: str, count: int) -> None:
    Path(name).mkdir()
    for number in range(count):
        Path(f"{name}/f{number:03}.yaml").write_text(POD, encoding="utf-8")


@contextmanager
def counted(patch: pytest.MonkeyPatch) -> Iterator[dict[str, int]]:
    """Count calls of the file system; of a directory that is listed, its entries."""
    counts = dict.fromkeys(COUNTED, 0)

    def counting(name: str) -> Any:  # noqa: ANN401 - stands in for any function of os
        working = getattr(os, name)

        def call(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - as above
            result = working(*arguments, **named)
            counts[name] += len(result) if name == "listdir" else 1
            return result

        return call

    with patch.context() as patching:
        for name in COUNTED:
            patching.setattr(os, name, counting(name))
        yield counts


@pytest.mark.parametrize("words", [["inject"], ["inject", "-i"], ["uninject"], ["uninject", "-i"], ["diff"], ["check"]])
def test_calls_of_the_file_system_grow_as_the_files_do(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    costs: list[dict[str, int]] = []
    for count in (10, 20, 40):
        write_tree(f"tree{count}", count)
        if words == ["uninject", "-i"]:
            assert executed(["inject", "-q", "-i", "--sidecarset", "set.yaml", f"tree{count}"]).code == 0
        with counted(monkeypatch) as counts:
            assert executed([*words, "-q", "--sidecarset", "set.yaml", f"tree{count}"]).code in {0, 1}
        costs.append(counts)

    for name in COUNTED:
        ten, twenty, forty = (cost[name] for cost in costs)
        assert forty - twenty == 2 * (twenty - ten), name
        assert (twenty - ten) / 10 <= MOST.get(name, 10), name


MOST = {"stat": 12, "lstat": 30, "listdir": 2}  # a file; lstat: each folder above it, where links are looked for


@pytest.mark.parametrize(("size", "pools"), [(POD, 0), ("---\n".join([POD] * 2000), 1)])
def test_files_share_their_processes(size: str, pools: int, monkeypatch: pytest.MonkeyPatch) -> None:
    started = 0
    pool = concurrent.futures.ProcessPoolExecutor

    def starting(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - as the pool's
        nonlocal started
        started += 1
        return pool(*arguments, **named)

    monkeypatch.setattr(concurrent.futures, "ProcessPoolExecutor", starting)
    for name in ("a.yaml", "b.yaml", "c.yaml"):
        Path(name).write_text(size, encoding="utf-8")
    arguments = ["inject", "-q", "--sidecarset", "set.yaml", "a.yaml", "b.yaml", "c.yaml"]
    several = executed([*arguments, "--jobs", "2"])

    assert started == pools
    assert several == executed([*arguments, "--jobs", "1"])
