"""Names that would move a cursor, forge a line, a command, a link or a mention, in every place and every format."""

import json
import re
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from commandline import Ran, executed
from doors.shell import main as entry

from sidecarctl.finding import ConflictingEdits

HOSTILE = (
    '::error::x\x1b[31m\x07\r\n::error::y\x85\x9b31m\u202e\u2066\u2028\u2029\U000e0041"|`<script>`'
    "##[error]z##vso[task]]]>![a](x)&#64; @team org/repo#12 \\n -x"
)
_HIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\U000e0000-\U000e007f]")
_COMMAND = re.compile(r"^\s*::|##\w*\[", re.MULTILINE)

_SET = {
    "apiVersion": "apps.kruise.io/v1beta1",
    "kind": "SidecarSet",
    "metadata": {"name": "NAME", "generation": 2, "annotations": {"apps.kruise.io/sidecarset-custom-version": "NAME"}},
    "spec": {
        "selector": {"matchLabels": {"app": "APP"}},
        "containers": [{"name": "SIDECAR", "image": "IMAGE", "volumeMounts": [{"name": "VOLUME", "mountPath": "/a"}]}],
        "volumes": [{"name": "VOLUME", "emptyDir": {}}],
        "updateStrategy": {"type": "RollingUpdate", "partition": 0},
        "injectionStrategy": {"revision": {"customVersion": "REVISION", "policy": "Always"}},
    },
    "status": {"latestRevision": "STATUS"},
}
_POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "POD", "namespace": "NAMESPACE", "labels": {"app": "APP"}, "annotations": {"KEY": "NOTE"}},
    "spec": {"nodeName": "n", "containers": [{"name": "MAIN", "image": "OWN"}, {"name": "SIDECAR", "image": "OLD"}]},
    "status": {
        "phase": "Running",
        "reason": "REASON",
        "message": "MESSAGE",
        "conditions": [{"type": "Ready", "status": "False", "reason": "REASON", "message": "MESSAGE"}],
        "containerStatuses": [
            {"name": "SIDECAR", "image": "OLD", "imageID": "ID", "state": {"waiting": {"reason": "REASON"}}}
        ],
    },
}
_DEPLOYMENT = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "WEB", "namespace": "NAMESPACE"},
    "spec": {
        "replicas": 2,
        "template": {
            "metadata": {"labels": {"app": "APP"}},
            "spec": {"containers": [{"name": "MAIN", "image": "OWN"}]},
        },
    },
}
_KIND = {"apiVersion": "KINDGROUP", "kind": "KIND", "metadata": {"name": "OTHER"}}
_PLACES = (
    "NAME", "APP", "SIDECAR", "IMAGE", "VOLUME", "REVISION", "STATUS", "POD", "NAMESPACE", "KEY", "NOTE", "MAIN", "OWN",
    "OLD", "REASON", "MESSAGE", "ID", "WEB", "KIND", "FILE",
)  # fmt: skip
_HASH = '{"%s":{"updateTimestamp":"2024-01-01T00:00:00Z","hash":"a","sidecarSetName":"%s","sidecarList":["%s"]}}'
_INJECTED = {
    "kruise.io/sidecarset-hash": _HASH % (("name",) * 2 + ("sidecar",)),
    "kruise.io/sidecarset-hash-without-image": _HASH % (("name",) * 2 + ("sidecar",)),
    "kruise.io/sidecarset-injected-list": "name",
}
_TEXTS = [
    [command, *flags]
    for command, formats in {
        "status": ("table", "describe", "yaml"),
        "plan": ("table", "markdown", "html", "json", "yaml"),
        "why": ("text", "table", "json", "mermaid", "dot"),
        "check": ("text", "json", "markdown", "sarif", "junit", "github"),
        "admit": ("name", "hash", "json", "yaml"),
        "inject": ("name", "json", "json-patch", "merge-patch"),
        "uninject": ("name", "json"),
    }.items()
    for flags in (["-o", output] for output in formats)
]


def _written(value: object, place: str) -> str:
    """A manifest, with the hostile name at one place and plain ones at the others."""

    def named(node: object) -> object:
        if isinstance(node, dict):
            return {named(key): named(item) for key, item in node.items()}
        if isinstance(node, list):
            return [named(item) for item in node]
        if node == place:
            return HOSTILE
        return node.lower() if isinstance(node, str) and node in _PLACES and node != "KIND" else node

    return json.dumps(named(value))


def _run(command: list[str], place: str, folder: Path) -> Ran:
    pod = {**_POD, "metadata": {**_POD["metadata"], "annotations": {**_INJECTED, "KEY": "NOTE"}}}  # type: ignore[dict-item]
    name = '\x1b[31m\n::error::\x9b\u202e\u2028##[error]"|`<script>@team#12.yaml' if place == "FILE" else "in.yaml"
    written = [_written(one, place) for one in (pod, _DEPLOYMENT, _KIND)]
    (folder / name).write_text("\n---\n".join(written), encoding="utf-8")
    set_file = folder / f"set-{name}"
    set_file.write_text(_written(_SET, place), encoding="utf-8")
    chosen = [str(set_file)] if command[0] == "admit" else ["--sidecarset", str(set_file), str(folder / name)]
    return executed([*command, *chosen])


