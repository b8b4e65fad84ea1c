"""Kubernetes' rules for resources and security contexts."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from refusals import assert_refused, with_container, with_init_container

C = "spec.containers[0]."


def with_security(**fields: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    return with_container(securityContext=fields)


RESOURCES = [
    (
        with_container(resources={"limits": {"foo": 1, "a b": 1, "requests.x/y": 1, "storage": 1}}),
        [
            C + "resources.limits[a b]: Invalid value: a b: name part must consist of ...",
            C + "resources.limits[a b]: Invalid value: a b: must be a standard resource for containers",
            C + "resources.limits[foo]: Invalid value: foo: must be a standard resource type or fully qualified",
            C + "resources.limits[foo]: Invalid value: foo: must be a standard resource for containers",
            C
            + "resources.limits[requests.x/y]: Invalid value: requests.x/y: doesn't follow extended resource name ...",
            C + "resources.limits[storage]: Invalid value: storage: must be a standard resource for containers",
        ],
    ),
    (
        with_container(resources={"requests": {"x/gpu": 1}}),
        [C + "resources.limits: Required value: Limit must be set for non overcommitable resources"],
    ),
    (
        with_container(resources={"requests": {"x/gpu": 1}, "limits": {"x/gpu": "1500m"}}),
        [
            C
            + "resources.limits[x/gpu]: Invalid value: resource.Quantity{i:resource.int64Amount{value:1500, scale:-3},"
            ' d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:"1500m", Format:"DecimalSI"}: must be an integer',
            C + 'resources.requests: Invalid value: "1": must be equal to x/gpu limit of 1500m',
        ],
    ),
    (
        with_container(resources={"limits": {"hugepages-2Mi": "2Mi"}}),
        [C + "resources: Forbidden: HugePages require cpu or memory"],
    ),
    (
        with_container(resources={"claims": [{"name": "g"}, {"name": "g", "request": "r"}, {"name": ""}]}),
        [
            C
            + 'resources.claims[0]: Not found: "g": must be one of the names in pod.spec.resourceClaims which is empty',
            C + 'resources.claims[1]: Duplicate value: "g"',
            C
            + 'resources.claims[1]: Not found: "g": must be one of the names in pod.spec.resourceClaims which is empty',
            C + "resources.claims[2]: Required value",
        ],
    ),
    (
        with_container(
            resizePolicy=[
                {"resourceName": "disk", "restartPolicy": "Maybe"},
                {"resourceName": "cpu", "restartPolicy": ""},
                {"resourceName": "cpu", "restartPolicy": "NotRequired"},
                {"resourceName": "", "restartPolicy": "NotRequired"},
            ]
        ),
        [
            C + 'resizePolicy: Unsupported value: disk: supported values: "cpu", "memory"',
            C + 'resizePolicy: Unsupported value: "Maybe": supported values: "NotRequired", "RestartContainer"',
            C + "resizePolicy: Required value",
            C + "resizePolicy[2]: Duplicate value: cpu",
            C + "resizePolicy: Required value",
        ],
    ),
    (
        with_init_container(resizePolicy=[{"resourceName": "cpu", "restartPolicy": "NotRequired"}]),
        ["spec.initContainers[0].resizePolicy: Invalid value: []core.ContainerResizePolicy{...{Resource...}}: must..."],
    ),
]

SECURITY = [
    (with_security(runAsUser=(1 << 31) - 1, runAsGroup=0), []),
    (
        with_security(runAsUser=-1, runAsGroup=1 << 31, procMount="Unmasked"),
        [
            C + "securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive",
            C + "securityContext.runAsGroup: Invalid value: 2147483648: must be between 0 and 2147483647, inclusive",
            C + 'securityContext.procMount: Invalid value: "Unmasked": `hostUsers` must be false to use `Unmasked`',
        ],
    ),
    (
        with_security(procMount="None", seccompProfile={"type": "RuntimeDefault", "localhostProfile": "p"}),
        [
            C + 'securityContext.procMount: Unsupported value: "None": supported values: "Default", "Unmasked"',
            C + "securityContext.seccompProfile.localhostProfile: Invalid value: core.SeccompProfile{...}: can only...",
        ],
    ),
    (
        with_security(seccompProfile={"type": ""}, appArmorProfile={"type": ""}),
        [
            C + "securityContext.seccompProfile.type: Required value: type is required when seccompProfile is set",
            C + "securityContext.appArmorProfile.type: Required value: type is required when appArmorProfile is set",
        ],
    ),
    (
        with_security(seccompProfile={"type": "Localhost"}, appArmorProfile={"type": "Localhost"}),
        [
            C + "securityContext.seccompProfile.localhostProfile: Required value: must be set when seccomp type is ...",
            C
            + "securityContext.appArmorProfile.localhostProfile: Required value: must be set when AppArmor type is ...",
        ],
    ),
    (
        with_security(
            seccompProfile={"type": "Localhost", "localhostProfile": "/a"},
            appArmorProfile={"type": "Localhost", "localhostProfile": " a"},
        ),
        [
            C + 'securityContext.seccompProfile.localhostProfile: Invalid value: "/a": must be a relative path',
            C + 'securityContext.appArmorProfile.localhostProfile: Invalid value: " a": must not be padded with ...',
        ],
    ),
    (
        with_security(seccompProfile={"type": "No"}, appArmorProfile={"type": "Unconfined", "localhostProfile": "a"}),
        [
            C + 'securityContext.seccompProfile.type: Unsupported value: "No": supported values: "Localhost", ...',
            C
            + 'securityContext.appArmorProfile.localhostProfile: Invalid value: "a": can only be set when AppArmor ...',
        ],
    ),
    (
        with_security(appArmorProfile={"type": "Localhost", "localhostProfile": "a" * 4096}),
        [C + "securityContext.appArmorProfile.localhostProfile: Too long: may not be more than 4095 bytes"],
    ),
    (
        with_security(allowPrivilegeEscalation=False, privileged=True, capabilities={"add": ["CAP_SYS_ADMIN"]}),
        [
            C[:-1] + ".securityContext: Invalid value: core.SecurityContext{Capabilities:(*core.Capabilities)(0x...),"
            " Privileged:(*bool)(0x...), SELinuxOptions:(*core.SELinuxOptions)(nil), ...}: cannot set"
            " `allowPrivilegeEscalation` to false and `privileged` to true",
            C[:-1] + ".securityContext: Invalid value: ... to false and `capabilities.Add` CAP_SYS_ADMIN",
        ],
    ),
    (
        with_security(windowsOptions={"gmsaCredentialSpecName": "A", "gmsaCredentialSpec": "", "runAsUserName": ""}),
        [
            C + 'securityContext.windowsOptions.gmsaCredentialSpecName: Invalid value: "A": a lowercase RFC 1123 ...',
            C
            + 'securityContext.windowsOptions.gmsaCredentialSpec: Invalid value: "": gmsaCredentialSpec cannot be ...',
            C + 'securityContext.windowsOptions.runAsUserName: Invalid value: "": runAsUserName cannot be an empty ...',
        ],
    ),
    *(
        (
            with_security(windowsOptions={"runAsUserName": name}),
            [
                f"{C}securityContext.windowsOptions.runAsUserName: Invalid value: ...: runAsUserName{told}"
                for told in tolds
            ],
        )
        for name, tolds in (
            ("a\tb", [" cannot contain control characters"]),
            ("a\\b\\c", [" cannot contain more than one backslash"]),
            ("a" * 256 + "\\b", ["'s Domain length must be under 256 characters", "'s Domain doesn't match the ..."]),
            ("d\\", ["'s User cannot be empty"]),
            ("b" * 105, ["'s User length must not be longer than 104 characters"]),
            (". .", ["'s User cannot contain only periods or spaces"]),
            ("a@b", ["'s User cannot contain the following characters: ..."]),
        )
    ),
    (
        with_security(windowsOptions={"hostProcess": True}),
        ["spec.hostNetwork: Invalid value: false: hostNetwork must be true if pod contains any hostProcess containers"],
    ),
]


@pytest.mark.parametrize(("submitted", "expected"), [*RESOURCES, *SECURITY])
def test_kubernetes_says(submitted: Mapping[str, Any], expected: Sequence[str]) -> None:
    assert_refused(submitted, expected)
