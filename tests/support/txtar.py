"""Run a script of testdata/script: commands, one a line, then the files they need (txtar).

exec ARGS    runs sidecarctl, here; `spawn ARGS` as a process of its own; it succeeds, or with `!` ends with `exit N`
stdin FILE   what the next command reads
stdout RE    what must be found in what it printed; `! stdout RE`: what must not; `stderr` likewise
cmp A B      the same bytes, `stdout` and `stderr` being files too; `--update` rewrites B
env A=B, cd A, cp A B, link TARGET A, fifo A, exists A: as in a shell
"""

import os
import re
import shlex
from pathlib import Path

import pytest
from commandline import Ran, executed, spawned

_FILE = re.compile(r"^-- (.+) --\n", re.MULTILINE)


class Script:
    """A script, and what its last command left; its files are laid out in the working directory."""

    def __init__(self, path: Path, patch: pytest.MonkeyPatch, *, update: bool) -> None:
        self.commands, *parts = _FILE.split(path.read_text(encoding="utf-8"))
        self.files = dict(zip(parts[::2], parts[1::2], strict=True))
        self.path, self.patch, self.update = path, patch, update
        self.ran, self.stdin = Ran(0, b"", b""), b""
        for name, text in self.files.items():
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            Path(name).write_text(text, encoding="utf-8", newline="")

    def run(self) -> None:
        for number, line in enumerate(self.commands.splitlines(), 1):
            is_denied, words = line.startswith("! "), shlex.split(line.removeprefix("! "), comments=True)
            if words and self._holds(*words) == is_denied:
                printed = b"%b\nstderr:\n%b" % self.ran[1:]
                pytest.fail(f"{self.path}:{number}: {line}\nexit {self.ran.code}\n{printed.decode()}", pytrace=False)
        if self.update:
            files = "".join(f"-- {name} --\n{text}" for name, text in self.files.items())
            self.path.write_text(self.commands + files, encoding="utf-8")

    def _holds(self, verb: str, *words: str) -> bool:
        match verb, *words:
            case (("exec" | "spawn"), *arguments):
                self.ran = (executed if verb == "exec" else spawned)(arguments, self.stdin)
                self.stdin = b""
                return self.ran.code == 0
            case "exit", code:
                return self.ran.code == int(code)
            case (("stdout" | "stderr"), pattern):
                return re.search(pattern, self._bytes(verb).decode(), re.MULTILINE) is not None
            case "cmp", given, wanted:
                if self.update and wanted in self.files:
                    self.files[wanted] = self._bytes(given).decode()
                return self.update or self._bytes(given) == self._bytes(wanted)
            case "exists", name:
                return Path(name).exists()
            case _:
                self._arrange(verb, *words)
                return True

    def _arrange(self, verb: str, *words: str) -> None:
        match verb, *words:
            case "stdin", name:
                self.stdin = self._bytes(name)
            case "env", setting:
                self.patch.setenv(*setting.split("=", 1))
            case "cd", folder:
                self.patch.chdir(folder)
            case "cp", source, target:
                Path(target).write_bytes(self._bytes(source))
            case "link", target, name:
                Path(name).symlink_to(target)
            case "fifo", name:
                os.mkfifo(name)
            case _:
                pytest.fail(f"{self.path}: no such verb: {verb} {words}", pytrace=False)

    def _bytes(self, name: str) -> bytes:
        return bytes(getattr(self.ran, name)) if name in Ran._fields else Path(name).read_bytes()