@pytest.mark.parametrize("place", _PLACES)
@pytest.mark.parametrize("command", [*_TEXTS, ["diff"], ["inject"]], ids=" ".join)
def test_no_name_reaches_a_reader_as_it_is(command: list[str], place: str, tmp_path: Path) -> None:
    ran = _run(command, place, tmp_path)
    assert ran.code in {0, 1, 2, 3, 4}, ran.stderr.decode()
    is_document = command == ["inject"]
    out = "" if is_document else ran.stdout.decode("utf-8", "surrogateescape")
    if command == ["diff"]:
        out = "".join(line for line in out.splitlines(keepends=True) if line.startswith(("---", "+++", "@@")))
    for text in (out, ran.stderr.decode("utf-8", "surrogateescape")):
        assert not _HIDDEN.search(text), _HIDDEN.search(text)
    is_data = command[-1] in {"json", "yaml", "sarif", "json-patch", "merge-patch", "html"} or command[0] == "diff"
    shown = re.sub(r"^::(error|warning|notice) [^\n]*", "", out, flags=re.MULTILINE) if command[-1] == "github" else out
    for text in ("" if is_data else shown, ran.stderr.decode("utf-8", "surrogateescape")):
        assert not _COMMAND.search(text), text
    _CHECKS.get(command[-1], lambda _: None)(out)


def _check_markdown(text: str) -> None:
    assert not re.search(r"(?<![A-Za-z0-9])@team|#12|(?<!\\)<script|(?<!\\)`<|(?<!\\)\]\(x", text), text


def _check_html(text: str) -> None:
    assert "<script>`" not in text


def _check_xml(text: str) -> None:
    if text:
        ET.fromstring(text)  # noqa: S314 - our own


def _check_mermaid(text: str) -> None:
    assert not re.search(r'[^(\[]"[^)\]]|\\', text), text


def _check_json(text: str) -> None:
    if text:
        json.loads(text)


_CHECKS = {
    "markdown": _check_markdown,
    "html": _check_html,
    "junit": _check_xml,
    "mermaid": _check_mermaid,
    "json": _check_json,
    "sarif": _check_json,
}


def test_a_mistake_on_the_command_line_is_shown_escaped() -> None:
    for arguments in (["inject", f"--{HOSTILE}"], [HOSTILE], ["why", "-o", HOSTILE], ["status", "-f", "\x1b\x9b\n::x"]):
        ran = executed(arguments)
        assert ran.code, arguments
        text = ran.stderr.decode()
        assert not _HIDDEN.search(text), text
        assert not _COMMAND.search(text), text


def _check_told(text: str) -> None:
    assert not _HIDDEN.search(text), text
    assert not _COMMAND.search(text), text


def _program(folder: Path, name: str, says: str) -> None:
    """Put a program in a folder that fails with a sentence on stderr."""
    (folder / "says").write_text(says, encoding="utf-8", newline="")
    program = folder / name
    program.write_text(f"#!/bin/sh\ncat '{folder}/says' >&2\nexit 1\n")
    program.chmod(0o755)


@pytest.mark.parametrize("says", [HOSTILE, f"error: {HOSTILE} (Forbidden)", f"error: {HOSTILE}: no such kind"])
@pytest.mark.parametrize("command", ["status", "check", "why", "plan"])
def test_what_kubectl_says_is_shown_escaped(
    command: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _program(tmp_path, "kubectl", says)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    (tmp_path / "pod.yaml").write_text(_written(_POD, ""))
    ran = executed([command, "--live", *(["-f"] if command in {"status", "plan"} else []), str(tmp_path / "pod.yaml")])
    assert ran.code
    assert b"team" in ran.stderr + ran.stdout or command != "check"
    _check_told(ran.stderr.decode() + ran.stdout.decode())


@pytest.mark.parametrize("ref", ["main", HOSTILE.replace("\0", "")])
def test_what_git_says_is_shown_escaped(ref: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = tmp_path / "\x1b[31m\u202e##[error]"
    tree.mkdir()
    subprocess.run(["git", "init", "-q", str(tree)], check=True)  # noqa: S603, S607 - our own words
    (tree / "pod.yaml").write_text(_written(_POD, ""))
    ran = executed(["check", "--base", ref, str(tree / "pod.yaml")])
    assert ran.code == 2
    _check_told(ran.stderr.decode())
    _program(tmp_path, "git", f"fatal: {HOSTILE}")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.chdir(tree)
    ran = executed(["check", "--base", ref, "pod.yaml"])
    assert ran.code == 2
    assert b"team" in ran.stderr
    _check_told(ran.stderr.decode())


@pytest.mark.parametrize("error", [ConflictingEdits(HOSTILE), RuntimeError(HOSTILE), OSError(2, HOSTILE, HOSTILE)])
def test_an_internal_error_is_shown_escaped(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object, **__: object) -> int:
        raise error

    monkeypatch.setattr(entry, "_dispatched", failing)
    monkeypatch.setenv("SIDECARCTL_DEBUG", "1")
    ran = executed(["check"])
    assert ran.code
    _check_told(ran.stderr.decode())
