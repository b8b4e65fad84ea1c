"""--shard over several files: each shard gets whole files, and all of them in order are the run without it."""

import json
from itertools import pairwise
from pathlib import Path

import pytest
from commandline import executed
from doors.shell import shards
from hypothesis import given
from hypothesis import strategies as st
from small_manifests import POD, SET

INJECT = ["inject", "--sidecarset", "set.yaml", "-q"]


def pod(name: str, app: str = "web") -> str:
    return POD.replace("name: web,", f"name: {name},").replace("app: web", f"app: {app}")


@pytest.fixture(autouse=True)
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Twelve files in two folders: with and without markers, final line breaks, a BOM, and what nothing selects."""
    monkeypatch.chdir(tmp_path)
    Path("set.yaml").write_text(SET, encoding="utf-8")
    texts = [pod(f"p{number}", "db" if number in {0, 1, 2, 7} else "web") for number in range(12)]
    texts[1] = texts[1].rstrip("\n")
    texts[3] = f"---\n{texts[3]}"
    texts[4] += "---\n" + pod("p4-second")
    texts[5] = texts[5].rstrip("\n")
    texts[6] = f"\ufeff{texts[6]}"
    texts[8] = ""
    files = [Path(f"tree/{'ab'[number // 6]}/f{number:02}.yaml") for number in range(12)]
    for path, text in zip(files, texts, strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return files


@pytest.mark.parametrize("flags", [[], ["--only-changed"]])
@pytest.mark.parametrize("count", [1, 2, 4, 5, 12, 20])
def test_the_shards_in_order_are_the_output_without_them(count: int, flags: list[str]) -> None:
    arguments = [*INJECT, *flags, "-R", "-f", "tree"]
    whole = executed(arguments)
    parts = [executed([*arguments, "--shard", f"{number}/{count}"]) for number in range(1, count + 1)]

    assert [part.code for part in parts] == [whole.code] * count == [0] * count
    assert b"".join(part.stdout for part in parts) == whole.stdout


def test_each_of_four_gets_about_as_much() -> None:
    command = ["uninject", *INJECT[1:], "-R", "-f", "tree"]  # nothing is injected: what is printed is what was read
    parts = [executed([*command, "--shard", f"{number}/4"]).stdout for number in range(1, 5)]
    assert min(map(len, parts)) * 2 > max(map(len, parts))


@pytest.mark.parametrize(
    "command", [["diff", *INJECT[1:]], ["uninject", *INJECT[1:]], ["inject", *INJECT[1:], "-o", "name"]]
)
def test_other_commands_go_on_where_the_shard_before_ended(command: list[str]) -> None:
    whole = executed([*command, "-R", "-f", "tree"])
    parts = [executed([*command, "-R", "-f", "tree", "--shard", f"{number}/3"]) for number in (1, 2, 3)]
    assert b"".join(part.stdout for part in parts) == whole.stdout
    assert all(part.code <= whole.code for part in parts)


@pytest.mark.parametrize("where", [["-i"], ["--output-dir", "out"]])
def test_files_are_written_by_one_shard_each(where: list[str], tree: list[Path]) -> None:
    root = Path("." if where == ["-i"] else "out")
    before = [path.read_bytes() for path in tree]
    assert executed([*INJECT, *where, "-R", "-f", "tree"]).code == 0
    whole = [(root / path).read_bytes() if (root / path).exists() else None for path in tree]
    for path, data in zip(tree, before, strict=True):
        path.write_bytes(data)
        if where != ["-i"]:
            (root / path).unlink(missing_ok=True)

    for number in (1, 2, 3, 4):
        report = f"--report=json=r{number}.json"
        assert executed([*INJECT, *where, "-R", "-f", "tree", "--shard", f"{number}/4", report]).code == 0

    assert [(root / path).read_bytes() if (root / path).exists() else None for path in tree] == whole
    reports = [json.loads(Path(f"r{number}.json").read_text(encoding="utf-8")) for number in (1, 2, 3, 4)]
    names = [outcome["resource"] for report in reports for outcome in report["outcomes"]]
    assert sorted(names) == sorted({*names})
    assert len(names) == 12
    assert all(report["outcomes"] for report in reports)


def test_shards_that_shrink_files_one_after_the_other_miss_none(tree: list[Path]) -> None:
    before = [path.read_bytes() for path in tree]
    assert executed([*INJECT, "-i", "-R", "-f", "tree"]).code == 0
    for number in (1, 2, 3, 4):
        assert executed(["uninject", *INJECT[1:], "-i", "-R", "-f", "tree", "--shard", f"{number}/4"]).code == 0
    assert [path.read_bytes() for path in tree] == before


def test_check_looks_at_the_files_of_its_shard() -> None:
    command = ["check", "--sidecarset", "set.yaml", "--injected", "-R", "-f", "tree", "--report", "json"]
    told = [
        json.loads(executed([*command, *shard]).stdout)["findings"]
        for shard in ([], *(["--shard", f"{n}/3"] for n in (1, 2, 3)))
    ]
    whole, parts = told[0], told[1:]
    assert [finding for part in parts for finding in part] == whole
    assert all(parts[1:])


def test_of_one_file_in_place_would_lose_documents() -> None:
    assert executed([*INJECT, "-i", "tree/a/f04.yaml", "--shard", "1/2"]).code == 2


@given(st.lists(st.integers(0, 50), max_size=30), st.integers(1, 12))
def test_runs_are_contiguous_and_about_as_long(sizes: list[int], parts: int) -> None:
    bounds = shards(sizes, parts)
    assert len(bounds) == parts
    assert (bounds[0][0], bounds[-1][1]) == (0, len(sizes))
    assert all(end == start for (_, end), (start, _) in pairwise(bounds))
    assert all(start <= end for start, end in bounds)
    assert sum(start < end for start, end in bounds) == min(parts, len(sizes))


def test_one_file_much_longer_than_the_others_stands_alone() -> None:
    assert shards([1, 1, 1, 10], 4) == [(0, 1), (1, 2), (2, 3), (3, 4)]
    assert shards([10, 1, 1, 1], 2) == [(0, 1), (1, 4)]
    assert shards([1] * 12, 4) == [(0, 3), (3, 6), (6, 9), (9, 12)]
