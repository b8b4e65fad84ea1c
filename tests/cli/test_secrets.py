"""What is secret stays so: values of Secrets and of env reach documents and patches, never a report or a message."""

import json
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from commandline import Ran, executed, spawned

CANARY = "c4n4ry"
SET = f"""\
apiVersion: apps.kruise.io/v1alpha1
kind: SidecarSet
metadata: {{name: log-agent}}
spec:
  selector: {{matchLabels: {{app: web}}}}
  patchPodMetadata:
  - patchPolicy: MergePatchJson
    annotations: {{settings: '{{"token": "{CANARY}"}}'}}
  containers:
  - name: log-agent
    image: log-agent:1.4
    env:
    - {{name: TOKEN, value: {CANARY}}}
    - {{name: TOKEN, value: {CANARY}-again}}
    transferEnv:
    - {{sourceContainerName: main, envName: PASSWORD}}
"""
SECRET = f"""\
apiVersion: v1
kind: Secret
metadata: {{name: keys, annotations: {{containers: "app web"}}}}
stringData: {{password: {CANARY}}}
data: {{password: {CANARY}=, containers: web}}
"""
POD = f"""\
apiVersion: v1
kind: Pod
metadata:
  name: web
  labels: {{app: web}}
  annotations: {{settings: '{{"mine": "{CANARY}"}}', password: {CANARY}}}
spec:
  containers:
  - name: main
    image: web
    args: [--password, {CANARY}]
    env:
    - {{name: PASSWORD, value: {CANARY}}}
"""
INPUT = f"{SECRET}---\n{POD}"
# A Pod whose own volumes, limits and names meet those of a SidecarSet in every way that there is a warning for.
RUNNING = f"""\
apiVersion: batch/v1
kind: Job
metadata: {{name: once}}
spec:
  template:
    metadata:
      labels: {{app: web}}
      annotations: {{kubectl.kubernetes.io/last-applied-configuration: '{{"a": "{CANARY}"}}'}}
    spec:
      restartPolicy: Never
      containers:
      - {{name: log-agent, image: web, env: [{{name: TOKEN, value: {CANARY}}}]}}
      - {{name: main, image: web, envFrom: [{{secretRef: {{name: keys}}}}]}}
"""
BROKEN = {
    "flow left open": INPUT + f"x: {{a: {CANARY}\n",
    "quote left open": INPUT + f'x: "{CANARY}\n',
    "tab": INPUT + f"x:\n\t{CANARY}: a\n",
    "wrong indentation": INPUT.replace("    env:", f"   {CANARY}: 1\n     env:"),
    "key twice": INPUT.replace(
        "    - {name: P", f"    - {{name: a, value: {CANARY}, value: {CANARY}}}\n    - {{name: P"
    ),
    "secret key twice": INPUT.replace(f"data: {{password: {CANARY}=", f"data: {{{CANARY}: {CANARY}, {CANARY}: b"),
    "tag": INPUT + f"x: !!python/name:{CANARY} {CANARY}\n",
    "unknown tag": INPUT + f"x: !{CANARY} {CANARY}\n",
    "undefined alias": INPUT + f"x: *{CANARY}\n",
    "merge of a text": INPUT + f"x: {{<<: {CANARY}}}\n",
    "key that is a list": INPUT + f"? [{CANARY}]\n: {CANARY}\n",
    "number too long": INPUT + f"x: {'9' * 1001}\n# {CANARY}\n",
    "bad binary": INPUT + f"x: !!binary {CANARY}\n",
    "bad integer": INPUT + f"x: !!int {CANARY}\n",
    "bad float": INPUT + f"x: !!float {CANARY}\n",
    "infinite": INPUT + f"x: [.inf, {CANARY}]\n",
    "directive": f"%YAML 3.0\n---\n# {CANARY}\n" + INPUT,
    "no UTF-8": INPUT + f"x: {CANARY}\udcff\n",
    "UTF-16": INPUT.encode("utf-16").decode(errors="surrogateescape"),
    "NUL": INPUT + f"x: {CANARY}\0\n",
    "Helm": INPUT + f"x: {{{{ {CANARY} }}}}\n  y: b\n",
    "env no list": INPUT.replace("    env:\n", f"    env: {CANARY}\n    envFrom:\n"),
    "env value a map": INPUT.replace(f"value: {CANARY}", f"value: {{{CANARY}: {CANARY}}}"),
    "env value a list": INPUT.replace(f"value: {CANARY}", f"value: [{CANARY}]"),
    "env a text": INPUT.replace(f"{{name: PASSWORD, value: {CANARY}}}", CANARY),
    "quantity": INPUT.replace("    image: web", f"    resources: {{limits: {{cpu: {CANARY}}}}}\n    image: web"),
    "port": INPUT.replace("    image: web", f"    ports: [{{containerPort: {CANARY}}}]\n    image: web"),
    "merged annotation": INPUT.replace('\'{"mine"', '\'["mine"'),
    "merged annotation no map": INPUT.replace(f'\'{{"mine": "{CANARY}"}}\'', CANARY),
    "hash annotation": INPUT.replace("password: c", "kruise.io/sidecarset-hash: '{a', password: c"),
    "hash annotation no map": INPUT.replace("password: c", "kruise.io/sidecarset-hash: '[1]', password: c"),
}
BAD_SETS = {
    "no list": SET.replace("    env:\n", f"    env: {CANARY}\n    envFrom:\n"),
    "env value a map": SET.replace(f"value: {CANARY}}}", f"value: {{{CANARY}: {CANARY}}}}}"),
    "env with value and source": SET.replace(f"value: {CANARY}}}", f"value: {CANARY}, valueFrom: {{}}}}"),
    "env key twice": SET.replace("{name: TOKEN,", "{name: TOKEN, name: TOKEN,"),
    "unknown field": SET.replace("{name: TOKEN,", f"{{name: TOKEN, valeu: {CANARY},"),
    "patch no JSON": SET.replace('\'{"token"', '\'["token"'),
    "env name": SET.replace("name: TOKEN", 'name: "a b=c"'),
    "broken": SET + f"x: {{a: {CANARY}\n",
}
COMMANDS = [
    "inject",
    "inject --keep-going --no-validate",
    "inject --report json --no-validate",
    "inject -o json-patch --defaults",
    "inject --as-pods --color always",
    "inject --jobs 2",
    "diff --no-validate",
    "diff --report json",
    "uninject",
    "uninject --partial --report json",
    "admit",
    "admit --no-validate --to v1beta1",
]
CHECK_FORMATS = ("text", "json", "sarif", "junit", "github", "markdown")
WHY_FORMATS = ("text", "json", "dot", "mermaid")
# These print nothing but reports: nothing secret may be on stdout either, nor in a report's file.
REPORTING = [
    *(f"check --injected --upstream-messages --report {kind}" for kind in CHECK_FORMATS),
    *(f"check --report {kind}=report.out --old old.yaml" for kind in CHECK_FORMATS),
    "check --keep-going --jobs 2 --color always",
    *(f"why -o {kind}" for kind in WHY_FORMATS),
    "why pod/web",
    "why sidecarset/log-agent --keep-going",
]
CHANGED = SET.replace("log-agent:1.4", "log-agent:1.5").replace(f"value: {CANARY}}}", f"value: other-{CANARY}}}")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SIDECARCTL_DEBUG", "1")
    Path("set.yaml").write_text(SET, encoding="utf-8")
    return tmp_path


