from typing import Any

import pytest
from doors.sidecarset import Cluster, Options, Prepared, Reason, Verdict, explained, inject
from doors.upstream import Requirement, release_for
from injecting import annotations, container, injected, names, pod, sidecar_set

import sidecarctl
from sidecarctl.finding import InjectionRefused, UndecodableObject

AS_IT_IS = Options()


def side(name: str = "s", **spec: Any) -> Any:  # noqa: ANN401 - a SidecarSet
    return sidecar_set(name, containers=[container(f"of-{name}")], **spec)


def v1alpha1(given: Any) -> Any:  # noqa: ANN401 - a SidecarSet
    return {**given, "apiVersion": "apps.kruise.io/v1alpha1"}


def namespace(name: str, **labels: str) -> Any:  # noqa: ANN401 - a Namespace
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def verdict(given: Any, one: Any, options: Options = AS_IT_IS, **cluster: Any) -> Verdict:  # noqa: ANN401
    return explained(given, Prepared(Cluster(sidecar_sets=[one], **cluster)), options)[0]


def named(*values: str) -> Requirement:
    return Requirement("kubernetes.io/metadata.name", "In", values)


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ({"selector": None}, Reason.SELECTOR_MISSING),
        ({"selector": {}}, Reason.SELECTOR_EMPTY),
        ({"selector": {"matchLabels": {}, "matchExpressions": []}}, Reason.SELECTOR_EMPTY),
        ({"injectionStrategy": {"paused": True}}, Reason.INJECTION_PAUSED),
        (
            {"namespaceSelector": {"matchExpressions": [{"key": "k", "operator": "exists"}]}},
            Reason.NAMESPACE_SELECTOR_INVALID,
        ),
        ({"selector": {"matchExpressions": [{"key": "k", "operator": "exists"}]}}, Reason.SELECTOR_INVALID),
        ({"namespaceSelector": {}}, Reason.SELECTED),
        ({}, Reason.SELECTED),
    ],
)
def test_what_a_sidecar_set_says(spec: Any, reason: Reason) -> None:  # noqa: ANN401 - any spec
    assert verdict(pod(), side(**spec)).reason is reason


def test_a_mismatch_names_the_requirement() -> None:
    given = pod(metadata={"labels": {"app": "web"}})
    wanted = {"matchLabels": {"app": "web", "tier": "front"}}
    assert verdict(given, side(selector=wanted))[1:3] == (
        Reason.SELECTOR_MISMATCH,
        Requirement("tier", "In", ("front",)),
    )


def test_an_operator_that_does_not_exist_refuses_the_pod() -> None:
    with pytest.raises(InjectionRefused, match='"exists" is not a valid pod selector operator'):
        injected(pod(), side(selector={"matchExpressions": [{"key": "k", "operator": "exists"}]}))


@pytest.mark.parametrize(
    ("given", "running_pods", "reason"),
    [
        ({"status": {"phase": "Succeeded"}}, "inject", Reason.POD_INACTIVE),
        ({"status": {"phase": "Failed"}}, "skip", Reason.POD_INACTIVE),
        ({"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}}, "inject", Reason.POD_INACTIVE),
        ({"status": {"phase": "Running"}}, "skip", Reason.NOT_INJECTED),
        ({"status": {"phase": "Running"}}, "inject", Reason.SELECTED),
        ({"spec": {"nodeName": "node"}}, "skip", Reason.NOT_INJECTED),
        ({"status": {}}, "skip", Reason.SELECTED),
    ],
)
def test_what_a_pod_says(given: Any, running_pods: Any, reason: Reason) -> None:  # noqa: ANN401 - any pod
    options = Options(running_pods=running_pods)
    assert verdict(given, side(), options).reason is reason
    prepared = Prepared(Cluster(sidecar_sets=[side()]))
    assert (inject(given, prepared, options).sidecar_sets == ("s",)) is (reason is Reason.SELECTED)


@pytest.mark.parametrize(
    ("selector", "reached"),
    [
        ({"matchLabels": {"kubernetes.io/metadata.name": "n"}}, True),
        ({"matchLabels": {"kubernetes.io/metadata.name": "other"}}, False),
        (
            {"matchExpressions": [{"key": "kubernetes.io/metadata.name", "operator": "NotIn", "values": ["other"]}]},
            True,
        ),
        ({"matchLabels": {"env": "prod"}}, True),
        ({"matchLabels": {"env": "dev"}}, False),
        ({"matchLabels": {"env": "prod", "kubernetes.io/metadata.name": "other"}}, False),
    ],
)
def test_labels_of_a_described_namespace(selector: Any, reached: bool) -> None:  # noqa: ANN401, FBT001 - columns
    found = verdict(pod(), side(namespaceSelector=selector), namespaces=[namespace("n", env="prod")])
    assert found.reason is (Reason.SELECTED if reached else Reason.NAMESPACE_MISMATCH)
    assert not found.is_assumed


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ({"operator": "In", "values": ["prod"]}, Reason.NAMESPACE_UNKNOWN),
        ({"operator": "NotIn", "values": ["prod"]}, Reason.SELECTED),
    ],
)
def test_an_undescribed_namespace_is_judged_by_its_name_with_a_warning(expression: Any, reason: Reason) -> None:  # noqa: ANN401 - any expression
    given = side(namespaceSelector={"matchExpressions": [{"key": "env", **expression}]})
    found = verdict(pod(), given)
    assert (found.reason, found.is_assumed, found.detail) == (reason, True, "n")
    made = injected(pod(), given)
    assert [finding.code for finding in made.findings] == ["NSP001"]
    assert bool(made.sidecar_sets) is (reason is Reason.SELECTED)


