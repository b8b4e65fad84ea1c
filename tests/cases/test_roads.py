"""One Pod, many roads: values, every way to write a stream and every output give what the Python function gives."""

import json
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest
from commandline import executed
from conformance import EPOCH, cases
from doors.shell import Exit
from doors.yamledit import Style, block_lines, chunks, documents, same

import sidecarctl
from sidecarctl.finding import InjectionRefused

MEETINGS = 8
PODS = 3
EVERY_POD = {"matchExpressions": [{"key": "no-such-label", "operator": "DoesNotExist"}]}
OTHER = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "other"}}
CASES = [line["case"] for name in ("inject", "revision") for line in cases(name)]


class Meeting(NamedTuple):
    """SidecarSets of some cases, Pods of others, and what the cluster knows beside."""

    cluster: Any
    pods: list[Any]
    gates: dict[str, bool]

    def injected(self, pod: Any, *, defaults: bool) -> Any:  # noqa: ANN401 - any Pod
        """The Pod as the Python function has it."""
        return sidecarctl.inject(
            pod,
            self.cluster["SidecarSet"],
            namespaces=self.cluster["Namespace"],
            revisions=self.cluster["ControllerRevision"],
            defaults=defaults,
            timestamp=EPOCH,
            system_namespaces="include",
            feature_gates=self.gates,
        ).pod

    def is_refused(self, pod: Any) -> bool:  # noqa: ANN401 - any Pod
        """Whether no road has a result."""
        try:
            self.injected(pod, defaults=False)
        except InjectionRefused:
            return True
        return False


def meeting(seed: int) -> Meeting:
    """SidecarSets and Pods that never met in the answers, always the same ones of a seed."""
    random = Random(seed)  # noqa: S311 - nothing secret
    chosen = random.sample(CASES, 2)
    sets = {one["metadata"]["name"]: one for case in chosen for one in case["sidecarSets"]}
    if seed % 2:
        sets = {name: {**one, "spec": {**one["spec"], "selector": EVERY_POD}} for name, one in sets.items()}
    revisions = [{**one, "apiVersion": "apps/v1"} for case in chosen for one in case.get("revisions", ())]
    known = {
        "SidecarSet": list(sets.values()),
        "Namespace": chosen[0]["namespaces"],
        "ControllerRevision": revisions,
    }
    found = Meeting(known, [], chosen[0].get("gates", {}))
    labels = random.choice(chosen)["pod"]["metadata"]["labels"]
    for number, case in enumerate(random.sample(CASES, 4 * PODS)):
        metadata = {**case["pod"]["metadata"], "name": f"pod-{number}", "labels": labels}
        pod = {"apiVersion": "v1", "kind": "Pod", **case["pod"], "metadata": metadata}
        if not found.is_refused(pod):
            found.pods.append(pod)
    return found._replace(pods=found.pods[:PODS])


