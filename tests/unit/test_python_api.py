"""The Python API: workloads, arguments of the wrong type, and results as JSON-shaped values."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from doors.upstream import PATCH_ANY_METADATA, WORKLOADS
from doors.yamledit import applied

import sidecarctl
from sidecarctl.finding import InjectionRefused, Severity, UndecodableObject

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SET: Any = {
    "apiVersion": "apps.kruise.io/v1beta1",
    "kind": "SidecarSet",
    "metadata": {"name": "log"},
    "spec": {
        "selector": {"matchLabels": {"app": "web"}},
        "containers": [{"name": "log", "image": "log:1"}],
        "updateStrategy": {"maxUnavailable": 1},
    },
}
TEMPLATE: Any = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "web", "image": "web"}]}}
POD: Any = {"apiVersion": "v1", "kind": "Pod", **deepcopy(TEMPLATE)}
POD["metadata"]["name"] = "web"


def workload(group: str, kind: str) -> dict[str, Any]:
    """Make an object of a kind with the same template at each place that the kind has."""
    made: dict[str, Any] = {"apiVersion": f"{group}/v1" if group else "v1", "kind": kind, "metadata": {"name": "web"}}
    for path in WORKLOADS[group, kind].templates:
        inner = made
        for part in path[:-1]:
            inner = inner.setdefault(str(part), {})
        if path:
            inner[str(path[-1])] = deepcopy(TEMPLATE)
        else:
            made |= deepcopy(TEMPLATE)
            made["metadata"]["name"] = "web"
    return made


@pytest.mark.parametrize(("group", "kind"), WORKLOADS)
def test_inject_does_to_a_workload_what_the_command_does(group: str, kind: str, tmp_path: Path) -> None:
    given = workload(group, kind)
    before = deepcopy(given)
    (tmp_path / "set.json").write_text(json.dumps(SET))
    (tmp_path / "in.json").write_text(json.dumps(given))
    words = ["inject", "-q", "--sidecarset", "set.json", "in.json", "-o", "json"]
    run = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-m", "sidecarctl", *words], cwd=tmp_path, capture_output=True, check=True
    )
    result = sidecarctl.inject(given, [SET])
    assert result.pod == json.loads(run.stdout)
    assert result.sidecar_sets == ("log",)
    assert given == before
    assert applied(given, sidecarctl.diff(given, [SET])) == result.pod
    assert sidecarctl.diff(result.pod, [SET]) == []
    assert sidecarctl.uninject(result.pod, [SET]).pod == before


@pytest.mark.parametrize("kind", ["ConfigMap", "Service", "DeploymentList", "SidecarSet"])
def test_inject_refuses_a_kind_without_pod_templates(kind: str) -> None:
    with pytest.raises(UndecodableObject, match=f"kind: {kind} .* has no pod template"):
        sidecarctl.inject({"apiVersion": "v1", "kind": kind, "metadata": {"name": "a"}}, [SET])


def test_what_is_wrong_with_a_template_names_the_workload() -> None:
    given = workload("apps", "Deployment")
    given["spec"]["template"]["spec"]["volumes"] = "all"
    with pytest.raises(UndecodableObject, match=r"^deployment/web: spec\.template\.spec\.volumes: json: cannot"):
        sidecarctl.inject(given, [SET])


def test_a_refused_template_names_the_workload() -> None:
    given = workload("apps", "Deployment")
    given["spec"]["template"]["metadata"]["annotations"] = {"a": "b"}
    refused = deepcopy(SET)
    refused["spec"]["injectionStrategy"] = {"revision": {"customVersion": "1", "policy": "Always"}}
    with pytest.raises(InjectionRefused, match=r"^deployment/web: the webhook refuses its Pods"):
        sidecarctl.inject(given, [refused])


WRONG: dict[str, Callable[[], object]] = {
    "a single SidecarSet": lambda: sidecarctl.inject(POD, SET),
    "no SidecarSets": lambda: sidecarctl.inject(POD, None),  # type: ignore[arg-type]  # what is tried
    "a path": lambda: sidecarctl.inject(POD, "sets.yaml"),  # type: ignore[arg-type]  # what is tried
    "a single namespace": lambda: sidecarctl.inject(POD, [SET], namespaces={"kind": "Namespace"}),  # type: ignore[dict-item]  # what is tried
    "a release as a number": lambda: sidecarctl.inject(POD, [SET], kruise_version=1.9),  # type: ignore[arg-type]  # what is tried
    "a text for a bool": lambda: sidecarctl.inject(POD, [SET], defaults="no"),  # type: ignore[arg-type]  # what is tried
    "a text for a gate": lambda: sidecarctl.inject(POD, [SET], feature_gates={"A": "false"}),  # type: ignore[dict-item]  # what is tried
    "gates as a list": lambda: sidecarctl.inject(POD, [SET], feature_gates=["A"]),  # type: ignore[arg-type]  # what is tried
    "admit at a number": lambda: sidecarctl.admit(SET, kruise_version=1.9),  # type: ignore[arg-type]  # what is tried
    "a stream of text": lambda: list(sidecarctl.inject_stream(io.StringIO("a"), [SET])),  # type: ignore[arg-type]  # what is tried
    "a path for a stream": lambda: list(sidecarctl.inject_stream("all.yaml", [SET])),  # type: ignore[arg-type]  # what is tried
    "bytes for a stream": lambda: list(sidecarctl.inject_stream(b"kind: Pod", [SET])),  # type: ignore[arg-type]  # what is tried
    "blocks of text": lambda: list(sidecarctl.inject_stream(["kind: Pod"], [SET])),  # type: ignore[list-item]  # what is tried
    "a single Pod": lambda: sidecarctl.plan(SET, POD),
    "one name": lambda: sidecarctl.plan(SET, [POD], never_ready="default/web"),
    "one step": lambda: sidecarctl.plan_stages(SET, [POD], steps="50%"),
    "one duration": lambda: sidecarctl.plan(SET, [POD], ready_after="30s"),
    "others as one": lambda: sidecarctl.validate(SET, others=SET),
    "check of one object": lambda: sidecarctl.check(POD, [SET]),
}


@pytest.mark.parametrize("call", WRONG.values(), ids=WRONG)
def test_refuses_arguments_of_the_wrong_type(call: Callable[[], object]) -> None:
    with pytest.raises(TypeError, match=r"not \w+$|is text"):
        call()


def test_refuses_objects_of_another_kind() -> None:
    with pytest.raises(UndecodableObject, match="kind: Pod where SidecarSet is expected"):
        sidecarctl.inject(POD, [POD])
    with pytest.raises(UndecodableObject, match="kind: Deployment where Pod is expected"):
        sidecarctl.status(SET, [workload("apps", "Deployment")])
    with pytest.raises(UndecodableObject, match="apiVersion: apiVersion v1 is not one of SidecarSet"):
        sidecarctl.admit({**SET, "apiVersion": "v1"})


def test_check_says_what_the_command_says(tmp_path: Path) -> None:
    risky = deepcopy(SET)
    risky["metadata"]["name"] = "risky"
    risky["spec"]["containers"][0]["image"] = ""
    objects = [POD, {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}, workload("batch", "Job")]
    for sets in ([SET], [risky], [SET, risky]):
        found = sidecarctl.check(objects, sets, injected=True)
        items = {"apiVersion": "v1", "kind": "List", "items": [*sets, *objects]}
        (tmp_path / "all.json").write_text(json.dumps(items))
        words = ["check", "--injected", "--report", "json", "all.json"]
        run = subprocess.run(  # noqa: S603 - our own words
            [sys.executable, "-m", "sidecarctl", *words], cwd=tmp_path, capture_output=True, check=False
        )
        told = {(one["code"], one["message"]) for one in json.loads(run.stdout)["findings"]}
        assert {(one.code, one.message) for one in found} <= told
        assert all(one.position is None for one in found)
        assert any(one.severity is Severity.ERROR for one in found)


def test_why_says_what_decides() -> None:
    other = deepcopy(SET)
    other["metadata"]["name"] = "other"
    other["spec"]["selector"]["matchLabels"] = {"app": "db"}
    refused = deepcopy(SET)
    refused["metadata"]["name"] = "refused"
    refused["spec"]["containers"] = [{"name": "x"}]
    for given in (POD, TEMPLATE, workload("apps", "Deployment")):
        found = {one.sidecar_set: one for one in sidecarctl.why(given, [other, SET, refused])}
        assert [(one.sidecar_set, one.selected) for one in found.values()][-1] == ("other", False)
        assert found["log"].selected
        assert found["other"].reason == "SelectorMismatch"
        assert "the selector asks for db" in found["other"].message
        assert "[CON003]" in found["refused"].refusal
        assert found["log"].to_dict() == {
            "sidecarSet": "log",
            "selected": True,
            "reason": "Selected",
            "message": found["log"].message,
        }
    two = sidecarctl.why(workload("apps.kruise.io", "AdvancedCronJob"), [SET])
    assert [one.selected for one in two] == [True, True]
    with pytest.raises(UndecodableObject, match="pod/web: spec: json: cannot unmarshal string"):
        sidecarctl.why({**POD, "spec": "x"}, [SET])


def running(count: int) -> list[dict[str, Any]]:
    """Make Pods that carry the first version of the set and are ready."""
    pods = []
    for number in range(count):
        pod = deepcopy(sidecarctl.inject(POD, [SET]).to_dict()["pod"])
        assert isinstance(pod, dict)
        pod["metadata"] |= {"name": f"web-{number}", "namespace": "default"}
        names = [one["name"] for one in pod["spec"]["containers"]]
        statuses = [{"name": name, "ready": True, "image": "i", "imageID": "i"} for name in names]
        ready = [{"type": "Ready", "status": "True"}]
        pod["status"] = {"phase": "Running", "conditions": ready, "containerStatuses": statuses}
        pods.append(pod)
    return pods


def test_plans_take_time_and_come_in_stages() -> None:
    changed = deepcopy(SET)
    changed["spec"]["containers"][0]["image"] = "log:2"
    pods = running(4)
    plan = sidecarctl.plan(changed, pods, ready_after=["30s"])
    assert plan.duration is not None
    assert plan.to_dict()["timing"] == {"duration": "2m0s"}
    stages = sidecarctl.plan_stages(changed, pods, steps=["25%", "100%"], ready_after=["30s"])
    assert [stage.name for stage in stages] == ["25%", "100%"]
    assert [stage.patch["spec"] for stage in stages] == [
        {"updateStrategy": {"partition": partition, "paused": None, "selector": None}} for partition in (3, 0)
    ]
    results: list[Any] = [plan, *stages]
    for result in results:
        assert json.loads(json.dumps(result.to_dict())) == result.to_dict()
    with pytest.raises(ValueError, match="canary chooses none of the Pods that log counts"):
        sidecarctl.plan_stages(changed, pods, canary="track=canary")
    with pytest.raises(ValueError, match="steps takes numbers and percentages"):
        sidecarctl.plan_stages(changed, pods, steps=["half"])


def test_results_are_plain_values() -> None:
    change = next(sidecarctl.inject_stream([json.dumps(POD).encode()], [SET]))
    made: list[Any] = [sidecarctl.inject(POD, [SET]), change, *change.edits, *sidecarctl.validate({**SET, "spec": {}})]
    for result in made:
        assert json.loads(json.dumps(result.to_dict())) == result.to_dict()


@pytest.mark.parametrize("name", sidecarctl.__all__)
def test_every_public_name_explains_itself(name: str) -> None:
    assert (getattr(sidecarctl, name).__doc__ or "").strip()


def test_what_a_cluster_holds_is_in_force() -> None:
    """Two stored SidecarSets that clash are both in force, with warnings; a newcomer is refused."""
    stored: Any = [
        {**deepcopy(SET), "metadata": {"name": name, "uid": name, "resourceVersion": "1"}} for name in ("a", "b")
    ]
    newcomer = {**deepcopy(SET), "metadata": {"name": "c"}}
    found = sidecarctl.check([], [*stored, newcomer])
    clashes = {(one.sidecar_set, one.severity.value) for one in found if one.code == "CNF001"}
    assert clashes == {("a", "warning"), ("b", "warning"), ("c", "error")}
    told = sidecarctl.why(POD, [*stored, newcomer])
    assert {one.sidecar_set: bool(one.refusal) for one in told} == {"a": False, "b": False, "c": True}


def test_why_knows_what_the_webhook_knows() -> None:
    """The whitelist and the feature gates decide about a SidecarSet there as in `check`."""
    patching = deepcopy(SET)
    patching["spec"]["patchPodMetadata"] = [{"patchPolicy": "Overwrite", "annotations": {"team": "x"}}]
    rules = '{"rules": [{"allowedAnnotationKeyExprs": ["^other$"]}]}'
    config = {"metadata": {"name": "kruise-configuration"}, "data": {"SidecarSet_PatchPodMetadata_WhiteList": rules}}
    (told,) = sidecarctl.why(POD, [patching], kruise_config=config)
    assert "[PPM001]" in told.refusal
    (told,) = sidecarctl.why(POD, [patching])
    assert not told.refusal
    config = {"metadata": {"name": "kruise-configuration"}, "data": {}}
    for is_on in (False, True):
        gates = {PATCH_ANY_METADATA: is_on}
        (told,) = sidecarctl.why(POD, [patching], kruise_config=config, feature_gates=gates)
        assert bool(told.refusal) is not is_on
