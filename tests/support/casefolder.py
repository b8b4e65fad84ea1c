"""Case folders of testdata/: what a command is given, what it must answer (testdata/README.md)."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path
from typing import Final, NamedTuple

import pytest
from commandline import Ran, executed
from doors.shell import COMMANDS

TESTDATA: Final = Path(__file__).parent.parent.parent / "testdata"


class Case(NamedTuple):
    """A case folder: input*.yaml or .json, sidecarsets.yaml and, where they matter, cluster.yaml and flags.txt."""

    folder: Path

    @property
    def inputs(self) -> list[str]:
        """The names of the files to work on."""
        return sorted(path.name for path in self.folder.glob("input*"))

    @property
    def given(self) -> bytes:
        """All of them as one stream."""
        return b"---\n".join((self.folder / name).read_bytes() for name in self.inputs)

    @property
    def expected(self) -> Path:
        """The file that holds what must come out."""
        endings = {"json": "json", "json-patch": "json", "merge-patch": "json", "name": "txt"}
        default = f"expected{Path(self.inputs[0]).suffix}"
        return self.folder / next((f"expected.{endings[flag]}" for flag in self.outputs if flag in endings), default)

    @property
    def flags(self) -> list[str]:
        """Further arguments, `--name` or `--name=value` each."""
        return self.lines("flags.txt")

    @property
    def outputs(self) -> list[str]:
        """What `--output` asks for."""
        return [flag.partition("=")[2] for flag in self.flags if flag.startswith("--output=")]

    def lines(self, name: str) -> list[str]:
        """The lines of one of its files; none where it is not there."""
        path = self.folder / name
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else []

    def arguments(self, command: str, *, without: tuple[str, ...] = ()) -> list[str]:
        """The arguments of a command: those of the case's flags that it knows."""
        known = {option.name for option in COMMANDS[command].options} - {*without}
        flags = [flag for flag in self.flags if flag.removeprefix("--").partition("=")[0] in known]
        cluster = ["--cluster", "cluster.yaml"] if (self.folder / "cluster.yaml").exists() else []
        return [command, "--sidecarset", "sidecarsets.yaml", *cluster, *flags]

    def run(self, command: str, stdin: bytes | None = None, *more: str, without: tuple[str, ...] = ()) -> Ran:
        """Run a command on the case's input, or on what is piped in; the working directory is the case's folder."""
        arguments = [*self.arguments(command, without=without), *more]
        return executed([*arguments, *([] if stdin is not None else self.inputs)], stdin or b"")


def cases(name: str) -> list[object]:
    """The folders below testdata/NAME, for a parametrized test."""
    folders = sorted(path for path in (TESTDATA / name).iterdir() if path.is_dir())
    return [pytest.param(Case(folder), id=folder.name) for folder in folders]


def check_answer(case: Case, ran: Ran, *, update: bool) -> None:
    """Compare how a command ended, what it printed and what it said with the case's files."""
    code, *patterns = case.lines("errors.txt") or ["0"]
    said = ran.stderr.decode()
    assert ran.code == int(code), said
    for pattern in patterns:
        assert any(re.search(pattern, line) for line in said.splitlines()), f"nothing on stderr is {pattern!r}:\n{said}"
    if update:
        if ran.stdout or case.expected.exists():
            case.expected.write_bytes(ran.stdout)
        if (case.folder / "report.txt").exists():
            (case.folder / "report.txt").write_bytes(ran.stderr)
    assert ran.stdout == (case.expected.read_bytes() if case.expected.exists() else b"")
    if (case.folder / "report.txt").exists():
        assert ran.stderr.decode() == (case.folder / "report.txt").read_text(encoding="utf-8")


def check_user_lines(case: Case, output: bytes, *, update: bool) -> None:
    """Compare the lines of the input that do not stand in the output with rewritten.txt."""
    gone = "".join(rewritten(case.given, output))
    path = case.folder / "rewritten.txt"
    if update and (gone or path.exists()):
        path.write_text(gone, encoding="utf-8")
    assert gone == (path.read_text(encoding="utf-8") if path.exists() else "")


def rewritten(before: bytes, after: bytes) -> Iterator[str]:
    """Return the lines of one text that are not in another, which may have more of them."""
    old, new = before.decode().splitlines(keepends=True), after.decode().splitlines(keepends=True)
    for tag, start, end, _, _ in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag not in {"equal", "insert"}:
            yield from old[start:end]
