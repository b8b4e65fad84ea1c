"""OpenKruise's answers once more, through the whole command line; and what comes after the first injection."""

import json
from pathlib import Path
from typing import Any

import pytest
from commandline import Ran, executed
from conformance import EPOCH, cases, normalised
from doors.shell import Exit
from doors.sidecarset import (
    Cluster,
    Options,
    Prepared,
    injected_again,
    injected_names,
    lost_findings,
    selected_sets,
    without_sets,
)
from doors.yamledit import Style, block_lines, chunks, documents, same

from sidecarctl.finding import Severity

INJECT = [pytest.param(case["case"], case["answer"], id=case["case"]["id"]) for case in cases("inject")]


def as_yaml(value: Any) -> bytes:  # noqa: ANN401 - any JSON value
    return ("\n".join(block_lines(value, Style())) + "\n").encode()


def command_line(case: Any, folder: Path) -> list[str]:  # noqa: ANN401 - any JSON value
    """Write what a case is about into files, and return the command line that injects it."""
    kinds = [("SidecarSet", case["sidecarSets"]), ("Namespace", case["namespaces"])]
    known = [{"apiVersion": "v1", "kind": kind, **value} for kind, values in kinds for value in values]
    (folder / "cluster.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": known}))
    (folder / "pod.yaml").write_bytes(as_yaml({"apiVersion": "v1", "kind": "Pod", **case["pod"]}))
    gates = ",".join(f"{name}={str(on).lower()}" for name, on in case.get("gates", {}).items())
    flags = ["--defaults", "--system-namespaces=include", "--no-validate", "--verify=full", f"--timestamp={EPOCH}"]
    return ["inject", *flags, f"--feature-gates={gates}", "--cluster", str(folder / "cluster.json")]


def run(case: Any, folder: Path) -> Ran:  # noqa: ANN401 - any JSON value
    return executed([*command_line(case, folder), str(folder / "pod.yaml")])


@pytest.mark.parametrize(("case", "answer"), INJECT[::12])
def test_command_line_injects_as_openkruise_does(case: Any, answer: Any, tmp_path: Path) -> None:  # noqa: ANN401
    ran = run(case, tmp_path)
    if "error" in answer:
        assert ran.code == Exit.REFUSED
        assert answer["error"] in ran.stderr.decode()
        return
    assert ran.code == Exit.OK, ran.stderr.decode()
    (document,) = (found for chunk in chunks([ran.stdout], "out") for found in documents(chunk, "out"))
    wanted: Any = {"apiVersion": "v1", "kind": "Pod", **answer.get("pod", case["pod"])}
    assert same(normalised(document.value()), normalised(wanted))


@pytest.mark.parametrize(("case", "answer"), INJECT[::12])
def test_command_line_leaves_its_own_output_alone(case: Any, answer: Any, tmp_path: Path) -> None:  # noqa: ANN401
    if "error" in answer:
        pytest.skip("there is no output")
    once = run(case, tmp_path).stdout
    again = executed(command_line(case, tmp_path), once)
    assert (again.code, again.stdout) == (Exit.OK, once)


def prepared_for(case: Any) -> Prepared:  # noqa: ANN401 - any JSON value
    return Prepared(
        Cluster(
            sidecar_sets=case["sidecarSets"],
            namespaces=case["namespaces"],
            revisions=case.get("revisions", ()),
            system_namespaces="include",
            feature_gates=case.get("gates", {}),
        )
    )


ACCEPTED = [
    pytest.param(case["case"], case["answer"], id=case["case"]["id"])
    for case in cases("inject")
    if "error" not in case["answer"]
]


@pytest.mark.parametrize(("case", "answer"), ACCEPTED)
def test_second_injection_changes_nothing(case: Any, answer: Any) -> None:  # noqa: ANN401
    prepared = prepared_for(case)
    once = injected_again(case["pod"], prepared, Options(form="defaults", timestamp=EPOCH))
    assert normalised(once.pod) == normalised(answer.get("pod", case["pod"]))
    assert injected_again(once.pod, prepared, Options(form="defaults")).pod is once.pod


@pytest.mark.parametrize(("case", "answer"), ACCEPTED)
def test_what_can_be_told_from_the_pods_own_goes(case: Any, answer: Any) -> None:  # noqa: ANN401
    """What does not come back has a finding, or is the same as what a SidecarSet brings."""
    del answer
    prepared, options = prepared_for(case), Options(timestamp=EPOCH)
    sets = selected_sets(case["pod"], prepared, options)
    stripped = without_sets(injected_again(case["pod"], prepared, options).pod, sets)
    before, after = normalised(case["pod"])["spec"], normalised(stripped.pod)["spec"]
    if not lost_findings(stripped, Severity.ERROR):
        assert before.get("initContainers") == after.get("initContainers")
        names = {name for one in sets for made in one.sidecars for name in injected_names(made)}
        assert {one["name"] for one in before["containers"]} - {one["name"] for one in after["containers"]} <= names
    added = {volume["name"] for volume in after.get("volumes", ())} - {v["name"] for v in before.get("volumes", ())}
    assert added <= {*stripped.used_volumes}