class Shell:
    """The command line, with a meeting's SidecarSets."""

    def __init__(self, met: Meeting, folder: Path, *, defaults: bool) -> None:
        items = [{"kind": kind, **one} for kind, known in met.cluster.items() for one in known]
        (folder / "cluster.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
        gates = ",".join(f"{name}={str(on).lower()}" for name, on in met.gates.items())
        self._flags = [
            *(f"--cluster={folder / 'cluster.json'}", "--system-namespaces=include", "--no-validate", "--quiet"),
            *(f"--feature-gates={gates}", f"--timestamp={EPOCH}", *(["--defaults"] if defaults else [])),
        ]

    def inject(self, stream: bytes, *flags: str) -> bytes:
        """What the command prints for a stream on stdin."""
        ran = executed(["inject", *self._flags, *flags], stream)
        assert ran.code == Exit.OK, ran.stderr.decode()
        return ran.stdout


def block(value: Any) -> bytes:  # noqa: ANN401 - any value
    return ("---\n" + "\n".join(block_lines(value, Style())) + "\n").encode()


def values(stream: bytes) -> list[Any]:
    return [document.value() for chunk in chunks([stream], "out") for document in documents(chunk, "out")]


def a_list(pods: list[Any]) -> Any:  # noqa: ANN401 - a List
    return {"apiVersion": "v1", "kind": "List", "items": pods}


def deployment(pod: Any) -> Any:  # noqa: ANN401 - a Deployment
    metadata = {key: value for key, value in pod["metadata"].items() if key in {"labels", "annotations"}}
    owner = {"name": pod["metadata"]["name"], "namespace": pod["metadata"].get("namespace", "default")}
    template = {"metadata": metadata, "spec": pod["spec"]}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": owner, "spec": {"template": template}}


def patched(value: Any, operations: list[Any]) -> Any:  # noqa: ANN401 - any value
    """Apply a JSON patch, RFC 6902, as far as inject uses it."""
    value = json.loads(json.dumps(value))
    for operation in operations:
        *path, last = [part.replace("~1", "/").replace("~0", "~") for part in operation["path"].split("/")[1:]]
        at = value
        for part in path:
            at = at[int(part)] if isinstance(at, list) else at[part]
        if isinstance(at, list):
            index = int(last)
            at[index : index + (operation["op"] != "add")] = [] if operation["op"] == "remove" else [operation["value"]]
        elif operation["op"] == "remove":
            del at[last]
        else:
            at[last] = operation["value"]
    return value


def merged(value: Any, patch: Any) -> Any:  # noqa: ANN401 - any values
    """Apply a JSON merge patch, RFC 7386."""
    if not isinstance(patch, dict):
        return patch
    after = dict(value) if isinstance(value, dict) else {}
    for key, change in patch.items():
        if change is None:
            after.pop(key, None)
        else:
            after[key] = merged(after.get(key), change)
    return after


@pytest.mark.parametrize("defaults", [False, True], ids=["written", "defaults"])
@pytest.mark.parametrize("seed", range(MEETINGS))
def test_all_roads_lead_to_the_same_pods(seed: int, defaults: bool, tmp_path: Path) -> None:  # noqa: FBT001 - a column
    met = meeting(seed)
    shell = Shell(met, tmp_path, defaults=defaults)
    given = [*met.pods, OTHER]
    expected = [*(met.injected(pod, defaults=defaults) for pod in met.pods), OTHER]
    stream = b"".join(map(block, given))
    whole = shell.inject(stream, "--verify=full")
    assert same(values(whole), expected)
    assert shell.inject(stream, "--verify=fast") == whole
    lines = b"".join(json.dumps(pod).encode() + b"\n" for pod in given)
    assert same(values(shell.inject(lines)), expected)
    flow = b"".join(b"--- " + json.dumps(pod).encode() + b"\n" for pod in given)
    assert same(values(shell.inject(flow)), expected)
    for as_list in (block(a_list(given)), json.dumps(a_list(given), indent=4).encode()):
        assert same(values(shell.inject(as_list)), [a_list(expected)])
    printed = json.loads(shell.inject(stream, "--output=json"))
    assert same(printed["items"] if len(expected) > 1 else [printed], expected)


@pytest.mark.parametrize("seed", range(MEETINGS))
def test_patches_and_templates_lead_there_too(seed: int, tmp_path: Path) -> None:
    met = meeting(seed)
    shell = Shell(met, tmp_path, defaults=False)
    for pod in met.pods:
        expected = met.injected(pod, defaults=False)
        stream = block(pod)
        assert same(patched(pod, json.loads(shell.inject(stream, "--output=json-patch"))), expected)
        patch = json.loads(shell.inject(stream, "--output=merge-patch"))
        assert same(merged(pod, patch) if isinstance(patch, dict) else pod, expected)
        (made,) = values(shell.inject(block(deployment(pod)), "--as-pods"))
        assert same(made["spec"], expected["spec"])
        assert same(made["metadata"].get("annotations"), expected["metadata"].get("annotations"))


@pytest.mark.parametrize("seed", range(0, MEETINGS, 4))
def test_several_processes_lead_there_too(seed: int, tmp_path: Path) -> None:
    met = meeting(seed)
    shell = Shell(met, tmp_path, defaults=False)
    for number, pod in enumerate([*met.pods, *met.pods, OTHER]):
        (tmp_path / f"pod-{number}.yaml").write_bytes(block(pod))
    files = [str(path) for path in sorted(tmp_path.glob("*.yaml"))]
    assert shell.inject(b"", "--jobs=2", *files) == shell.inject(b"", "--jobs=1", *files)


SET = """
apiVersion: apps.kruise.io/v1beta1
kind: SidecarSet
metadata: {name: s}
spec:
  selector: {matchLabels: {app: web}}
  containers: [{name: agent, image: agent}]
"""
TWICE = "kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\ndata: {b: c, b: d}\n---\n"


@pytest.mark.parametrize(
    ("size", "flags", "code"),
    [
        (100, [], Exit.UNREADABLE),
        (1_900_000, [], Exit.UNREADABLE),
        (2_200_000, ["--verify", "full"], Exit.UNREADABLE),
        (2_200_000, [], Exit.OK),  # nothing in it that the SidecarSet selects: not read at all
        (100, ["--verify", "fast"], Exit.OK),
    ],
)
def test_what_nobody_selects_is_read_with_the_full_proof(
    size: int, flags: list[str], code: Exit, tmp_path: Path
) -> None:
    (tmp_path / "set.yaml").write_text(SET)
    (tmp_path / "input.yaml").write_text(TWICE * (size // len(TWICE) + 1))
    ran = executed(["inject", "-q", *flags, "--sidecarset", str(tmp_path / "set.yaml"), str(tmp_path / "input.yaml")])
    assert ran.code == code, ran.stderr
    assert (b"input.yaml:4:" in ran.stderr) == (code is not Exit.OK)
