"""Documents of three megabytes that are made to be slow: each ends soon and in little memory, or is refused."""

import resource
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest
from commandline import COMMAND, environment

_SIZE: Final = 3 * 1024 * 1024 - 1000  # characters
_SECONDS: Final = 4  # of CPU: four times the aim, for a slow machine
_MEMORY: Final = 256 * 1024 * 1024  # bytes

POD: Final = """apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {containers: [{name: main, image: web}]}
"""
SET: Final = """apiVersion: apps.kruise.io/v1alpha1
kind: SidecarSet
metadata: {name: log-agent}
spec:
  selector: {matchLabels: {app: web}}
  containers:
  - name: log-agent
    image: log-agent:1.4
"""
_HASH: Final = "annotations: {kruise.io/sidecarset-hash"
_OBJECT: Final = '{"a":'
_POLICY: Final = """    resourcesPolicy:
      targetContainersMode: sum
      targetContainersNameRegex: "%s"
      resourcesExpr: {limits: {cpu: "%s"}}
"""


def filled(text: str) -> str:
    """Repeat a text up to three megabytes."""
    return text * (_SIZE // len(text.encode()))


_ENTRIES: Final = "{" + ",".join(f'"a{number}":{{}}' for number in range(200_000)) + "}"
_LABELS: Final = ", ".join(f"app{number}: web" for number in range(150_000))
_CONTAINERS: Final = [f"{{name: c{number}, image: w}}" for number in range(90_000)]

# A piece of a Pod that is as long as a document may be; whether it is refused is not of interest here.
PODS: Final[Mapping[str, str]] = {
    "brackets": POD + "a: " + filled("["),
    "braces": POD + "a: " + filled("{a: "),
    "brackets on lines": POD + "a:\n " + filled("[\n "),
    "question marks": POD + "a:\n  " + filled("? "),
    "dashes": POD + "a:\n  " + filled("- "),
    "dashes and question marks": POD + "a:\n  " + filled("-\t? "),
    "many items": POD + "a: [" + filled("x,") + "]",
    "many numbers": POD + "a: [" + filled("1e9, ") + "]",
    "many keys": POD + "".join(f"k{number}: v\n" for number in range(250_000)),
    "anchors": POD + "".join(f"a{number}: &a{number} x\n" for number in range(100_000)),
    "aliases": POD + "a: &a x\nb: [" + filled("*a, ") + "]",
    "tags": POD + "a: " + filled("!"),
    "tag directives": "".join(f"%TAG !a{number}! x\n" for number in range(150_000)) + "---\n" + POD,
    "tag directives behind a document": POD + "".join(f"%TAG !a{number}! x\n" for number in range(150_000)) + "---\n",
    "blank lines": POD + "a:\n" + filled("\n") + " b: c\n",
    "tabs": POD + "a:" + filled("\t"),
    "comments": POD + "a:\n" + filled("  # x\n") + "  b: c\n",
    "block nesting": POD + "".join(f"{' ' * depth}a:\n" for depth in range(2400)),
    "block scalars": POD + filled("a: |\n  x\n"),
    "blanks in a block scalar": POD + "a: |\n  x\n" + filled("   \n") + "b: c\n",
    "quotes": POD + 'a: "' + filled('\\"') + '"',
    "open quote": POD + "a: '" + filled("''"),
    "carriage returns": POD.replace("\n", "\r") + filled("#\r"),
    "long key": POD + filled("k") + ": v",
    "long number": POD + "a: " + filled("9"),
    "merges": POD + "a: &a {x: y}\nb: {" + filled("<<: *a, ") + "}",
    "image": POD.replace("image: web", f"image: {filled('a/')}a"),
    "image with dots": POD.replace("image: web", f"image: {filled('a.')}a"),
    "JSON in an annotation": POD.replace("{name: web, ", f"{{name: web, {_HASH}: '{filled('[')}'}}, "),
    "entries of an annotation": POD.replace("{name: web, ", f"{{name: web, {_HASH}: '{_ENTRIES}'}}, "),
    "labels of a Pod": POD.replace("{app: web}", f"{{app: web, {_LABELS}}}"),
    "containers": POD.replace("[{name: main", "[" + ", ".join(_CONTAINERS) + ", {name: main"),
    "tags of binaries": POD + "a: '" + filled("!binary ") + "'",
    "escapes": POD + "a: '" + filled("\\x") + "'",
    "objects in an annotation": POD.replace("{name: web, ", f"{{name: web, {_HASH}: '{filled(_OBJECT)}'}}, "),
}
_NUMBERS: Final = ", ".join(f"v{number}" for number in range(350_000))
_SIDECAR: Final = "  - name: a%d\n    image: a\n" + _POLICY % ("a%d" + "\\\\pL" * 90, "cpu")
SETS: Final[Mapping[str, str]] = {
    "literal regexp": SET + _POLICY % (filled("a"), "cpu"),
    "alternatives": SET + _POLICY % ("|".join(f"a{number}" for number in range(50_000)), "cpu"),
    "optional parts": SET + _POLICY % (filled("a?"), "cpu"),
    "brackets in an expression": SET + _POLICY % (".*", filled("(")),
    "terms of an expression": SET + _POLICY % (".*", filled("cpu+") + "cpu"),
    "signs of an expression": SET + _POLICY % (".*", filled("-")),
    "digits of an expression": SET + _POLICY % (".*", filled("9")),
    "calls in an expression": SET + _POLICY % (".*", filled("max(")),
    "label value": SET.replace("app: web", f"app: {filled('w')}"),
    "label key": SET.replace("app: web", f"{filled('a.')}/a: w"),
    "values of a selector": SET.replace(
        "matchLabels: {app: web}", f"matchExpressions: [{{key: app, operator: In, values: [web, {filled('a, ')}]}}]"
    ),
    "quantity": SET + f'    resources: {{limits: {{cpu: "{filled("9")}"}}}}\n',
    "partition": SET + f'  updateStrategy: {{partition: "{filled("9")}%"}}\n',
    "patch": SET + f"  patchPodMetadata: [{{annotations: {{k: '{filled('[')}'}}, patchPolicy: MergePatchJson}}]\n",
    "mounts without volumes": SET
    + "    volumeMounts:\n"
    + "".join(f"    - {{name: v{number}, mountPath: /a{number}}}\n" for number in range(5000)),
    "labels of a selector": SET.replace("app: web", _LABELS),
    "different values of a selector": SET.replace(
        "matchLabels: {app: web}", f"matchExpressions: [{{key: app, operator: In, values: [{_NUMBERS}]}}]"
    ),
    "ports": SET + "    ports:\n" + "".join(f"    - {{containerPort: {port % 65000 + 1}}}\n" for port in range(90_000)),
    "transferred variables": SET
    + "    transferEnv:\n"
    + "".join(f"    - {{sourceContainerName: main, envName: A{number}}}\n" for number in range(50_000)),
    "sidecars": SET + "".join(f"  - {{name: a{number}, image: a}}\n" for number in range(20_000)),
    "init containers": SET + "  initContainers:\n" + "".join(f"  - {one}\n" for one in _CONTAINERS[:40_000]),
    "Unicode classes": SET + "".join(_SIDECAR % (number, number) for number in range(900)),
    "name": SET.replace("name: log-agent}", f"name: {filled('a-')}a}}"),
}


def run(directory: Path, *words: str) -> tuple[int, str]:
    """Run a command within bounds of CPU and memory. Return its exit code, and the end of its errors."""

    def bounded() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
        resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, _MEMORY))

    ended = subprocess.run(  # noqa: S603 - our own words
        [*COMMAND, *words],
        cwd=directory,
        env=environment(),
        capture_output=True,
        check=False,
        preexec_fn=bounded,
    )
    return ended.returncode, ended.stderr.decode(errors="replace")[-300:]


