"""Between the renames of several files: what changes, fails or interrupts there."""

import errno
import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from commandline import COMMAND, environment, executed
from doors.shell import job, run, writers
from doors.shell import pieces as work
from doors.shell import unified_diff as unified
from small_manifests import POD, SET

INJECT = ["inject", "--sidecarset", "set.yaml", "-q"]
FILES = ["a.yaml", "b.yaml", "c.yaml"]
IN_PLACE = [*INJECT, "-i", *FILES]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory: a SidecarSet and three Pods."""
    monkeypatch.chdir(tmp_path)
    Path("set.yaml").write_text(SET, encoding="utf-8")
    for name in FILES:
        Path(name).write_text(POD, encoding="utf-8")
    return tmp_path


@pytest.fixture
def injected() -> str:
    return executed([*INJECT, "a.yaml"]).stdout.decode()


def contents() -> list[str]:
    return [Path(name).read_text(encoding="utf-8") for name in FILES]


def leftovers() -> list[str]:
    return sorted({entry.name for entry in Path().iterdir()} - {*FILES, "set.yaml"})


def replacing(patch: pytest.MonkeyPatch, act: Callable[[int], None]) -> None:
    """Do something before each rename, which is told the number of it."""
    working = os.replace
    count = 0

    def replace(source: str, target: str) -> None:
        nonlocal count
        count += 1
        act(count)
        working(source, target)

    patch.setattr(os, "replace", replace)


def test_a_file_that_changes_between_renames_is_left_alone(monkeypatch: pytest.MonkeyPatch, injected: str) -> None:
    def edit(number: int) -> None:
        if number == 1:
            Path("new").write_text("# theirs\n", encoding="utf-8")
            Path("new").rename("b.yaml")

    replacing(monkeypatch, edit)
    ended = executed(IN_PLACE)
    assert ended.code == 7
    told = "sidecarctl: b.yaml: changed since it was read, and left alone; written: a.yaml, c.yaml\n"
    assert ended.stderr.decode() == told
    assert contents() == [injected, "# theirs\n", injected]
    assert leftovers() == []


def test_a_file_that_is_gone_between_renames_stays_away(monkeypatch: pytest.MonkeyPatch, injected: str) -> None:
    replacing(monkeypatch, lambda number: Path("c.yaml").unlink() if number == 1 else None)
    ended = executed(IN_PLACE)
    assert (ended.code, Path("c.yaml").exists()) == (7, False)
    assert Path("b.yaml").read_text(encoding="utf-8") == injected


def test_what_is_written_into_a_file_right_before_its_rename_is_kept(
    monkeypatch: pytest.MonkeyPatch, injected: str
) -> None:
    def edit(number: int) -> None:
        if number == 2:
            Path("b.yaml").write_text("# theirs\n", encoding="utf-8")

    replacing(monkeypatch, edit)
    assert executed(IN_PLACE).code == 7
    assert contents() == [injected, "# theirs\n", injected]
    assert leftovers() == []


def test_a_file_that_cannot_be_looked_at_is_an_error_and_no_change(monkeypatch: pytest.MonkeyPatch) -> None:
    working = os.stat
    is_renaming = False

    def stat(path: Any, **named: Any) -> os.stat_result:  # noqa: ANN401 - as the function's own
        if is_renaming and str(path).endswith("c.yaml"):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return working(path, **named)

    def begin(_: int) -> None:
        nonlocal is_renaming
        is_renaming = True

    with monkeypatch.context() as patch:
        replacing(patch, begin)
        patch.setattr(os, "stat", stat)
        ended = executed(IN_PLACE)
    assert (ended.code, ended.stderr) == (5, b"sidecarctl: c.yaml: Input/output error; nothing was written\n")
    assert contents() == [POD] * 3


def test_a_change_of_rights_counts_as_a_change(monkeypatch: pytest.MonkeyPatch) -> None:
    replacing(monkeypatch, lambda number: Path("b.yaml").chmod(0o600) if number == 1 else None)
    assert executed(IN_PLACE).code == 7
    assert Path("b.yaml").stat().st_mode & 0o777 == 0o600
    assert contents()[1] == POD


@pytest.mark.parametrize("number", [1, 2, 3])
def test_an_error_between_renames_is_undone(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(count: int) -> None:
        if count == number:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        replacing(patch, fail)
        ended = executed([*IN_PLACE, "--report=json=r.json"])
    assert ended.code == 5
    assert ended.stderr.decode() == f"sidecarctl: {FILES[number - 1]}: Input/output error; nothing was written\n"
    assert contents() == [POD] * 3
    assert '"injected"' not in Path("r.json").read_text(encoding="utf-8")
    assert leftovers() == ["r.json"]


def test_an_error_of_the_folder_afterwards_is_undone(monkeypatch: pytest.MonkeyPatch) -> None:
    working = os.fsync
    count = 0

    def failing(descriptor: int) -> None:
        nonlocal count
        count += 1
        if count == 5:  # three files, their folder before, and after
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        working(descriptor)

    monkeypatch.setattr(os, "fsync", failing)
    ended = executed(IN_PLACE)
    assert (ended.code, ended.stderr) == (5, b"sidecarctl: c.yaml: Input/output error; nothing was written\n")
    assert contents() == [POD] * 3


def test_files_that_were_not_there_are_gone_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(count: int) -> None:
        if count == 3:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    Path("out").mkdir()
    Path("out/b.yaml").write_text("# before\n", encoding="utf-8")
    replacing(monkeypatch, fail)
    ended = executed([*INJECT, "--output-dir", "out", *FILES])
    assert ended.stderr.endswith(b"No space left on device; nothing was written\n")
    assert [path.name for path in Path("out").iterdir()] == ["b.yaml"]
    assert Path("out/b.yaml").read_text(encoding="utf-8") == "# before\n"


def test_what_cannot_be_undone_is_listed(monkeypatch: pytest.MonkeyPatch, injected: str) -> None:
    def cannot(*_: Any, **__: Any) -> None:  # noqa: ANN401 - any arguments
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    def fail(count: int) -> None:
        if count == 3:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "link", cannot)  # as on file systems without hard links
    replacing(monkeypatch, fail)
    ended = executed(IN_PLACE)
    told = b"sidecarctl: c.yaml: Input/output error; written before it: a.yaml, b.yaml\n"
    assert (ended.code, ended.stderr) == (5, told)
    assert contents() == [injected, injected, POD]
    assert leftovers() == []


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, -1)])
@pytest.mark.parametrize("step", [1, 2, 3])
def test_a_signal_between_renames_waits_until_they_are_done(
    number: signal.Signals, code: int, step: int, injected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    replacing(monkeypatch, lambda count: os.kill(os.getpid(), number) if count == step else None)
    if (pid := os.fork()) == 0:
        ended = 70
        with suppress(KeyboardInterrupt):
            try:
                ended = run(IN_PLACE)
            except SystemExit as end:
                ended = int(str(end.code))
        os._exit(ended)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == code
    assert contents() == [injected] * 3
    assert leftovers() == []


TIMES = {"fchown": 3, "fchmod": 3, "fsync": 5, "linkat": 3, "rename": 3}
CALLS = [(call, time) for call, times in TIMES.items() for time in range(1, times + 1)]


@pytest.mark.skipif(not shutil.which("strace"), reason="needs strace")
@pytest.mark.parametrize(
    ("call", "time"), [(call, time) for call, times in TIMES.items() for time in range(1, times + 1)]
)
def test_a_system_call_that_fails_leaves_all_files_old(call: str, time: int, injected: str) -> None:
    fault = ["-e", f"trace={call}", "-e", f"inject={call}:error=EIO:when={time}"]
    command = ["strace", "-f", "-qq", "-o", "/dev/null", *fault, *COMMAND, *IN_PLACE]
    ended = subprocess.run(command, env=environment(), capture_output=True, check=False, timeout=60)  # noqa: S603 - ours
    if b"ptrace" in ended.stderr:
        pytest.skip("may not trace")
    assert ended.returncode == 5
    assert b"yaml: Input/output error" in ended.stderr
    assert contents() == [POD] * 3
    assert leftovers() == []
    assert executed(IN_PLACE).code == 0
    assert contents() == [injected] * 3


@pytest.mark.skipif(not shutil.which("strace"), reason="needs strace")
@pytest.mark.parametrize("call", ["linkat", "rename", "unlink", "fsync"])
@pytest.mark.parametrize("time", [1, 3])
def test_a_second_run_finishes_what_a_killed_one_began(call: str, time: int, injected: str) -> None:
    fault = ["-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={time}"]
    command = ["strace", "-f", "-qq", "-o", "/dev/null", *fault, *COMMAND, *IN_PLACE]
    ended = subprocess.run(command, env=environment(), capture_output=True, check=False, timeout=60)  # noqa: S603 - ours
    if b"ptrace" in ended.stderr:
        pytest.skip("may not trace")
    assert set(contents()) <= {POD, injected}
    again = executed(IN_PLACE)
    assert (again.code, again.stderr) == (0, b"")
    assert contents() == [injected] * 3
    assert leftovers() == []


SPACE = "# so that hunks stay apart\n" * 10


@pytest.fixture
def little_is_held_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let output go out that is longer than a Pod, not 4 MiB."""
    for module in (writers, unified):
        monkeypatch.setattr(module, "HELD_BACK", 500)


