"""The compiled parser without ruamel.yaml around it: the same answers, and nobody else's ruamel.yaml is touched."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from commandline import environment
from doors.shell import yaml_parser as ownparser
from test_yaml_suite import cases

TESTDATA = Path(__file__).parent.parent.parent / "testdata"
AWKWARD = (
    "%YAML 1.1\n%TAG !e! tag:example.com,2000:\n---\n- &a !e!x [1, 'b', \"c\"]\n- *a\n",
    "- !!map {k: !!str 5}\n- |\n  x\n- >\n  y\n...\n--- &root\na: é\n",
    "%YAML 1.2\n---\na: 1\n",
    "a: \x07\n",
    "b: 'open\n",
    "a: [1\n",
    "a: b: c\n",
    "a: *nowhere\n",
    "\ta: 1\n",
    "@x\n",
    "",
)
# Reads the texts on stdin, and prints all that we ask of their events, or what we make of the complaint.
EVENTS = """
import json, sys
from sidecarctl.yamledit.parse.events import IS_FAST, StreamEndEvent, event_reader, events_counted, syntax_error
ASKED = ("anchor", "ctag", "tag", "value", "implicit", "style", "flow_style", "version")
NOBODY_ASKS = {("AliasEvent", "style"), ("SequenceStartEvent", "implicit"), ("MappingStartEvent", "implicit")}

def shown(event):
    name = type(event).__name__
    asked = [each for each in ASKED if hasattr(event, each) and (name, each) not in NOBODY_ASKS]
    marks = [[mark.index, mark.line, mark.column] for mark in (event.start_mark, event.end_mark)]
    return [name, marks, {each: str(getattr(event, each)) for each in asked}]

def events(text):
    try:
        next_event = event_reader(text)
        while True:
            event = next_event()
            yield shown(event)
            if type(event) is StreamEndEvent:
                yield events_counted(text)
                return
    except Exception as error:
        wrong = syntax_error(error, text)
        yield [wrong.message, wrong.index, getattr(error, "problem", None)]

json.dump([IS_FAST, *(list(events(text)) for text in json.load(sys.stdin))], sys.stdout)
"""
OWN = "from sidecarctl.shell.cli.yaml_parser import load_parser; load_parser()\n"


def printed(program: str, text: str = "", *path: Path) -> str:
    """Run a program in a process of its own and return what it prints."""
    set_up = {**environment(), "PYTHONPATH": ":".join([*map(str, path), environment()["PYTHONPATH"]])}
    return subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-c", program], input=text, env=set_up, capture_output=True, text=True, check=True
    ).stdout


@pytest.fixture(scope="module")
def texts() -> str:
    suite = [case.values[0] for case in cases()]  # type: ignore[attr-defined]  # pytest's own
    inputs = [file.read_text(encoding="utf-8") for file in sorted((TESTDATA / "inject").glob("*/*.yaml"))]
    return json.dumps([*AWKWARD, *suite, *inputs])


def test_every_event_and_complaint_is_the_same(texts: str) -> None:
    whole, own = json.loads(printed(EVENTS, texts)), json.loads(printed(OWN + EVENTS, texts))
    assert len(own) > 200
    assert own == whole


def test_without_the_compiled_parser_ruamel_reads(tmp_path: Path) -> None:
    (tmp_path / "_ruamel_yaml.py").write_text("raise ImportError('no wheel for this platform')")
    own = json.loads(printed(OWN + EVENTS, json.dumps(AWKWARD), tmp_path))
    whole = json.loads(printed(EVENTS, json.dumps(AWKWARD), tmp_path))
    assert own == whole
    assert own[0] is False


def test_nothing_of_it_is_left_behind() -> None:
    program = "import sys\nprint([name for name in sys.modules if name.startswith('ruamel')])"
    assert printed(f"{OWN}{program}") == "['ruamel.yaml.clib._ruamel_yaml']\n"  # the compiled parser itself


def test_who_imported_ruamel_before_keeps_it_whole() -> None:
    program = """
from ruamel.yaml import YAML, YAMLError
from sidecarctl.shell.cli.yaml_parser import load_parser
load_parser()
import sidecarctl.yamledit.parse.events as ours, ruamel.yaml.events as theirs
assert ours.ScalarEvent is theirs.ScalarEvent
print(YAML(typ="safe").load("a: [1, b]"))
"""
    assert printed(program) == "{'a': [1, 'b']}\n"


def test_who_uses_the_library_gets_ruamel_whole() -> None:
    program = """
import sidecarctl
sidecarctl.inject
from ruamel.yaml import YAML, YAMLError, __with_libyaml__
assert __with_libyaml__
try:
    YAML(typ="safe").load("a: [")
except YAMLError:
    print(YAML(typ="safe").load("a: [1, b]"))
"""
    assert printed(program) == "{'a': [1, 'b']}\n"


def test_the_parser_asks_for_nothing_else() -> None:
    program = """
import ruamel.yaml, _ruamel_yaml
print(*{value.__module__ for value in vars(_ruamel_yaml).values() if isinstance(value, type)})
"""
    asked = {name for name in printed(program).split() if not name.endswith("_ruamel_yaml")}
    assert asked - {"builtins"} == set(ownparser.STOOD_IN_FOR)