@pytest.mark.parametrize(
    "spec",
    [
        {"namespaceSelector": {"matchLabels": {"env": "prod", "kubernetes.io/metadata.name": "other"}}},
        {"namespaceSelector": {"matchLabels": {"env": "prod"}}, "selector": {"matchLabels": {"app": "other"}}},
    ],
)
def test_no_warning_where_its_labels_do_not_matter(spec: Any) -> None:  # noqa: ANN401 - any spec
    assert injected(pod(), side(**spec)).findings == ()


def test_v1alpha1_s_namespace_drops_the_selector_since_1_9_and_adds_to_it_before() -> None:
    given = v1alpha1(side(namespace="n", namespaceSelector={"matchLabels": {"env": "dev"}}))
    known: Any = {"namespaces": [namespace("n", env="prod")]}
    assert verdict(pod(), given, **known).is_selected
    assert verdict(pod(), given, release=release_for("1.8"), **known).reason is Reason.NAMESPACE_MISMATCH
    other = verdict(pod(), v1alpha1(side(namespace="other")), release=release_for("1.8"))
    assert other[1:3] == (Reason.NAMESPACE_MISMATCH, named("other"))


def test_a_pod_without_a_namespace_goes_to_the_default_or_to_the_one_asked_for() -> None:
    given = side(namespaceSelector={"matchLabels": {"kubernetes.io/metadata.name": "default"}})
    assert verdict({"spec": {}}, given).is_selected
    assert verdict({"spec": {}}, given, Options(namespace="other")).reason is Reason.NAMESPACE_MISMATCH


def test_system_namespaces_are_left_alone_unless_they_are_named_or_included() -> None:
    system = pod(metadata={"namespace": "kube-system"})
    by_name = {
        "matchExpressions": [{"key": "kubernetes.io/metadata.name", "operator": "In", "values": ["a", "kube-system"]}]
    }
    assert verdict(system, side()).reason is Reason.SYSTEM_NAMESPACE
    assert verdict(system, side(namespaceSelector=by_name)).is_selected
    assert verdict(system, side(), system_namespaces="include").is_selected


def test_namespaces_of_the_control_plane_never_reach_the_webhook() -> None:
    known: Any = {"namespaces": [namespace("n", **{"control-plane": ""})], "system_namespaces": "include"}
    assert verdict(pod(), side(), **known).reason is Reason.CONTROL_PLANE_NAMESPACE


def canary(name: str, base: str, flag: str = "true", **spec: Any) -> Any:  # noqa: ANN401 - a SidecarSet
    marks = {"apps.kruise.io/sidecarset-canary": flag, "apps.kruise.io/sidecarset-base": base}
    return side(name, metadata={"annotations": marks}, **spec)


def test_a_canary_hides_its_base_where_it_matches() -> None:
    assert injected(pod(), side("base"), canary("new", "base")).sidecar_sets == ("new",)
    assert injected(pod(), side("base"), canary("new", "base", "True")).sidecar_sets == ("base", "new")
    paused = canary("new", "base", injectionStrategy={"paused": True})
    assert injected(pod(), side("base"), paused).sidecar_sets == ("base",)
    missing = canary("new", "base", selector={"matchLabels": {"a": "b"}})
    assert injected(pod(), side("base"), missing).sidecar_sets == ("base",)
    assert injected(pod(), canary("a", "b"), canary("b", "a")).sidecar_sets == ()