@pytest.mark.usefixtures("little_is_held_back")
@pytest.mark.parametrize("command", ["inject", "diff"])
def test_a_bug_after_the_first_output_does_not_say_that_nothing_was_written(
    command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = POD.replace("name: web", "name: last")
    Path("a.yaml").write_text(f"---\n{SPACE}".join([POD, POD, POD, last]), encoding="utf-8")
    fail_at_last(monkeypatch)
    ended = executed([command, *INJECT[1:], "--jobs", "1", "a.yaml"])
    assert ended.code == 70
    assert ended.stdout
    assert b"nothing was written" not in ended.stderr
    assert b"sidecarctl: the output is incomplete. Please report this" in ended.stderr


def test_a_bug_before_any_output_says_that_nothing_was_written(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("a.yaml").write_text(POD.replace("name: web", "name: last"), encoding="utf-8")
    fail_at_last(monkeypatch)
    for wish in ([], ["-i"]):
        ended = executed([*INJECT, *wish, "b.yaml", "a.yaml"])
        assert (ended.code, ended.stdout) == (70, b"")
        assert b"sidecarctl: nothing was written. Please report this" in ended.stderr
        assert contents()[1] == POD


@pytest.mark.usefixtures("little_is_held_back")
def test_an_error_after_the_first_output_says_that_it_is_incomplete() -> None:
    Path("a.yaml").write_text(f"{POD}---\n{POD}---\na: {{", encoding="utf-8")
    ended = executed([*INJECT, "a.yaml"])
    assert ended.code == 3
    assert ended.stderr.endswith(b"sidecarctl: the output is incomplete\n")
    small = executed([*INJECT, "-"], b"a: {")
    assert (small.code, small.stdout) == (3, b"")
    assert b"incomplete" not in small.stderr


def fail_at_last(patch: pytest.MonkeyPatch) -> None:
    """Let there be a bug that shows at the Pod called `last`."""
    working = work.result_of

    def failing(piece: Any, *arguments: Any) -> Any:  # noqa: ANN401 - as the function's own
        if b"name: last" in piece.chunk.data:
            raise KeyError
        return working(piece, *arguments)

    patch.setattr(job, "result_of", failing)
