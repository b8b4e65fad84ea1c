"""Files are written whole or not at all, whatever comes between; and nothing is left behind."""

import errno
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from commandline import COMMAND, environment, executed
from doors.shell import InputError, files, run
from doors.shell import atomic_files as atomic
from doors.shell import sources as inputs
from small_manifests import POD, SET

INJECT = ["inject", "--sidecarset", "set.yaml", "-q"]
IN_PLACE = [*INJECT, "-i", "a.yaml", "b.yaml"]
NOBODY = 65534


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory: a SidecarSet and two Pods."""
    monkeypatch.chdir(tmp_path)
    Path("set.yaml").write_text(SET, encoding="utf-8")
    for name in ("a.yaml", "b.yaml"):
        Path(name).write_text(POD, encoding="utf-8")
        Path(name).chmod(0o640)
    return tmp_path


@pytest.fixture
def injected() -> str:
    """What the Pod becomes."""
    return executed([*INJECT, "a.yaml"]).stdout.decode()


def contents() -> list[str]:
    return [Path(name).read_text(encoding="utf-8") for name in ("a.yaml", "b.yaml")]


def leftovers() -> list[str]:
    return sorted({entry.name for entry in Path().iterdir()} - {"a.yaml", "b.yaml", "set.yaml"})


def in_child(act: Callable[[], int]) -> int:
    """Do something in a fork of this process; return its exit code, or the negated signal that ended it."""
    if (pid := os.fork()) == 0:
        code = 70
        with suppress(SystemExit, KeyboardInterrupt):  # the second one: too late for anybody to catch
            try:
                code = act()
            except SystemExit as end:
                code = int(str(end.code))
        os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def with_signal(number: int, step: int) -> Callable[[], int]:
    """Run in place, and send ourselves a signal before a step: a line of the module that writes files."""

    def act() -> int:
        steps = 0

        def trace(frame: FrameType, event: str, _: Any) -> Any:  # noqa: ANN401 - the interpreter's own signature
            nonlocal steps
            if frame.f_code.co_filename != atomic.__file__:
                return None
            if event == "line":
                steps += 1
                if steps == step:
                    os.kill(os.getpid(), number)
            return trace

        sys.settrace(trace)
        code = run(IN_PLACE)
        sys.settrace(None)
        return code if steps >= step else NO_MORE_STEPS

    return act


NO_MORE_STEPS = 99


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_a_signal_at_any_step_leaves_each_file_old_or_new(number: signal.Signals, injected: str) -> None:
    wanted = {signal.SIGKILL: {-9}, signal.SIGINT: {130}, signal.SIGTERM: {143, -15}}[number]
    step, code = 0, 0
    while code != NO_MORE_STEPS:
        step += 1
        code = in_child(with_signal(number, step))
        assert code in {*wanted, NO_MORE_STEPS}, f"step {step}"
        assert set(contents()) <= {POD, injected}, f"step {step}"
        assert Path("a.yaml").stat().st_mode & 0o777 == 0o640
        if number is signal.SIGKILL:
            restore()
            assert executed(IN_PLACE).code == 0
            assert contents() == [injected, injected]
        assert leftovers() == [], f"step {step}"
        restore()
    assert step > 40


def restore() -> None:
    for name in ("a.yaml", "b.yaml"):
        Path(name).write_text(POD, encoding="utf-8")


STEPS = [("fchown", 2), ("fchmod", 2), ("fsync", 4), ("rename", 2)]


@pytest.mark.skipif(not shutil.which("strace"), reason="needs strace")
@pytest.mark.parametrize(("call", "time"), [(call, time) for call, times in STEPS for time in range(1, times + 1)])
@pytest.mark.parametrize("fault", ["signal=KILL", "error=EIO"])
def test_a_system_call_that_fails_leaves_each_file_old_or_new(call: str, time: int, fault: str, injected: str) -> None:
    strace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}"]
    command = [*strace, "-e", f"inject={call}:{fault}:when={time}", *COMMAND, *IN_PLACE]
    ended = subprocess.run(command, env=environment(), capture_output=True, check=False)  # noqa: S603 - ours
    if b"ptrace" in ended.stderr:
        pytest.skip("may not trace")
    assert set(contents()) <= {POD, injected}
    if fault != "signal=KILL":
        assert (ended.returncode, leftovers()) == (5, [])
        assert b"yaml: " in ended.stderr
    assert executed(IN_PLACE).code == 0
    assert contents() == [injected, injected]
    assert leftovers() == []


FAULTS = [
    ("open", errno.EROFS),
    ("open", errno.EACCES),
    ("fchmod", errno.EPERM),
    ("fsync", errno.EIO),
    ("fsync", errno.ENOSPC),
    ("replace", errno.EROFS),
    ("listdir", errno.EACCES),
]


@pytest.mark.parametrize(("name", "code"), FAULTS, ids=[f"{name}-{errno.errorcode[code]}" for name, code in FAULTS])
def test_an_error_is_said_and_nothing_is_written(name: str, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    working = getattr(os, name)

    def failing(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - stands in for any function of os
        if name == "open" and not arguments[1] & os.O_CREAT:
            return working(*arguments, **named)
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patch:
        patch.setattr(os, name, failing)
        ended = executed(IN_PLACE)
    assert ended.code == 5
    assert ended.stderr.decode().startswith(f"sidecarctl: a.yaml: {os.strerror(code)}")
    assert contents() == [POD, POD]
    assert leftovers() == []


def test_what_was_written_before_an_error_is_told(monkeypatch: pytest.MonkeyPatch, injected: str) -> None:
    working = os.replace
    written: list[str] = []

    def replace(source: str, target: str) -> None:
        if written:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        written.append(target)
        working(source, target)

    monkeypatch.setattr(os, "replace", replace)
    ended = executed(IN_PLACE)
    assert ended.code == 5
    assert "b.yaml: Input/output error; written before it: a.yaml" in ended.stderr.decode()
    assert contents() == [injected, POD]
    assert leftovers() == []


REPORTING = [*IN_PLACE, "--report=json=r.json", "--report=text=r.txt"]


def told() -> tuple[list[tuple[str, str]], str]:
    """What the reports say: resources and what was done, and the first line for people."""
    report = json.loads(Path("r.json").read_text(encoding="utf-8"))
    outcomes = [(outcome["resource"], outcome["done"]) for outcome in report["outcomes"]]
    return outcomes, Path("r.txt").read_text(encoding="utf-8").splitlines()[0]


def name_pods() -> None:
    for name in ("a", "b"):
        Path(f"{name}.yaml").write_text(POD.replace("name: web", f"name: {name}"), encoding="utf-8")


def test_reports_tell_what_was_written_before_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    name_pods()
    working = os.replace

    def replace(source: str, target: str) -> None:
        if target.endswith("b.yaml") or source.endswith(".old"):  # nor can it be undone
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        working(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", replace)
        assert executed(REPORTING).code == 5
    assert told() == ([("pod/a", "injected")], "a.yaml: pod/a injected (log-agent)")
    assert executed(REPORTING).code == 0
    assert told() == (
        [("pod/a", "unchanged"), ("pod/b", "injected")],
        "a.yaml: pod/a unchanged (log-agent): already injected [INJ001]",
    )


@pytest.mark.parametrize("where", ["--in-place", "--output-dir=out"])
@pytest.mark.parametrize(("third", "code"), [("broken.yaml", 3), ("nothere.yaml", 5), ("fifo", 5)])
def test_reports_tell_of_no_file_that_was_not_written(where: str, third: str, code: int) -> None:
    name_pods()
    Path("db.yaml").write_text(POD.replace("web", "db"), encoding="utf-8")
    Path("broken.yaml").write_text("a: {", encoding="utf-8")
    os.mkfifo("fifo")
    reports = ["--report=json=r.json", "--report=text=r.txt"]
    assert executed([*INJECT, where, "db.yaml", "a.yaml", third, *reports]).code == code
    outcomes, line = told()
    assert ("pod/a", "injected") not in outcomes
    assert "injected" not in line
    if third == "broken.yaml":  # else no document was looked at
        assert outcomes == [("pod/db", "skipped")]
    assert "name: a," in Path("a.yaml").read_text(encoding="utf-8")
    assert "log-agent" not in Path("a.yaml").read_text(encoding="utf-8")


def test_a_file_that_changed_meanwhile_is_not_overwritten(monkeypatch: pytest.MonkeyPatch) -> None:
    working = os.fsync

    def meanwhile(descriptor: int) -> None:
        Path("a.yaml").write_text("# theirs\n", encoding="utf-8")
        working(descriptor)

    monkeypatch.setattr(os, "fsync", meanwhile)
    ended = executed(IN_PLACE)
    assert ended.code == 5
    assert ended.stderr == b"sidecarctl: a.yaml: changed since it was read; nothing was written\n"
    assert contents() == ["# theirs\n", POD]
    assert leftovers() == []


def test_the_temporary_file_of_a_living_run_is_left_alone(injected: str) -> None:
    living = Path(f".a.yaml.{os.getppid()}.sidecarctl.tmp")
    dead = [Path(f".a.yaml.{pid}.sidecarctl.tmp") for pid in ("999999999", "9" * 30)]
    for path in (living, *dead):
        path.write_text("half of it", encoding="utf-8")
    assert executed(IN_PLACE).code == 0
    assert contents() == [injected, injected]
    assert leftovers() == [living.name]


def test_names_that_begin_with_each_other_stay_apart(injected: str) -> None:
    names = ["a.yaml", "a.yaml.yaml", "a.yaml.1.yaml", "a.yaml.\N{SUPERSCRIPT TWO}.yaml"]
    for given in (names, names[::-1]):
        for name in names:
            Path(name).write_text(POD, encoding="utf-8")
        ended = executed([*INJECT, "-i", *given])
        assert ended.code == 0, ended.stderr.decode()
        assert [Path(name).read_text(encoding="utf-8") for name in names] == [injected] * len(names)
        assert leftovers() == sorted(names[1:])


@pytest.mark.parametrize("between", ["yaml.", "1.yaml.", "\N{SUPERSCRIPT TWO}."])
def test_the_temporary_file_of_a_longer_name_is_left_alone(between: str, injected: str) -> None:
    theirs = Path(f".a.yaml.{between}999999999.sidecarctl.tmp")
    theirs.write_text("half of it", encoding="utf-8")
    assert executed(IN_PLACE).code == 0
    assert contents() == [injected, injected]
    assert leftovers() == [theirs.name]


def test_a_file_below_the_output_directory_keeps_its_mode(injected: str) -> None:
    arguments = [*INJECT, "--output-dir", "out", "a.yaml"]
    assert executed(arguments).code == 0
    written = Path("out/a.yaml")
    assert written.read_text(encoding="utf-8") == injected
    written.chmod(0o600)
    assert executed(arguments).code == 0
    assert written.stat().st_mode & 0o777 == 0o600


def test_mode_and_owner_stay(injected: str) -> None:
    if os.geteuid() == 0:
        os.chown("a.yaml", NOBODY, NOBODY)
    before = Path("a.yaml").stat()
    assert executed(IN_PLACE).code == 0
    after = Path("a.yaml").stat()
    assert (after.st_uid, after.st_gid, after.st_mode) == (before.st_uid, before.st_gid, before.st_mode)
    assert contents() == [injected, injected]


def as_nobody(act: Callable[[], int]) -> int:
    """Do something without root's rights."""

    def unprivileged() -> int:
        if os.geteuid() == 0:
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        return act()

    executed([*INJECT, "-i", "a.yaml"])  # all modules are loaded while they may be read
    restore()
    return in_child(unprivileged)