@pytest.mark.parametrize("name", PODS)
def test_a_long_pod_ends_soon(name: str, tmp_path: Path) -> None:
    (tmp_path / "set.yaml").write_text(SET)
    (tmp_path / "pod.yaml").write_bytes(PODS[name].encode())
    code, said = run(tmp_path, "inject", "--sidecarset", "set.yaml", "pod.yaml")
    assert code in {0, 1, 3, 4}, said


@pytest.mark.parametrize("name", SETS)
def test_a_long_sidecar_set_ends_soon(name: str, tmp_path: Path) -> None:
    (tmp_path / "set.yaml").write_text(SETS[name])
    (tmp_path / "pod.yaml").write_text(POD)
    code, said = run(tmp_path, "check", "set.yaml", "pod.yaml")
    assert code in {0, 1, 3, 4}, said


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ports", "set.yaml:1:1: more than 20,000 values in one SidecarSet (the limit values; no flag raises it)"),
        ("sidecars", "set.yaml:1008:5: more than 1,000 containers (the limit containers; no flag raises it)"),
        ("Unicode classes", "set.yaml:7:3: regular expressions of containers that are too large together"),
    ],
)
def test_what_is_too_large_is_refused_with_its_place(name: str, said: str, tmp_path: Path) -> None:
    text = SETS[name] if name != "sidecars" else SETS[name][:100_000].rpartition("\n")[0]
    (tmp_path / "set.yaml").write_text(text)
    for command in (["check"], ["admit"]):
        assert run(tmp_path, *command, "set.yaml")[0] == 3
    assert said in run(tmp_path, "admit", "set.yaml")[1]


def test_large_objects_of_other_kinds_are_read(tmp_path: Path) -> None:
    """A CustomResourceDefinition of 2 MB has up to 100,000 nodes, and Lists have thousands of Pods."""
    crd = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nspec:\n"
    crd += "".join(f"  field{number}: {{type: string, x: containers}}\n" for number in range(40_000))
    item = "{apiVersion: v1, kind: Pod, metadata: {name: a, labels: {app: web}}, spec: {containers: [{name: m}]}}"
    pods = "apiVersion: v1\nkind: List\nitems:\n" + f"- {item}\n" * 2000
    (tmp_path / "set.yaml").write_text(SET)
    (tmp_path / "in.yaml").write_text(f"{crd}---\n{pods}")
    code, said = run(tmp_path, "inject", "--sidecarset", "set.yaml", "in.yaml")
    assert code == 0, said
