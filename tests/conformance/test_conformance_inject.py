"""The pod after injection is the pod after OpenKruise's webhook, in every release; and both forms mean the same."""

from typing import Any

import pytest
from conformance import EPOCH, cases, normalised
from doors.sidecarset import Cluster, Injection, Options, Prepared, inject
from doors.upstream import LATEST, Release, decode, pod_with_defaults, release_for

from sidecarctl.finding import InjectionRefused

DEFAULTS = Options(form="defaults", timestamp=EPOCH)
WRITTEN = Options(form="written", timestamp=EPOCH)


def newest() -> list[Any]:
    return [
        pytest.param(case["case"], case["answer"], LATEST, id=f"{name}-{case['case']['id']}")
        for name in ("inject", "revision")
        for case in cases(name)
    ]


def by_version() -> list[Any]:
    return [
        pytest.param(case["case"], answer["answer"], release_for(version), id=f"{case['case']['id']}-{version}")
        for case in cases("versions/inject")
        for answer in case["answers"]
        for version in answer["versions"]
    ]


def injection(case: Any, release: Release, options: Options) -> Injection:  # noqa: ANN401 - any JSON value
    cluster = Cluster(
        sidecar_sets=case["sidecarSets"],
        namespaces=case["namespaces"],
        revisions=case.get("revisions", ()),
        system_namespaces="include",
        feature_gates=case.get("gates", {}),
        release=release,
    )
    return inject(case["pod"], Prepared(cluster), options)


@pytest.mark.parametrize(("case", "answer", "release"), [*newest(), *by_version()])
def test_injects_as_openkruise_does(case: Any, answer: Any, release: Release) -> None:  # noqa: ANN401 - any JSON value
    if "error" in answer:
        with pytest.raises(InjectionRefused) as refused:
            injection(case, release, DEFAULTS)
        assert str(refused.value) == answer["error"]
        return
    made = injection(case, release, DEFAULTS)
    assert normalised(made.pod) == normalised(answer.get("pod", case["pod"]))
    assert (made.pod is case["pod"]) or "pod" in answer


@pytest.mark.parametrize(
    ("case", "release"),
    [pytest.param(*p.values[::2], id=p.id) for p in (*newest(), *by_version()) if "error" not in p.values[1]],
)
def test_both_forms_are_the_same_pod_to_the_api_server(case: Any, release: Release) -> None:  # noqa: ANN401 - any JSON value
    written, defaults = (injection(case, release, options).pod for options in (WRITTEN, DEFAULTS))
    assert pod_with_defaults(decode(written, "Pod")) == pod_with_defaults(decode(defaults, "Pod"))
