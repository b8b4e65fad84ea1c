"""Every text of the yaml-test-suite in many places of a stream: whatever it is, no command fails or harms it.

testdata/yaml_suite has the texts (see testdata/README.md). A text that cannot be read where it stands is refused.
"""

import json
from pathlib import Path
from textwrap import indent
from typing import Final

import pytest
from commandline import Ran, executed
from doors.shell import Exit
from doors.yamledit import Value, chunks, documents, same

TEXTS: Final[dict[str, str]] = json.loads(
    (Path(__file__).parent.parent.parent / "testdata" / "yaml_suite" / "texts.json").read_text(encoding="utf-8")
)
_HEAD: Final = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  labels: {app: web}\n"
_CONTAINERS: Final = "  containers:\n  - name: web\n    image: web:1\n"
_POD: Final = f"{_HEAD}spec:\n{_CONTAINERS}"
# `{}` with the blanks before it stands for the text, each of its lines indented so far.
PLACES: Final = {
    "alone": "{}",
    "before a Pod": "{}---\n" + _POD,
    "behind a Pod": _POD + "---\n{}",
    "as an argument": _POD + "    args:\n    -\n      {}",
    "as the letters of an argument": _POD + "    args:\n    - |2\n      {}",
    "as an environment variable": _POD + "    env:\n    - name: E\n      value:\n        {}  restartPolicy: Always\n",
    "in annotations": _HEAD + "  annotations:\n    note:\n      {}spec:\n" + _CONTAINERS,
    "in a ConfigMap": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  key:\n    {}---\n" + _POD,
    "in a List": f"apiVersion: v1\nkind: List\nitems:\n-\n  {{}}-\n{indent(_POD, '  ')}",
    "before the containers": f"{_HEAD}spec:\n  other:\n    {{}}{_CONTAINERS}",
    "behind the containers": _POD + "  other:\n    {}",
}
_SIDECAR_SET: Final = """\
apiVersion: apps.kruise.io/v1alpha1
kind: SidecarSet
metadata: {name: log-agent}
spec:
  selector: {matchLabels: {app: web}}
  initContainers: [{name: prepare, image: "log-agent:1"}]
  containers: [{name: log-agent, image: "log-agent:1", volumeMounts: [{name: logs, mountPath: /logs}]}]
  volumes: [{name: logs, emptyDir: {}}]
  imagePullSecrets: [{name: registry}]
"""
_UNREAD: Final = (Exit.UNREADABLE, Exit.USAGE)  # not YAML, or nothing but comments
_LOST: Final = {"INJ004", "INJ005", "INJ006", "YML001", "YML002"}  # injection says what uninject will not bring back


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("suite")
    (folder / "set.yaml").write_text(_SIDECAR_SET, encoding="utf-8")
    return folder


@pytest.mark.parametrize("place", PLACES)
def test_comes_back_unharmed(place: str, folder: Path) -> None:
    read = [name for name, text in TEXTS.items() if _comes_back(name, _placed(text, PLACES[place]), folder)]
    assert len(read) > len(TEXTS) // 6  # most collections are refused where a text must stand


def _comes_back(name: str, data: bytes, folder: Path) -> bool:
    """Return whether a stream is read at all; where it is, injection changes nothing in it but the Pod."""
    there = _ran("inject", data, folder, f"--report=json={folder / 'report.json'}")
    shown = _ran("diff", data, folder)
    if there.code in _UNREAD:
        assert shown.code == there.code, name
        return False
    assert there.code == Exit.OK, (name, there.stderr)
    assert shown.code in {Exit.OK, Exit.FOUND}, (name, shown.stderr)
    assert _ran("inject", data, folder, "--verify=fast").stdout == there.stdout, name
    said = {finding["code"] for finding in json.loads((folder / "report.json").read_bytes())["findings"]}
    if not said & _LOST:
        lines = iter(there.stdout.splitlines())
        assert all(line in lines for line in data.splitlines()), (name, "a line is lost")
    back = _ran("uninject", there.stdout, folder)
    assert back.code in {Exit.OK, Exit.REFUSED}, (name, back.stderr)
    if back.code == Exit.OK:
        assert back.stdout == data or said & _LOST, name
        assert same(_values(back.stdout), _values(data)) or said & _LOST - {"YML001"}, name
    return True


def _placed(text: str, place: str) -> bytes:
    before, behind = place.split("{}")
    blanks = before[len(before.rstrip(" ")) :]
    whole = text if text.endswith("\n") or not (blanks or behind) else f"{text}\n"
    return f"{before.removesuffix(blanks)}{indent(whole, blanks)}{behind}".encode()


def _ran(command: str, data: bytes, folder: Path, *flags: str) -> Ran:
    return executed([command, "--sidecarset", str(folder / "set.yaml"), *flags, "-"], data)


def _values(data: bytes) -> list[Value]:
    return [document.value() for chunk in chunks([data], "-") for document in documents(chunk, "-")]
