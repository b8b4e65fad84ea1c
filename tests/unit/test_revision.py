from typing import Any

import pytest
from doors.sidecarset import admit, controller_revision, restore, revision_data, revision_name, revision_wanted
from doors.upstream import ControllerRevision, SidecarSet, release_for

from sidecarctl.finding import InjectionRefused, UndecodableObject

DATA = (
    '{"spec":{"$patch":"replace","containers":[{"args":["\\u003ca\\u003e"],"image":"c:1","imagePullPolicy":"IfNotPresent",'
    '"name":"c","podInjectPolicy":"BeforeAppContainer","resources":{},"shareVolumePolicy":{"type":"disabled"},'
    '"terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File",'
    '"upgradeStrategy":{"upgradeType":"ColdUpgrade"}}],"imagePullSecrets":null,"initContainers":null,'
    '"patchPodMetadata":null,"volumes":null}}'
)


def sidecar_set(name: str = "demo", version: str = "v1beta1", **spec: Any) -> SidecarSet:  # noqa: ANN401 - any field
    given: Any = {
        "apiVersion": f"apps.kruise.io/{version}",
        "kind": "SidecarSet",
        "metadata": {"name": name, "labels": {"team": "x"}},
        "spec": {"containers": [{"name": "c", "image": "c:1", "args": ["<a>"]}], **spec},
    }
    return admit(given)


def stored_revision(name: str, revision: int = 1, version: str = "") -> ControllerRevision:
    labels = {"kruise.io/sidecarset-name": "demo", "apps.kruise.io/sidecarset-custom-version": version}
    return {"metadata": {"name": name, "namespace": "kruise-system", "labels": labels}, "revision": revision}


def test_the_verified_vector() -> None:
    assert revision_data(sidecar_set()) == DATA
    assert revision_name(sidecar_set()) == "demo-864cb95ff"


def test_a_collision_gives_another_name() -> None:
    collided: SidecarSet = {**sidecar_set(), "status": {"collisionCount": 1}}
    assert revision_name(collided) != revision_name(sidecar_set())


def test_a_long_name_is_cut() -> None:
    assert revision_name(sidecar_set("n" * 300)) == f"{'n' * 223}-864cb95ff"


def test_what_go_always_writes_is_stored_as_null() -> None:
    data = revision_data(sidecar_set(volumes=[{"name": "v", "projected": {}}]))
    assert data.endswith('"volumes":[{"name":"v","projected":{"defaultMode":420,"sources":null}}]}}')


def test_big_integers_lose_their_last_digits() -> None:
    data = revision_data(sidecar_set(containers=[{"name": "c", "securityContext": {"runAsUser": 9007199254740993}}]))
    assert '"runAsUser":9007199254740992' in data


def test_the_object_that_the_controller_creates() -> None:
    made = controller_revision(sidecar_set(customVersion="v7"), revision=3)
    assert made["metadata"]["name"] == "demo-864cb95ff"
    assert made["metadata"]["labels"] == {
        "team": "x",
        "controller.kubernetes.io/hash": "864cb95ff",
        "kruise.io/sidecarset-name": "demo",
        "apps.kruise.io/sidecarset-custom-version": "v7",
    }
    assert made["metadata"]["ownerReferences"][0]["apiVersion"] == "apps.kruise.io/v1beta1"
    assert made["revision"] == 3


def test_an_older_controller_owns_revisions_as_v1alpha1() -> None:
    made = controller_revision(sidecar_set(version="v1alpha1"), release=release_for("1.8"))
    assert made["metadata"]["ownerReferences"][0]["apiVersion"] == "apps.kruise.io/v1alpha1"


def test_no_revision_is_wanted_unless_one_is_named() -> None:
    assert revision_wanted(sidecar_set(), [stored_revision("r")]) is None
    assert revision_wanted(sidecar_set(injectionStrategy={"revision": {}}), [stored_revision("r")]) is None


def test_a_name_goes_before_a_custom_version() -> None:
    first, second = stored_revision("r1"), stored_revision("r2", version="v1")
    wanted = sidecar_set(injectionStrategy={"revision": {"revisionName": "r1", "customVersion": "v1"}})
    assert revision_wanted(wanted, [second, first]) is first


def test_the_newest_revision_of_a_custom_version_is_taken() -> None:
    revisions = [stored_revision(name, number, "v1") for name, number in (("b", 10), ("c", 9), ("a", 10))]
    wanted = sidecar_set(injectionStrategy={"revision": {"customVersion": "v1"}})
    assert revision_wanted(wanted, revisions) is revisions[0]


@pytest.mark.parametrize(
    ("revision", "sentence"),
    [
        ({"revisionName": "no"}, 'controllerrevisions.apps "no" not found'),
        ({"revisionName": ""}, 'controllerrevisions.apps "" not found'),
        ({"customVersion": "v9"}, 'ControllerRevision.apps "demo" not found'),
    ],
)
def test_a_missing_revision_refuses_the_pod(revision: dict[str, str], sentence: str) -> None:
    with pytest.raises(InjectionRefused) as refusal:
        revision_wanted(sidecar_set(injectionStrategy={"revision": revision}), [stored_revision("r")])
    assert str(refusal.value) == sentence


def test_revisions_of_other_controllers_are_not_looked_at() -> None:
    of_a_stateful_set: ControllerRevision = {"metadata": {"name": "web-1", "namespace": "default"}, "revision": 1}
    with pytest.raises(InjectionRefused):
        revision_wanted(sidecar_set(injectionStrategy={"revision": {"revisionName": "web-1"}}), [of_a_stateful_set])


def test_a_stored_set_comes_back_with_its_content_and_hashes() -> None:
    old = sidecar_set(imagePullSecrets=[{"name": "s"}])
    present = sidecar_set(containers=[{"name": "c", "image": "c:2"}], selector={"matchLabels": {"a": "b"}})
    restored = restore(present, controller_revision(old))
    assert restored["spec"] == {
        name: value for name, value in old["spec"].items() if name in {"containers", "imagePullSecrets"}
    }
    assert restored["metadata"]["annotations"] == old["metadata"]["annotations"]
    assert restored["status"]["latestRevision"] == revision_name(old)


def test_hashes_that_a_revision_lacks_are_computed() -> None:
    old = sidecar_set()
    revision = controller_revision(old)
    revision["metadata"]["annotations"] = {"kruise.io/sidecarset-hash": ""}
    assert restore(sidecar_set("other"), revision)["metadata"]["annotations"] == old["metadata"]["annotations"]


@pytest.mark.parametrize("data", [None, {}, {"spec": {}}, {"spec": {"containers": []}}])
def test_a_revision_of_something_else_is_refused(data: Any) -> None:  # noqa: ANN401 - any JSON value
    with pytest.raises(UndecodableObject, match=r"^data\.spec: "):
        restore(sidecar_set(), {"metadata": {"name": "r"}, "data": data})
