from typing import Any

import pytest
from doors.sidecarset import admit, sidecar_set_hash, sidecar_set_hash_without_image
from doors.upstream import SidecarSet, release_for

from sidecarctl.finding import UndecodableObject

NO_CONTAINERS = "x5vwx9w6vv4dv72c9w4c2f6v74fbwx545b45bbfz6z2dvf8w887xw86fvcb4cf48"
ONE_CONTAINER = "w26c4x8fz245642fdv499b464248f974xddx4x55z5dw55bc6x66464fxz77dc78"


def sidecar_set(**spec: Any) -> SidecarSet:  # noqa: ANN401 - any field of a spec
    given: Any = {"apiVersion": "apps.kruise.io/v1beta1", "kind": "SidecarSet", "metadata": {"name": "s"}, "spec": spec}
    checked: SidecarSet = given
    return checked


def test_openkruise_s_own_vectors() -> None:
    container = {"name": "container1", "image": "test-image"}
    plain = sidecar_set(containers=[container])
    native = sidecar_set(containers=[container], initContainers=[{**container, "restartPolicy": "Always"}])
    assert sidecar_set_hash(plain) == ONE_CONTAINER
    assert sidecar_set_hash(native) == "4xwx4d4844vd4v9x79wb4xbxf4xb29475cc4446v8cz2c2f2f5c5bw448vd42z8w"
    assert sidecar_set_hash_without_image(plain) == "8wzddb4dvv9c6x8zdc77z4z75987424f457dfv6724ddw6zbdx467wz5x24fc759"


def test_no_containers_and_an_empty_list_of_them_differ() -> None:
    assert sidecar_set_hash(sidecar_set()) == NO_CONTAINERS
    assert sidecar_set_hash(sidecar_set(containers=[])) == (
        "5662x672v59974vdzvf4bdfwc4v526wx5w7884vx5c7fc2f246v484v5988xb9z7"
    )


def test_plain_init_containers_never_enter_the_hash() -> None:
    assert sidecar_set_hash(sidecar_set(initContainers=[{"name": "i", "image": "any:1"}])) == NO_CONTAINERS


def test_native_sidecars_enter_it_from_1_7_on() -> None:
    given = sidecar_set(initContainers=[{"name": "i", "restartPolicy": "Always"}])
    assert sidecar_set_hash(given, release_for("1.7")) != NO_CONTAINERS
    assert sidecar_set_hash(given, release_for("1.6")) == NO_CONTAINERS