def test_a_directory_that_may_not_be_written_to(folder: Path) -> None:
    folder.chmod(0o555)
    for parent in folder.parents[:3]:
        with suppress(PermissionError):
            parent.chmod(parent.stat().st_mode | 0o055)
    for name in ("a.yaml", "b.yaml", "set.yaml"):
        Path(name).chmod(0o644)
    assert as_nobody(lambda: run(IN_PLACE)) == 5
    folder.chmod(0o755)
    assert contents() == [POD, POD]


def test_a_file_or_directory_that_may_not_be_read(folder: Path) -> None:
    for parent in (folder, *folder.parents[:3]):
        with suppress(PermissionError):
            parent.chmod(parent.stat().st_mode | 0o055)
    Path("a.yaml").chmod(0)
    Path("closed").mkdir(mode=0)
    Path("set.yaml").chmod(0o644)
    assert as_nobody(lambda: run([*INJECT, "a.yaml"])) == 5
    assert as_nobody(lambda: run([*INJECT, "-R", "closed"])) == 5
    Path("closed").chmod(0o755)


def test_files_that_would_be_one_in_the_output_directory(folder: Path) -> None:
    (folder / "x").mkdir()
    shutil.copy("a.yaml", "x/a.yaml")
    ended = executed([*INJECT, "--output-dir", "out", str(folder / "a.yaml"), str(folder / "x" / "a.yaml")])
    assert ended.code == 2
    assert b"another file goes to out/a.yaml already" in ended.stderr
    assert not list(Path("out").iterdir())


