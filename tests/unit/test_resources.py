from typing import Any

import pytest
from injecting import container, injected, one, pod, sidecar_set

from sidecarctl.finding import InjectionRefused


def sidecar(mode: str = "sum", regex: str | None = None, **expressions: Any) -> Any:  # noqa: ANN401 - a container
    policy = {"targetContainersMode": mode, "resourcesExpr": expressions}
    return container(
        "side", resourcesPolicy=policy if regex is None else {**policy, "targetContainersNameRegex": regex}
    )


def app(name: str = "main", limits: Any = None, requests: Any = None) -> Any:  # noqa: ANN401 - a container
    given = {"limits": limits, "requests": requests}
    return container(name, resources={kind: amounts for kind, amounts in given.items() if amounts is not None})


def resources(given: Any, *, also: Any = (), **policy: Any) -> Any:  # noqa: ANN401 - any resources
    return one(injected(given, sidecar_set(containers=[sidecar(**policy), *also])), "side").get("resources", {})


CPU = {"limits": {"cpu": "cpu"}}
MEMORY = {"limits": {"memory": "memory"}}


@pytest.mark.parametrize(
    ("mode", "limits", "expected"),
    [
        ("sum", [{"cpu": "1"}, {"cpu": "500m"}], {"cpu": "1500m"}),
        ("max", [{"cpu": "1"}, {"cpu": "500m"}], {"cpu": "1"}),
        ("sum", [{"cpu": "1"}, {}], None),
        ("max", [{"cpu": "1"}, {"memory": "1"}], None),
        ("avg", [{"cpu": "1"}, {"cpu": "1"}], None),
        ("sum", [{"cpu": "1.500"}], {"cpu": "1500m"}),
        ("max", [{"cpu": "1.500"}], {"cpu": "1.500"}),
    ],
)
def test_limits_need_every_target(mode: str, limits: list[Any], expected: Any) -> None:  # noqa: ANN401 - any limits
    given = pod(*(app(f"main-{index}", one) for index, one in enumerate(limits)))
    assert resources(given, mode=mode, **CPU) == ({} if expected is None else {"limits": expected})


def test_amounts_keep_their_text_and_their_format() -> None:
    same = pod(app("a", {"memory": "1073741824"}), app("b", {"memory": "1Gi"}))
    assert resources(same, mode="max", **MEMORY) == {"limits": {"memory": "1073741824"}}
    mixed = pod(app("a", {"memory": "1Gi"}), app("b", {"memory": "1G"}))
    assert resources(mixed, mode="sum", **MEMORY) == {"limits": {"memory": "2073741824"}}


def test_a_limit_that_a_target_lacks_makes_even_a_syntax_error_go_unnoticed() -> None:
    assert resources(pod(app()), limits={"cpu": "100m", "memory": "memory*"}) == {}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [("cpu", "0"), ("cpu*0.5+100m", "100m"), ("max(cpu*0.5,64Mi)", "64Mi"), ("", None)],
)
def test_missing_requests_are_zero(expression: str, expected: str | None) -> None:
    found = resources(pod(app()), requests={"cpu": expression})
    assert found == ({} if expected is None else {"requests": {"cpu": expected}})


def test_requests_see_the_api_server_s_defaults_and_nothing_writes_these() -> None:
    made = injected(pod(app(limits={"cpu": "2"})), sidecar_set(containers=[sidecar(requests={"cpu": "cpu"})]))
    assert one(made, "side")["resources"] == {"requests": {"cpu": "2"}}
    assert one(made, "main")["resources"] == {"limits": {"cpu": "2"}}


def test_amounts_are_seen_as_admission_rounds_them() -> None:
    assert resources(pod(app(limits={"cpu": "1u"})), mode="max", **CPU) == {"limits": {"cpu": "1m"}}


@pytest.mark.parametrize("regex", [".*", "ain", "^m", None])
def test_targets_by_an_unanchored_expression(regex: str | None) -> None:
    given = pod(app(limits={"cpu": "1"}), app("other", {"cpu": "1"}))
    expected = "2" if regex in {".*", None} else "1"
    assert resources(given, regex=regex, **CPU) == {"limits": {"cpu": expected}}


def test_native_sidecars_and_marked_containers_are_targets_but_no_sidecar_and_no_plain_init_container() -> None:
    marked = {**app("marked", {"cpu": "1"}), "env": [{"name": "IS_INJECTED", "value": "true"}]}
    native = {**app("native", {"cpu": "10"}), "restartPolicy": "Always"}
    inits = [app("plain", {"cpu": "100"}), native]
    given = pod(marked, app("other", {"cpu": "1000"}), initContainers=inits)
    assert resources(given, also=[container("other")], **CPU) == {"limits": {"cpu": "11"}}


@pytest.mark.parametrize(
    ("policy", "sentence"),
    [
        ({"regex": "nomatch"}, 'no containers match the regex pattern "nomatch"'),
        ({"regex": "(?=m)"}, 'failed to get target containers: invalid regex pattern "(?=m)"'),
        (
            {"requests": {"cpu": "cpu*cpu"}},
            'failed to evaluate CPU requests expression: failed to parse expression "cpu*cpu": ',
        ),
        ({"requests": {"memory": "cpu+memory"}}, "failed to evaluate memory requests expression: "),
        ({"requests": {"memory": "MEMORY*0.5"}}, "failed to evaluate memory requests expression: "),
    ],
)
def test_refusals(policy: Any, sentence: str) -> None:  # noqa: ANN401 - any policy
    with pytest.raises(InjectionRefused) as refused:
        resources(pod(app()), **policy)
    assert str(refused.value).startswith(sentence)


def test_the_only_variable_is_the_resource_s_own_amount() -> None:
    given = pod(app(limits={"cpu": "3", "memory": "5"}))
    crossed = {"limits": {"cpu": "memory", "memory": "cpu"}}
    assert resources(given, **crossed) == {"limits": {"cpu": "3", "memory": "5"}}


def test_old_resources_are_wiped() -> None:
    given = {**sidecar(limits={}), "resources": {"limits": {"x/y": "1"}, "claims": [{"name": "c"}]}}
    assert one(injected(pod(), sidecar_set(containers=[given])), "side")["resources"] == {}