@pytest.mark.parametrize(
    ("fields", "hash_"),
    [
        ({}, "c69249xx4fzzwc7b56vczd9x44wwbbz87dvwzwz49bvfwv625xc569v9xx4z596v"),
        (
            {"env": [{"name": "X", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu"}}}]},
            "fcdbxff84v296z8ff2b824zdfz94zx7cdd44w9b8zc7cczc75fd49zc69dzf644z",
        ),
        (
            {
                "env": [
                    {"name": "X", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
                    {"name": "E", "value": ""},
                ]
            },
            "x6fz7f78bdbd6f752979xv9d44d742f6xw582v4xbcf24vxff7vd567724zcwccf",
        ),
        ({"livenessProbe": {"grpc": {"port": 80}}}, "dzx684cf57bz52d5v9f6vf2x92c4f46dc45vbvzw4vcx2vv9cxc4dxx6ccw56f2c"),
        (
            {"startupProbe": {"httpGet": {"port": 80}}},
            "z57f44746bz28zv82cf496fx9bd9cb4cbxb42c4x6v764cbx744468vd6c865c47",
        ),
        (
            {"readinessProbe": {"httpGet": {"port": "http"}}},
            "4cd87b44b4w8v4977z42cd9w55d4vzdw2fxff5w584982z84c7cc7zb4fbz72264",
        ),
        (
            {"resources": {"limits": {"cpu": 0.5, "memory": "1024Mi", "x": "1.500", "y": "00100m"}}},
            "4c7fbx526xzz9czbc5477vdx594v86b22v2cvv7644vbcw7wzd7xw6x6666cxdzb",
        ),
        ({"shareVolumeDevicePolicy": {}}, "9z24944wf42zbv8cfbz728wb24wvb44xdffwwwcdxbcd5fz74vd496f49czvdd5w"),
        (
            {
                "ports": [{"containerPort": 80}],
                "lifecycle": {"postStart": {"exec": {}}, "preStop": {"httpGet": {"port": 1}}},
            },
            "6zv8xdbvf968c87444fx4bx6f24vd285x5c6ffbxx8679288d296vz4z8c4w8c4x",
        ),
        ({"securityContext": {}}, "2z48v477w856b4v65d6xzcz7wwv8646bb6d4dd7xzwd5f4dbw4fff8b69v5xvc49"),
        (
            {"imagePullPolcy": "Always", "stdin": None},
            "c69249xx4fzzwc7b56vczd9x44wwbbz87dvwzwz49bvfwv625xc569v9xx4z596v",
        ),
    ],
)
def test_the_hash_of_an_admitted_container(fields: Any, hash_: str) -> None:  # noqa: ANN401 - any fields
    stored = admit(sidecar_set(containers=[{"name": "c", "image": "i:1", **fields}]))
    assert stored["metadata"]["annotations"]["kruise.io/sidecarset-hash"] == hash_


def test_both_versions_of_the_api_hash_alike() -> None:
    given = sidecar_set(containers=[{"name": "c", "image": "i:1"}])
    older: SidecarSet = {**given, "apiVersion": "apps.kruise.io/v1alpha1"}
    assert admit(given)["metadata"] == admit(older)["metadata"]


def test_hash_without_image_stays_when_images_change() -> None:
    def annotations(image: str) -> dict[str, str]:
        container = {"name": "c", "image": image, "imagePullPolicy": "Always"}
        native = {**container, "name": "n", "restartPolicy": "Always"}
        return admit(sidecar_set(containers=[container], initContainers=[native]))["metadata"]["annotations"]

    one, two = annotations("i:1"), annotations("i:2")
    assert one["kruise.io/sidecarset-hash"] != two["kruise.io/sidecarset-hash"]
    assert one["kruise.io/sidecarset-hash-without-image"] == two["kruise.io/sidecarset-hash-without-image"]


def test_a_stale_hash_is_replaced_and_other_annotations_stay() -> None:
    given: SidecarSet = {
        **sidecar_set(),
        "metadata": {"name": "s", "annotations": {"a": "b", "kruise.io/sidecarset-hash": "x"}},
    }
    annotations = admit(given)["metadata"]["annotations"]
    assert annotations["a"] == "b"
    assert annotations["kruise.io/sidecarset-hash"] == NO_CONTAINERS


def test_a_status_stays_and_none_is_made_up() -> None:
    status: SidecarSet = {**sidecar_set(), "status": {"latestRevision": "s-1"}}
    assert admit(status)["status"]["latestRevision"] == "s-1"
    assert "status" not in admit(sidecar_set())


@pytest.mark.parametrize(
    ("api_version", "version"),
    [("apps.kruise.io/v1beta1", "1.8"), ("apps.kruise.io/v1", "next"), ("apps/v1", "next"), (None, "next")],
)
def test_a_version_that_is_not_served_is_refused(api_version: str | None, version: str) -> None:
    given: Any = {**sidecar_set(), "apiVersion": api_version}
    with pytest.raises(UndecodableObject, match=r"^apiVersion: no SidecarSet"):
        admit(given, release_for(version))


def test_a_slip_in_the_yaml_is_refused_with_its_place() -> None:
    with pytest.raises(
        UndecodableObject, match=r"^spec\.containers\[0\]\.env\[0\]\.value: json: cannot unmarshal number"
    ):
        admit(sidecar_set(containers=[{"name": "c", "env": [{"name": "e", "value": 1}]}]))
