"""What the user gets: the user's own field, words that help, no secrets, warnings where only a cluster knows."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from conformance import cases
from doors.sidecarset import ValidationContext, codes, schema_findings, unknown_field_findings, validate
from doors.upstream import release_for
from refusals import ALPHA, CONTAINER, refusals, sidecar_set, with_container, with_init_container

from sidecarctl.finding import FieldPath, Finding, Key, Severity

POLICY = "spec.containers[0].resourcesPolicy"
PACKAGE = Path(codes.__file__).parent


def told(submitted: Mapping[str, Any], **known: Any) -> Finding:  # noqa: ANN401 - any context
    (finding,) = validate(submitted, ValidationContext(**known))
    return finding


@pytest.mark.parametrize(
    ("submitted", "path"),
    [
        (
            sidecar_set({"namespace": "N_"}, ALPHA),
            ("spec", "namespace"),
        ),
        (
            with_container(podInjectPolicy="Foo"),
            ("spec", "containers", 0, "podInjectPolicy"),
        ),
        (
            with_container(shareVolumePolicy={"type": "Foo"}),
            ("spec", "containers", 0, "shareVolumePolicy", "type"),
        ),
        (
            with_container(transferEnv=[{"sourceContainerNameFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}]),
            ("spec", "containers", 0, "transferEnv", 0, "sourceContainerNameFrom", "fieldRef", "fieldPath"),
        ),
        (
            with_init_container(resourcesPolicy={"resourcesExpr": {"limits": {"cpu": "1"}}}),
            ("spec", "initContainers", 0, "resourcesPolicy"),
        ),
        (
            sidecar_set({"injectionStrategy": {"revision": {"customVersion": "v"}}}),
            ("spec", "injectionStrategy", "revision", "customVersion"),
        ),
        (
            sidecar_set({"updateStrategy": {"partition": 1, "selector": {"matchLabels": {"x": "y"}}}}),
            ("spec", "updateStrategy", "partition"),
        ),
        (
            sidecar_set({"updateStrategy": {"priorityStrategy": {"orderPriority": [{"orderedKey": ""}]}}}),
            ("spec", "updateStrategy", "priorityStrategy", "orderPriority", 0, "orderedKey"),
        ),
        (
            sidecar_set({"updateStrategy": {"scatterStrategy": [{"key": "", "value": "v"}]}}),
            ("spec", "updateStrategy", "scatterStrategy", 0, "key"),
        ),
        (
            with_container(resources={"requests": {"cpu": 2}, "limits": {"cpu": 1}}),
            ("spec", "containers", 0, "resources", "requests", Key("cpu")),
        ),
        (
            sidecar_set(labels={"a": "b-"}),
            ("metadata", "labels", Key("a")),
        ),
    ],
)
def test_the_path_is_the_users_own(submitted: Mapping[str, Any], path: FieldPath) -> None:
    findings = validate(submitted)
    assert {finding.path for finding in findings} == {path}
    assert {finding.sidecar_set for finding in findings} == {"s1"}


def test_a_conflict_is_told_at_the_container() -> None:
    init = {"initContainers": [{"name": "i1", "image": "i"}], "containers": None}
    finding = told(sidecar_set(init), others=[sidecar_set(init, name="s2")])
    assert finding.path == ("spec", "initContainers", 0, "name")
    assert "s2" in finding.message


def test_values_of_env_are_never_told() -> None:
    variable = {"name": "1-bad name", "value": "hush", "valueFrom": {"secretKeyRef": {"name": "S_", "key": ""}}}
    findings = validate(with_container(env=[variable], resources={"limits": {"cpu": "-1"}}))
    assert len(findings) > 3
    assert "hush" not in repr(findings)


@pytest.mark.parametrize("name", ["validate", "update"])
def test_every_finding_has_a_message_and_a_known_code(name: str) -> None:
    for case in cases(name):
        submitted, *others = case["case"]["sidecarSets"]
        for finding in validate(submitted, ValidationContext(others=others, old=case["case"].get("old"))):
            assert finding.code in codes.TITLES
            assert finding.message
            assert finding.path[:1] in {("spec",), ("metadata",)}


def test_the_table_of_codes_lists_those_in_use() -> None:
    sources = "".join(path.read_text() for path in PACKAGE.rglob("*.py") if path.name != "codes.py")
    used = set(re.findall(r'"([A-Z]{3}\d{3})"', sources))
    families = {
        f"{family}{number}" for number in re.findall(r'f"\{family\}(\d{3})"', sources) for family in ("PRB", "LIF")
    }
    assert used | families == {*codes.TITLES} | {"PRB008"}  # probes never sleep


@pytest.mark.parametrize(
    "spec",
    [
        {"patchPodMetadata": [{"annotations": {"a": "b"}}]},
        {"injectionStrategy": {"revision": {"revisionName": "r"}}},
    ],
)
def test_what_only_a_cluster_knows_is_a_warning_offline(spec: Mapping[str, Any]) -> None:
    assert told(sidecar_set(spec)).severity is Severity.ERROR
    assert told(sidecar_set(spec), cluster_known=False).severity is Severity.WARNING


def test_an_unknown_base_is_a_warning_offline() -> None:
    marks = {"apps.kruise.io/sidecarset-canary": "true", "apps.kruise.io/sidecarset-base": "b"}
    canary = sidecar_set({"updateStrategy": {"type": "NotUpdate"}}, annotations=marks)
    assert told(canary, cluster_known=False).severity is Severity.WARNING
    assert validate(canary, ValidationContext(others=[sidecar_set(name="b")], cluster_known=False)) == []


def test_a_stored_revision_is_found() -> None:
    labels = {"kruise.io/sidecarset-name": "s1", "apps.kruise.io/sidecarset-custom-version": "v1"}
    stored = [
        {"metadata": {"name": "r", "namespace": "elsewhere"}},
        {"metadata": {"name": "r", "namespace": "kruise-system", "labels": labels}},
    ]
    for wanted in ({"revisionName": "r"}, {"customVersion": "v1"}):
        submitted = sidecar_set({"injectionStrategy": {"revision": wanted}})
        assert refusals(submitted, revisions=stored) == []
        assert len(refusals(submitted, revisions=stored[:1])) == 1


def test_all_wrong_types_are_told_at_once() -> None:
    env = [{"name": "E", "value": 1}]
    submitted = sidecar_set({"containers": [{**CONTAINER, "env": env, "stdin": "yes"}], "volumes": {}, "selector": []})
    findings = validate(submitted)
    assert [(finding.path[1:], finding.message) for finding in findings] == [
        (("selector",), "selector must be a mapping"),
        (("containers", 0, "env", 0, "value"), "value must be a text: put it in quotes"),
        (("containers", 0, "stdin"), "stdin must be true or false"),
        (("volumes",), "volumes must be a list"),
    ]
    assert findings[1].upstream.startswith("json: cannot unmarshal number into Go struct field EnvVar.")


def test_what_crashes_the_webhook_is_told() -> None:
    finding = told(with_container(transferEnv=[{"sourceContainerNameFrom": {}}]))
    assert finding.code == "SCH005"
    assert finding.path[-1] == "sourceContainerNameFrom"


def test_the_crd_asks_for_fields_and_choices() -> None:
    submitted = sidecar_set(
        {
            "selector": {"matchExpressions": [{"key": "k"}]},
            "containers": [{**CONTAINER, "resourcesPolicy": {"targetContainersMode": "avg"}}],
            "updateStrategy": {"scatterStrategy": [{"key": "k"}]},
            "injectionStrategy": {"revision": {"policy": "Sometimes"}},
            "volumes": [{"name": "v", "ephemeral": {"volumeClaimTemplate": {"spec": {"selector": {}}}}}],
        }
    )
    assert [finding.upstream for finding in schema_findings(submitted)] == [
        "spec.selector.matchExpressions[0].operator: Required value",
        f"{POLICY}.resourcesExpr: Required value",
        f'{POLICY}.targetContainersMode: Unsupported value: "avg": supported values: "sum", "max"',
        "spec.updateStrategy.scatterStrategy[0].value: Required value",
        'spec.injectionStrategy.revision.policy: Unsupported value: "Sometimes": supported values: "Always", "Partial"',
    ]
    assert schema_findings(sidecar_set()) == []
    assert schema_findings({"apiVersion": "v1", "kind": "Pod"})[0].code == "SCH005"


@pytest.mark.parametrize(
    ("submitted", "version", "advice"),
    [
        (with_container(imagePullPolcy="Always"), None, ["did you mean imagePullPolicy?"]),
        (sidecar_set({"volumes": [{"name": "v", "configmap": {}}]}), None, ["did you mean configMap?"]),
        (sidecar_set({"zebra": 1}), None, ["spec has no such field"]),
        (
            {**with_container(resourcesPolicy={}), "apiVersion": ALPHA},
            "1.8",
            ["it needs an OpenKruise newer than 1.8"],
        ),
        (sidecar_set(), None, []),
        ({"kind": "Pod"}, None, []),
    ],
)
def test_unknown_fields_are_told_with_advice(
    submitted: Mapping[str, Any], version: str | None, advice: Sequence[str]
) -> None:
    findings = unknown_field_findings(submitted, release_for(version))
    assert [finding.message.partition("drops: ")[2] for finding in findings] == advice
    assert all(finding.severity is Severity.WARNING for finding in findings)


def test_nothing_given_is_changed() -> None:
    for case in cases("validate"):
        before = repr(case["case"]["sidecarSets"])
        validate(case["case"]["sidecarSets"][0], ValidationContext(others=case["case"]["sidecarSets"][1:]))
        assert repr(case["case"]["sidecarSets"]) == before
