"""The reason why a Pod is skipped: what kept out the SidecarSet that came nearest, as `inject` and `why` say it."""

from typing import Any

import pytest
from doors.sidecarset import Cluster, Labels, Options, Prepared, VerdictText, explained, reason_skipped, verdict_text
from injecting import EVERYTHING, container, pod, sidecar_set

NOT_ME = {"matchLabels": {"no": "one"}}


def code(given: Any, *sets: Any, **cluster: Any) -> str:  # noqa: ANN401 - a pod, SidecarSets, more of the cluster
    return reason_skipped(given, Prepared(Cluster(sidecar_sets=sets, **cluster)), Options()).code


def a_set(name: str = "s", **spec: Any) -> Any:  # noqa: ANN401 - any field of a spec
    return sidecar_set(name, containers=[container("a")], **spec)


PAUSED: Any = {"injectionStrategy": {"paused": True}}
ELSEWHERE: Any = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "elsewhere"}}}
CANARIES = [
    a_set(
        name,
        metadata={"annotations": {"apps.kruise.io/sidecarset-canary": "true", "apps.kruise.io/sidecarset-base": base}},
    )
    for name, base in (("a", "b"), ("b", "a"))
]


REASONS: list[Any] = [
    ("SEL001", pod(), []),
    ("SEL001", pod(), [a_set(selector=NOT_ME)]),
    ("SEL001", pod(), [a_set(selector=None)]),
    ("SEL001", pod(), [a_set(selector={})]),
    ("SEL001", pod(), [a_set(selector=NOT_ME, **PAUSED)]),
    ("SEL002", {**pod(), "status": {"phase": "Failed"}}, [a_set()]),
    ("SEL003", pod(nodeName="n"), [a_set()]),
    ("SEL001", pod(nodeName="n"), [a_set(selector=NOT_ME)]),
    ("SEL004", pod(metadata={"namespace": "kube-system"}), [a_set()]),
    ("SEL006", pod(), [a_set(**ELSEWHERE)]),
    ("SEL006", pod(), [a_set(namespaceSelector={"matchExpressions": [{"key": "a", "operator": "exists"}]})]),
    ("SEL007", pod(), [a_set(namespaceSelector={"matchLabels": {"team": "x"}})]),
    ("SEL008", pod(), [a_set(**PAUSED)]),
    ("SEL008", pod(), [a_set("r", selector=NOT_ME), a_set(**PAUSED)]),
    ("SEL008", pod(), [a_set("r", **ELSEWHERE), a_set(**PAUSED)]),
    ("SEL009", pod(), CANARIES),
]


@pytest.mark.parametrize(("wanted", "given", "sets"), REASONS)
def test_reason(wanted: str, given: Any, sets: Any) -> None:  # noqa: ANN401
    assert code(given, *sets) == wanted


def test_namespace_of_the_control_plane() -> None:
    namespace = {"metadata": {"name": "n", "labels": {"control-plane": "x"}}}
    assert code(pod(), a_set(selector=EVERYTHING), namespaces=[namespace]) == "SEL005"


@pytest.mark.parametrize(("wanted", "given", "sets"), REASONS)
def test_why_says_the_same(wanted: str, given: Any, sets: Any) -> None:  # noqa: ANN401
    if wanted == "SEL001":
        return  # of all SidecarSets together; `why` tells of each what does not match
    cluster = Prepared(Cluster(sidecar_sets=sets))
    why = reason_skipped(given, cluster, Options())

    told = [one for one in map(verdict_text_of, explained(given, cluster, Options())) if one.code == why.code]

    assert told
    assert all(why.sentence in one.sentence for one in told)


def verdict_text_of(verdict: Any) -> VerdictText:  # noqa: ANN401
    return verdict_text(verdict, {}, Labels({}, {}), "shop")
