"""The table of the specification: a SidecarSet, and the webhook's words for what is wrong with it."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from refusals import (
    ALPHA,
    CONTAINER,
    assert_refused,
    config,
    refusals,
    sidecar_set,
    with_container,
    with_init_container,
    with_strategy,
    with_volume,
)

NATIVE = {"name": "i1", "image": "i", "restartPolicy": "Always"}
SELECTOR = {"matchLabels": {"x": "y"}}
GATE = "SidecarSetPatchPodMetadataDefaultsAllowed"
LIST, RULE = "SidecarSetPatchMetadataWhiteList", "SidecarSetPatchMetadataWhiteRule"


def selecting(key: str, operator: str, *values: str) -> dict[str, Any]:
    return {"matchExpressions": [{"key": key, "operator": operator, **({"values": [*values]} if values else {})}]}


def policy(limits: Mapping[str, str] | None = None, regex: str = ".*") -> dict[str, Any]:
    expressions = {} if limits is None else {"limits": dict(limits)}
    return with_container(
        resourcesPolicy={
            "targetContainersMode": "sum",
            "targetContainersNameRegex": regex,
            "resourcesExpr": expressions,
        }
    )


def transfer(path: str, version: str = "v1") -> dict[str, Any]:
    source = {"fieldRef": {"fieldPath": path, "apiVersion": version}}
    return with_container(transferEnv=[{"sourceContainerNameFrom": source, "envName": "E"}])


def weighing(weight: int, selector: Mapping[str, Any]) -> dict[str, Any]:
    return with_strategy(priorityStrategy={"weightPriority": [{"weight": weight, "matchSelector": selector}]})


def revision(**fields: str) -> dict[str, Any]:
    return sidecar_set({"injectionStrategy": {"revision": fields}})


def scattering(*terms: tuple[str, str]) -> dict[str, Any]:
    return with_strategy(scatterStrategy=[{"key": key, "value": value} for key, value in terms])


def patching(*keys: str) -> dict[str, Any]:
    return sidecar_set({"patchPodMetadata": [{"annotations": {key: "v"}} if key else {} for key in keys]})


STRATEGY = "spec.updateStrategy."
CASES: Sequence[tuple[Mapping[str, Any], Sequence[str]]] = [
    (sidecar_set(), []),
    (sidecar_set({"selector": None}), ["spec.selector: Required value: no selector defined for SidecarSet"]),
    (
        sidecar_set({"selector": {}}),
        ["spec.selector: Invalid value: v1.LabelSelector{...(nil)}: empty selector is not valid for sidecarset."],
    ),
    (
        sidecar_set({"selector": {**SELECTOR, **selecting("k", "NotIn", "x-")}}),
        [
            'spec.selector.matchExpressions[0].values[0]: Invalid value: "x-": a valid label must be ...',
            'spec.selector.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string{"x":"y"}, ...}',
        ],
    ),
    (
        sidecar_set({"selector": selecting("k", "In")}),
        [
            "spec.selector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In'...",
            "spec.selector.selector: Invalid value: ...Values:[]string(nil)}}}",
        ],
    ),
    (
        sidecar_set({"namespaceSelector": selecting("k", "Exists", "x")}),
        [
            "spec.namespaceSelector.matchExpressions[0].values: Forbidden: may not be specified when `operator` is...",
            "spec.namespaceSelector.selector: Invalid value: ...",
        ],
    ),
    (sidecar_set({"namespaceSelector": {}}), ["spec.namespaceSelector: Invalid value: ...: empty selector is not..."]),
    (
        sidecar_set({"selector": selecting("k", "Foo", "x")}),
        [
            'spec.selector.matchExpressions[0].operator: Invalid value: "Foo": not a valid selector operator',
            'spec.selector.selector: Invalid value: ...Key:"k", Operator:"Foo", Values:[]string{"x"}}}}',
        ],
    ),
    (sidecar_set(name="a_b"), ['metadata.name: Invalid value: "a_b": sidecarset name must consist of ...']),
    (sidecar_set(name="a.b"), ['metadata.name: Invalid value: "a.b": sidecarset name must consist of ...']),
    (sidecar_set(name="a" * 64), ['metadata.name: Invalid value: "aaa...": must be no more than 63 characters']),
    *(
        (
            with_strategy(partition=partition, selector=SELECTOR),
            [
                (
                    'updateStrategy: Invalid value: "&{Type:RollingUpdate Paused:false Selector:&LabelSelector{'
                    "MatchLabels:map[string]string{x: y,},MatchExpressions:[]LabelSelectorRequirement{},} "
                    f"Partition:{partition} MaxUnavailable:1 PriorityStrategy:<nil> ScatterStrategy:[]}}"
                    '": Partition and Selector cannot be used together'
                )
            ],
        )
        for partition in (1, "0%")
    ),
    (with_strategy(partition=0, selector=SELECTOR), []),
    (
        with_strategy(partition="33.3%", maxUnavailable="5"),
        [
            STRATEGY + 'partition: Invalid value: intstr.IntOrString{Type:1, IntVal:0, StrVal:"33.3%"}: a valid ...',
            STRATEGY + 'maxUnavailable: Invalid value: intstr.IntOrString{Type:1, IntVal:0, StrVal:"5"}: a valid ...',
        ],
    ),
    (
        with_strategy(partition=-1, maxUnavailable=-3),
        [
            STRATEGY + "partition: Invalid value: -1: must be greater than or equal to 0",
            STRATEGY + "maxUnavailable: Invalid value: -3: must be greater than or equal to 0",
        ],
    ),
    (with_strategy(partition="150%", maxUnavailable=0), []),
    (with_strategy(type="NotUpdate", partition="abc", maxUnavailable=-3, selector={}), []),
    (with_strategy(type="OnDelete", partition="abc", maxUnavailable=-3, selector={}), []),
    (weighing(101, SELECTOR), [STRATEGY + "priorityStrategy: Required value: weight must be valid number in the ..."]),
    (weighing(0, SELECTOR), []),
    (weighing(1, {}), [STRATEGY + "priorityStrategy: Required value: selector can not be empty"]),
    (
        weighing(1, {"matchLabels": {"a": "b-"}}),
        [STRATEGY + 'priorityStrategy: Required value: invalid selector values[0][a]: Invalid value: "b-": a valid...'],
    ),
    (
        weighing(1, selecting("k", "Foo")),
        [STRATEGY + 'priorityStrategy: Required value: invalid selector "Foo" is not a valid label selector operator'],
    ),
    (
        weighing(1, selecting("k/", "In")),
        [
            STRATEGY
            + 'priorityStrategy: Required value: invalid selector [key: Invalid value: "k/": ...can\'t be empty]'
        ],
    ),
    (
        with_strategy(
            priorityStrategy={
                "weightPriority": [{"weight": 1, "matchSelector": SELECTOR}],
                "orderPriority": [{"orderedKey": "k"}],
            }
        ),
        [STRATEGY + "priorityStrategy: Required value: only one of weightPriority and orderPriority can be used"],
    ),
    (
        with_strategy(priorityStrategy={"orderPriority": [{"orderedKey": ""}]}),
        [STRATEGY + "priorityStrategy: Required value: order key can not be empty"],
    ),
    (scattering(("k", "v"), ("k", "v")), [STRATEGY + "scatterStrategy: Required value: duplicated key=k value=v"]),
    (scattering(("", "v")), [STRATEGY + "scatterStrategy: Required value: key should not be empty"]),
    (sidecar_set({"containers": None}), ["spec: Required value: no initContainer or container defined for SidecarSet"]),
    (
        sidecar_set({"initContainers": [NATIVE, {**NATIVE, "name": "i2"}]}),
        ["spec.updateStrategy: Required value: The initContainer in-place upgrade is not currently supported."] * 2,
    ),
    (with_init_container(restartPolicy="Always"), []),
    (
        with_init_container(restartPolicy="Never"),
        ['spec.initContainers[0].restartPolicy: Unsupported value: "Never": supported values: "Always"'],
    ),
    (
        with_container(restartPolicy="Always"),
        ["spec.containers[0].restartPolicy: Forbidden: may not be set for non-init containers"],
    ),
    (with_container(image=""), ["spec.containers[0].image: Required value"]),
    (with_container(image=" i "), ['spec.containers[0].image: Invalid value: " i ": must not have leading or ...']),
    (with_container(name="C1"), ['spec.containers[0].name: Invalid value: "C1": a lowercase RFC 1123 label must ...']),
    (with_container(name="c.1"), ['spec.containers[0].name: Invalid value: "c.1": must not contain dots']),
    (with_container(name=""), ["spec.containers[0].name: Required value"]),
    (sidecar_set({"containers": [CONTAINER] * 2}), ['spec.containers[1].name: Duplicate value: "c1"']),
    (with_init_container(name="c1"), ['spec.initContainers[0].name: Duplicate value: "c1"']),
    (
        sidecar_set({"containers": None, "initContainers": [{"name": "test", "image": "i"}]}),
        ['spec.initContainers[0].name: Duplicate value: "test"'],
    ),
    (
        with_container(podInjectPolicy="Foo", shareVolumePolicy={"type": "Enabled"}),
        [
            'spec.container.podInjectPolicy: Invalid value: "Foo": unsupported pod inject policy',
            'spec.container.shareVolumePolicy: Invalid value: v1beta1.ShareVolumePolicy{Type:"Enabled"}: unsup...',
        ],
    ),
    (with_container(upgradeStrategy={"upgradeType": "Foo"}, shareVolumeDevicePolicy={"type": "Foo"}), []),
    (with_container(upgradeStrategy={"upgradeType": "HotUpgrade"}), []),
    (
        with_container(startupProbe={"httpGet": {"port": 80}}),
        [
            "spec.containers[0].startupProbe.httpGet.path: Required value",
            'spec.containers[0].startupProbe.httpGet.scheme: Unsupported value: "": supported values: "HTTP", "HTTPS"',
            "spec.containers[0].startupProbe.successThreshold: Invalid value: 0: must be 1",
        ],
    ),
    (with_container(livenessProbe={"httpGet": {"port": 80}}), []),
    (
        with_container(volumeMounts=[{"name": "v", "mountPath": "/v"}]),
        ['spec.containers[0].volumeMounts[0].name: Not found: "v"'],
    ),
    (with_volume(), []),
    (
        with_volume(emptyDir={}, hostPath={"path": "/h"}),
        ["spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type"],
    ),
    (sidecar_set({"volumes": [{"name": "v"}] * 2}), ['spec.volumes[1].name: Duplicate value: "v"']),
    (
        with_container(resources={"requests": {"cpu": 2}, "limits": {"cpu": 1}}),
        ['spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1'],
    ),
    (
        with_container(resources={"limits": {"cpu": "-1"}}),
        ['spec.containers[0].resources.limits[cpu]: Invalid value: "-1": must be greater than or equal to 0'],
    ),
    (
        transfer("metadata.name"),
        [
            (
                'spec[0].transferEnv.fieldRef.fieldPath: Invalid value: "metadata.name": error converting fieldPath:'
                " field label not supported: metadata.name"
            )
        ],
    ),
    (transfer("spec.x['y']"), ["spec[0]...: error converting fieldPath: field path not supported: spec.x"]),
    (transfer("metadata.labels['y']", "v2"), ["spec[0]...: error converting fieldPath: unsupported pod version: v2"]),
    (transfer("metadata.labels['Y_']"), ['spec[0].transferEnv.fieldRef: Invalid value: "Y_": name part must ...']),
    (transfer("metadata.annotations['Y']"), []),
    (transfer(""), ["spec[0].transferEnv.fieldRef.fieldPath: Required value"]),
    (
        policy({"cpu": "1"}, regex="["),
        [
            (
                'spec[0].resourcesPolicy.targetContainersNameRegex: Invalid value: "[": invalid regex pattern: error'
                " parsing regexp: missing closing ]: `[`"
            )
        ],
    ),
    (
        policy({"cpu": "1"}, regex=""),
        ["spec[0].resourcesPolicy.targetContainersNameRegex: Required value: invalid empty regex"],
    ),
    (
        policy(),
        [
            (
                "spec[0].resourcesPolicy.resourcesExpr: Invalid value: v1beta1.ResourcesExpr{Limits:(*v1beta1."
                "ResourceExprLimits)(nil), ...}: at least one of limits or requests must be configured"
            )
        ],
    ),
    *(
        (
            policy({resource: text}),
            [f'spec[0].resourcesPolicy.resourcesExpr.limits.{resource}: Invalid value: "{text}": invalid ...: {why}'],
        )
        for resource, text, why in (
            ("cpu", "cpu*", "parse error: syntax error at line 1, col 5"),
            ("memory", "cpu", "undefined variable: cpu"),
            ("cpu", "cpu-2", "calculation result is negative: -1"),
            ("cpu", "foo(1,2)", "unknown function: foo"),
            ("cpu", "max(cpu)", "max function requires exactly 2 arguments, got 1"),
            ("memory", "memory/0", "division by zero"),
        )
    ),
    (policy({"cpu": "cpu*100m", "memory": "1/memory"}), []),
    (
        with_init_container(resourcesPolicy={"targetContainersMode": "sum", "resourcesExpr": {"limits": {"cpu": "1"}}}),
        [
            (
                'spec[0].resourcesPolicy: Invalid value: v1beta1.ResourcesPolicy{TargetContainersMode:"sum", ...Limits:'
                "(*v1beta1.ResourceExprLimits)(0x...), ...}: resourcesPolicy is only supported for containers with ..."
            )
        ],
    ),
    (
        revision(policy="Foo"),
        [
            (
                "revision: Invalid value: v1beta1.SidecarSetInjectRevision{CustomVersion:(*string)(nil), RevisionName:"
                '(*string)(nil), Policy:"Foo"}: revisionName and customVersion cannot be empty simultaneously'
            ),
            "revision.policy: Invalid value: v1beta1.SidecarSetInjectRevision{...}: Invalid policy Foo, supported: ...",
        ],
    ),
    (
        revision(revisionName="nope"),
        [
            (
                'revision: Invalid value: "null": Cannot find specific ControllerRevision, err: '
                'controllerrevisions.apps "nope" not found'
            )
        ],
    ),
    (revision(customVersion="nope"), ['revision: Invalid value: "null": ...: ControllerRevision.apps "s1" not found']),
    (
        patching("key", ""),
        [
            "spec.patchPodMetadata: Required value: SidecarSet patch metadata whitelist not found",
            "spec.patchPodMetadata: Required value: no annotations defined for SidecarSet",
        ],
    ),
    (sidecar_set({"namespace": "n1", "namespaceSelector": {}}, ALPHA), []),
]


@pytest.mark.parametrize(("submitted", "expected"), CASES)
def test_the_webhook_says(submitted: Mapping[str, Any], expected: Sequence[str]) -> None:
    assert_refused(submitted, expected)


@pytest.mark.parametrize(
    ("whitelist", "told"),
    [
        (
            '{"rules":[{"allowedAnnotationKeyExprs":["^z"]}]}',
            "sidecarSet patch metadata annotation(key) is not allowed",
        ),
        (
            '{"rules":[{"selector":{"matchLabels":{"a":"b"}},"allowedAnnotationKeyExprs":["."]}]}',
            "sidecarSet patch metadata annotation is not allowed",
        ),
        ('{"rules":[{"allowedAnnotationKeyExprs":["["]}]}', "error parsing regexp: missing closing ]: `[`"),
        (
            '{"rules":[{"selector":{"matchExpressions":[{"key":"a","operator":"Foo"}]}}]}',
            '"Foo" is not a valid pod selector operator',
        ),
        ("", "unexpected end of JSON input"),
        ("[]", f"json: cannot unmarshal array into Go value of type configuration.{LIST}"),
        (
            '{"rules":{}}',
            f"json: cannot unmarshal object into Go struct field {LIST}.rules of type []configuration.{RULE}",
        ),
        (
            '{"rules":[{"allowedAnnotationKeyExprs":[1]}]}',
            f"json: cannot unmarshal number into Go struct field {RULE}.rules.allowedAnnotationKeyExprs of type string",
        ),
        ("null", "sidecarSet patch metadata annotation is not allowed"),
    ],
)
def test_the_whitelist_says(whitelist: str, told: str) -> None:
    said = refusals(patching("key"), kruise_config=config(whitelist))
    assert said == [f"spec.patchPodMetadata: Required value: {told}"]


@pytest.mark.parametrize("kruise_config", [config("{}"), None])
def test_the_feature_gate_allows_what_no_rule_is_for(kruise_config: Mapping[str, Any] | None) -> None:
    assert refusals(patching("key"), kruise_config=kruise_config, feature_gates={GATE: True}) == []


def test_patches_are_looked_at_one_by_one() -> None:
    allowing = config('{"rules":[{"allowedAnnotationKeyExprs":["."]}]}')
    told = refusals(patching("key", "key", "", "bad key"), kruise_config=allowing)
    assert told[:2] == [
        "spec.patchPodMetadata: Required value: patch annotation[key] already exist",
        "spec.patchPodMetadata: Required value: no annotations defined for SidecarSet",
    ]
    assert told[2].startswith('patchPodMetadata.annotations: Invalid value: "bad key": name part must consist ')