def arguments_of(command: str) -> list[str]:
    name, *options = shlex.split(command)
    return [name, *options, *([] if name == "admit" else ["--sidecarset", "set.yaml"]), "in.yaml"]


def write(name: str, text: str) -> None:
    Path(name).write_bytes(text.encode(errors="surrogateescape"))


def assert_nothing_told(ran: Ran) -> None:
    assert ran.code != 70, ran.stderr.decode()
    assert CANARY not in ran.stderr.decode()


@pytest.mark.parametrize("command", COMMANDS)
def test_a_run_that_goes_well(command: str) -> None:
    write("in.yaml", SET if command.startswith("admit") else INPUT)
    assert_nothing_told(executed(arguments_of(command)))


def reported(command: str, *paths: str) -> Ran:
    """Run a command that reports; nothing secret may be in anything that it writes."""
    write("old.yaml", CHANGED)
    report = Path("report.out")
    report.unlink(missing_ok=True)
    name, *options = shlex.split(command)
    ran = executed([name, *options, *paths])
    assert ran.code != 70, ran.stderr.decode()
    written = report.read_bytes() if report.exists() else b""
    assert CANARY.encode() not in ran.stdout + ran.stderr + written, (ran.stdout + ran.stderr + written).decode()
    return ran._replace(stdout=ran.stdout + written)


@pytest.mark.parametrize("command", REPORTING)
def test_a_report(command: str) -> None:
    write("in.yaml", f"{SET}---\n{INPUT}---\n{RUNNING}")
    ran = reported(command, "in.yaml")
    assert ran.stdout, "else nothing is shown by this"


@pytest.mark.parametrize("fault", BROKEN)
def test_a_report_of_a_manifest_with_a_fault(fault: str) -> None:
    write("in.yaml", BROKEN[fault])
    for command in REPORTING:
        reported(command, "--sidecarset", "set.yaml", "in.yaml")


@pytest.mark.parametrize("fault", BAD_SETS)
def test_a_report_of_a_sidecar_set_with_a_fault(fault: str) -> None:
    write("in.yaml", f"{BAD_SETS[fault]}\n---\n{INPUT}")
    for command in REPORTING:
        reported(command, "in.yaml")
        reported(command, "in.yaml", "--kruise-version", "1.5")