def test_a_full_disk(injected: str) -> None:
    mount = "mkdir full && mount -t tmpfs -o size=32k none full && cp set.yaml full && cp a.yaml full && cd full"
    fill = "cp a.yaml b.yaml; head -c 64k /dev/zero > rest"
    script = f"{mount} || exit 77; {{ {fill}; }} 2>/dev/null; {' '.join([*COMMAND, *IN_PLACE])}; c=$?; "
    check = "cmp a.yaml ../a.yaml && cmp b.yaml ../a.yaml && ls -A | grep -c tmp; exit $c"
    unshared = ["unshare", "-m", "sh", "-c", script + check]
    if not shutil.which("unshare"):
        pytest.skip("needs unshare")
    ended = subprocess.run(unshared, env=environment(), capture_output=True, check=False)  # noqa: S603 - ours
    if ended.returncode in {1, 77}:
        pytest.skip("may not mount")
    assert ended.returncode == 5, ended.stderr
    assert b"No space left on device" in ended.stderr
    assert ended.stdout.strip() == b"0"
    assert injected != POD


TELLING = f"{sys.executable} -m sidecarctl inject --sidecarset set.yaml a.yaml"
SHELL = f"{TELLING} -q"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (f"{SHELL} >&-", 5),
        (f"{SHELL} -o json >&-", 5),
        (f"{SHELL} >/dev/full", 5),
        (f"{SHELL} -o name >/dev/full", 5),
        (f"{sys.executable} -m sidecarctl diff --sidecarset set.yaml a.yaml >/dev/full", 5),
        (f"{sys.executable} -m sidecarctl --help >/dev/full", 5),
        (f"{sys.executable} -m sidecarctl version >/dev/full", 5),
        (f"{SHELL} -i >&-", 0),
        (f"{SHELL} 2>&-", 0),
        (f"{sys.executable} -m sidecarctl inject --sidecarset set.yaml - <&-", 2),
        (f"{{ {SHELL}; echo $? >&3; }} 3>code | true; exit $(cat code)", 141),
        (f"{{ {SHELL} -o json; echo $? >&3; }} 3>code | true; exit $(cat code)", 141),
        (f"{SHELL} -o json 2>/dev/full >/dev/full", 5),
        (f"{TELLING} 2>/dev/full", 5),
        (f"{TELLING} --report json 2>/dev/full", 5),
        (f"{TELLING} nothere.yaml 2>/dev/full", 5),
        (f"{TELLING} --nothing 2>/dev/full", 5),
        (f"{TELLING} --report json=/dev/full", 5),
        (f"{TELLING} --report markdown=/dev/full", 5),
        (f"{{ {sys.executable} -m sidecarctl version; echo $? >&3; }} 3>code | true; exit $(cat code)", 141),
    ],
)
def test_stdout_and_its_ends(line: str, code: int) -> None:
    ended = subprocess.run(["bash", "-c", line], env=environment(), capture_output=True, check=False)  # noqa: S603, S607
    assert ended.returncode == code
    assert b"Traceback" not in ended.stderr
    assert b"Exception ignored" not in ended.stderr


