"""Kubernetes' rules for metadata, and for the claims of ephemeral volumes."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from refusals import assert_refused, sidecar_set, with_volume


def with_claim(metadata: Mapping[str, Any] | None = None, **spec: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    sound = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    template = {"metadata": metadata or {}, "spec": {**sound, **spec}}
    return with_volume(ephemeral={"volumeClaimTemplate": template})


TEMPLATE = "spec.volumes[0].ephemeral.volumeClaimTemplate."
CLAIMS = [
    (with_claim(), []),
    (
        with_claim(
            {"uid": "u", "deletionGracePeriodSeconds": 0, "generateName": "g", "generation": 0, "namespace": "n"}
        ),
        [
            TEMPLATE + "metadata.generateName: Forbidden: cannot be set",
            TEMPLATE + "metadata.namespace: Forbidden: cannot be set",
            TEMPLATE + "metadata.uID: Forbidden: cannot be set",
            TEMPLATE + "metadata.deletionGracePeriodSeconds: Forbidden: cannot be set",
        ],
    ),
    (with_claim({"creationTimestamp": "0001-01-01T00:00:00Z"}), []),
    (
        with_claim({"creationTimestamp": "2026-01-01T00:00:00Z"}),
        [TEMPLATE + "metadata.creationTimestamp: Forbidden: cannot be set"],
    ),
    (
        with_claim({"name": "n", "labels": {"a": "b-"}}, accessModes=[], resources={}),
        [
            TEMPLATE + 'metadata.labels: Invalid value: "b-": a valid label must ...',
            TEMPLATE + "metadata.name: Forbidden: cannot be set",
            TEMPLATE + "spec.accessModes: Required value: at least 1 access mode is required",
            TEMPLATE + "spec.resources[storage]: Required value",
        ],
    ),
    (
        with_claim(
            accessModes=["ReadWriteOncePod", "ReadOnlyMany", "X"],
            resources={"requests": {"storage": "0"}},
            storageClassName="A",
            volumeMode="Tape",
        ),
        [
            TEMPLATE
            + 'spec.accessModes: Unsupported value: "X": supported values: "ReadOnlyMany", "ReadWriteMany", ...',
            TEMPLATE + "spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes",
            TEMPLATE + 'spec.resources[storage]: Invalid value: "0": must be greater than zero',
            TEMPLATE + 'spec.storageClassName: Invalid value: "A": a lowercase RFC 1123 subdomain must ...',
            TEMPLATE + 'spec.volumeMode: Unsupported value: "Tape": supported values: "Block", "Filesystem"',
        ],
    ),
    (
        with_claim(
            dataSource={"kind": "Disk", "name": ""}, dataSourceRef={"kind": "Disk", "name": "d", "apiGroup": "A"}
        ),
        [
            TEMPLATE + "spec.dataSource.name: Required value",
            TEMPLATE
            + "spec.dataSource: Invalid value: \"Disk\": must be 'PersistentVolumeClaim' when referencing the ...",
            TEMPLATE + 'spec.dataSourceRef.apiGroup: Invalid value: "A": a lowercase RFC 1123 subdomain must ...',
            TEMPLATE + "spec: Invalid value: field.Path{...}: must match dataSourceRef",
        ],
    ),
    (
        sidecar_set(
            {
                "volumes": [
                    {"name": "v", "ephemeral": with_claim()["spec"]["volumes"][0]["ephemeral"]},
                    {"name": "w", "persistentVolumeClaim": {"claimName": "test-v"}},
                ]
            }
        ),
        ['spec.volumes[1].persistentVolumeClaim.claimName: Invalid value: "test-v": must not reference a PVC that ...'],
    ),
]

METADATA = [
    (
        sidecar_set(name="", generateName="a_", namespace="n", generation=-1, labels={"a/b/c": "d-"}),
        [
            'metadata.generateName: Invalid value: "a_": sidecarset name must consist of ...',
            "metadata.name: Required value: name or generateName is required",
            "metadata.namespace: Forbidden: not allowed on this type",
            "metadata.generation: Invalid value: -1: must be greater than or equal to 0",
            'metadata.labels: Invalid value: "a/b/c": a qualified name must consist of ... with an optional DNS ...',
            'metadata.labels: Invalid value: "d-": a valid label must ...',
        ],
    ),
    (
        sidecar_set(annotations={"A/": "1", "/b": "2", "c" * 64: "3", "d": "e" * (256 << 10)}),
        [
            'metadata.annotations: Invalid value: "/b": prefix part must be non-empty',
            'metadata.annotations: Invalid value: "A/": name part must be non-empty',
            'metadata.annotations: Invalid value: "A/": name part must consist of ...',
            'metadata.annotations: Invalid value: "ccc...": name part must be no more than 63 characters',
            "metadata.annotations: Too long: may not be more than 262144 bytes",
        ],
    ),
    (
        sidecar_set(
            ownerReferences=[
                {"apiVersion": "", "kind": "", "name": "", "uid": "", "controller": True},
                {"apiVersion": "v1", "kind": "Event", "name": "e", "uid": "u", "controller": True},
            ],
            finalizers=["a b", "orphan", "foregroundDeletion"],
            managedFields=[{"operation": "Merge", "fieldsType": "F", "manager": "m" * 129}],
        ),
        [
            'metadata.ownerReferences.apiVersion: Invalid value: "": version must not be empty',
            *(
                f'metadata.ownerReferences.{field}: Invalid value: "": must not be empty'
                for field in ("kind", "name", "uid")
            ),
            'metadata.ownerReferences: Invalid value: v1.OwnerReference{APIVersion:"v1", ...}: /v1, Kind=Event is ...',
            "metadata.ownerReferences: Invalid value: []v1.OwnerReference{...}: Only one reference can have ...",
            'metadata.finalizers: Invalid value: "a b": name part must consist of ...',
            "metadata.finalizers: Invalid value: []string{...}: finalizer orphan and foregroundDeletion cannot be ...",
            'metadata.managedFields[0].operation: Invalid value: "Merge": must be `Apply` or `Update`',
            'metadata.managedFields[0].fieldsType: Invalid value: "F": must be `FieldsV1`',
            "metadata.managedFields[0].manager: Too long: may not be more than 128 bytes",
        ],
    ),
]


@pytest.mark.parametrize(("submitted", "expected"), [*CLAIMS, *METADATA])
def test_kubernetes_says(submitted: Mapping[str, Any], expected: Sequence[str]) -> None:
    assert_refused(submitted, expected)
