"""What the README and docs/ show: commands on examples/ print what stands below them, and links lead somewhere."""

import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from runpy import run_path
from typing import Any

import pytest
from commandline import executed
from doors.yamledit import chunks, documents

ROOT = Path(__file__).parent.parent.parent
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
DOCUMENTS = [*READMES, *sorted((ROOT / "docs").glob("*.md"))]
DEMO = "python3 dev.py demo"
LEFT_OUT = "…\n"
NEW_SET = "/tmp/new.yaml"  # noqa: S108 - what the documents call it; the tests put it elsewhere
_CONSOLE = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"^\$ ((?:[^\n]*\\\n)*[^\n]*)\n((?:(?!\$ )[^\n]*\n)*)", re.MULTILINE)
_LINK = re.compile(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)")


def shown() -> Iterator[tuple[str, str, str]]:
    """Yield commands with what a document says they print: (document, command, lines)."""
    for path in DOCUMENTS:
        for block in _CONSOLE.findall(path.read_text(encoding="utf-8")):
            for command, lines in _COMMAND.findall(block):
                is_ours = command.startswith(("sidecarctl ", "kubectl sidecarset ")) and not set("|>") & set(command)
                if lines and (command == DEMO or (is_ours and (".yaml" not in command or "examples/" in command))):
                    yield path.name, command, lines


SHOWN = [one for one in shown() if "--config" not in one[1]]


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    for name in ("NO_COLOR", "FORCE_COLOR", *(name for name in os.environ if name.startswith("SIDECARCTL_"))):
        monkeypatch.delenv(name, raising=False)


def runs_of(command: str, folder: Path) -> list[list[str]]:
    """Return what sidecarctl is given by a command line of a document, once for each time that it runs."""
    elsewhere = {NEW_SET: str(folder / "new.yaml"), "demo": str(folder)}
    if command == DEMO:
        runs = [words[2:] for words in run_path(str(ROOT / "dev.py"))["DEMO"]]
    else:
        words = shlex.split(command.replace("\\\n", " "))
        runs = [words[2 if words[0] == "kubectl" else 1 :]]
    return [[elsewhere.get(word, word) for word in words] for words in runs]


def test_there_are_commands_with_their_output() -> None:
    assert {path.name for path in READMES} < {name for name, _, _ in SHOWN}


@pytest.mark.parametrize(("document", "command", "lines"), SHOWN, ids=lambda text: text[:60])
def test_command_prints_what_the_document_shows(document: str, command: str, lines: str, tmp_path: Path) -> None:
    new_set = tmp_path / "new.yaml"
    old_set = (ROOT / "examples" / "sidecarset.yaml").read_text(encoding="utf-8")
    new_set.write_text(old_set.replace("3.0.4", "3.1.0"), encoding="utf-8")
    ended = [executed(words) for words in runs_of(command, tmp_path)]
    printed = b"".join(ran.stdout + ran.stderr for ran in ended).decode()
    at = 0
    for piece in lines.removeprefix("setting up .venv …\n").split(LEFT_OUT):
        found = f"\n{printed}".find(f"\n{piece}", at)
        assert found >= 0, f"{document}: {command} does not print, or not here:\n{piece}"
        at = found + len(piece)
    assert lines.endswith(LEFT_OUT) or at == len(printed), f"{document}: {command} prints more:\n{printed[at:]}"


def test_both_readmes_show_the_same_commands() -> None:
    english, chinese = ([one[1:] for one in SHOWN if one[0] == path.name] for path in READMES)
    assert english == chinese


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    for file_name, anchor in _LINK.findall(path.read_text(encoding="utf-8")):
        target = path.parent / file_name if file_name else path
        assert target.is_file(), file_name
        heads = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.MULTILINE)
        names = [re.sub(r"[^\w\- ]", "", head).lower().replace(" ", "-") for head in heads]
        assert not anchor or anchor in names, anchor


@pytest.mark.heavy
@pytest.mark.skipif(shutil.which("jq") is None, reason="needs jq")
@pytest.mark.parametrize("name", ["examples/sidecarset.yaml", "testdata/documents/every-default.yaml"])
def test_ignored_differences_of_argo_cd_are_all_that_there_are(name: str) -> None:
    recipe = (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8")
    paths = re.search(r"jqPathExpressions:\n((?:  - .*\n)+)", recipe)
    assert paths is not None
    expressions = [line.removeprefix("  - ") for line in paths[1].splitlines()]
    chunk = next(chunks([(ROOT / name).read_bytes()], name))
    written = next(iter(documents(chunk, name))).value()
    stored = json.loads(executed(["admit", "--no-validate", "--quiet", "-o", "json", name]).stdout)
    assert lists(stored) != lists(written)
    assert lists(without(expressions, stored)) == lists(without(expressions, written))


def lists(sidecar_set: Any) -> dict[str, object]:  # noqa: ANN401 - JSON
    """Return the fields of a SidecarSet that are lists: what Argo CD compares whole."""
    return {key: value for key, value in sidecar_set["spec"].items() if isinstance(value, list)}


def without(expressions: list[str], value: object) -> object:
    """Return a value without what jq expressions point at, as Argo CD takes it away: one after the other."""
    jq = shutil.which("jq")
    assert jq is not None
    program = " | ".join(f"del({expression})" for expression in expressions)
    given = json.dumps(value)
    ended = subprocess.run([jq, program], input=given, capture_output=True, check=True, text=True)  # noqa: S603 - ours
    return json.loads(ended.stdout)
