"""What a real API server refuses of Pods with their sidecars is what `check` reports (testdata/refused_pods)."""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import pytest
from apiserver import ApiServer, Unavailable, api_server
from casefolder import TESTDATA
from commandline import executed
from doors.api import Injector, Limits
from doors.sidecarset import Cluster, Options, Prepared
from doors.yamledit import Origin, Style, block_lines

if TYPE_CHECKING:
    from _pytest.mark.structures import ParameterSet
    from doors.yamledit import Value

CORPUS: Final = TESTDATA / "refused_pods" / "pods.jsonl"
LONG: Final = re.compile(r'"LONG (\d+)"')
REFUSED: Final = re.compile(
    r"(error|warning): (\S+): .*the API server (?:refuses|takes) .*\[(POD\d+|PSS\d+|CHK005)\]$", re.MULTILINE
)
TAKEN: Final = "the API server takes this template"
CREATED: Final = 201

Case = dict[str, Any]


def cases() -> list[Case]:
    """The cases: a SidecarSet, a Pod and perhaps its Namespace, and what an API server answered."""
    lines = CORPUS.read_text(encoding="utf-8").splitlines()
    return [json.loads(LONG.sub(lambda long: f'"{"x" * int(long[1])}"', line)) for line in lines]


def named(found: Iterable[Case]) -> "list[ParameterSet]":
    """Cases as parameters of a test."""
    return [pytest.param(case, id=case["name"]) for case in found]


def arguments_of(case: Case, folder: Path, pod: object) -> list[str]:
    """Write the objects of a case to files; return the arguments that name them, the SidecarSet's file last."""
    files = {"set": case["sidecarSet"], "pod": pod, "namespace": case.get("namespace")}
    for name, value in files.items():
        (folder / f"{name}.json").write_text(json.dumps(value), encoding="utf-8")
    cluster = ["--cluster", str(folder / "namespace.json")] if files["namespace"] else []
    return [*cluster, str(folder / "pod.json"), "--sidecarset", str(folder / "set.json")]


def said(case: Case, folder: Path, pod: object) -> str:
    """What `check` says of a Pod or workload."""
    *given, _, sidecar_set = arguments_of(case, folder, pod)
    ran = executed(["check", *given, sidecar_set])
    assert not ran.stderr, ran.stderr.decode()
    return ran.stdout.decode()


def deployment(pod: Any) -> object:  # noqa: ANN401 - a Pod
    """A Deployment whose template is a Pod."""
    own = pod["metadata"]
    metadata = {"name": "web", **{key: own[key] for key in ("namespace",) if key in own}}
    kept = {key: own[key] for key in ("labels", "annotations") if key in own}
    spec = {"selector": {"matchLabels": {"app": "web"}}, "template": {"metadata": kept, "spec": pod["spec"]}}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec}


@pytest.mark.parametrize("case", named(cases()))
def test_check_says_what_the_api_server_says(case: Case, tmp_path: Path) -> None:
    text = said(case, tmp_path, case["pod"])
    found = [*REFUSED.finditer(text)]
    is_refused = case["answer"]["status"] != CREATED
    assert bool(found) is is_refused, case["answer"].get("message", text)
    is_security = "violates PodSecurity" in case["answer"].get("message", "")
    assert all((one[1], one[3]) == ("warning", "PSS001") for one in found) or not is_security


@pytest.mark.parametrize("case", named(case for case in cases() if "template" in case["answer"]))
def test_check_says_whether_the_template_is_taken(case: Case, tmp_path: Path) -> None:
    text = said(case, tmp_path, deployment(case["pod"]))
    found = [one[0] for one in REFUSED.finditer(text)]
    if case["answer"]["template"] == CREATED:
        assert all(TAKEN in one for one in found)
    else:
        assert not all(TAKEN in one for one in found)


@pytest.mark.parametrize("case", named(cases()))
def test_inject_warns_of_what_check_reports(case: Case, tmp_path: Path) -> None:
    checked = [one[3] for one in REFUSED.finditer(said(case, tmp_path, case["pod"]))]
    ran = executed(["inject", "--as-pods", *arguments_of(case, tmp_path, case["pod"])])
    warned = [(one[1], one[3]) for one in REFUSED.finditer(ran.stderr.decode())]
    assert ran.code == 0
    assert sorted(warned) == sorted(("warning", code) for code in checked)


@pytest.mark.parametrize("case", named(cases()))
def test_long_streams_leave_refused_pods_to_validation(case: Case, tmp_path: Path) -> None:
    pod = deployment(case["pod"])
    is_refused = bool(REFUSED.search(said(case, tmp_path, pod)))
    cluster = Cluster([case["sidecarSet"]], [case["namespace"]] if "namespace" in case else [])
    road = Injector(Prepared(cluster), Options()).road(Limits())
    text = "\n".join([*block_lines(cast("Value", pod), Style()), ""])
    assert not is_refused or road is None or road.change(text, Origin("web.yaml")) is None


def test_corpus_holds_both_kinds() -> None:
    refused = [case["answer"]["status"] != CREATED for case in cases()]
    assert len(refused) >= 200
    assert 0.4 < sum(refused) / len(refused) < 0.6


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    try:
        with api_server(tmp_path_factory.mktemp("cluster")) as running:
            yield running
    except Unavailable as reason:
        pytest.skip(f"no API server to ask: {reason}")


@pytest.mark.heavy
def test_the_answers_are_those_of_a_real_api_server(server: ApiServer, tmp_path: Path, *, update: bool) -> None:
    answers = {case["name"]: answered(case, tmp_path, server) for case in cases()}
    if update:
        lines = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
        recorded = [json.dumps({**line, "answer": answers[line["name"]]}) for line in lines]
        CORPUS.write_text("\n".join([*recorded, ""]), encoding="utf-8")
    ours = {case["name"]: case["answer"] for case in cases()}
    assert {name: unordered(answer) for name, answer in answers.items()} == {
        name: unordered(answer) for name, answer in ours.items()
    }


def unordered(answer: Case) -> Case:
    """An answer with the words of its message sorted: the server says several faults in any order."""
    return {**answer, "message": sorted(re.findall(r"\w+", answer.get("message", "")))}


def answered(case: Case, folder: Path, server: ApiServer) -> Case:
    """What an API server answers to a Pod with its sidecars; where it refuses that, also to a Deployment of it."""
    if "namespace" in case:
        server.request("POST", "/api/v1/namespaces", case["namespace"])
    arguments = ["--quiet", "--as-pods", "--output=json", *arguments_of(case, folder, case["pod"])]
    ran = executed(["inject", *arguments])
    assert ran.code == 0, (case["name"], ran.stderr.decode())
    pod = json.loads(ran.stdout)
    namespace = f"namespaces/{pod['metadata'].get('namespace', 'default')}"
    status, answer = server.request("POST", f"/api/v1/{namespace}/pods?dryRun=All", pod)
    if status == CREATED:
        return {"status": status}
    made = {"status": status, "message": answer["message"]}
    if "restartPolicy" in pod["spec"]:
        return made
    taken, _ = server.request("POST", f"/apis/apps/v1/{namespace}/deployments?dryRun=All", deployment(pod))
    return {**made, "template": taken}
