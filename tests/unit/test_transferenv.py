from typing import Any

import pytest
from doors.sidecarset import Options
from injecting import container, injected, one, pod, sidecar_set

INJECTED = {"name": "IS_INJECTED", "value": "true"}


def env(**values: str) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in values.items()]


def transferred(given: Any, *transfers: Any, own: Any = (), options: Options | None = None) -> Any:  # noqa: ANN401
    side = container("side", env=list(own), transferEnv=list(transfers))
    return one(injected(given, sidecar_set(containers=[side]), options=options), "side")["env"]


def from_main(*names: str) -> dict[str, object]:
    return {"sourceContainerName": "main", "envNames": list(names)}


def test_own_env_then_the_mark_then_what_is_transferred_by_name() -> None:
    given = pod(container("main", env=env(B="b", A="a", OWN="theirs")))
    transfer = {"sourceContainerName": "main", "envName": "B", "envNames": ["OWN", "A", "MISSING", "A"]}
    assert transferred(given, transfer, own=env(OWN="mine")) == [*env(OWN="mine"), INJECTED, *env(A="a", B="b")]


def test_own_marks_and_duplicates_stay() -> None:
    own = [*env(IS_INJECTED="false"), *env(A="1"), *env(A="2")]
    assert transferred(pod(), own=own) == [*own, INJECTED]


def test_the_last_duplicate_of_the_source_and_the_first_item_win() -> None:
    given = pod(container("main", env=[*env(A="1"), *env(A="2")]), container("other", env=env(A="3")))
    other = {"sourceContainerName": "other", "envName": "A"}
    assert transferred(given, from_main("A"), other)[-1:] == env(A="2")


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("metadata.labels['source']", True),
        ("metadata.annotations['Source.io/Name']", True),
        ("metadata.annotations['missing']", False),
        ("metadata.labels['a b']", False),
        ("metadata.labels['Up.Per/name']", False),
        ("metadata.labels['']", False),
        ("metadata.name", False),
        ("metadata.labels", False),
        ("spec.labels['source']", False),
    ],
)
def test_the_source_may_stand_in_a_label_or_an_annotation(path: str, found: bool) -> None:  # noqa: FBT001 - a column
    metadata = {"labels": {"source": "main"}, "annotations": {"Source.io/Name": "main"}}
    given = pod(container("main", env=env(A="a")), metadata=metadata)
    transfer = {
        "sourceContainerName": "main",
        "sourceContainerNameFrom": {"fieldRef": {"fieldPath": path}},
        "envName": "A",
    }
    assert transferred(given, transfer)[1:] == (env(A="a") if found else [])


def test_the_source_may_be_patched_in() -> None:
    transfer = {"sourceContainerNameFrom": {"fieldRef": {"fieldPath": "metadata.annotations['from']"}}, "envName": "A"}
    side = container("side", transferEnv=[transfer])
    patch = {"annotations": {"from": "main"}}
    made = injected(pod(container("main", env=env(A="a"))), sidecar_set(containers=[side], patchPodMetadata=[patch]))
    assert one(made, "side")["env"][1:] == env(A="a")


def test_init_containers_are_no_source_but_injected_containers_are() -> None:
    given = pod(container("main", env=[INJECTED, *env(A="a")]), initContainers=[container("init", env=env(B="b"))])
    transfers = (from_main("A"), {"sourceContainerName": "init", "envName": "B"})
    assert transferred(given, *transfers)[1:] == env(A="a")


def test_entries_are_taken_whole_as_written_or_as_encoded() -> None:
    field = {"name": "F", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}
    resource = {"name": "R", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu"}}}
    given = pod(container("main", env=[field, resource, {"name": "E", "value": ""}]))
    assert transferred(given, from_main("E", "F", "R"))[1:] == [{"name": "E", "value": ""}, field, resource]
    encoded = transferred(given, from_main("E", "F", "R"), options=Options(form="defaults"))
    assert encoded[1:] == [
        {"name": "E"},
        {"name": "F", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.name"}}},
        {"name": "R", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu", "divisor": "0"}}},
    ]
