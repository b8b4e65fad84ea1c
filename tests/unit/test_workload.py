from typing import Any

import pytest
from doors.upstream import WORKLOADS, Workload, is_pod, looks_like_a_workload, parse_template_path, pods_made, templates

from sidecarctl.finding import FieldPath


def workload(api_version: str, kind: str, **fields: Any) -> dict[str, object]:  # noqa: ANN401 - any field
    return {"apiVersion": api_version, "kind": kind, **fields}


@pytest.mark.parametrize(
    ("value", "paths"),
    [
        (workload("v1", "Pod"), [()]),
        (workload("v1", "PodTemplate", template={}), [("template",)]),
        (workload("apps/v1", "Deployment", spec={"template": {}}), [("spec", "template")]),
        (workload("apps/v1beta2", "Deployment", spec={"template": {}}), [("spec", "template")]),
        (
            workload("batch/v1", "CronJob", spec={"jobTemplate": {"spec": {"template": {}}}}),
            [("spec", "jobTemplate", "spec", "template")],
        ),
        (
            workload(
                "apps.kruise.io/v1alpha1",
                "AdvancedCronJob",
                spec={"template": {"broadcastJobTemplate": {"spec": {"template": {}}}}},
            ),
            [("spec", "template", "broadcastJobTemplate", "spec", "template")],
        ),
        (
            workload(
                "apps.kruise.io/v1alpha1",
                "UnitedDeployment",
                spec={"template": {"cloneSetTemplate": {"spec": {"template": {}}}}},
            ),
            [("spec", "template", "cloneSetTemplate", "spec", "template")],
        ),
        (workload("apps.kruise.io/v1beta1", "StatefulSet", spec={"template": {}}), [("spec", "template")]),
        (workload("serving.knative.dev/v1", "Service", spec={"template": {}}), [("spec", "template")]),
        (workload("v1", "Service", spec={"template": {}}), []),
        (workload("apps/v1", "Deployment", spec={"template": None}), []),
        (workload("apps/v1", "Deployment"), []),
        ({"kind": "Pod"}, []),
        ({"apiVersion": 1, "kind": "Pod"}, []),
    ],
)
def test_where_the_templates_stand(value: dict[str, object], paths: list[FieldPath]) -> None:
    assert list(templates(value)) == paths


def test_a_kind_of_the_user_s_own() -> None:
    kind, group, path = parse_template_path("Game.example.com=spec.server.pod")
    value = workload("example.com/v1", "Game", spec={"server": {"pod": {}}})
    assert list(templates(value, {**WORKLOADS, (group, kind): Workload((path,))})) == [("spec", "server", "pod")]


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("Game.example.com=spec.template", ("Game", "example.com", ("spec", "template"))),
        ("Game=.spec.template", ("Game", "", ("spec", "template"))),
    ],
)
def test_a_template_path(text: str, parsed: tuple[str, str, FieldPath]) -> None:
    assert parse_template_path(text) == parsed


@pytest.mark.parametrize(
    "text", ["", "Game", "Game.g=", "=spec", "Game.=spec", "Game.g=spec..template", "Ga me.g=spec"]
)
def test_what_is_no_template_path(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected Kind\.group=spec\.template"):
        parse_template_path(text)


@pytest.mark.parametrize(
    ("value", "count"),
    [
        (workload("v1", "Pod"), 1),
        (workload("apps/v1", "Deployment", spec={"replicas": 0}), 0),
        (workload("apps/v1", "Deployment", spec={}), 1),
        (workload("apps/v1", "Deployment", spec={"replicas": -3}), 0),
        (workload("batch/v1", "Job", spec={"parallelism": 4}), 4),
        (workload("apps/v1", "DaemonSet", spec={}), None),
        (workload("v1", "ConfigMap"), 0),
    ],
)
def test_how_many_pods_an_object_makes(value: dict[str, object], count: int | None) -> None:
    assert pods_made(value) == count


def test_a_foreign_kind_may_look_like_a_workload() -> None:
    assert looks_like_a_workload(workload("example.com/v1", "Game", spec={"template": {"spec": {"containers": []}}}))
    assert not looks_like_a_workload(workload("example.com/v1", "Game", spec={"template": "x"}))
    assert not is_pod(workload("example.com/v1", "Pod"))
