"""Kubernetes' rules for the sources of volumes."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from refusals import assert_refused, sidecar_set, with_volume

V = "spec.volumes[0]."


def with_projection(*sources: Mapping[str, Any]) -> dict[str, Any]:
    return with_volume(projected={"sources": [*sources]})


SOURCES = [
    *(
        (with_volume(**{kind: {}}), [f"{V}{path}: Required value" for path in paths])
        for kind, paths in {
            "hostPath": ["hostPath.path"],
            "gitRepo": ["gitRepo.repository"],
            "gcePersistentDisk": ["persistentDisk.pdName"],
            "awsElasticBlockStore": ["awsElasticBlockStore.volumeID"],
            "secret": ["secret.secretName"],
            "glusterfs": ["glusterfs.endpoints", "glusterfs.path"],
            "persistentVolumeClaim": ["persistentVolumeClaim.claimName"],
            "rbd": ["rbd.monitors", "rbd.image"],
            "cinder": ["cinder.volumeID"],
            "cephfs": ["cephfs.monitors"],
            "flexVolume": ["flexVolume.driver"],
            "configMap": ["configMap.name"],
            "azureFile": ["azureFile.secretName", "azureFile.shareName"],
            "vsphereVolume": ["vsphereVolume.volumePath"],
            "photonPersistentDisk": ["photonPersistentDisk.pdID"],
            "portworxVolume": ["portworxVolume.volumeID"],
            "scaleIO": ["scaleIO.gateway", "scaleIO.system", "scaleIO.volumeName"],
            "storageos": ["storageos.volumeName"],
            "iscsi": ["iscsi.targetPortal", "iscsi.iqn"],
            "azureDisk": ["azureDisk.diskName", "azureDisk.diskURI"],
            "ephemeral": ["ephemeral.volumeClaimTemplate"],
            "image": ["image.pullPolicy"],
        }.items()
    ),
    (
        with_volume(nfs={"server": "s", "path": "a"}),
        [V + 'nfs.path: Invalid value: "a": must be an absolute path'],
    ),
    (
        with_volume(hostPath={"path": "/a/../b", "type": "Folder"}),
        [
            V + "hostPath.path: Invalid value: \"/a/../b\": must not contain '..'",
            V + 'hostPath.type: Unsupported value: "Folder": supported values: "", "BlockDevice", ...',
        ],
    ),
    (
        with_volume(
            secret={"secretName": "s", "defaultMode": 0o1000, "items": [{"key": "", "path": "..a", "mode": -1}]}
        ),
        [
            V + "secret.defaultMode: Invalid value: 512: must be a number between 0 and 0777 (octal), both inclusive",
            V + "secret.items[0].key: Required value",
            V + "secret.items[0].path: Invalid value: \"..a\": must not start with '..'",
            V + "secret.items[0].mode: Invalid value: -1: must be a number between 0 and 0777 (octal), both inclusive",
        ],
    ),
    (
        with_volume(gitRepo={"repository": "r", "directory": "/d"}),
        [V + 'gitRepo.directory: Invalid value: "/d": must be a relative path'],
    ),
    (
        with_volume(gcePersistentDisk={"pdName": "p", "partition": 256}),
        [V + "persistentDisk.partition: Invalid value: 256: must be between 1 and 255, inclusive"],
    ),
    (
        with_volume(flocker={"datasetName": "a/b", "datasetUUID": "u"}),
        [
            V + 'flocker: Invalid value: "resource": datasetName and datasetUUID can not be specified simultaneously',
            V + "flocker.datasetName: Invalid value: \"a/b\": must not contain '/'",
        ],
    ),
    (with_volume(flocker={}), [V + "flocker: Required value: one of datasetName and datasetUUID is required"]),
    (
        with_volume(flexVolume={"driver": "d", "options": {"K8s.io/x": "1"}}),
        [V + 'flexVolume.options[K8s.io/x]: Invalid value: "K8s.io/x": kubernetes.io and k8s.io namespaces are ...'],
    ),
    (
        with_volume(storageos={"volumeName": "A", "volumeNamespace": "b.c", "secretRef": {}}),
        [
            V + 'storageos.volumeName: Invalid value: "A": a lowercase RFC 1123 label must ...',
            V + 'storageos.volumeNamespace: Invalid value: "b.c": must not contain dots',
            V + "storageos.secretRef.name: Required value",
        ],
    ),
    (
        with_volume(csi={"driver": "", "nodePublishSecretRef": {"name": "S"}}),
        [
            V + "csi.driver: Required value",
            V + 'csi.driver: Invalid value: "": a lowercase RFC 1123 subdomain must ...',
            V + 'csi.name: Invalid value: "S": a lowercase RFC 1123 subdomain must ...',
        ],
    ),
    (
        with_volume(csi={"driver": "d" * 64, "nodePublishSecretRef": {}}),
        [
            V + "csi.driver: Too long: may not be more than 63 bytes",
            V + "csi.nodePublishSecretRef.name: Required value",
        ],
    ),
    (
        with_volume(
            iscsi={"targetPortal": "t" * 70, "iqn": "x", "lun": 256, "chapAuthSession": True, "initiatorName": "eui.1"}
        ),
        [
            V + 'iscsi.iqn: Invalid value: "x": must be valid format starting with iqn, eui, or naa',
            V + "iscsi.lun: Invalid value: 256: must be between 0 and 255, inclusive",
            V + "iscsi.secretRef: Required value",
            V + 'iscsi.initiatorname: Invalid value: "eui.1": must be valid format',
            V + 'name: Invalid value: "v": Total length of <volume name>:<iscsi.targetPortal> must be under 64 ...',
        ],
    ),
    (with_volume(iscsi={"targetPortal": "t", "iqn": "iqn.2001-04.com.example:storage"}), []),
    (
        with_volume(fc={"targetWWNs": ["a"], "wwids": ["b"]}),
        [
            V + 'fc.targetWWNs: Invalid value: []string{"a"}: targetWWNs and wwids can not be specified simultaneously',
            V + "fc.lun: Required value: lun is required if targetWWNs is specified",
        ],
    ),
    (
        with_volume(fc={}),
        [V + "fc.targetWWNs: Required value: must specify either targetWWNs or wwids, but not both"],
    ),
    (
        with_volume(quobyte={"registry": "a:1,b", "volume": ""}),
        [
            V + 'quobyte.registry: Invalid value: "a:1,b": must be a host:port pair or multiple pairs ...',
            V + "quobyte.volume: Required value",
        ],
    ),
    (
        with_volume(quobyte={"registry": "[::1]:7861", "volume": "v", "tenant": "t" * 65}),
        [V + "quobyte.tenant: Required value: must be a UUID and may not exceed a length of 64 characters"],
    ),
    (
        with_volume(azureDisk={"diskName": "d", "diskURI": "u", "kind": "Managed", "cachingMode": "All"}),
        [
            V + 'azureDisk.cachingMode: Unsupported value: "All": supported values: "None", "ReadOnly", "ReadWrite"',
            V + 'azureDisk.diskURI: Unsupported value: "u": supported values: "/subscriptions/{sub-id}/...',
        ],
    ),
    (
        with_volume(emptyDir={"sizeLimit": "-1"}),
        [V + "emptyDir.sizeLimit: Forbidden: SizeLimit field must be a valid resource quantity"],
    ),
    (
        with_volume(image={"reference": "r", "pullPolicy": "Now"}, cephfs={"monitors": ["m"]}, downwardAPI={}),
        [
            V + "downwarAPI: Forbidden: may not specify more than 1 volume type",
            V + "image: Forbidden: may not specify more than 1 volume type",
        ],
    ),
    (
        sidecar_set({"volumes": [{"name": ""}, {"name": "V"}, {"name": "V"}]}),
        [
            "spec.volumes[0].name: Required value",
            'spec.volumes[1].name: Invalid value: "V": a lowercase RFC 1123 label must ...',
            'spec.volumes[2].name: Invalid value: "V": a lowercase RFC 1123 label must ...',
        ],
    ),
]

FILES = [
    (
        with_volume(
            downwardAPI={
                "items": [
                    {"path": "", "resourceFieldRef": {"resource": "limits.cpu"}},
                    {"path": "a", "fieldRef": {"fieldPath": "spec.nodeName"}, "resourceFieldRef": {"resource": "x"}},
                    {"path": "b", "mode": 512},
                ]
            }
        ),
        [
            V + "downwardAPI.path: Required value",
            V + "downwardAPI.resourceFieldRef.containerName: Required value",
            V
            + 'downwardAPI.fieldRef.fieldPath: Unsupported value: "spec.nodeName": supported values: "metadata.ann...',
            V + 'downwardAPI: Invalid value: "resource": fieldRef and resourceFieldRef can not be specified ...',
            V + "downwardAPI: Required value: one of fieldRef and resourceFieldRef is required",
            V + "downwardAPI.mode: Invalid value: 512: must be a number between 0 and 0777 (octal), both inclusive",
        ],
    ),
    (
        with_projection(
            {"secret": {"name": "", "items": [{"key": "k", "path": "p"}]}},
            {"configMap": {"name": "c", "items": [{"key": "k", "path": "p"}]}},
            {"downwardAPI": {"items": [{"path": "p", "fieldRef": {"fieldPath": "metadata.name"}}]}},
        ),
        [
            V + "projected.sources[0].secret.name: Required value",
            V + 'projected: Invalid value: "c": conflicting duplicate paths',
            V + 'projected: Invalid value: "p": conflicting duplicate paths',
        ],
    ),
    (
        with_projection(
            {"serviceAccountToken": {"path": "", "expirationSeconds": 599}},
            {"serviceAccountToken": {"path": "../t", "expirationSeconds": (1 << 32) + 1}, "secret": {"name": "s"}},
        ),
        [
            V + "projected.sources[0].serviceAccountToken.expirationSeconds: Invalid value: 599: may not specify...",
            V + "projected.path: Required value",
            V + "projected.sources[1].serviceAccountToken.expirationSeconds: Invalid value: 4294967297: may not ...",
            V + "projected.path: Invalid value: \"../t\": must not contain '..'",
            V + "projected.sources[1]: Forbidden: may not specify more than 1 volume type per source",
        ],
    ),
    (
        with_projection(
            {"clusterTrustBundle": {"path": ""}},
            {"clusterTrustBundle": {"path": "a", "name": "x:Y", "labelSelector": {}}},
            {"clusterTrustBundle": {"path": "b", "name": "n", "signerName": "s"}},
            {"clusterTrustBundle": {"path": "b", "signerName": "a.b/c"}},
        ),
        [
            V + "projected.sources[0].clusterTrustBundle: Required value: either name or signerName must be specified",
            V + "projected.sources[0].clusterTrustBundle.path: Required value",
            V + 'projected.sources[1].clusterTrustBundle.name: Invalid value: "x:Y": not a valid clustertrustb...',
            V + "projected.sources[1].clusterTrustBundle.labelSelector: Invalid value: ...: labelSelector must be ...",
            V + "projected.sources[2].clusterTrustBundle: Invalid value: core.ClusterTrustBundleProjection{Name:...",
            V + 'projected: Invalid value: "b": conflicting duplicate paths',
        ],
    ),
    *(
        (
            with_projection({"clusterTrustBundle": {"path": "b", "signerName": signer}}),
            [f"{V}projected.sources[0].clusterTrustBundle.signerName: {told}" for told in tolds],
        )
        for signer, tolds in (
            ("", ["Required value: must be a valid signer name", "Required value"]),
            ("a", ['Invalid value: "a": must be a fully qualified domain and path of the form ...']),
            ("A.b/c", ['Invalid value: "A.b/c": a lowercase RFC 1123 subdomain must ...']),
            ("a/c", ['Invalid value: "a/c": should be a domain with at least two segments separated by dots']),
        )
    ),
]


@pytest.mark.parametrize(("submitted", "expected"), [*SOURCES, *FILES])
def test_kubernetes_says(submitted: Mapping[str, Any], expected: Sequence[str]) -> None:
    assert_refused(submitted, expected)