@pytest.mark.parametrize("command", ["inject", "inject -o json", "inject -o name", "diff", "uninject"])
def test_what_cannot_be_printed_is_not_reported_as_done(command: str) -> None:
    line = f"{sys.executable} -m sidecarctl {command} --sidecarset set.yaml a.yaml"
    for wish in ("", " --report json=report.json", " --report text=report.txt"):
        shell = ["bash", "-c", f"{line}{wish} >/dev/full"]
        ended = subprocess.run(shell, env=environment(), capture_output=True, check=False)  # noqa: S603
        assert (ended.returncode, ended.stderr) == (5, b"sidecarctl: stdout: No space left on device\n")
    assert json.loads(Path("report.json").read_text(encoding="utf-8"))["stopped"] is True
    assert Path("report.txt").read_text(encoding="utf-8").splitlines()[-1].startswith("stopped before the end: 1 ")


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("output", ["yaml", "json", "json-patch", "merge-patch", "name"])
def test_a_reader_that_leaves_early(output: str, unbuffered: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    Path("a.yaml").write_text("---\n".join([POD.replace("web,", f"{'web' * 50},")] * 600), encoding="utf-8")
    line = f"{{ {SHELL} -o {output}; echo $? >&3; }} 3>code | head -c 5; exit $(cat code)"
    ended = subprocess.run(["bash", "-c", line], env=environment(), capture_output=True, check=False)  # noqa: S603, S607
    assert (ended.returncode, ended.stderr) == (141, b"")


def test_a_report_that_cannot_be_written_is_named() -> None:
    for format_name in ("json", "text", "sarif"):
        ended = executed([*INJECT[:-1], "a.yaml", f"--report={format_name}=/dev/full", "--report=json=other.json"])
        assert (ended.code, ended.stderr) == (5, b"sidecarctl: /dev/full: No space left on device\n")
        assert '"injected"' in Path("other.json").read_text(encoding="utf-8")
        Path("other.json").unlink()
    ended = executed([*INJECT[:-1], "a.yaml", "--report=json=nothere/r.json"])
    assert (ended.code, ended.stderr) == (5, b"sidecarctl: nothere/r.json: No such file or directory\n")


@pytest.mark.parametrize("format_name", ["json", "sarif", "junit"])
def test_a_report_is_written_whole_or_not_at_all(format_name: str) -> None:
    pods = [POD.replace("\n  name: web", f"\n  name: web-{number}", 1) for number in range(100)]
    Path("a.yaml").write_text("---\n".join(pods), encoding="utf-8")
    Path("report").write_text("of the last run\n", encoding="utf-8")
    Path("report").chmod(0o604)
    Path("link").symlink_to("report")
    command = f"{sys.executable} -m sidecarctl check --sidecarset set.yaml a.yaml --injected --report"
    before = sorted(Path().iterdir())
    shell = ["bash", "-c", f"ulimit -f 1; {command} {format_name}=link >/dev/null"]
    ended = subprocess.run(shell, env=environment(), capture_output=True, check=False)  # noqa: S603
    assert (ended.returncode, ended.stderr) == (5, b"sidecarctl: link: File too large\n")
    assert Path("report").read_text(encoding="utf-8") == "of the last run\n"
    assert sorted(Path().iterdir()) == before
    executed([*command.split()[3:], f"{format_name}=link"])
    assert Path("link").is_symlink()
    assert len(Path("report").read_text(encoding="utf-8")) > 1024
    assert Path("report").stat().st_mode & 0o777 == 0o604
    assert sorted(Path().iterdir()) == before


def started(*options: str) -> subprocess.Popen[bytes]:
    """Start to inject into many Pods, from a file and from stdin, and return once it is reading."""
    many = "---\n".join([POD] * 4000).encode()
    Path("many.yaml").write_bytes(many)
    command = [*COMMAND, *INJECT, *options, "many.yaml", "-"]
    process = subprocess.Popen(  # noqa: S603 - ours
        command,
        env=environment(),
        start_new_session=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin is not None
    process.stdin.write(many)  # returns once most of it was read
    return process


def children_of(process: subprocess.Popen[bytes]) -> list[int]:
    """Let a process have all its input, and return its children once there are some."""
    assert process.stdin is not None
    process.stdin.close()
    process.stdin = None
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    while process.poll() is None and not listed.read_text(encoding="ascii"):
        time.sleep(0.01)
    return [int(pid) for pid in listed.read_text(encoding="ascii").split()]


SIGNALS = [(signal.SIGINT, {130}), (signal.SIGTERM, {143, -15})]


@pytest.mark.parametrize(("number", "codes"), SIGNALS)
def test_a_signal_while_reading(number: signal.Signals, codes: set[int]) -> None:
    process = started()
    os.killpg(process.pid, number)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode in codes
    assert stderr == b""


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
@pytest.mark.parametrize(("number", "codes"), SIGNALS)
def test_a_signal_while_several_processes_work(number: signal.Signals, codes: set[int]) -> None:
    process = started("--jobs", "2")
    assert children_of(process)
    os.killpg(process.pid, number)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode in codes
    assert stderr == b""


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
def test_a_process_that_was_killed_is_missed() -> None:
    process = started("--jobs", "2")
    os.kill(children_of(process)[0], signal.SIGKILL)
    stdout, stderr = process.communicate(timeout=60)
    assert (process.returncode, stdout) == (5, b"")
    assert b"one of our processes was killed" in stderr


def test_what_cannot_be_read_takes_nothing_behind_it_along(injected: str) -> None:
    rest = f"a: {'long' * 1000}\n---\n{POD}"
    Path("a.yaml").write_text(f"{POD}---\n{rest}", encoding="utf-8")

    ended = executed([*INJECT, "-i", "--keep-going", "--max-document", "2Ki", "a.yaml", "b.yaml"])

    assert ended.code == 3
    assert b"a.yaml: what follows is passed on as it came" in ended.stderr
    assert contents() == [f"{injected}---\n{rest}", injected]
    assert leftovers() == []


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_the_same_in_a_stream_and_its_shards(jobs: str) -> None:
    data = f"{POD}---\n{POD}---\na: {'long' * 1000}\n---\n{POD}".encode()
    reading = [*INJECT, "--keep-going", "--max-document", "2Ki", "--jobs", jobs]

    whole = executed(reading, data)
    shards = [executed([*reading, "--shard", f"{number}/2"], data).stdout for number in (1, 2)]

    assert whole.code == 3
    assert whole.stdout.count(b"log-agent:1.4") == 2
    assert whole.stdout.endswith(data[data.index(b"a: long") :])
    assert sum(map(len, shards)) == len(whole.stdout)
    assert sum(shard.endswith(data[data.index(b"a: long") :]) for shard in shards) == 1


STREAM = "".join(f"kind: ConfigMap\ndata: {{n: '{n}', text: {'x' * 1000}}}\n---\n" for n in range(20_000))


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
@pytest.mark.parametrize("flags", [["-i"], ["--output-dir", "out"]])
def test_a_long_file_is_never_in_memory(flags: list[str], injected: str) -> None:
    """In a process of its own, which says how much it needed: a file of 20 MB, changed at its beginning and end."""
    pods = POD + "---\n"
    Path("a.yaml").write_text(pods + STREAM + pods, encoding="utf-8")
    # Not getrusage: a process begins with the most that the one had that it was forked from.
    most = "print(*[line.split()[1] for line in open('/proc/self/status') if line[:6] == 'VmHWM:'], file=sys.stderr)"
    code = f"import sys; from sidecarctl.shell.cli.main import run; code = run(sys.argv[1:]); {most}; sys.exit(code)"

    command = [sys.executable, "-c", code, *INJECT, "--jobs", "1", *flags, "a.yaml"]
    ended = subprocess.run(command, env=environment(), capture_output=True, check=True)  # noqa: S603 - ours

    written = Path("out/a.yaml" if flags[0] == "--output-dir" else "a.yaml").read_text(encoding="utf-8")
    assert written == f"{injected}---\n{STREAM}{injected}---\n"
    assert int(ended.stderr) < 38 * 1024  # KiB


def test_what_comes_before_the_first_change_is_copied(injected: str) -> None:
    Path("a.yaml").write_text(STREAM + POD, encoding="utf-8")

    ended = executed([*INJECT, "-i", "a.yaml", "b.yaml"])

    assert ended.code == 0, ended.stderr.decode()
    assert contents() == [STREAM + injected, injected]


def test_nothing_is_written_beside_a_file_that_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("a.yaml").write_text(STREAM, encoding="utf-8")
    begun: list[str] = []
    begin = atomic.Staging.begin

    def noted(staging: atomic.Staging, target: str, stamp: atomic.Stamp | None) -> atomic.NewContent:
        begun.append(target)
        return begin(staging, target, stamp)

    monkeypatch.setattr(atomic.Staging, "begin", noted)
    assert executed([*INJECT, "-i", "a.yaml", "b.yaml"]).code == 0

    assert begun == ["b.yaml"]


def test_a_full_disk_in_the_middle_of_a_file_leaves_all_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("b.yaml").write_text(f"{POD}---\n{STREAM}", encoding="utf-8")
    put = atomic.NewContent.put
    pieces = 0

    class Full(io.BytesIO):
        def write(self, _data: Any) -> int:  # noqa: ANN401 - a buffer of any type
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def failing(content: atomic.NewContent, piece: bytes) -> None:
        nonlocal pieces
        pieces += 1
        if pieces == 20:
            content.abandon()
            monkeypatch.setattr(content, "_file", Full())
        put(content, piece)

    monkeypatch.setattr(atomic.NewContent, "put", failing)
    ended = executed(IN_PLACE)

    assert ended.code == 5
    assert b"b.yaml: No space left on device" in ended.stderr
    assert contents() == [POD, f"{POD}---\n{STREAM}"]
    assert leftovers() == []


def test_a_file_that_cannot_be_read_to_its_end_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("b.yaml").write_text(f"{POD}---\n{STREAM}", encoding="utf-8")
    read = files.blocks

    def failing(source: files.Source, start: int = 0) -> Iterator[bytes]:
        for number, block in enumerate(read(source, start)):
            if number == 10:
                raise InputError(f"{source.shown}: {os.strerror(errno.EIO)}")
            yield block

    monkeypatch.setattr(inputs, "blocks", failing)
    ended = executed([*IN_PLACE, "--keep-going"])

    assert ended.code == 5
    assert b"b.yaml: Input/output error" in ended.stderr
    assert contents() == [POD, f"{POD}---\n{STREAM}"]
    assert leftovers() == []
