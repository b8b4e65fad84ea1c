import copy

import pytest
from doors.upstream import decode, release_for, unknown_fields

from sidecarctl.finding import UndecodableObject

POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web", "labels": {"app": "web"}},
    "spec": {
        "containers": [
            {
                "name": "main",
                "env": [{"name": "A", "value": ""}],
                "resources": {"limits": {"cpu": 0.5}},
                "livenessProbe": {"httpGet": {"port": "http"}},
            }
        ]
    },
}


def test_what_is_typed_right_comes_back_itself() -> None:
    assert decode(POD, "Pod") is POD


def test_untouched_parts_are_shared_and_nothing_given_is_changed() -> None:
    given = {**POD, "typo": 1}
    before = copy.deepcopy(given)
    decoded = decode(given, "Pod")
    assert decoded == POD
    assert decoded["spec"] is POD["spec"]
    assert given == before


def test_unknown_fields_and_nulls_go_and_the_order_stays() -> None:
    container = {"stdin": None, "image": "i", "comand": ["x"], "name": "c"}
    assert list(decode(container, "Container").items()) == [("image", "i"), ("name", "c")]


def test_a_release_drops_what_it_does_not_know() -> None:
    container = {"name": "c", "restartPolicy": "Always"}
    assert decode(container, "Container", release_for("1.6")) == {"name": "c"}


def test_null_in_a_list_or_a_map_is_a_zero_value() -> None:
    assert decode({"args": [None], "env": [None]}, "Container") == {"args": [""], "env": [{}]}
    assert decode({"labels": {"a": None}}, "ObjectMeta") == {"labels": {"a": ""}}
    assert decode({"limits": {"cpu": None}}, "ResourceRequirements") == {"limits": {"cpu": "0"}}


def test_a_float_that_yaml_writes_for_an_integer_is_one() -> None:
    assert decode({"containerPort": 80.0}, "ContainerPort") == {"containerPort": 80}


@pytest.mark.parametrize(
    ("spec", "place", "sentence"),
    [
        (
            {"containers": [{"env": [{"value": 1}]}]},
            "spec.containers[0].env[0].value",
            "json: cannot unmarshal number into Go struct field EnvVar.spec.containers.env.value of type string",
        ),
        (
            {"containers": {}},
            "spec.containers",
            "json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container",
        ),
        (
            {"hostAliases": [{"ip": 80.5}], "priority": 80.5},
            "spec.hostAliases[0].ip",
            "json: cannot unmarshal number into Go struct field HostAlias.spec.hostAliases.ip of type string",
        ),
        (
            {"priority": 80.5},
            "spec.priority",
            "json: cannot unmarshal number 80.5 into Go struct field PodSpec.spec.priority of type int32",
        ),
        (
            {"priority": 2**31},
            "spec.priority",
            "json: cannot unmarshal number 2147483648 into Go struct field PodSpec.spec.priority of type int32",
        ),
        (
            {"hostNetwork": "yes"},
            "spec.hostNetwork",
            "json: cannot unmarshal string into Go struct field PodSpec.spec.hostNetwork of type bool",
        ),
        (
            {"priority": True},
            "spec.priority",
            "json: cannot unmarshal bool into Go struct field PodSpec.spec.priority of type int32",
        ),
        (
            {"nodeSelector": {"disk": 1}},
            "spec.nodeSelector[disk]",
            "json: cannot unmarshal number into Go struct field PodSpec.spec.nodeSelector of type string",
        ),
        (
            {"dnsPolicy": []},
            "spec.dnsPolicy",
            "json: cannot unmarshal array into Go struct field PodSpec.spec.dnsPolicy of type v1.DNSPolicy",
        ),
        (
            {"containers": [{"startupProbe": {"tcpSocket": {"port": True}}}]},
            "spec.containers[0].startupProbe.tcpSocket.port",
            (
                "json: cannot unmarshal bool into Go struct field"
                " TCPSocketAction.spec.containers.startupProbe.tcpSocket.port of type int32"
            ),
        ),
    ],
)
def test_a_wrong_type_is_refused_in_go_s_words(spec: object, place: str, sentence: str) -> None:
    with pytest.raises(UndecodableObject) as refusal:
        decode({"spec": spec}, "Pod")
    assert str(refusal.value) == f"{place}: {sentence}"


@pytest.mark.parametrize("amount", ["1 Gi", "abc", True, [], {}])
def test_a_wrong_quantity_is_refused_in_its_own_words(amount: object) -> None:
    with pytest.raises(UndecodableObject, match=r"^limits\[cpu\]: quantities must match the regular expression"):
        decode({"limits": {"cpu": amount}}, "ResourceRequirements")


@pytest.mark.parametrize("time", ["today", "2026-02-29T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01"])
def test_a_wrong_time_is_refused(time: str) -> None:
    with pytest.raises(UndecodableObject, match=r"^creationTimestamp: parsing time"):
        decode({"creationTimestamp": time}, "ObjectMeta")


def test_the_path_says_where_the_value_stands() -> None:
    with pytest.raises(UndecodableObject) as refusal:
        decode({"image": 1}, "Container", path=("spec", "containers", 2))
    assert refusal.value.path == ("spec", "containers", 2, "image")
    assert "Container.spec.containers.image" in refusal.value.message


def test_a_root_of_the_wrong_shape_is_refused() -> None:
    with pytest.raises(UndecodableObject, match=r"cannot unmarshal array into Go value of type v1beta1\.SidecarSet"):
        decode([], "SidecarSet")


def test_unknown_fields_are_found_at_any_depth() -> None:
    sidecar_set = {
        "kind": "SidecarSet",
        "spec": {"containers": [{"name": "c"}, {"imagePullPolcy": "Always", "env": [{"nam": "x"}]}], "namespace": "x"},
    }
    assert list(unknown_fields(sidecar_set, "SidecarSet")) == [
        ("spec", "containers", 1, "imagePullPolcy"),
        ("spec", "containers", 1, "env", 0, "nam"),
        ("spec", "namespace"),
    ]
    assert ("spec", "namespace") not in unknown_fields(sidecar_set, "SidecarSetV1alpha1")


def test_unknown_fields_survive_wrong_shapes_and_free_keys() -> None:
    assert list(unknown_fields({"spec": [], "metadata": {"labels": {"x": 1}}}, "Pod")) == []