def test_a_hidden_base_must_have_its_revision_all_the_same() -> None:
    base = side("base", injectionStrategy={"revision": {"revisionName": "none"}})
    with pytest.raises(InjectionRefused, match=r'apps "none" not found'):
        injected(pod(), base, canary("new", "base"))
    found = explained(pod(), Prepared(Cluster(sidecar_sets=[base, canary("new", "base")])), Options())
    assert found[0].reason is Reason.REVISION_MISSING


def test_the_first_set_that_refuses_a_pod_has_the_word() -> None:
    missing = side("a", injectionStrategy={"revision": {"revisionName": "none"}})
    invalid = side("b", selector={"matchExpressions": [{"key": "k", "operator": "exists"}]})
    with pytest.raises(InjectionRefused, match="not found"):
        injected(pod(), missing, invalid)


def test_an_invalid_selector_refuses_no_pod_of_a_namespace_that_is_assumed_to_be_another() -> None:
    invalid = {"matchExpressions": [{"key": "k", "operator": "exists"}]}
    given = side(selector=invalid, namespaceSelector={"matchLabels": {"env": "prod"}})
    assert verdict(pod(), given).reason is Reason.NAMESPACE_UNKNOWN
    assert injected(pod(), given).sidecar_sets == ()


def test_releases_before_the_canary_inject_both() -> None:
    assert injected(pod(), side("base"), canary("new", "base"), release=release_for("1.9")).sidecar_sets == (
        "base",
        "new",
    )


def test_a_hidden_base_is_told_by_whom() -> None:
    found = explained(pod(), Prepared(Cluster(sidecar_sets=[side("base"), canary("new", "base")])), Options())
    assert [(one.sidecar_set, one.reason, one.detail) for one in found] == [
        ("base", Reason.HIDDEN_BY_CANARY, "new"),
        ("new", Reason.SELECTED, ""),
    ]


def test_sets_that_name_the_namespace_go_first_then_by_name() -> None:
    local = {"matchLabels": {"kubernetes.io/metadata.name": "n"}}
    sets = [side("z", namespaceSelector=local), side("b"), side("a")]
    assert injected(pod(), *sets).sidecar_sets == ("z", "a", "b")
    assert names(injected(pod(), *sets)) == ["of-z", "of-a", "of-b", "main"]
    old = injected(pod(), *(v1alpha1(one) for one in sets), release=release_for("1.6"))
    assert old.sidecar_sets == ("a", "b", "z")


def test_an_index_changes_no_verdict() -> None:
    sets = [
        side("in", selector={"matchExpressions": [{"key": "app", "operator": "In", "values": ["web", "db"]}]}),
        side("not-in", selector={"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["db"]}]}),
        side("labels", selector={"matchLabels": {"tier": "front", "app": "web"}}),
        side("all"),
    ]
    prepared = Prepared(Cluster(sidecar_sets=sets))
    for labels in ({}, {"app": "web"}, {"app": "db"}, {"app": "web", "tier": "front"}, {"tier": "front"}):
        given = pod(metadata={"labels": labels})
        expected = tuple(one.sidecar_set for one in explained(given, prepared, Options()) if one.is_selected)
        assert inject(given, prepared, Options()).sidecar_sets == expected


@pytest.mark.parametrize("metadata", [{"labels": {"app": 1}}, {"labels": []}, {"labels": "app"}, []])
def test_labels_must_be_texts(metadata: Any) -> None:  # noqa: ANN401 - anything but metadata
    with pytest.raises(UndecodableObject):
        injected({"metadata": metadata}, side())


def test_metadata_that_is_no_mapping_is_refused_in_words() -> None:
    given: Any = {**pod(), "metadata": "web"}
    with pytest.raises(UndecodableObject, match="cannot unmarshal string"):
        explained(given, Prepared(Cluster(sidecar_sets=[side()])), Options())
    with pytest.raises(UndecodableObject, match="cannot unmarshal string"):
        sidecarctl.inject(given, [side()])


def test_nothing_to_do_is_the_very_same_pod() -> None:
    given = pod(metadata={"labels": None})
    assert injected(given, side(selector={"matchLabels": {"a": "b"}})).pod is given
    assert injected(given).pod is given
    assert annotations(injected(given, side()))
