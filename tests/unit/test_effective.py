from typing import Any

import pytest
from doors.sidecarset import Cluster, Options, Prepared, Reason, admit, controller_revision, explained
from doors.upstream import HASH, release_for
from injecting import annotations, container, injected, names, one, pod, sidecar_set

from sidecarctl.finding import InjectionRefused, Severity

LABELLED = pod(metadata={"labels": {"app": "web"}})


def at_version(version: str, number: int = 1, name: str = "s", **spec: Any) -> Any:  # noqa: ANN401 - a revision
    stored = admit(sidecar_set(name, containers=[container("side", image=version)], customVersion=version, **spec))
    revision: Any = controller_revision(stored, number)
    return {**revision, "metadata": {**revision["metadata"], "name": f"{name}-{version}"}}


OLD, NEWER = at_version("v1"), at_version("v2", 2)


def now(revision: Any = None, **strategy: Any) -> Any:  # noqa: ANN401 - a SidecarSet
    return sidecar_set(
        containers=[container("side", image="v3")],
        injectionStrategy={} if revision is None else {"revision": revision},
        updateStrategy=strategy,
    )


def image(given: Any, *revisions: Any, on: Any = LABELLED, **rest: Any) -> str:  # noqa: ANN401 - SidecarSets
    found: str = one(injected(on, given, revisions=revisions or (OLD, NEWER), **rest), "side")["image"]
    return found


@pytest.mark.parametrize(
    ("revision", "expected"),
    [
        (None, "v3"),
        ({}, "v3"),
        ({"policy": "Always"}, "v3"),
        ({"revisionName": "s-v1"}, "v1"),
        ({"customVersion": "v2"}, "v2"),
        ({"revisionName": "s-v1", "customVersion": "v2"}, "v1"),
        ({"revisionName": "s-v1", "policy": "Whatever"}, "v1"),
    ],
)
def test_which_state_is_injected(revision: Any, expected: str) -> None:  # noqa: ANN401 - any revision
    assert image(now(revision)) == expected


PARTIAL = {"revisionName": "s-v1", "policy": "Partial"}


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        ({}, "v3"),
        ({"partition": 5}, "v3"),
        ({"partition": "0%"}, "v3"),
        ({"partition": "100%"}, "v1"),
        ({"partition": "150%"}, "v1"),
        ({"partition": "inf%"}, "v1"),
        ({"partition": "0x1p10%"}, "v1"),
        ({"partition": "nan%"}, "v3"),
        ({"partition": "-Infinity%"}, "v3"),
        ({"paused": True}, "v1"),
        ({"selector": {"matchLabels": {"app": "db"}}}, "v1"),
        ({"selector": {"matchLabels": {"app": "web"}}}, "v3"),
        ({"selector": {}}, "v3"),
    ],
)
def test_the_partial_policy(strategy: Any, expected: str) -> None:  # noqa: ANN401 - any strategy
    assert image(now(PARTIAL, **strategy)) == expected


@pytest.mark.parametrize("choice", ["latest", "specified"])
def test_no_die_is_thrown_but_the_caller_may_choose(choice: Any) -> None:  # noqa: ANN401 - a choice
    given = now(PARTIAL, partition="30%")
    options = Options(choose_revision={"s": choice})
    assert image(given) == "v3"
    assert image(given, options=options) == {"latest": "v3", "specified": "v1"}[choice]
    made = injected(LABELLED, given, revisions=[OLD], options=options)
    assert [(told.code, told.severity, told.sidecar_set) for told in made.findings] == [("INJ010", Severity.INFO, "s")]
    assert "30%" in made.findings[0].message


def test_what_is_certain_cannot_be_chosen() -> None:
    assert image(now(PARTIAL, paused=True), options=Options(choose_revision={"s": "latest"})) == "v1"


def test_releases_before_the_partial_policy_always_inject_the_revision() -> None:
    given = {**now(PARTIAL), "apiVersion": "apps.kruise.io/v1alpha1"}
    assert image(given, release=release_for("1.7")) == "v1"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (now({"revisionName": "none"}), 'controllerrevisions.apps "none" not found'),
        (now({"revisionName": ""}), 'controllerrevisions.apps "" not found'),
        (now({"customVersion": "none"}), 'ControllerRevision.apps "s" not found'),
        (now({"revisionName": "none", "policy": "Partial"}), 'controllerrevisions.apps "none" not found'),
        (now(PARTIAL, partition="30"), "invalid type: string is not a percentage"),
        (now(PARTIAL, partition="x%"), "strconv.ParseFloat: parsing"),
        (now(PARTIAL, partition="1__0%"), "strconv.ParseFloat: parsing"),
        (now(PARTIAL, partition="1e999%"), 'strconv.ParseFloat: parsing "1e999": value out of range'),
        (
            now(PARTIAL, selector={"matchExpressions": [{"key": "k", "operator": "in"}]}),
            '"in" is not a valid pod selector',
        ),
    ],
)
def test_refusals(given: Any, sentence: str) -> None:  # noqa: ANN401 - a SidecarSet
    with pytest.raises(InjectionRefused) as refused:
        image(given)
    assert str(refused.value).startswith(sentence)


def test_a_revision_brings_its_own_record_and_metadata_even_a_stranger_s() -> None:
    patch = [{"annotations": {"from": "old"}}]
    stranger = at_version("v9", name="other", patchPodMetadata=patch)
    made = injected(LABELLED, now({"revisionName": "other-v9"}), revisions=[stranger])
    written = annotations(made)
    assert (written["from"], made.sidecar_sets) == ("old", ("s",))
    assert '"controllerRevision":"other-v9"' in written[HASH]
    assert stranger["metadata"]["annotations"][HASH] in written[HASH]


def test_nothing_is_defaulted_in_a_revision() -> None:
    bare: Any = {"spec": {"$patch": "replace", "containers": [{"name": "side", "image": "v0"}]}}
    revision = {**OLD, "data": bare}
    assert names(injected(pod(), now({"revisionName": "s-v1"}), revisions=[revision])) == ["main", "side"]


def test_why_names_the_revision() -> None:
    prepared = Prepared(Cluster(sidecar_sets=[now({"customVersion": "v2"})], revisions=[OLD, NEWER]))
    assert explained(pod(), prepared, Options())[0].revision == "s-v2"
    missing = Prepared(Cluster(sidecar_sets=[now({"revisionName": "none"})]))
    assert explained(pod(), missing, Options())[0].reason is Reason.REVISION_MISSING