@pytest.mark.parametrize("fault", BAD_SETS)
def test_a_base_and_a_cluster_with_a_fault(fault: str) -> None:
    """The SidecarSet as it was, and those of the cluster, are read as well, and as closely."""
    write("in.yaml", f"{SET}---\n{INPUT}")
    write("old.yaml", BAD_SETS[fault])
    write("cluster.yaml", BAD_SETS[fault].replace("name: log-agent}", "name: rival}"))
    for command in REPORTING:
        if "--old" not in command:
            reported(command, "in.yaml", "--cluster", "cluster.yaml")
    for kind in CHECK_FORMATS:
        write("old.yaml", BAD_SETS[fault])
        ran = executed(["check", "--report", kind, "--old", "old.yaml", "in.yaml"])
        assert_nothing_told(ran)
        assert CANARY not in ran.stdout.decode()


@pytest.mark.parametrize("fault", BROKEN)
def test_a_manifest_with_a_fault(fault: str) -> None:
    write("in.yaml", BROKEN[fault])
    for command in COMMANDS[:-2]:
        assert_nothing_told(executed(arguments_of(command)))


@pytest.mark.parametrize("fault", BAD_SETS)
def test_a_sidecar_set_with_a_fault(fault: str) -> None:
    write("set.yaml", BAD_SETS[fault])
    for command in COMMANDS:
        write("in.yaml", BAD_SETS[fault] if command.startswith("admit") else INPUT)
        assert_nothing_told(executed(arguments_of(command)))


def test_every_fault_is_one() -> None:
    """Else the tests above would show nothing."""
    for name, text in BROKEN.items():
        write("in.yaml", text)
        assert executed(["inject", "--sidecarset", "set.yaml", "in.yaml"]).code in {3, 4}, name


def bugs() -> Iterator[Exception]:
    yield ValueError(CANARY)
    yield KeyError(CANARY)
    yield RecursionError(CANARY)
    yield UnicodeEncodeError("utf-8", CANARY, 0, 1, CANARY)


@pytest.mark.parametrize("error", list(bugs()), ids=lambda error: type(error).__name__)
def test_a_bug_of_ours(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise error

    monkeypatch.setattr("sidecarctl.api.editor.edited", broken)
    write("in.yaml", INPUT)
    ran = executed(["inject", "--sidecarset", "set.yaml", "in.yaml"])
    assert ran.code == 70
    assert CANARY not in ran.stderr.decode()
    assert "Please report this" in ran.stderr.decode()
    assert "editor.py:" in ran.stderr.decode()  # SIDECARCTL_DEBUG=1: the place, and nothing of the values


TRICKS = {
    "escape": "\x1b[2J",
    "direction": "\u202e",
    "zero width": "\u200b",
    "bell": "\x07",
    "line": "\n",
    "C1": "\x9b",
}
TRICKY = """\
apiVersion: v1
kind: Pod
metadata: {name: "web@", namespace: "ns@", labels: {app: web}}
spec:
  containers:
  - {name: "main@", image: web}
---
apiVersion: example.com/v1
kind: "Rocket@"
metadata: {name: "apollo@"}
spec: {template: {metadata: {labels: {app: web}}, spec: {containers: [{name: main}]}}}
"""


@pytest.mark.parametrize("trick", list(TRICKS.values()), ids=list(TRICKS))
@pytest.mark.parametrize("command", ["inject", "inject -n other", "diff", "inject --jobs 2", "uninject"])
def test_names_play_no_tricks(command: str, trick: str) -> None:
    in_yaml = json.dumps(trick)[1:-1]
    write("in.yaml", TRICKY.replace("@", in_yaml))
    ran = executed(arguments_of(command))
    assert_no_trick(ran, trick)
    assert "deployment/db injected" not in ran.stderr.decode().splitlines()


@pytest.mark.parametrize("trick", list(TRICKS.values()), ids=list(TRICKS))
def test_mistakes_play_no_tricks(trick: str) -> None:
    write(f"in{trick}.yaml", f"{POD}x: {{\n")
    assert_no_trick(executed(["inject", "--sidecarset", "set.yaml", f"in{trick}.yaml"]), trick)
    assert_no_trick(executed(["inject", "--sidecarset", "set.yaml", f"nothere{trick}.yaml"]), trick)
    write("set.yaml", SET.replace("log-agent}", f'"log{json.dumps(trick)[1:-1]}"}}'))
    write("in.yaml", POD)
    assert_no_trick(executed(["inject", "--sidecarset", "set.yaml", "in.yaml"]), trick)
    assert_no_trick(executed(["inject", "--no-validate", "--sidecarset", "set.yaml", "in.yaml"]), trick)


def assert_no_trick(ran: Ran, trick: str) -> None:
    lines = ran.stderr.decode().split("\n")
    assert trick not in ran.stderr.decode() if trick != "\n" else all(line == line.lstrip('"') for line in lines)
    assert ran.code != 70


def test_names_that_are_no_text_come_through() -> None:
    """A file name that is not UTF-8, a surrogate in an object's name: no traceback, whatever the output."""
    write("in.yaml", POD)
    Path("in.yaml").rename("in\udcff.yaml")
    for command in ("inject", "diff", "inject -o name"):
        name, *options = command.split()
        ran = spawned([name, *options, "--sidecarset", "set.yaml", "in\udcff.yaml"])
        assert ran.code in {0, 1}, ran.stderr
        assert b"internal error" not in ran.stderr
