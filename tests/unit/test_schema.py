from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints, is_typeddict

import pytest
from doors.upstream import release_for, schema, tables, types

from sidecarctl.finding import FieldPath, Key

SCALARS = {"string", "int32", "int64", "bool", "Quantity", "IntOrString", "Time", "bytes", "any"}


@pytest.mark.parametrize("version", ["1.5", "1.6", "1.7", "1.8", "1.9", "next"])
def test_every_row_of_the_table_can_be_read(version: str) -> None:
    for struct in [*tables.KUBERNETES, *tables.OPENKRUISE]:
        for field in schema.fields(struct, release_for(version)).values():
            leaf = field.type
            while item := schema.item_type(leaf):
                leaf = item
            assert schema.is_struct(leaf) or leaf in SCALARS


def test_fields_stand_in_the_order_of_the_go_type_with_inlined_structs_in_place() -> None:
    assert list(schema.fields("Probe"))[:5] == ["exec", "httpGet", "tcpSocket", "grpc", "initialDelaySeconds"]
    assert list(schema.fields("SidecarContainer"))[-6:] == [
        "podInjectPolicy",
        "upgradeStrategy",
        "shareVolumePolicy",
        "shareVolumeDevicePolicy",
        "transferEnv",
        "resourcesPolicy",
    ]


@pytest.mark.parametrize(
    ("struct", "field", "first"),
    [
        ("ResourceRequirements", "claims", "1.6"),
        ("Container", "restartPolicy", "1.7"),
        ("Container", "resizePolicy", "1.7"),
        ("LifecycleHandler", "sleep", "1.8"),
        ("VolumeMount", "recursiveReadOnly", "1.8"),
        ("SecurityContext", "appArmorProfile", "1.8"),
        ("VolumeProjection", "clusterTrustBundle", "1.8"),
        ("ResourceClaim", "request", "1.9"),
        ("VolumeSource", "image", "1.9"),
        ("SidecarContainer", "shareVolumeDevicePolicy", "1.9"),
        ("SidecarContainer", "resourcesPolicy", "1.9"),
    ],
)
def test_a_field_exists_from_the_release_that_brought_it(struct: str, field: str, first: str) -> None:
    versions = ["1.5", "1.6", "1.7", "1.8", "1.9", "next"]
    knowing = [version for version in versions if field in schema.fields(struct, release_for(version))]
    assert knowing == versions[versions.index(first) :]


def test_a_claim_template_loses_its_resource_claims_in_1_8() -> None:
    def resources(version: str) -> str:
        return schema.fields("PersistentVolumeClaimSpec", release_for(version))["resources"].type

    assert (resources("1.7"), resources("1.8")) == ("ResourceRequirements", "VolumeResourceRequirements")


def test_named_types() -> None:
    field = schema.fields("Container")["imagePullPolicy"]
    assert (field.type, field.go_type, field.presence) == ("string", "PullPolicy", "unless empty")
    assert schema.fields("ResourceRequirements")["limits"].type == "map[string]Quantity"
    assert schema.go_name("[]SidecarContainer", release_for("1.8")) == "[]v1alpha1.SidecarContainer"
    assert schema.go_name("UID") == "types.UID"
    assert schema.go_name("map[string]string") == "map[string]string"


@pytest.mark.parametrize(
    ("root", "path", "key"),
    [
        ("Pod", ("spec", "containers"), "name"),
        ("Pod", ("spec", "containers", 0, "volumeMounts"), "mountPath"),
        ("Pod", ("spec", "initContainers", 3, "ports"), "containerPort"),
        ("Pod", ("spec", "containers", 0), None),
        ("Pod", ("spec", "containers", 0, "args"), None),
        ("Pod", ("metadata", "labels", Key("containers")), None),
        ("Pod", ("spec", "nonsense", "containers"), None),
        ("Pod", (), None),
        ("PodSpec", ("tolerations",), None),
        ("SidecarSet", ("spec", "volumes"), "name"),
        ("SidecarSetV1alpha1", ("spec", "containers", 0, "env"), "name"),
    ],
)
def test_what_tells_list_items_apart(root: str, path: FieldPath, key: str | None) -> None:
    assert schema.merge_key_at(root, path) == key


def test_the_struct_of_an_object() -> None:
    assert schema.type_of({"apiVersion": "v1", "kind": "Pod"}) == "Pod"
    assert schema.type_of({"apiVersion": "apps.kruise.io/v1alpha1", "kind": "SidecarSet"}) == "SidecarSetV1alpha1"
    assert schema.type_of({"apiVersion": "apps/v1", "kind": "Deployment"}) is None
    assert schema.type_of({"apiVersion": ["v1"], "kind": "Pod"}) is None


TYPED = [one for one in vars(types).values() if is_typeddict(one)]
SCALAR_HINTS = {
    "string": str,
    "int32": int,
    "int64": int,
    "bool": bool,
    "Quantity": types.QuantityText,
    "IntOrString": types.IntOrString,
    "Time": str,
}


@pytest.mark.parametrize("typed", TYPED, ids=lambda typed: typed.__name__)
def test_types_for_the_type_checker_are_those_of_the_table(typed: Any) -> None:  # noqa: ANN401 - a TypedDict
    fields = schema.fields(typed.__name__)
    if typed is types.SidecarSetSpec:  # of both versions
        fields = {**schema.fields("SidecarSetSpecV1alpha1"), **fields}

    assert [name for name, hint in get_type_hints(typed).items() if not fits(hint, fields[name].type)] == []


def fits(hint: Any, field_type: str) -> bool:  # noqa: ANN401 - any type expression
    """Compare a type expression with a type of the table; a plain dict may stand for any struct."""
    if field_type == "any":
        return True
    if is_typeddict(hint):
        return bool(hint.__name__ == field_type)
    if get_origin(hint) is list:
        return field_type.startswith("[]") and fits(get_args(hint)[0], schema.item_type(field_type) or "")
    if get_origin(hint) is dict:
        is_map = field_type.startswith("map[")
        return fits(get_args(hint)[1], schema.item_type(field_type) or "") if is_map else schema.is_struct(field_type)
    if isinstance(hint, UnionType) and type(None) in get_args(hint):
        return any(fits(one, field_type) for one in get_args(hint) if one is not type(None))
    return bool(hint == SCALAR_HINTS.get(field_type))
