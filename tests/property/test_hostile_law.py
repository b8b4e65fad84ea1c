"""Whatever is done to a manifest: each command answers in words, soon, and never with an internal error."""

from pathlib import Path
from time import process_time
from typing import Final

import pytest
from chooser import Chooser
from commandline import executed
from doors.shell import Exit
from hypothesis import given
from hypothesis import strategies as st
from rendering import DIRECTIVE, rendered
from scenes import FEWER, Scene, scene
from strategies import Draw

ODD: Final[tuple[str, ...]] = (
    *"\t:-?[]{}&*!|>'\"%@`,#~\0\x07\x85\u2028\ufeff\\🎉",
    "<<: ",
    "---\n",
    "...\n",
    "*n1",
    "&n1 ",
    "!!binary ",
    "? ",
    "{{ .Values.x }}",
    "null",
    "1e999",
    "- ",
    "\n",
    "\r",
    "0x",
    "-0",
)
WORDS: Final = ("containers", "annotations", "app", "web", "spec", "name", "volumes", "[]", "{}", "Pod")
COMMANDS: Final = ("inject", "uninject", "diff", "check", "why", "admit")
SECONDS: Final = 2
MOST_BYTES: Final = 1_500_000
POD: Final = """\
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  containers:
  - name: web
    image: web:1
"""
SET: Final = """\
apiVersion: apps.kruise.io/v1beta1
kind: SidecarSet
metadata: {name: agents}
spec:
  selector: {matchLabels: {app: web}}
  containers:
  - {name: before, image: a:1}
  - {name: after, image: b:1, podInjectPolicy: AfterAppContainer}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("law")


@st.composite
def spoilt(draw: Draw) -> Scene:
    """A scene to whose stream something was done."""
    choose = Chooser(draw)
    made = scene(choose)
    text = made.data.decode()
    if choose.chance(2):  # a SidecarSet of the stream is read as any other object
        text = f"{rendered(choose, made.sets[0]).rstrip()}\n---\n{text.removeprefix(DIRECTIVE)}"
    for _ in range(choose.number(1, 4)):
        text = spoilt_text(choose, text)
    return made._replace(data=text.encode())


def spoilt_text(choose: Chooser, text: str) -> str:
    """A text with one thing done to it."""
    lines = text.splitlines(keepends=True)
    at = choose.number(0, max(0, len(lines) - 1))
    line = lines[at : at + 1]
    place = choose.number(0, len(text))
    return choose.one_of(
        "".join([*lines[:at], *lines[at + 1 :]]),
        "".join([*lines[:at], *line, *line, *lines[at + 1 :]]),
        "".join([*lines[:at], *(f" {one}" for one in line), *lines[at + 1 :]]),
        "".join([*lines[:at], *(one.lstrip(" ") for one in line), *lines[at + 1 :]]),
        text[:place] + choose.one_of(*ODD) + text[place:],
        text[:place],
        text.replace(choose.one_of(*WORDS), choose.one_of(*ODD, *WORDS), 1),
    )


@FEWER
@given(spoilt())
def test_every_command_answers_in_words(folder: Path, scene: Scene) -> None:
    for command in COMMANDS:
        begin = process_time()
        ran = scene.run(folder, command, scene.data)
        assert ran.code != Exit.BUG, (command, ran.stderr.decode())
        assert process_time() - begin < SECONDS, command


@pytest.mark.parametrize("line", ["\n", "\r", "\r\n", " \n", "\x85\n", "#\n", "  # c\n"])
def test_a_document_of_hardly_anything_is_no_work(tmp_path: Path, line: str) -> None:
    text = POD + line * (MOST_BYTES // len(line.encode()))
    begin = process_time()
    ran = executed(["inject", "--sidecarset", str(_file(tmp_path, "set.yaml", SET)), str(_file(tmp_path, "x", text))])
    assert ran.code == Exit.OK, ran.stderr.decode()
    assert process_time() - begin < SECONDS


def _file(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path
